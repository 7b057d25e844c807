"""The menu and its coming class runs in memory, so that narrowing 654 courses by anything costs no statement.

Every value of every facet has a mask: a whole number with a bit for each course. What is asked of a course is cut by
`&`; what is asked of a run (town, site, weekday, band, state) must hold for one and the same run, so the runs are gone
through. Read anew when the catalogue's version moved, and for the states of the runs every FRESH anyway.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from threading import Lock
from typing import NamedTuple

from catalogue import version
from catalogue.audiences import audiences_of
from catalogue.models import Category, Course, CourseInstructor, Site, Topic, Track
from enrollment.wishes import backers_by_course
from policy.clock import local
from timetable.bands import bands_of
from timetable.models import ClassRun, Lesson, RunState

FRESH = timedelta(seconds=5)
COURSE_FACETS = ("category", "topic", "track", "level", "audience", "delivery", "title")
RUN_FACETS = ("town", "site", "weekday", "band", "state")
# What the address calls the states a passer-by can be in.
STATES = {RunState.OPEN: "open", RunState.FEW: "open", RunState.SOON: "soon", RunState.WAITING: "full"}

Mask = int
Masks = dict[str, Mask]


class Name(NamedTuple):
    """What a value of a facet is called; without English, English pages say the Chinese. A site is within a town."""

    value: str
    name: str
    name_en: str = ""
    within: str = ""


@dataclass(frozen=True)
class IndexedRun:
    """A coming run: the bit of its course, and its values of each facet of runs."""

    pk: int
    course_bit: Mask
    starts_at: datetime
    can_press: bool
    values: dict[str, frozenset[str]]


@dataclass(frozen=True)
class CourseIndex:
    """What was read at `made_at`, with the runs' states of `read_at`.

    `courses` are the published ones by code: the place of a course is its bit. `runs` are the public coming ones, those
    with a seat to press for first, then by start. `wanted` are the courses, the one most people wish for first.
    """

    version: int
    made_at: datetime
    read_at: datetime
    courses: list[int]
    of_courses: dict[str, Masks]
    newest: list[int]
    by_title: list[int]
    wanted: list[int]
    runs: list[IndexedRun]
    names: dict[str, list[Name]]
    site_count: int

    @cached_property
    def places(self) -> dict[int, int]:
        """The bit of each course, by its key."""
        return {pk: place for place, pk in enumerate(self.courses)}

    @cached_property
    def of_runs(self) -> dict[str, Masks]:
        """The courses that have a coming run with each value."""
        return {facet: masks_of(self.runs, facet) for facet in RUN_FACETS}

    @property
    def everything(self) -> Mask:
        """The mask of all courses."""
        return (1 << len(self.courses)) - 1

    def is_as_of(self, moved_to: int, now: datetime) -> bool:
        """Tell whether it is of this version and its states may still be shown; a clock that was set back ends it."""
        return self.version == moved_to and timedelta() <= now - self.read_at < FRESH


def masks_of(runs: Iterable[IndexedRun], facet: str) -> Masks:
    """Return, for each value of a facet of runs, the courses of these runs that have it."""
    masks: Masks = defaultdict(int)
    for run in runs:
        for value in run.values[facet]:
            masks[value] |= run.course_bit
    return dict(masks)


def current(now: datetime) -> CourseIndex:
    """Return the index as of now. One statement; nine more to read it anew, two to ask again what stands."""
    moved_to = version.current()
    held = _held.index
    if held is None or not held.is_as_of(moved_to, now):
        with _held.lock:
            held = _held.index
            if held is None or held.version != moved_to or now < held.made_at:
                held = _held.index = _read(moved_to, now)
            elif not held.is_as_of(moved_to, now):
                held = _held.index = _asked_again(held, now)
    return held


def _asked_again(held: CourseIndex, now: datetime) -> CourseIndex:
    """Return the index with what changes without the version: how the runs stand, and what people wish for."""
    return replace(held, read_at=now, runs=_standing_now(held.runs, now), wanted=_most_wanted(held.courses))


def forget() -> None:
    """Read anew at the next call; tests need it, whose rows vanish without a trace."""
    _held.index = None


class _Held:
    """The index of this process."""

    def __init__(self) -> None:
        self.index: CourseIndex | None = None
        self.lock = Lock()


_held = _Held()


def _read(moved_to: int, now: datetime) -> CourseIndex:
    menu = Course.objects.published().select_related("search", "topic", "track").order_by("code")
    courses = list(menu.only(*_COURSE_COLUMNS))
    places = {course.pk: place for place, course in enumerate(courses)}
    return CourseIndex(
        version=moved_to,
        made_at=now,
        read_at=now,
        courses=[course.pk for course in courses],
        of_courses=_masks_of_courses(courses),
        newest=[course.pk for course in sorted(courses, key=lambda one: one.created_at, reverse=True)],
        by_title=[course.pk for course in sorted(courses, key=_title_in_pinyin)],
        wanted=_most_wanted(list(places)),
        runs=_runs(places, now),
        names=_names(),
        site_count=Site.objects.filter(retired_at=None).count(),
    )


_COURSE_COLUMNS = (
    "code", "category", "topic__slug", "track__code", "level", "deliveries", "audience", "created_at", "title",
    "search__pinyin",
)  # fmt: skip

_STATE_COLUMNS = ("capacity", "seats_taken", "waiting", "opens_at", "starts_at", "cancelled_at")


def _title_in_pinyin(course: Course) -> tuple[bool, str]:
    pinyin = course.search.pinyin if hasattr(course, "search") else ""
    return not pinyin, pinyin


def _most_wanted(courses: list[int]) -> list[int]:
    backers = backers_by_course()
    return sorted(courses, key=lambda pk: -backers.get(pk, 0))


def _masks_of_courses(courses: list[Course]) -> dict[str, Masks]:
    masks: dict[str, Masks] = {facet: defaultdict(int) for facet in COURSE_FACETS}
    titles: dict[int, list[str]] = defaultdict(list)
    for course_id, of_one in CourseInstructor.objects.order_by().values_list("course_id", "instructor__titles"):
        titles[course_id] += of_one
    for place, course in enumerate(courses):
        for facet, values in zip(COURSE_FACETS, _values_of(course, titles[course.pk]), strict=True):
            for value in values:
                masks[facet][value] |= 1 << place
    return masks


def _values_of(course: Course, titles: list[str]) -> Iterator[Iterable[str]]:
    """Yield the values of a course in the order of COURSE_FACETS."""
    yield [course.category_id]
    yield [course.topic.slug] if course.topic else []
    yield [course.track.code] if course.track else []
    yield [course.level]
    yield audiences_of(course.audience)
    yield course.deliveries
    yield titles


def _runs(places: dict[int, int], now: datetime) -> list[IndexedRun]:
    coming = ClassRun.objects.on_offer(now)
    lessons = Lesson.objects.filter(class_run__in=coming.order_by(), cancelled_at=None)
    times: dict[int, list[datetime]] = defaultdict(list)
    for run_id, starts_at in lessons.order_by().values_list("class_run_id", "starts_at"):
        times[run_id].append(starts_at)
    found = [
        _indexed(run, 1 << places[run.course_id], times[run.pk] or [run.starts_at], now)
        for run in coming.select_related("site__union")
        if run.course_id in places  # not one that was published a moment ago
    ]
    return _best_first(found)


def _standing_now(runs: Iterable[IndexedRun], now: datetime) -> list[IndexedRun]:
    """Return the runs that are still to come, with their states of now: nothing else changes without the version."""
    rows = ClassRun.objects.on_offer(now).order_by().only(*_STATE_COLUMNS)
    states = {run.pk: STATES[run.state_at(now)] for run in rows}
    return _best_first(
        replace(run, can_press=states[run.pk] == "open", values=run.values | {"state": frozenset({states[run.pk]})})
        for run in runs
        if run.pk in states
    )


def _best_first(runs: Iterable[IndexedRun]) -> list[IndexedRun]:
    return sorted(runs, key=lambda run: (not run.can_press, run.starts_at, run.pk))


def _indexed(run: ClassRun, course_bit: Mask, times: list[datetime], now: datetime) -> IndexedRun:
    state = run.state_at(now)
    values = {
        "town": frozenset({run.site.union.slug}),
        "site": frozenset({run.site.slug}),
        "weekday": frozenset(str(local(time).isoweekday()) for time in times),
        "band": frozenset(str(band) for time in times for band in bands_of(time)),
        "state": frozenset({STATES[state]}),
    }
    return IndexedRun(run.pk, course_bit, run.starts_at, STATES[state] == "open", values)


def _names() -> dict[str, list[Name]]:
    sites = Site.objects.filter(retired_at=None).select_related("union").order_by("union__slug", "slug")
    towns = {site.union.slug: site.union.place for site in sites}
    return {
        "category": [Name(one.code, one.name, one.name_en) for one in Category.objects.all()],
        "topic": [Name(one.slug, one.name, one.name_en) for one in Topic.objects.filter(retired_at=None)],
        "track": list(_track_names()),
        "town": [Name(slug, area) for slug, area in towns.items()],
        "site": [Name(site.slug, site.short_name, within=site.union.slug) for site in sites],
    }


def _track_names() -> Iterator[Name]:
    for track in Track.objects.order_by("position", "pk"):
        yield Name(track.code, track.name)
