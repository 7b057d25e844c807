"""What is in the way of a plan, and what is free instead. Questions only; placement decides."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, time, timedelta
from functools import reduce
from itertools import islice
from operator import or_

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When
from django.utils.translation import gettext as _
from psycopg.types.range import TimestamptzRange

from accounts.models import User
from catalogue.models import Course, Instructor, Room, Site
from policy.clock import local
from policy.defaults import ROOM_BUFFER_MINUTES
from policy.problems import Problem
from timetable.errors import Alternatives
from timetable.models import ClassRun, Occupancy
from timetable.plans import Plan, Slot, Time
from timetable.words import dated_span

DAYS_AHEAD = 14
STEP = timedelta(minutes=30)
EARLIEST, LATEST = time(9), time(21)
MOST_ROOMS = 6
MOST_INSTRUCTORS = 6
MOST_STARTS = 6
MOST_STARTS_ON_THE_SAME_DAY = 2
MOST_PROBLEMS = 10

Taken = Mapping[Room | Instructor, list[Time]]


def clashes(lessons: Sequence[Slot]) -> list[Occupancy]:
    """Return what already takes a wished room or instructor at a wished time, soonest first."""
    wanted = (
        _of(thing) & Q(during__overlap=TimestamptzRange(*during)) for slot in lessons for thing, during in slot.takes()
    )
    rows = Occupancy.objects.filter(reduce(or_, wanted), active=True).order_by("lesson__starts_at", "resource")
    return list(rows.select_related("lesson__class_run__course", "resource__room", "resource__instructor"))


def problems(in_the_way: Sequence[Occupancy], *, lessons: Sequence[Slot]) -> list[Problem]:
    """Say of each clash what is taken, when and by which class run; ten are enough to read."""
    return [_problem(row, lessons) for row in in_the_way[:MOST_PROBLEMS]]


def alternatives(plan: Plan, *, in_the_way: Sequence[Occupancy]) -> Alternatives:
    """Return what is free instead of the rooms and instructors that the plan cannot have."""
    taken = {row.resource.room or row.resource.instructor for row in in_the_way}
    homeless = [slot for slot in plan.lessons if slot.room in taken or slot.room.capacity < plan.capacity]
    untaught = [slot for slot in plan.lessons if slot.instructor in taken]
    return Alternatives(
        rooms=tuple(free_rooms(site=plan.site, lessons=homeless, seats=plan.capacity)),
        instructors=tuple(free_instructors(course=plan.course, lessons=untaught)),
        starts=tuple(nearest_free_starts(plan.lessons)) if in_the_way else (),
    )


def twin(plan: Plan, *, in_the_way: Sequence[Occupancy], actor: User) -> ClassRun | None:
    """Return the run in the way that is the same plan, made by the same person: it was sent twice."""
    wished = [
        (slot.room.pk, slot.instructor.pk if slot.instructor else None, slot.starts_at, slot.ends_at)
        for slot in plan.lessons
    ]
    sizes = (plan.course, plan.capacity, plan.min_size, plan.opens_at, actor.pk)
    for run in {row.lesson.class_run for row in in_the_way}:
        lessons = list(run.lessons.values_list("room", "instructor", "starts_at", "ends_at"))
        if lessons == wished and sizes == (run.course, run.capacity, run.min_size, run.opens_at, run.created_by_id):
            return run
    return None


def free_rooms(*, site: Site, lessons: Sequence[Slot], seats: int) -> list[Room]:
    """Return rooms with `seats` that are free for all lessons: of the site first, then of its town's other sites."""
    if not lessons:
        return []
    rooms = Room.objects.filter(site__union=site.union_id, site__retired_at=None, retired_at=None, capacity__gte=seats)
    busy = _busy(lessons, Room).filter(resource__room=OuterRef("pk"))
    nearest = Case(When(site=site, then=Value(0)), default=Value(1))
    free = rooms.exclude(Exists(busy)).select_related("site")
    return list(free.order_by(nearest, "site__slug", "position", "pk")[:MOST_ROOMS])


def free_instructors(*, course: Course, lessons: Sequence[Slot]) -> list[Instructor]:
    """Return instructors of the course, in the menu's order, who are free for all lessons."""
    if not lessons:
        return []
    busy = _busy(lessons, Instructor).filter(resource__instructor=OuterRef("pk"))
    free = Instructor.objects.filter(course_instructors__course=course, retired_at=None).exclude(Exists(busy))
    return list(free.order_by("course_instructors__position", "pk")[:MOST_INSTRUCTORS])


def nearest_free_starts(lessons: Sequence[Slot]) -> list[datetime]:
    """Return starts of the first lesson at which all lessons, moved together, find room and instructor free.

    Two later on the same day (half-hour steps, between 09:00 and 21:00), then the same time of the next 14 days.
    """
    taken = _taken_until(lessons, lessons[-1].ends_at + timedelta(days=DAYS_AHEAD + 1))
    later = (shift for shift in _later_the_same_day(lessons) if _fits(lessons, shift, taken))
    shifts = list(islice(later, MOST_STARTS_ON_THE_SAME_DAY))
    days = (timedelta(days=number) for number in range(1, DAYS_AHEAD + 1))
    shifts += islice((shift for shift in days if _fits(lessons, shift, taken)), MOST_STARTS - len(shifts))
    return [lessons[0].starts_at + shift for shift in shifts]


def _later_the_same_day(lessons: Sequence[Slot]) -> Iterator[timedelta]:
    for steps in range(1, timedelta(days=1) // STEP):
        moved = [slot.moved_by(steps * STEP) for slot in lessons]
        if all(_is_in_the_daytime(before, after) for before, after in zip(lessons, moved, strict=True)):
            yield steps * STEP


def _is_in_the_daytime(before: Slot, after: Slot) -> bool:
    start, end = local(after.starts_at), local(after.ends_at)
    is_same_day = local(before.starts_at).date() == start.date() == end.date()
    return is_same_day and start.time() >= EARLIEST and end.time() <= LATEST


def _fits(lessons: Sequence[Slot], shift: timedelta, taken: Taken) -> bool:
    wished = ((thing, during) for slot in lessons for thing, during in slot.moved_by(shift).takes())
    return not any(
        start < other_end and other_start < end
        for thing, (start, end) in wished
        for other_start, other_end in taken[thing]
    )


def _taken_until(lessons: Sequence[Slot], end: datetime) -> Taken:
    """Return when each wished room and instructor is taken, from the first lesson's start to `end`."""
    wanted = reduce(or_, (_of(thing) for slot in lessons for thing, _during in slot.takes()))
    window = TimestamptzRange(lessons[0].starts_at, end)
    rows = Occupancy.objects.filter(wanted, active=True, during__overlap=window)
    taken: defaultdict[Room | Instructor, list[Time]] = defaultdict(list)
    for row in rows.select_related("resource__room", "resource__instructor"):
        taken[_thing(row)].append((row.during.lower, row.during.upper))
    return taken


def _busy(lessons: Sequence[Slot], kind: type[Room | Instructor]) -> QuerySet[Occupancy]:
    """Return what takes anything at the time that lessons would take a thing of this kind."""
    times = (
        Q(during__overlap=TimestamptzRange(*during))
        for slot in lessons
        for thing, during in slot.takes()
        if isinstance(thing, kind)
    )
    return Occupancy.objects.filter(reduce(or_, times), active=True)


def _of(thing: Room | Instructor) -> Q:
    return Q(resource__room=thing) if isinstance(thing, Room) else Q(resource__instructor=thing)


def _thing(row: Occupancy) -> Room | Instructor:
    """Return what is taken: the database holds that a resource is one of the two."""
    if row.resource.room:
        return row.resource.room
    assert row.resource.instructor is not None  # noqa: S101 -- CHECK resource_is_one_thing
    return row.resource.instructor


def _problem(row: Occupancy, lessons: Sequence[Slot]) -> Problem:
    thing, lesson = _thing(row), row.lesson
    values = {
        "what": thing.name,
        "time": dated_span(lesson.starts_at, lesson.ends_at),
        "course": lesson.class_run.course.title,
        "number": lesson.class_run.number,
    }
    sentence = _("%(what)s %(time)s 已有《%(course)s》（%(number)s）。") % values
    if isinstance(thing, Instructor):
        return Problem("instructor_taken", sentence, field="instructor")
    wished = (slot for slot in lessons if slot.room == thing)
    if any(slot.starts_at < lesson.ends_at and lesson.starts_at < slot.ends_at for slot in wished):
        return Problem("room_taken", sentence, field="room")
    mend = _("同一间教室的两次课之间要留 %(minutes)s 分钟。") % {"minutes": ROOM_BUFFER_MINUTES}
    return Problem("room_taken", sentence, mend, field="room")
