"""The town's class runs: fifteen months of noons, evenings and Saturdays, where room and instructor are free."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import cycle, islice
from random import Random

from accounts.models import Enterprise
from catalogue.menu.progress import Progress
from catalogue.models import Band, Course, CourseInstructor, Instructor, Room
from policy.clock import SHANGHAI, local
from policy.defaults import MAX_SEATS, OPEN_AT
from portal.demo.places import (
    AFTERNOON,
    EVENING,
    LONGEST_AT_NOON,
    MORNING,
    NOON,
    SATURDAY,
    all_rooms,
    lesson_length,
    short_courses,
    shuffled,
)
from timetable.models import Occupancy
from timetable.plans import Plan, Slot, Time

DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
PAST, COMING = 365 * DAY, 92 * DAY
# Everything has been there since: the first run is made and opens some weeks before it starts.
BEGAN = PAST + 120 * DAY
MOST_TRIES, MOST_MISSES = 200, 20
WEEKDAYS, SATURDAYS = range(SATURDAY), [SATURDAY]
HOURS: dict[str, list[tuple[Iterable[int], time]]] = {
    Band.NOON: [(WEEKDAYS, NOON)],
    Band.AFTER_WORK: [(WEEKDAYS, EVENING)],
    Band.WEEKEND: [(SATURDAYS, MORNING), (SATURDAYS, AFTERNOON)],
    Band.WEEKDAY_DAY: [(WEEKDAYS, MORNING), (WEEKDAYS, AFTERNOON)],
}
USUAL_BANDS = [Band.NOON, Band.AFTER_WORK, Band.WEEKEND]


class TownIsFull(Exception):
    """There is no room or instructor free for as many runs as were asked for."""


@dataclass
class Diary:
    """Who and what is taken when, by local days: the same as the database's occupancies, known without asking it."""

    taken: dict[tuple[Room | Instructor, date], list[Time]] = field(default_factory=lambda: defaultdict(list))

    def take(self, slots: Iterable[Slot]) -> None:
        """Note what these lessons take."""
        for slot in slots:
            for thing, during in slot.takes():
                self.taken[thing, local(during[0]).date()].append(during)

    def has_free(self, slots: Iterable[Slot]) -> bool:
        """Tell whether rooms and instructors of all these lessons are free."""
        return not any(
            during[0] < end and start < during[1]
            for slot in slots
            for thing, during in slot.takes()
            for start, end in self.taken.get((thing, local(during[0]).date()), ())
        )


@dataclass(frozen=True)
class Drawn:
    """A run of the town: the plan as the door gets it, when an officer makes it, how much it is liked (0 to 1).

    One that is `private_to` an enterprise is of an order of its.
    """

    plan: Plan
    made_at: datetime
    liked: float = 0
    private_to: Enterprise | None = None


@dataclass(frozen=True)
class Offer:
    """A course with its usual instructor, the length of its lessons, and the hours at which they may begin."""

    course: Course
    teacher: Instructor | None
    length: timedelta
    hours: list[tuple[Iterable[int], time]]


def todays_diary() -> Diary:
    """Return what is taken by what stands in the database."""
    diary = Diary()
    rows = Occupancy.objects.filter(active=True).select_related("resource__room", "resource__instructor")
    for row in rows:
        if thing := row.resource.room or row.resource.instructor:
            diary.taken[thing, local(row.during.lower).date()].append((row.during.lower, row.during.upper))
    return diary


def draw(count: int, *, chance: Random, now: datetime, progress: Progress) -> list[Drawn]:
    """Return that many runs, in the order in which they were made. Raises TownIsFull."""
    diary, rooms = todays_diary(), all_rooms()
    found: list[Drawn] = []
    misses = 0
    waiting = cycle(shuffled(offers(), chance))
    while len(found) < count:
        offer = next(waiting)
        lessons = find_place(offer, rooms, diary, between=(now - PAST, now + COMING), chance=chance)
        misses = 0 if lessons else misses + 1
        if misses > MOST_MISSES:
            raise TownIsFull
        if lessons:
            diary.take(lessons)
            found.append(_drawn(offer.course, lessons, chance=chance, now=now))
            progress("排课", len(found), count)
    return sorted(found, key=lambda run: run.made_at)


def offers() -> list[Offer]:
    """Return the courses that fit into the town's hours."""
    teachers = _usual_teachers()
    return [Offer(course, teachers.get(course.pk), lesson_length(course), _hours(course)) for course in short_courses()]


def find_place(
    offer: Offer, rooms: list[Room], diary: Diary, *, between: Time, chance: Random
) -> tuple[Slot, ...] | None:
    """Return the weekly lessons of a run that starts between two moments, where room and instructor are free.

    None where none is found by chance.
    """
    for start in islice(_starts(offer, between, chance), MOST_TRIES):
        room = chance.choice(rooms)
        lessons = tuple(
            Slot(room, offer.teacher, first, first + offer.length)
            for first in (start + week * WEEK for week in range(offer.course.lesson_count))
        )
        if room.site.opened_on <= local(start).date() and diary.has_free(lessons):
            return lessons
    return None


def _usual_teachers() -> dict[int, Instructor]:
    """Return by course who teaches it first in the menu's order, of those who still teach."""
    rows = CourseInstructor.objects.filter(instructor__retired_at=None).order_by("course", "-position", "-pk")
    return {row.course_id: row.instructor for row in rows.select_related("instructor")}


def _hours(course: Course) -> list[tuple[Iterable[int], time]]:
    """Return when the course may begin; a noon is too short for some."""
    bands = USUAL_BANDS if not course.bands or Band.ANY in course.bands else course.bands
    hours = [hour for band in bands for hour in HOURS[band]]
    fitting = [hour for hour in hours if hour[1] != NOON or lesson_length(course) <= LONGEST_AT_NOON]
    return fitting or HOURS[Band.AFTER_WORK]


def _starts(offer: Offer, between: Time, chance: Random) -> Iterator[datetime]:
    """Yield starts between two moments, without end."""
    first, last = between
    first_day = local(first).date()
    first_monday = first_day - first_day.weekday() * DAY
    weeks = (last - first) // WEEK + 2
    while True:
        weekdays, hour = chance.choice(offer.hours)
        day = first_monday + chance.randrange(weeks) * WEEK + chance.choice([*weekdays]) * DAY
        start = datetime.combine(day, hour, SHANGHAI)
        if first <= start <= last:
            yield start


def _drawn(course: Course, lessons: tuple[Slot, ...], *, chance: Random, now: datetime) -> Drawn:
    """Return the run: opened four to ten weeks before it starts, made some days before that, never in the future."""
    start, room = lessons[0].starts_at, lessons[0].room
    opens = datetime.combine(local(start).date() - chance.randrange(28, 71) * DAY, OPEN_AT, SHANGHAI)
    made = opens - timedelta(minutes=chance.randrange(3 * 24 * 60, 15 * 24 * 60))
    if made >= now:
        made = now - timedelta(minutes=chance.randrange(60, 20 * 24 * 60))
    capacity = min(course.max_size, room.capacity, MAX_SEATS)
    plan = Plan(course, room.site, lessons, capacity, min(course.min_size, capacity), opens)
    return Drawn(plan, made, chance.random())
