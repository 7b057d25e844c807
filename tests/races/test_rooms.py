"""A room is booked once, an instructor teaches one class: threads at the same moment.

The negative control looks first and writes then, on a copy of the table without the exclusion constraint. It must book
the room twice here; if it does not, the race is no race and the other tests prove nothing.
"""

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection, transaction

from accounts.models import User
from catalogue.models import Course
from tests import factories
from tests.factories import NOW, CourseFactory, InstructorFactory, RoomFactory, SiteFactory, TermFactory
from timetable.errors import TimetableRefused
from timetable.models import ClassRun, Lesson, Occupancy
from timetable.placement import Slot, schedule_run

if TYPE_CHECKING:
    from tests.races.conftest import Race

pytestmark = pytest.mark.django_db(transaction=True)

START = NOW + timedelta(days=7, hours=9, minutes=30)
LENGTH = timedelta(minutes=90)
MANY = 20

COPY_WITHOUT_THE_RULE = "CREATE TABLE unruled (resource_id bigint, during tstzrange)"
LOOK = "SELECT count(*) FROM unruled WHERE resource_id = 1 AND during && tstzrange(%s, %s)"
WRITE = "INSERT INTO unruled VALUES (1, tstzrange(%s, %s))"


@pytest.fixture
def officer() -> User:
    TermFactory()
    return factories.officer()


def place(officer: User, course: Course, *slots: Slot) -> str:
    try:
        schedule_run(
            course=course,
            site=slots[0].room.site,
            lessons=slots,
            capacity=20,
            min_size=5,
            opens_at=NOW,
            actor=officer,
            now=NOW,
        )
    except TimetableRefused as refused:
        return " ".join(sorted({problem.code for problem in refused.problems}))
    return "placed"


def test_twenty_officers_want_one_room_and_one_gets_it(race: "Race[Any, Any]", officer: User) -> None:
    room = RoomFactory()

    answers = race(
        lambda course: place(officer, course, Slot(room, None, START, START + LENGTH)), CourseFactory.create_batch(MANY)
    )

    assert Counter(answers) == {"placed": 1, "room_taken": MANY - 1}
    assert (ClassRun.objects.count(), Lesson.objects.count(), Occupancy.objects.count()) == (1, 1, 1)


def test_twenty_sites_want_one_instructor_and_one_gets_her(race: "Race[Any, Any]", officer: User) -> None:
    teacher, course = InstructorFactory(), CourseFactory()

    answers = race(
        lambda room: place(officer, course, Slot(room, teacher, START, START + LENGTH)), RoomFactory.create_batch(MANY)
    )

    assert Counter(answers) == {"placed": 1, "instructor_taken": MANY - 1}


def test_twenty_rooms_at_once_are_twenty_runs_with_twenty_numbers(race: "Race[Any, Any]", officer: User) -> None:
    course = CourseFactory()

    answers = race(
        lambda room: place(officer, course, Slot(room, None, START, START + LENGTH)), RoomFactory.create_batch(MANY)
    )

    assert Counter(answers) == {"placed": MANY}
    assert set(ClassRun.objects.values_list("number", flat=True)) == {f"26-{n:05d}" for n in range(1, MANY + 1)}


def test_two_rooms_wanted_in_opposite_order_deadlock_nobody(race: "Race[Any, Any]", officer: User) -> None:
    site, course = SiteFactory(), CourseFactory()
    rooms = RoomFactory.create_batch(2, site=site)

    def act(turn: int) -> str:
        first, second = rooms if turn % 2 else reversed(rooms)
        day = timedelta(days=1)
        later = Slot(second, None, START + day, START + day + LENGTH)
        return place(officer, course, Slot(first, None, START, START + LENGTH), later)

    answers = race(act, range(MANY))

    # The two orders do not clash with each other: the first room's evening is not the second one's.
    assert Counter(answers) == {"placed": 2, "room_taken": MANY - 2}


def test_a_plan_sent_many_times_at_once_is_one_run_and_the_others_are_told_which(
    race: "Race[Any, Any]", officer: User
) -> None:
    room, course, teacher = RoomFactory(), CourseFactory(), InstructorFactory()

    def act(_turn: int) -> str:
        try:
            return schedule_run(
                course=course,
                site=room.site,
                lessons=[Slot(room, teacher, START, START + LENGTH)],
                capacity=20,
                min_size=5,
                opens_at=NOW,
                actor=officer,
                now=NOW,
            ).number
        except TimetableRefused as refused:
            return refused.twin.number if refused.twin else "none"

    answers = race(act, range(MANY))

    assert answers == [ClassRun.objects.get().number] * MANY


def test_looking_first_and_writing_then_books_the_room_twice(race: "Race[Any, Any]") -> None:
    """The negative control."""
    with connection.cursor() as cursor:
        cursor.execute(COPY_WITHOUT_THE_RULE)
    times = [START, START + LENGTH]

    def act(_turn: int) -> bool:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(LOOK, times)
            is_free: bool = cursor.fetchone() == (0,)
            cursor.execute("SELECT pg_sleep(0.05)")
            if is_free:
                cursor.execute(WRITE, times)
            return is_free

    try:
        answers = race(act, range(MANY))
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM unruled")
            booked = cursor.fetchone()
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE unruled")

    assert answers.count(True) > 1
    assert booked == (answers.count(True),)
