"""Never one seat too many, never one person twice, nobody overtaken: threads at the same moment.

The negative control is the obvious statement (UPDATE first, INSERT ON CONFLICT in the same CTE). It must leak seats
here; if it does not, the race is no race and the other tests prove nothing.
"""

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection, transaction

from accounts.models import User
from enrollment import seats
from enrollment.models import Enrollment, EnrollmentStatus
from enrollment.seats import Outcome
from messaging.models import Message
from tests import factories
from tests.factories import NOW, ClassRunFactory, UserFactory
from timetable.models import ClassRun

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from tests.races.conftest import Race

pytestmark = pytest.mark.django_db(transaction=True)

LEAKING_CLAIM = """
    WITH seat AS (
        UPDATE timetable_classrun SET seats_taken = seats_taken + 1
        WHERE id = %(run)s AND seats_taken < capacity RETURNING id
    )
    INSERT INTO enrollment_enrollment (class_run_id, worker_id, public_id, status, via, created_at, seated_at)
    SELECT id, %(worker)s, %(public_id)s, 'enrolled', 'web', %(now)s, %(now)s FROM seat
    ON CONFLICT DO NOTHING
"""


def counted(run: ClassRun) -> tuple[int, int]:
    """Return the run's counter and the rows it stands for."""
    run.refresh_from_db()
    return run.seats_taken, Enrollment.objects.seated().filter(class_run=run).count()


def press(run: ClassRun, worker: User) -> Outcome:
    return seats.claim(worker=worker, run_id=run.pk, now=NOW).outcome


def test_fifty_press_at_once_and_one_gets_the_last_seat(race: "Race[Any, Any]") -> None:
    run = ClassRunFactory(capacity=1)
    workers = UserFactory.create_batch(50)

    outcomes = race(lambda worker: press(run, worker), workers)

    assert Counter(outcomes) == {Outcome.ENROLLED: 1, Outcome.FULL: 49}
    assert counted(run) == (1, 1)
    assert Message.objects.filter(kind="enrolled").count() == 1


def test_losers_who_join_the_line_stand_in_it_once_each_with_their_own_place(race: "Race[Any, Any]") -> None:
    run = ClassRunFactory(capacity=5)
    workers = UserFactory.create_batch(40)

    places = race(lambda worker: seats.claim(worker=worker, run_id=run.pk, now=NOW, join_line=True).ahead, workers)

    run.refresh_from_db()
    assert (run.seats_taken, run.waiting) == (5, 35)
    assert Enrollment.objects.in_line().filter(class_run=run).count() == 35
    assert len(places) == 40
    line: QuerySet[Any] = Enrollment.objects.for_run(run).with_ahead().in_line()
    assert [place.ahead for place in line] == list(range(35))


def test_one_worker_pressing_twenty_times_holds_one_seat(race: "Race[Any, Any]") -> None:
    run = ClassRunFactory(capacity=30)
    worker = UserFactory()

    outcomes = race(lambda same: press(run, same), [worker] * 20)

    assert Counter(outcomes) == {Outcome.ENROLLED: 1, Outcome.ALREADY: 19}
    assert counted(run) == (1, 1)


def test_the_obvious_statement_leaks_seats(race: "Race[Any, Any]") -> None:
    run = ClassRunFactory(capacity=30)
    worker = UserFactory()

    def leak(same: User) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                LEAKING_CLAIM, {"run": run.pk, "worker": same.pk, "public_id": f"x{id(cursor)}"[:12], "now": NOW}
            )

    for _attempt in range(5):
        race(leak, [worker] * 20)

    taken, rows = counted(run)
    assert rows == 1
    assert taken > rows


def test_two_runs_of_one_course_at_once_give_one_seat(race: "Race[Any, Any]") -> None:
    first = ClassRunFactory()
    second = ClassRunFactory(course=first.course, policy=first.policy, starts_at=first.starts_at + timedelta(days=1))
    worker = UserFactory()

    outcomes = race(lambda run: press(run, worker), [first, second] * 5)

    seated = Enrollment.objects.seated().filter(worker=worker).count()
    assert seated == 1
    assert Counter(outcomes)[Outcome.ENROLLED] == 1


def test_the_cap_holds_when_many_runs_are_pressed_at_once(race: "Race[Any, Any]") -> None:
    policy = factories.PolicyFactory()
    runs = [ClassRunFactory(policy=policy, starts_at=factories.NEXT_WEEK + timedelta(days=day)) for day in range(8)]
    worker = UserFactory()

    outcomes = race(lambda run: press(run, worker), runs)

    assert Counter(outcomes) == {Outcome.ENROLLED: 3, Outcome.REFUSED: 5}


def test_cancel_and_claim_at_once_never_overtake_the_line(race: "Race[Any, Any]") -> None:
    run = ClassRunFactory(capacity=5)
    for _seat in range(5):
        press(run, UserFactory())
    holders = list(Enrollment.objects.filter(class_run=run))
    waiters = [
        seats.claim(worker=UserFactory(), run_id=run.pk, now=NOW + timedelta(seconds=n), join_line=True).enrollment
        for n in range(10)
    ]
    passers_by = UserFactory.create_batch(15)

    def act(number: int) -> None:
        holder = holders[number] if number < len(holders) else None
        if holder:
            seats.cancel(enrollment_id=holder.pk, actor=holder.worker, now=NOW)
        else:
            press(run, passers_by[number - len(holders)])

    race(act, list(range(20)))

    run.refresh_from_db()
    assert (run.seats_taken, run.waiting) == (5, 5)
    seated = set(Enrollment.objects.seated().filter(class_run=run).values_list("pk", flat=True))
    assert seated == {waiter.pk for waiter in waiters[:5] if waiter}
    assert Message.objects.filter(kind="moved_up").count() == 5


def test_joining_the_line_while_the_last_seat_falls_free_leaves_no_empty_seat(race: "Race[Any, Any]") -> None:
    for _attempt in range(10):
        run = ClassRunFactory(capacity=1)
        press(run, UserFactory())
        holder = Enrollment.objects.get(class_run=run)
        joining = UserFactory.create_batch(3)

        def act(worker: User, run: ClassRun = run, held: int = holder.pk, first: User = holder.worker) -> None:
            if worker == first:
                seats.cancel(enrollment_id=held, actor=worker, now=NOW)
            else:
                seats.claim(worker=worker, run_id=run.pk, now=NOW, join_line=True)

        race(act, [holder.worker, *joining])

        run.refresh_from_db()
        assert (run.seats_taken, run.waiting) == (1, 2)


def test_sweep_and_cancel_at_once_give_a_seat_to_one_person(race: "Race[Any, Any]") -> None:
    run = ClassRunFactory(capacity=1)
    holder = seats.claim(worker=UserFactory(), run_id=run.pk, now=NOW).enrollment
    assert holder
    for _waiter in range(3):
        seats.claim(worker=UserFactory(), run_id=run.pk, now=NOW, join_line=True)

    def act(number: int) -> None:
        if number:
            seats.fill_free_seats(now=NOW)
        else:
            seats.cancel(enrollment_id=holder.pk, actor=holder.worker, now=NOW)

    race(act, list(range(6)))

    run.refresh_from_db()
    assert (run.seats_taken, run.waiting) == (1, 2)
    assert Enrollment.objects.filter(class_run=run, status=EnrollmentStatus.ENROLLED).count() == 1


def test_a_dead_transaction_gives_its_seat_back(race: "Race[Any, Any]") -> None:
    run = ClassRunFactory(capacity=30)

    def killed(worker: User) -> None:
        with transaction.atomic():
            press(run, worker)
            transaction.set_rollback(True)

    race(killed, UserFactory.create_batch(8))

    assert counted(run) == (0, 0)
    assert Message.objects.count() == 0
