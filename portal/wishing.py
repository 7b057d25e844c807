"""Wishes as the pages show them: for everybody how many, for an officer also where, when, and what could be arranged.

Numbers only. A group of fewer than five people is not told apart: a small town would be a name.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import islice, zip_longest
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.models import AnonymousUser
from django.db.models import Case, Exists, OuterRef, Value, When
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from catalogue import search
from catalogue.models import Course, Instructor, Room, Site
from enrollment.models import Backing, Wish, WishStatus
from policy.calendar import is_workday
from policy.clock import SHANGHAI, local
from portal.forms import template_of
from timetable import suggestions
from timetable.bands import LessonBand, bands_of
from timetable.models import ClassRun
from timetable.plans import Slot
from timetable.words import dated

SMALLEST_GROUP = 5
MOST_OPTIONS = 3
MOST_SITES = 3
MOST_ANSWERED = 10
WEEK = timedelta(days=7)
DAYS_TO_PREPARE = 14
# When a class of a band begins; who named no band most often comes after work.
STARTS = {
    LessonBand.NOON: time(12),
    LessonBand.AFTER_WORK: time(18, 30),
    LessonBand.WEEKEND: time(9, 30),
    LessonBand.WEEKDAY_DAY: time(14),
    LessonBand.AFTER_EARLY_SHIFT: time(15),
    LessonBand.AFTER_NIGHT_SHIFT: time(9),
}


@dataclass(frozen=True)
class Group:
    """How many of those who want something named this town, or this band. `value` is empty where they named none."""

    value: str
    label: str
    count: int


@dataclass(frozen=True)
class Split:
    """Those who want something, split into groups large enough; `rest` are all others together."""

    label: str
    groups: list[Group]
    rest: int

    @property
    def first_choice(self) -> str:
        """The value most people named; empty when no group that named one is large enough."""
        return next((group.value for group in self.groups if group.value), "")


@dataclass(frozen=True)
class Evidence:
    """What an officer plans by: how many people, since when, where and when it would suit them."""

    people: int
    since: datetime | None
    towns: Split
    bands: Split

    @property
    def splits(self) -> tuple[Split, Split]:
        """Both, in the order in which they are read."""
        return self.towns, self.bands


@dataclass(frozen=True)
class Option:
    """A class that could be held: everything is free. `url` is the form of a new run, filled in."""

    course: str
    site: str
    room: str
    teacher: str
    start: str
    url: str


def own_wishes(user: User | AnonymousUser) -> list[Wish]:
    """Return what a person wants to learn, newest first: all that is open, and the latest that were answered."""
    if not isinstance(user, User):
        return []
    own = Wish.objects.backed_by(user).for_rows()
    answered = own.exclude(status=WishStatus.OPEN).order_by("-answered_at", "-pk")[:MOST_ANSWERED]
    return [*own.open().order_by("-created_at", "-pk"), *answered]


def known_to(user: User | AnonymousUser, wish: Wish) -> Backing | None:
    """Return the person's own backing of a wish."""
    if not isinstance(user, User):
        return None
    return Backing.objects.select_related("town").filter(wish=wish, person=user.pk).first()


def evidence(wish: Wish) -> Evidence:
    """Return by what an officer plans. One statement."""
    rows = list(wish.backings.order_by("created_at").values_list("town__slug", "town__area", "band", "created_at"))
    areas = {slug: area for slug, area, _band, _at in rows if slug}
    bands = {band.value: str(band.label) for band in LessonBand}
    return Evidence(
        people=len(rows),
        since=rows[0][3] if rows else None,
        towns=_split(_("街镇"), (row[0] or "" for row in rows), areas),
        bands=_split(_("时间"), (row[2] for row in rows), bands),
    )


def options(wish: Wish, seen: Evidence, now: datetime) -> list[Option]:
    """Return up to three classes that could be held as most people want it, each with room and instructor free.

    Of a course three places or times; of somebody's words the three courses that answer them best.
    """
    sites = _sites(seen.towns.first_choice)
    band = LessonBand(seen.bands.first_choice or LessonBand.AFTER_WORK)
    if wish.course:
        found = [list(_of(wish.course, site, band, now)) for site in sites] if wish.course.retired_at is None else []
    else:
        found = [list(islice(_anywhere(course, sites, band, now), 1)) for course in _courses(wish)]
    in_turn = (option for round_ in zip_longest(*found) for option in round_ if option)
    return list(islice(in_turn, MOST_OPTIONS))


def new_run_of(wish: Wish, now: datetime) -> str:
    """Return the number of the last public run of the course made since the wish, to come: it may be the answer."""
    if wish.course_id is None:
        return ""
    runs = ClassRun.objects.visible_to(None).standing().upcoming(now)
    made = runs.filter(course=wish.course_id, created_at__gte=wish.created_at).order_by("-created_at", "-pk")
    return made.values_list("number", flat=True).first() or ""


def _split(label: str, values: Iterable[str], labels: Mapping[str, str]) -> Split:
    counted = Counter(values)
    large = sorted((-count, value) for value, count in counted.items() if count >= SMALLEST_GROUP)
    groups = [Group(value, labels.get(value) or _("都可以"), -count) for count, value in large]
    return Split(label, groups, counted.total() - sum(group.count for group in groups))


def _courses(wish: Wish) -> list[Course]:
    """Return the courses that answer somebody's words best."""
    keys = search.ranked(wish.words)[:MOST_OPTIONS]
    known = Course.objects.published().in_bulk(keys)
    return [known[pk] for pk in keys if pk in known]


def _sites(town: str) -> list[Site]:
    """Return sites of the town with rooms, or of the whole district where it has none. One statement."""
    nearest = Case(When(union__slug=town, then=Value(0)), default=Value(1))
    with_rooms = Site.objects.filter(Exists(Room.objects.filter(site=OuterRef("pk"), retired_at=None)), retired_at=None)
    found = list(with_rooms.select_related("union").order_by(nearest, "slug")[:MOST_SITES])
    return [site for site in found if site.union.slug == town] or found


def _anywhere(course: Course, sites: list[Site], band: LessonBand, now: datetime) -> Iterator[Option]:
    for site in sites:
        yield from _of(course, site, band, now)


def _of(course: Course, site: Site, band: LessonBand, now: datetime) -> Iterator[Option]:
    """Yield the free starts at one site, from two weeks on, with the room and the instructor of the template."""
    template = template_of(course, site, now=now)
    room = Room.objects.filter(pk=template["room"]).first()
    if room is None:
        return
    teacher = Instructor.objects.filter(public_id=template["instructor"]).first()
    lessons = _lessons(template, room, teacher, _first_start(band, now))
    starts = suggestions.nearest_free_starts(lessons)
    if not suggestions.clashes(lessons):
        starts = [lessons[0].starts_at, *starts]
    for start in starts:
        if _suits(start, band):
            yield _option(course, site, room, teacher, start)


def _lessons(template: dict[str, Any], room: Room, teacher: Instructor | None, first: datetime) -> list[Slot]:
    length = timedelta(minutes=template["minutes"])
    starts = (first + number * WEEK for number in range(template["lesson_count"]))
    return [Slot(room, teacher, start, start + length) for start in starts]


def _first_start(band: LessonBand, now: datetime) -> datetime:
    """Return the first start in a band that leaves time to prepare."""
    day = local(now).date() + timedelta(days=DAYS_TO_PREPARE)
    while not _suits(start := datetime.combine(day, STARTS[band], SHANGHAI), band):
        day += timedelta(days=1)
    return start


def _suits(start: datetime, band: LessonBand) -> bool:
    """Tell whether a class may begin then: within the band, and not on a holiday nor a weekend that is worked."""
    is_free_day = not is_workday(local(start).date())
    return band in bands_of(start) and is_free_day == (band == LessonBand.WEEKEND)


def _option(course: Course, site: Site, room: Room, teacher: Instructor | None, start: datetime) -> Option:
    there = local(start)
    filled = {
        "site": site.slug,
        "room": room.pk,
        "instructor": teacher.public_id if teacher else "",
        "first_on": f"{there:%Y-%m-%d}",
        "starts": f"{there:%H:%M}",
    }
    return Option(
        course=course.title,
        site=site.short_name,
        room=room.name,
        teacher=teacher.name if teacher else _("讲师以后再定"),
        start=dated(start),
        url=f"{reverse('portal:desk_new_run', args=[course.code])}?{urlencode(filled)}",
    )
