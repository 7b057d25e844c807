"""The door through which a class run gets its time, rooms and instructors."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from psycopg.types.range import TimestamptzRange

from accounts.models import Enterprise, User
from catalogue.models import Course, Instructor, Room, Site
from policy import ids
from policy.clock import local
from policy.constraints import refused_by
from policy.history import recorded
from policy.models import Policy, Term
from policy.problems import Problem
from timetable import rules, suggestions
from timetable.errors import TimetableRefused
from timetable.models import ClassRun, Lesson, Occupancy, Resource
from timetable.plans import Plan, Slot

__all__ = ["Slot", "schedule_run"]

NEVER_CLASHES = "occupancy_never_clashes"


def schedule_run(  # noqa: PLR0913 -- what a class run is made of
    *,
    course: Course,
    site: Site,
    lessons: Iterable[Slot],
    capacity: int,
    min_size: int,
    opens_at: datetime,
    actor: User,
    now: datetime,
    private_to: Enterprise | None = None,
) -> ClassRun:
    """Make a class run with its lessons, and take their rooms and instructors; all or nothing.

    A run that is `private_to` an enterprise is shown to its people and staff only.

    The database refuses what is taken. Raises TimetableRefused with everything that is wrong and what is free instead.
    """
    plan = Plan(course, site, tuple(lessons), capacity, min_size, opens_at)
    found = rules.problems(plan, now=now)
    term = None if found else rules.term_of(plan)
    if term is None:
        raise _rule_broken(plan, found)
    with transaction.atomic(), recorded(actor=actor, reason="schedule run"):
        resources = _lock_resources(plan.lessons)
        run = _write_run(plan, term=term, actor=actor, private_to=private_to, now=now)
        _take(plan, _write_lessons(run, plan.lessons), resources, actor=actor)
    return run


def _lock_resources(lessons: Sequence[Slot]) -> dict[Room | Instructor, Resource]:
    """Return the resource of each room and instructor, made at its first use and locked, always in the same order.

    Without the lock two writers of one room could both write before they look, and wait for each other.
    """
    rooms = sorted({slot.room.pk for slot in lessons})
    instructors = sorted({slot.instructor.pk for slot in lessons if slot.instructor})
    wanted = [Resource(room_id=pk) for pk in rooms] + [Resource(instructor_id=pk) for pk in instructors]
    Resource.objects.bulk_create(wanted, ignore_conflicts=True)
    rows = Resource.objects.filter(Q(room__in=rooms) | Q(instructor__in=instructors))
    locked = rows.select_for_update(no_key=True).order_by("pk")
    by_ids = {(row.room_id, row.instructor_id): row for row in locked}
    things = {thing for slot in lessons for thing, _during in slot.takes()}
    return {thing: by_ids[(thing.pk, None) if isinstance(thing, Room) else (None, thing.pk)] for thing in things}


def _write_run(plan: Plan, *, term: Term, actor: User, private_to: Enterprise | None, now: datetime) -> ClassRun:
    return ClassRun.objects.create(
        number=ids.next_number(series="class_run", year=local(now).year),
        course=plan.course,
        site=plan.site,
        term=term,
        private_to=private_to,
        policy=Policy.objects.current(now=now),
        capacity=plan.capacity,
        min_size=plan.min_size,
        opens_at=plan.opens_at,
        starts_at=plan.lessons[0].starts_at,
        ends_at=plan.lessons[-1].ends_at,
        created_at=now,
        created_by=actor,
    )


def _write_lessons(run: ClassRun, slots: Sequence[Slot]) -> list[Lesson]:
    lessons = [
        Lesson(
            class_run=run,
            position=position,
            room=slot.room,
            instructor=slot.instructor,
            starts_at=slot.starts_at,
            ends_at=slot.ends_at,
        )
        for position, slot in enumerate(slots, start=1)
    ]
    return Lesson.objects.bulk_create(lessons)


def _take(plan: Plan, lessons: Sequence[Lesson], resources: dict[Room | Instructor, Resource], *, actor: User) -> None:
    """Write what the lessons take, in the order of resource and start; name what is in the way when refused."""
    rows = [
        Occupancy(resource=resources[thing], lesson=lesson, during=TimestamptzRange(*during))
        for slot, lesson in zip(plan.lessons, lessons, strict=True)
        for thing, during in slot.takes()
    ]
    rows.sort(key=lambda row: (row.resource.pk, row.during.lower))
    try:
        with transaction.atomic():
            Occupancy.objects.bulk_create(rows)
    except IntegrityError as error:
        if refused_by(error) != NEVER_CLASHES:
            raise
        raise _clash(plan, actor=actor) from error


def _rule_broken(plan: Plan, found: list[Problem]) -> TimetableRefused:
    """Offer larger rooms where nothing else is wrong: the lessons' times can be trusted then."""
    is_only_too_small = [problem.code for problem in found] == ["room_too_small"]
    return TimetableRefused(found, suggestions.alternatives(plan, in_the_way=()) if is_only_too_small else None)


def _clash(plan: Plan, *, actor: User) -> TimetableRefused:
    in_the_way = suggestions.clashes(plan.lessons)
    problems = suggestions.problems(in_the_way, lessons=plan.lessons)
    if not problems:
        # It was given back between the refusal and the question.
        problems = [Problem("taken_just_now", _("教室或讲师刚被占用，请再提交一次。"))]
    free = suggestions.alternatives(plan, in_the_way=in_the_way)
    return TimetableRefused(problems, free, suggestions.twin(plan, in_the_way=in_the_way, actor=actor))
