"""The five class runs a visitor finds for certain, all made through the doors: full, with a line, opening later."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from itertools import cycle, islice
from random import Random

from accounts.models import User
from catalogue.models import Course, Room
from enrollment import seats
from enrollment.seats import Outcome
from policy.clock import SHANGHAI, local
from policy.defaults import MAX_SEATS, OPEN_AT
from portal.demo.places import (
    AFTERNOON,
    EVENING,
    LONGEST_AT_NOON,
    MORNING,
    NOON,
    SATURDAY,
    SUNDAY,
    lesson_length,
    short_courses,
    shuffled,
    usual_rooms,
)
from timetable.errors import TimetableRefused
from timetable.models import ClassRun
from timetable.placement import Slot, schedule_run

COUNT = 5
DAYS = 28
MOST_LESSONS = 4
MOST_TRIES = 40
IN_LINE = 3
DAY = timedelta(days=1)
# The first run is so near that its reminder goes out at once, but not in the middle of the night.
REMINDED_IN = timedelta(hours=23)
FIRST_HOUR, LAST_START = 7, time(21, 30)


@dataclass(frozen=True)
class Wish:
    """What one run is to show: its course, start and opening, how many seats it has and how many people want one."""

    course: Course
    starts_at: datetime
    opens_at: datetime
    capacity: int = MAX_SEATS
    people: int = 0
    line: int = 0
    of_first_worker: bool = False

    @property
    def length(self) -> timedelta:
        """How long one lesson takes."""
        return lesson_length(self.course)


def wishes(*, workers: int, chance: Random, now: datetime) -> list[Wish]:
    """Return what the five runs are to show, in the order of their numbers."""
    opened = now - 2 * DAY
    tomorrow = datetime.combine(local(now).date() + DAY, OPEN_AT, SHANGHAI)
    small = max(2, min(12, workers // 3))
    courses = islice(cycle(shuffled(short_courses(), chance)), COUNT)
    soon, line, full, nearly, later = (
        (course, _some_time(course, chance, now, first_day=3 + number)) for number, course in enumerate(courses)
    )
    return [
        Wish(soon[0], _reminded_soon(now), opened, people=small, of_first_worker=True),
        Wish(*line, opened, small, people=small, line=IN_LINE, of_first_worker=True),
        Wish(*full, opened, small, people=small),
        Wish(*nearly, opened, small, people=small - 1),
        Wish(*later, tomorrow),
    ]


def schedule(wished: Iterable[Wish], *, officer: User, chance: Random, now: datetime) -> list[ClassRun]:
    """Make one run for each wish, over all sites in turn."""
    rooms = cycle(shuffled(usual_rooms(), chance))
    return [_schedule(wish, rooms, officer=officer, now=now) for wish in wished]


def fill(runs: Sequence[ClassRun], wished: Sequence[Wish], workers: Sequence[User], *, now: datetime) -> None:
    """Let workers take seats and places in line. The first one has both; the second has nothing and may try."""
    first, _second, *others = workers
    hopeful = cycle(others)
    for run, wish in zip(runs, wished, strict=True):
        wanted = min(wish.people, run.capacity) + wish.line - wish.of_first_worker
        for worker in islice(hopeful, len(others)):
            if wanted <= 0:
                break
            claim = seats.claim(worker=worker, run_id=run.pk, now=now, join_line=True)
            wanted -= claim.outcome in {Outcome.ENROLLED, Outcome.WAITING}
        if wish.of_first_worker:
            seats.claim(worker=first, run_id=run.pk, now=now, join_line=True)


def _some_time(course: Course, chance: Random, now: datetime, *, first_day: int) -> datetime:
    """Return a noon or an evening of a working day, or half a Saturday, within four weeks."""
    day = local(now).date() + chance.randrange(first_day, DAYS) * DAY
    if day.weekday() == SUNDAY:
        day -= DAY
    if day.weekday() == SATURDAY:
        return datetime.combine(day, chance.choice([MORNING, AFTERNOON]), SHANGHAI)
    fits_noon = lesson_length(course) <= LONGEST_AT_NOON
    return datetime.combine(day, chance.choice([NOON, EVENING]) if fits_noon else EVENING, SHANGHAI)


def _reminded_soon(now: datetime) -> datetime:
    """Return a start in about 23 hours, or the evening before where that would be at night."""
    start = local(now + REMINDED_IN).replace(second=0, microsecond=0)
    start -= timedelta(minutes=start.minute % 10)
    day = start.date() - DAY if start.hour < FIRST_HOUR else start.date()
    return min(start, datetime.combine(day, LAST_START, SHANGHAI))


def _schedule(wish: Wish, rooms: Iterator[Room], *, officer: User, now: datetime) -> ClassRun:
    """Make the run in the next room that will do, at the last of the offered times where the wished one is taken."""
    for room in islice(rooms, MOST_TRIES):
        try:
            return _try(wish, room, officer=officer, now=now)
        except TimetableRefused as refused:
            if refused.alternatives.starts:
                wish = replace(wish, starts_at=refused.alternatives.starts[-1])
    return _try(wish, next(rooms), officer=officer, now=now)


def _try(wish: Wish, room: Room, *, officer: User, now: datetime) -> ClassRun:
    course = wish.course
    teacher = course.instructors.filter(retired_at=None).order_by("course_instructors__position").first()
    starts = [wish.starts_at + week * 7 * DAY for week in range(min(course.lesson_count, MOST_LESSONS))]
    capacity = min(wish.capacity, course.max_size, room.capacity)
    return schedule_run(
        course=course,
        site=room.site,
        lessons=[Slot(room, teacher, start, start + wish.length) for start in starts],
        capacity=capacity,
        min_size=min(course.min_size, capacity),
        opens_at=wish.opens_at,
        actor=officer,
        now=now,
    )
