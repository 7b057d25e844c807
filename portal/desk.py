"""What the desk's pages show: the figures on top, rows of class runs, courses to open a run of, the roster."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, Sum
from django.utils.translation import gettext as _

from accounts import todo as accounts_todo
from accounts.models import User
from bookings import todo as bookings_todo
from catalogue import search
from catalogue.models import Category, Course, CourseQuerySet
from enrollment import todo as enrollment_todo
from enrollment.models import Enrollment
from policy.clock import local
from policy.todo import Todo
from portal.forms import NewRunForm, room_label
from proposals import todo as proposals_todo
from timetable.errors import Alternatives
from timetable.models import ClassRun, ClassRunQuerySet, RunState
from timetable.words import dated

PAGE_SIZE = 50
# Each app tells what waits for a person; the desk shows it together.
TODO_SOURCES: tuple[Callable[[User, datetime], Iterable[Todo]], ...] = (
    accounts_todo.waiting,
    bookings_todo.waiting,
    enrollment_todo.waiting,
    proposals_todo.waiting,
)


@dataclass(frozen=True)
class Figure:
    """A number with its name, at the top of the desk."""

    label: str
    value: int


@dataclass(frozen=True)
class RunRow:
    """A class run in the desk's list, as it stands at one moment."""

    run: ClassRun
    state: RunState


@dataclass(frozen=True)
class RunPage:
    """A page of the desk's list; `next_after` is the number to go on after, empty on the last page."""

    rows: list[RunRow]
    next_after: str


@dataclass(frozen=True)
class TodoRow:
    """A row of 待办 at one moment: how many days it waits, and whether its day has passed."""

    todo: Todo
    days: int
    is_late: bool


def todo_rows(user: User, now: datetime) -> list[TodoRow]:
    """Return everything that waits for the person, the oldest first."""
    today = local(now).date()
    waiting = sorted((todo for source in TODO_SOURCES for todo in source(user, now)), key=lambda todo: todo.since)
    return [
        TodoRow(todo, (today - local(todo.since).date()).days, bool(todo.due_on and todo.due_on < today))
        for todo in waiting
    ]


def runs_of(user: User, now: datetime) -> ClassRunQuerySet:
    """Return the runs that a member of staff looks after and that are not over, soonest first."""
    return ClassRun.objects.managed_by(user, now).not_over(now)


def figures(runs: ClassRunQuerySet, now: datetime) -> list[Figure]:
    """Return the figures of some runs. One statement."""
    counted = runs.order_by().aggregate(
        runs=Count("pk"),
        seats=Sum("seats_taken", default=0),
        waiting=Sum("waiting", default=0),
        soon=Count("pk", filter=Q(opens_at__gt=now, cancelled_at=None)),
    )
    labels = {"runs": _("未结束的班次"), "seats": _("已报人次"), "waiting": _("候补人次"), "soon": _("待开放报名")}
    return [Figure(label, counted[name]) for name, label in labels.items()]


def run_page(runs: ClassRunQuerySet, *, words: str, after: str, now: datetime) -> RunPage:
    """Return 50 of the runs that are about the words, from the one that follows the run numbered `after`."""
    found = runs.about(words).after(after).select_related("course", "site")
    rows = [RunRow(run, run.state_at(now)) for run in found[: PAGE_SIZE + 1]]
    shown = rows[:PAGE_SIZE]
    return RunPage(shown, shown[-1].run.number if len(rows) > PAGE_SIZE else "")


def categories() -> Iterable[Category]:
    """Return the nine categories."""
    return Category.objects.all()


def courses_about(words: str, category: str) -> CourseQuerySet:
    """Return the courses one may open a run of: of a category, by code or by what is written about them."""
    courses = Course.objects.published().for_cards()
    if category:
        courses = courses.in_categories([category])
    if not words:
        return courses
    by_code = courses.filter(code__iexact=words)
    return by_code if by_code.exists() else search.matching(courses, words)


@dataclass(frozen=True)
class Roster:
    """Who has a seat of a run, and who waits, the first to be served first."""

    seated: list[Enrollment]
    in_line: list[Enrollment]


def roster(run: ClassRun) -> Roster:
    """Return the people of a run. Two statements."""
    people = Enrollment.objects.filter(class_run=run).select_related("worker")
    return Roster(seated=list(people.seated().order_by("seated_at", "pk")), in_line=list(people.in_line()))


@dataclass(frozen=True)
class Ways:
    """One kind of way out of a refusal: links that fill the form anew."""

    heading: str
    links: list[tuple[str, str]]


def ways_out(free: Alternatives, form: NewRunForm) -> list[Ways]:
    """Return what is free instead, as addresses of the form as it was filled in with one thing changed."""
    rooms = [
        (f"{room.site.short_name} {room_label(room)}", form.address(site=room.site.slug, room=room.pk))
        for room in free.rooms
    ]
    instructors = [(person.name, form.address(instructor=person.public_id)) for person in free.instructors]
    starts = [
        (dated(start), form.address(first_on=f"{local(start):%Y-%m-%d}", starts=f"{local(start):%H:%M}"))
        for start in free.starts
    ]
    ways = [
        Ways(_("这些教室同一时间空着"), rooms),
        Ways(_("这门课的这些讲师同一时间有空"), instructors),
        Ways(_("原教室和讲师这些时间都有空"), starts),
    ]
    return [way for way in ways if way.links]
