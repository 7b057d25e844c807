"""What one press, one cancel and one sweep do."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.apps import apps
from django.db import connection
from django.db.utils import IntegrityError

from accounts.models import Enterprise
from enrollment import seats
from enrollment.errors import EnrollmentRefused
from enrollment.models import Enrollment, EnrollmentStatus, Via
from enrollment.seats import Entry, Outcome
from messaging.models import Message
from tests.accounts.factories import verified_enterprise
from tests.factories import NOW, ClassRunFactory, PolicyFactory, UserFactory, officer
from timetable.models import ClassRun

if TYPE_CHECKING:
    from django.db.models import QuerySet

pytestmark = pytest.mark.django_db


def full_run(capacity: int = 1) -> ClassRun:
    run = ClassRunFactory(capacity=capacity)
    for _seat in range(capacity):
        seats.claim(worker=UserFactory(), run_id=run.pk, now=NOW)
    run.refresh_from_db()
    return run


def waiter(run: ClassRun, *, minute: int = 0) -> Enrollment:
    queued = seats.claim(worker=UserFactory(), run_id=run.pk, now=NOW + timedelta(minutes=minute), join_line=True)
    assert queued.outcome == Outcome.WAITING
    assert queued.enrollment
    return queued.enrollment


def test_a_press_gives_a_seat_and_says_so() -> None:
    run = ClassRunFactory(capacity=2)
    worker = UserFactory()

    answer = seats.claim(worker=worker, run_id=run.pk, now=NOW)

    run.refresh_from_db()
    enrollment = Enrollment.objects.get()
    assert (answer.outcome, answer.enrollment, answer.problems) == (Outcome.ENROLLED, enrollment, ())
    assert (run.seats_taken, run.waiting, run.seats_left) == (1, 0, 1)
    assert (enrollment.status, enrollment.seated_at, enrollment.via) == ("enrolled", NOW, "web")
    message = Message.objects.get()
    assert (message.person, message.key) == (worker, f"enrolled:enrollment/{enrollment.pk}")
    assert message.title == f"报名成功：{run.course.title}"
    assert message.path == f"/my/enrollments/{enrollment.public_id}/"


def test_pressing_again_answers_with_the_same_seat() -> None:
    run = ClassRunFactory()
    worker = UserFactory()
    first = seats.claim(worker=worker, run_id=run.pk, now=NOW)

    again = seats.claim(worker=worker, run_id=run.pk, now=NOW)

    assert (again.outcome, again.enrollment) == (Outcome.ALREADY, first.enrollment)
    assert Enrollment.objects.count() == 1
    assert Message.objects.count() == 1


def test_a_full_run_is_an_answer_with_the_length_of_its_line() -> None:
    run = full_run()
    waiter(run)

    answer = seats.claim(worker=UserFactory(), run_id=run.pk, now=NOW)

    assert (answer.outcome, answer.enrollment, answer.ahead) == (Outcome.FULL, None, 1)


def places_told(run: ClassRun) -> list[tuple[int, int]]:
    """Return who waits and how many people are told to be ahead."""
    line: QuerySet[Any] = Enrollment.objects.for_run(run).with_ahead().in_line()
    return [(place.pk, place.ahead) for place in line]


def test_the_line_tells_each_its_place() -> None:
    run = full_run()

    places = [waiter(run, minute=n) for n in range(3)]

    run.refresh_from_db()
    assert (run.seats_taken, run.waiting) == (1, 3)
    assert places_told(run) == [(places[0].pk, 0), (places[1].pk, 1), (places[2].pk, 2)]
    bodies = [Message.objects.get(key=f"in_line:enrollment/{place.pk}").body for place in places]
    assert ["前面 0 人" in bodies[0], "前面 1 人" in bodies[1], "前面 2 人" in bodies[2]] == [True, True, True]


def test_a_free_seat_belongs_to_the_line_before_a_passer_by() -> None:
    run = full_run()
    waiter(run)
    ClassRun.objects.filter(pk=run.pk).update(capacity=2)

    answer = seats.claim(worker=UserFactory(), run_id=run.pk, now=NOW)

    assert answer.outcome == Outcome.FULL
    assert seats.fill_free_seats(now=NOW) == 1
    run.refresh_from_db()
    assert (run.seats_taken, run.waiting) == (2, 0)


def test_a_cancel_seats_the_first_in_line_and_tells_both() -> None:
    run = full_run()
    holder = Enrollment.objects.get()
    first, second = waiter(run, minute=1), waiter(run, minute=2)

    seats.cancel(enrollment_id=holder.pk, actor=holder.worker, now=NOW + timedelta(minutes=5))

    run.refresh_from_db()
    for enrollment in (holder, first, second):
        enrollment.refresh_from_db()
    assert [holder.status, first.status, second.status] == ["cancelled", "enrolled", "waiting"]
    assert (run.seats_taken, run.waiting) == (1, 1)
    assert Message.objects.get(key=f"moved_up:enrollment/{first.pk}").person == first.worker
    assert Message.objects.filter(key=f"cancelled:enrollment/{holder.pk}").exists()
    assert Message.objects.get(key=f"enrolled:enrollment/{holder.pk}").cancelled_at is not None


def test_whoever_leaves_the_line_lets_the_next_move_up() -> None:
    run = full_run()
    first, second = waiter(run, minute=1), waiter(run, minute=2)

    seats.cancel(enrollment_id=first.pk, actor=first.worker, now=NOW)

    run.refresh_from_db()
    assert places_told(run) == [(second.pk, 0)]
    assert (run.seats_taken, run.waiting) == (1, 1)


def test_cancelling_twice_frees_one_seat() -> None:
    run = full_run(capacity=2)
    holder = Enrollment.objects.first()
    assert holder

    for _press in range(2):
        seats.cancel(enrollment_id=holder.pk, actor=holder.worker, now=NOW)

    run.refresh_from_db()
    assert run.seats_taken == 1


@pytest.mark.parametrize(
    ("before_start", "status"),
    [
        (timedelta(hours=24), EnrollmentStatus.CANCELLED),
        (timedelta(hours=23, minutes=59), EnrollmentStatus.CANCELLED_LATE),
    ],
)
def test_a_cancel_is_late_inside_the_cutoff(before_start: timedelta, status: EnrollmentStatus) -> None:
    run = full_run()
    holder = Enrollment.objects.get()

    cancelled = seats.cancel(enrollment_id=holder.pk, actor=holder.worker, now=run.starts_at - before_start)

    assert cancelled.status == status


def test_nobody_cancels_or_is_promoted_after_the_start() -> None:
    run = full_run()
    holder = Enrollment.objects.get()
    waiter(run)
    ClassRun.objects.filter(pk=run.pk).update(capacity=2)

    with pytest.raises(EnrollmentRefused) as refused:
        seats.cancel(enrollment_id=holder.pk, actor=holder.worker, now=run.starts_at)

    assert [problem.code for problem in refused.value.problems] == ["run_started"]
    assert seats.fill_free_seats(now=run.starts_at) == 0
    run.refresh_from_db()
    assert (run.seats_taken, run.waiting) == (1, 1)


def test_after_a_cancel_the_same_worker_may_come_back() -> None:
    run = ClassRunFactory()
    worker = UserFactory()
    first = seats.claim(worker=worker, run_id=run.pk, now=NOW).enrollment
    assert first
    seats.cancel(enrollment_id=first.pk, actor=worker, now=NOW)

    again = seats.claim(worker=worker, run_id=run.pk, now=NOW)

    assert again.outcome == Outcome.ENROLLED
    assert Enrollment.objects.filter(worker=worker).count() == 2


def test_staff_enroll_a_caller_by_the_same_door() -> None:
    run = ClassRunFactory()
    caller, clerk = UserFactory(), officer()

    seats.claim(worker=caller, run_id=run.pk, now=NOW, entry=Entry(by=clerk, via=Via.PHONE))

    enrollment = Enrollment.objects.get()
    assert (enrollment.worker, enrollment.via, enrollment.entered_by) == (caller, "phone", clerk)


@pytest.mark.parametrize(
    ("change", "moment", "codes"),
    [
        ({}, NOW, []),
        ({"opens_at": NOW + timedelta(seconds=1)}, NOW, ["not_open"]),
        ({"opens_at": NOW}, NOW, []),
        ({}, NOW + timedelta(days=30), ["run_started"]),
        ({"cancelled_at": NOW, "cancel_reason": "台风"}, NOW, ["run_cancelled"]),
        ({"course__retired_at": NOW}, NOW, ["course_retired"]),
    ],
)
def test_the_run_itself_must_be_open(change: dict[str, object], moment: datetime, codes: list[str]) -> None:
    run = ClassRunFactory(**change)

    answer = seats.claim(worker=UserFactory(), run_id=run.pk, now=moment)

    assert [problem.code for problem in answer.problems] == codes
    assert Enrollment.objects.count() == (0 if codes else 1)


def test_a_second_run_of_the_same_course_is_refused_in_one_sentence() -> None:
    first = ClassRunFactory()
    second = ClassRunFactory(course=first.course, policy=first.policy, starts_at=first.starts_at + timedelta(days=7))
    worker = UserFactory()
    seats.claim(worker=worker, run_id=first.pk, now=NOW)

    answer = seats.claim(worker=worker, run_id=second.pk, now=NOW)

    assert [problem.code for problem in answer.problems] == ["same_course"]
    assert answer.problems[0].sentence == (
        f"同一门课每学期只能报一个班，您已报《{first.course.title}》12月8日 周二 18:30 的班。"
    )


def test_a_clash_names_both_times() -> None:
    first = ClassRunFactory()
    second = ClassRunFactory(policy=first.policy, starts_at=first.starts_at + timedelta(minutes=60))
    worker = UserFactory()
    seats.claim(worker=worker, run_id=first.pk, now=NOW)

    answer = seats.claim(worker=worker, run_id=second.pk, now=NOW)

    assert [problem.code for problem in answer.problems] == ["clash"]
    assert answer.problems[0].sentence == (
        f"时间冲突：本班 12月8日 周二 19:30–21:00，与您已报的《{first.course.title}》12月8日 周二 18:30–20:00 重叠。"
    )


def test_back_to_back_lessons_do_not_clash() -> None:
    first = ClassRunFactory()
    second = ClassRunFactory(policy=first.policy, starts_at=first.ends_at)
    worker = UserFactory()
    seats.claim(worker=worker, run_id=first.pk, now=NOW)

    assert seats.claim(worker=worker, run_id=second.pk, now=NOW).outcome == Outcome.ENROLLED


def test_the_cap_counts_what_is_live_and_frees_itself() -> None:
    policy = PolicyFactory(max_live_enrollments=1)
    first, second = ClassRunFactory(policy=policy), ClassRunFactory(policy=policy, starts_at=NOW + timedelta(days=20))
    worker = UserFactory()
    seats.claim(worker=worker, run_id=first.pk, now=NOW)

    capped = seats.claim(worker=worker, run_id=second.pk, now=NOW)
    after_the_first = seats.claim(worker=worker, run_id=second.pk, now=first.ends_at)

    assert [problem.sentence for problem in capped.problems] == ["您本学期已有 1/1 个报名，不能再报。"]
    assert after_the_first.outcome == Outcome.ENROLLED


def test_the_database_itself_refuses_an_overfull_run() -> None:
    run = full_run()

    with pytest.raises(IntegrityError, match="class_run_never_overfull"):
        ClassRun.objects.filter(pk=run.pk).update(seats_taken=2)


def test_every_step_of_an_enrollment_is_kept() -> None:
    run = full_run()
    holder = Enrollment.objects.get()
    waiting = waiter(run)
    seats.cancel(enrollment_id=holder.pk, actor=holder.worker, now=NOW)

    history = apps.get_model("enrollment", "EnrollmentEvent").objects.order_by("pgh_id")

    def steps(enrollment: Enrollment) -> list[str]:
        return list(history.filter(pgh_obj_id=enrollment.pk).values_list("status", flat=True))

    cancel = history.get(pgh_obj_id=holder.pk, status="cancelled")
    assert steps(holder) == ["enrolled", "cancelled"]
    assert steps(waiting) == ["waiting", "enrolled"]
    assert cancel.pgh_context.metadata == {"actor": holder.worker.pk, "reason": "cancel"}


def test_the_database_runs_the_function_that_the_tree_shows(project_root: Path) -> None:
    newest = max((project_root / "enrollment" / "sql").glob("claim_*.sql"))
    source = newest.read_text(encoding="utf-8")
    with connection.cursor() as cursor:
        cursor.execute("SELECT proname, prosrc FROM pg_proc WHERE proname LIKE 'enrollment\\_%'")
        installed = dict(cursor.fetchall())

    assert set(installed) == {"enrollment_claim", "enrollment_problems", "enrollment_tell", "enrollment_write"}
    assert [name for name, body in installed.items() if body not in source] == []


def test_a_roster_gives_the_seats_of_the_runs_of_its_own_enterprise_only() -> None:
    firm, other = verified_enterprise(), verified_enterprise()
    private, public = ClassRunFactory(private_to=firm), ClassRunFactory()

    def ask(run: ClassRun, via: Via | None, named_by: Enterprise | None = None) -> str:
        entry = Entry(by=officer(), via=via, named_by=named_by) if via else None
        return seats.claim(worker=UserFactory(), run_id=run.pk, now=NOW, entry=entry).outcome

    assert ask(private, Via.ROSTER, firm) == ask(public, None) == ask(public, Via.PHONE) == "enrolled"
    doors = [(private, None), (private, Via.PHONE), (private, Via.ROSTER), (public, Via.ROSTER)]
    assert {ask(*door) for door in doors} == {"refused"}
    assert ask(private, Via.ROSTER, other) == ask(public, Via.ROSTER, firm) == "refused"
    assert Enrollment.objects.count() == 3
