"""Courses, class runs and enrollments as the components of the pages show them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from catalogue.models import Course
from enrollment.models import Enrollment, EnrollmentStatus
from policy import clock
from portal.selection import Selection
from timetable import words
from timetable.models import ClassRun, Lesson, RunState

PAGE_SIZE = 24
LONGEST_PAGE_NUMBER = 9
RUNS_ON_CARD = 3
CAN_PRESS = {RunState.OPEN, RunState.FEW}
CHANCES = {RunState.OPEN: 0, RunState.FEW: 0, RunState.WAITING: 1, RunState.SOON: 2}


@dataclass(frozen=True)
class RunCard:
    """A class run at one moment: what one reads of it before pressing. `ends_at` is the first lesson's end.

    `own` is the reader's live enrollment in it.
    """

    number: str
    opens_at: datetime
    starts_at: datetime
    ends_at: datetime
    place: str
    state: RunState
    seats_left: int
    waiting: int
    note: str
    own: Enrollment | None


@dataclass(frozen=True)
class CourseCard:
    """A course in a list, with the run one would take, and the next ones with a seat."""

    course: Course
    url: str
    deliveries: list[str]
    next_run: RunCard | None
    later_runs: list[RunCard]


def run_card(run: ClassRun, now: datetime, own: Enrollment | None = None) -> RunCard:
    """Return a run as it stands at `now`, with its room and lessons (fetch them with for_rows)."""
    return _card(run, now, [lesson for lesson in run.lessons.all() if lesson.cancelled_at is None], own)


def place_of(run: ClassRun, lessons: Iterable[Lesson]) -> str:
    """Return the site, and the room where all lessons share one."""
    rooms = {lesson.room.name for lesson in lessons if lesson.room}
    return " ".join([run.site.short_name, *rooms]) if len(rooms) == 1 else run.site.short_name


def run_facts(run: ClassRun, card: RunCard) -> list[dict[str, str]]:
    """Return when and where a run is held, for components/facts.html."""
    facts = [
        ("calendar-days", _("时间"), f"{words.day_and_time(card.starts_at)}–{clock.local(card.ends_at):%H:%M}"),
        ("map-pin", _("地点"), card.place),
        ("list-checks", _("课次"), _lessons_in_words(list(run.lessons.all())) or _("1 次课")),
        ("building-2", _("地址"), run.site.address),
    ]
    return [{"icon": icon, "label": label, "value": value} for icon, label, value in facts]


def seats_in_words(run: ClassRun, state: RunState) -> str:
    """Return what the number of seats does not say: how many wait, or when one may press."""
    if state == RunState.WAITING:
        return _("已满，前面 %(ahead)s 人") % {"ahead": run.waiting}
    if state == RunState.SOON:
        return _("%(time)s 开放报名") % {"time": words.day_and_time(run.opens_at)}
    return ""


def own_in_words(own: Enrollment) -> str:
    """Return what the status does not say: how many people are served before (fetch with_ahead)."""
    if own.status != EnrollmentStatus.WAITING:
        return ""
    return _("前面 %(ahead)s 人") % {"ahead": getattr(own, "ahead", 0)}


def course_cards(selection: Selection, keys: Sequence[int], now: datetime) -> list[CourseCard]:
    """Return these courses of a selection, each with the runs of it one would take. Two statements."""
    courses = Course.objects.for_cards().in_bulk(keys)
    wanted = selection.next_runs(keys, RUNS_ON_CARD)
    numbers = [pk for of_one in wanted.values() for pk in of_one]
    runs = ClassRun.objects.select_related("site").in_bulk(numbers) if numbers else {}
    shown = {pk: _course_runs([runs[run] for run in wanted[pk] if run in runs], now) for pk in keys}
    return [
        CourseCard(
            course=courses[pk],
            url=reverse("portal:course", args=[courses[pk].code]),
            deliveries=courses[pk].delivery_labels,
            next_run=next(iter(shown[pk]), None),
            later_runs=[card for card in shown[pk][1:] if card.state in CAN_PRESS],
        )
        for pk in keys
        if pk in courses
    ]


def _course_runs(runs: Iterable[ClassRun], now: datetime) -> list[RunCard]:
    """Return the runs as they stand now, which may be some seconds later than the index knew them."""
    cards = [_card(run, now, []) for run in runs]
    return sorted(cards, key=lambda card: (card.state not in CAN_PRESS, card.starts_at))


def runs_with_cards(keys: Sequence[int], now: datetime) -> dict[int, tuple[ClassRun, RunCard]]:
    """Return these runs with their cards, by key; a card knows no lessons but the first one's start. One statement."""
    runs = ClassRun.objects.select_related("course__category", "site").in_bulk(keys) if keys else {}
    return {pk: (run, _card(run, now, [])) for pk, run in runs.items()}


def best_of(rows: Iterable[RunCard]) -> RunCard | None:
    """Return the own run, else the one to take: the soonest with a seat, else with a line, else the next to open."""

    def order(row: RunCard) -> tuple[bool, int, datetime]:
        return row.own is None, CHANCES.get(row.state, len(CHANCES)), row.starts_at

    return min(rows, key=order, default=None)


def page_of(rows: QuerySet[Any] | Sequence[Any], wanted: str) -> Page[Any]:
    """Return one page of rows; a number out of range gives the nearest page there is, no number the first."""
    paginator = Paginator(rows, PAGE_SIZE)
    number = int(wanted[:LONGEST_PAGE_NUMBER]) if wanted.isascii() and wanted.isdecimal() else 1
    return paginator.page(min(max(number, 1), paginator.num_pages))


def _card(run: ClassRun, now: datetime, lessons: list[Lesson], own: Enrollment | None = None) -> RunCard:
    first = lessons[0] if lessons else None
    state = run.state_at(now)
    said = own_in_words(own) if own else seats_in_words(run, state)
    return RunCard(
        number=run.number,
        opens_at=run.opens_at,
        starts_at=run.starts_at,
        ends_at=first.ends_at if first else run.ends_at,
        place=place_of(run, lessons),
        state=state,
        seats_left=run.capacity if state == RunState.SOON else run.seats_left,
        waiting=run.waiting,
        note=" · ".join(filter(None, [_lessons_in_words(lessons), said])),
        own=own,
    )


def _lessons_in_words(lessons: Sequence[Lesson]) -> str:
    count = len(lessons)
    if count < 2:  # noqa: PLR2004 -- one lesson: its time says it all
        return ""
    values = {"count": count, "last": words.day(lessons[-1].starts_at)}
    return _("共 %(count)s 次课，至 %(last)s") % values
