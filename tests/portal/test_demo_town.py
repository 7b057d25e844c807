"""What the demonstration writes by set is what the doors would have left, row for row."""

# ruff: noqa: S311 -- a demonstration is to be the same again

from collections import Counter
from collections.abc import Callable, Mapping
from random import Random
from typing import Any

import pytest
from django.apps import apps
from django.db import models, transaction
from django.db.models import F

from accounts import people as persons
from accounts.models import Consent, User, Worker, WorkerKind
from catalogue.menu.progress import silent
from catalogue.models import Room
from enrollment import seats
from enrollment.models import LIVE, Enrollment, EnrollmentStatus, Via
from messaging.models import Message
from policy.models import NumberSeries
from policy.reference import reference_data
from portal.demo import people, presses, timetable, town, writing
from portal.demo.presses import Crowd
from portal.demo.timetable import BEGAN, COMING, PAST, Drawn
from tests.factories import (
    NOW,
    CourseFactory,
    CourseInstructorFactory,
    InstructorFactory,
    RoomFactory,
)
from timetable import invariants as timetable_invariants
from timetable.models import ClassRun, Lesson, Occupancy
from timetable.placement import schedule_run

pytestmark = pytest.mark.django_db

Rows = dict[str, list[dict[str, Any]]]
COUNT = 60
FINISHED = {EnrollmentStatus.COMPLETED, EnrollmentStatus.NOT_COMPLETED}
# Ids and what is random by design; the time at which a history row was written; what the courier adds.
DIFFERENT = {"id", "public_id", "path", "pgh_id", "pgh_created_at", "pgh_obj", "pgh_context", "dispatched_at"}


@pytest.fixture
def place(reference: None) -> None:
    """Offer courses with one busy instructor, two rooms, and terms for fifteen months."""
    teacher = InstructorFactory()
    for _number in range(8):
        CourseInstructorFactory(course=CourseFactory(min_size=4, max_size=6), instructor=teacher)
    RoomFactory.create_batch(2)
    for step in range(12):
        reference_data(now=NOW - BEGAN + step * (BEGAN + COMING) / 11)


def rows(model: type[models.Model], names: Mapping[str, Callable[[Any], object]]) -> list[dict[str, Any]]:
    """Return the table's rows by their columns' names, ids spoken of by what people call them."""
    found = []
    for row in model._default_manager.order_by("pk"):  # noqa: SLF001 -- Django's own name
        values = {field.name: getattr(row, field.attname) for field in model._meta.concrete_fields}  # noqa: SLF001
        known = {name: say(row) for name, say in names.items()}
        found.append({name: value for name, value in values.items() if name not in DIFFERENT} | known)
    return sorted(found, key=repr)


def town_rows() -> Rows:
    """Return what the town consists of, with runs by number and people by their ids."""
    run_of = {row.pk: row.number for row in ClassRun.objects.all()}
    bearer = {row.pk: (run_of[row.class_run_id], row.worker_id) for row in Enrollment.objects.all()}
    about = {row.pk: bearer[int(row.subject.removeprefix("enrollment/"))] for row in Message.objects.all()}
    by_run = {"class_run": lambda row: run_of[row.class_run_id]}
    lesson = {
        "resource": lambda row: (row.resource.room_id, row.resource.instructor_id),
        "lesson": lambda row: (run_of[row.lesson.class_run_id], row.lesson.position),
        "during": lambda row: (row.during.lower, row.during.upper),
    }
    who = {"reason": lambda row: row.pgh_context and (row.pgh_context.metadata, row.pgh_label)}
    return {
        "runs": rows(ClassRun, {}),
        "lessons": rows(Lesson, by_run),
        "occupancies": rows(Occupancy, lesson),
        "enrollments": rows(Enrollment, by_run),
        "messages": rows(Message, {"key": lambda row: (row.kind, about[row.pk]), "subject": lambda row: about[row.pk]}),
        "run history": rows(apps.get_model("timetable", "ClassRunEvent"), who),
        "lesson history": rows(apps.get_model("timetable", "LessonEvent"), by_run | who),
        "numbers": rows(NumberSeries, {}),
    }


def plan(workers: list[User]) -> list[tuple[Drawn, list[presses.Press]]]:
    """Draw the same town as make_runs does with the same seed."""
    chance = Random(5)
    crowd = Crowd(workers, chance)
    planned = []
    for run in timetable.draw(COUNT, chance=chance, now=NOW, progress=silent):
        pressed = crowd.presses(run, now=NOW)
        planned.append((run, pressed))
        if run.plan.lessons[-1].ends_at <= NOW:
            presses.finish(presses.play(run.plan, pressed), chance=chance)
    return planned


def through_the_doors(planned: list[tuple[Drawn, list[presses.Press]]], officer: User) -> None:
    """Let everybody do what was planned, at the planned time."""
    for drawn, pressed in planned:
        what = vars(drawn.plan)
        run = schedule_run(**what, actor=officer, now=drawn.made_at)
        for press in pressed:
            if press.cancels:
                held = Enrollment.objects.live().get(class_run=run, worker=press.worker)
                seats.cancel(enrollment_id=held.pk, actor=press.worker, now=press.at)
            else:
                entry = None if press.via == Via.WEB else seats.Entry(officer, press.via)
                claim = seats.claim(worker=press.worker, run_id=run.pk, now=press.at, join_line=True, entry=entry)
                assert claim.outcome in {seats.Outcome.ENROLLED, seats.Outcome.WAITING}


def workers_and_officer(count: int) -> tuple[list[User], User]:
    officer = people.make_officer(now=NOW - BEGAN)
    workers = people.make_workers(count, chance=Random(5), began=NOW - BEGAN, progress=silent)
    return workers, officer


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize(
    ("people_count", "wishes", "cancelling", "also"),
    [(60, 1.4, 0.06, EnrollmentStatus.CANCELLED_LATE), (120, 3, 0.2, "moved_up")],
)
def test_set_and_doors_leave_the_same_rows(
    monkeypatch: pytest.MonkeyPatch, people_count: int, wishes: float, cancelling: float, also: str
) -> None:
    monkeypatch.setattr(presses, "CANCELLING", cancelling)
    monkeypatch.setattr(presses, "MOST_WISHES", wishes)
    workers, officer = workers_and_officer(people_count)
    planned = plan(workers)

    with transaction.atomic():
        writing.prepare()
        crowd = Crowd(workers, Random(5))
        town.make_runs(COUNT, crowd=crowd, pen=writing.Pen(officer, NOW, silent))
        by_set = town_rows()
        transaction.set_rollback(True)
    through_the_doors(planned, officer)
    by_doors = town_rows()

    told = {message["subject"] for message in by_set["messages"]}
    by_doors["messages"] = [message for message in by_doors["messages"] if message["subject"] in told]
    seen = {enrollment["status"] for enrollment in by_set["enrollments"]}
    for enrollment in by_set["enrollments"]:
        if enrollment["status"] in FINISHED:
            enrollment["status"] = EnrollmentStatus.ENROLLED
    by_set["enrollments"].sort(key=repr)
    for table, written in by_set.items():
        assert written == by_doors[table], table
    kinds = {message["kind"] for message in by_set["messages"]}
    assert seen | kinds >= FINISHED | {EnrollmentStatus.ENROLLED, EnrollmentStatus.WAITING, "cancelled", also}
    assert {"enrolled", "in_line"} <= kinds <= {"enrolled", "in_line", "moved_up"}
    assert {number["year"]: number["last"] for number in by_set["numbers"]} == {
        year: sum(run["number"].startswith(f"{year % 100}-") for run in by_set["runs"]) for year in (2025, 2026)
    }


@pytest.mark.usefixtures("place")
def test_workers_made_by_set_are_as_the_doors_make_them() -> None:
    (by_set,) = people.make_workers(1, chance=Random(5), began=NOW, progress=silent)
    joined = by_set.created_at
    facts = persons.Facts(by_set.name, WorkerKind(by_set.worker.kind), by_set.worker.town, by_set.worker.employer)

    by_doors = persons.find_or_create(phone="+8619900009999", now=joined)
    persons.welcome(person=by_doors, facts=facts, now=joined)
    persons.mark_verified(person=by_doors, now=joined)

    own = {"user": lambda _row: "the person"}
    assert User.objects.with_phone(people.worker_phone(0)).get().phone == people.worker_phone(0)
    for model in (Worker, Consent):
        first, second = rows(model, own)
        assert first == second
    first, second = (
        {name: value for name, value in row.items() if not name.startswith(("phone", "password"))}
        for row in rows(User, {})
    )
    assert first == second
    assert not by_set.has_usable_password()


@pytest.mark.usefixtures("place")
def test_the_town_holds_what_it_promises() -> None:
    workers, officer = workers_and_officer(60)
    writing.prepare()

    town.make_runs(
        COUNT,
        crowd=Crowd(workers, Random(6)),
        pen=writing.Pen(officer, NOW, silent),
    )

    runs = ClassRun.objects.all()
    over = Enrollment.objects.filter(class_run__ends_at__lte=NOW)
    assert set(runs.values_list("created_by", flat=True)) == {officer.pk}
    assert not runs.filter(created_at__gte=NOW).exists()
    assert not runs.filter(created_at__gte=F("opens_at")).exists()
    assert all(NOW - PAST <= run.starts_at <= NOW + COMING for run in runs)
    assert not over.filter(status=EnrollmentStatus.ENROLLED).exists()
    assert not Enrollment.objects.filter(status__in=LIVE, class_run__opens_at__gt=NOW).exists()
    events = apps.get_model("enrollment", "EnrollmentEvent").objects.values_list("pgh_label", "status", "pgh_context")
    assert Counter(events) == Counter(("insert", row.status, None) for row in Enrollment.objects.all())
    assert list(timetable_invariants.disagreements(now=NOW)) == []


@pytest.mark.usefixtures("place")
def test_more_runs_than_rooms_are_refused() -> None:
    Room.objects.exclude(pk=Room.objects.earliest("pk").pk).delete()

    with pytest.raises(timetable.TownIsFull):
        timetable.draw(5000, chance=Random(1), now=NOW, progress=silent)


def test_what_stands_in_the_database_is_taken(place: None) -> None:
    officer = people.make_officer(now=NOW - BEGAN)
    (first,) = timetable.draw(1, chance=Random(1), now=NOW, progress=silent)
    schedule_run(**vars(first.plan), actor=officer, now=first.made_at)

    diary = timetable.todays_diary()

    assert not diary.has_free(first.plan.lessons)
    assert diary.has_free([slot.moved_by(timetable.DAY) for slot in first.plan.lessons])
