"""The calendar of the class runs to come: a month of days, or one day with all its runs."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from policy.clock import local
from portal.cards import RunCard, runs_with_cards
from portal.course_index import IndexedRun
from portal.selection import Selection
from timetable.models import ClassRun

RUNS_IN_CELL = 3
Row = tuple[ClassRun, RunCard]
YEAR_AND_MONTH = "%Y-%m"


@dataclass(frozen=True)
class Month:
    """A month that may be looked at."""

    first: date

    @property
    def value(self) -> str:
        """The month as the address says it: 2026-12."""
        return f"{self.first:%Y-%m}"

    @property
    def last(self) -> date:
        """The month's last day."""
        return self.after().first - timedelta(days=1)

    def after(self) -> "Month":
        """Return the next month."""
        return Month((self.first.replace(day=28) + timedelta(days=4)).replace(day=1))

    def before(self) -> "Month":
        """Return the month before."""
        return Month((self.first - timedelta(days=1)).replace(day=1))


@dataclass(frozen=True)
class Day:
    """A day of the calendar: how many runs start, and the first of them."""

    date: date
    count: int
    rows: list[Row]
    is_today: bool

    @property
    def column(self) -> int:
        """The weekday, Monday is 1."""
        return self.date.isoweekday()


def runs_by_day(selection: Selection) -> dict[date, list[IndexedRun]]:
    """Return the runs of a selection under the day they start on in Shanghai, each day by start."""
    fitting = selection.courses()
    days: dict[date, list[IndexedRun]] = defaultdict(list)
    for run in sorted(selection.runs(), key=lambda one: (one.starts_at, one.pk)):
        if run.course_bit & fitting:
            days[local(run.starts_at).date()].append(run)
    return dict(days)


def month_of(wanted: str, days: Iterable[date], today: date) -> Month:
    """Return the month an address asks for, kept between today's and the last one with a run."""
    this = Month(today.replace(day=1))
    last = Month(max([today, *days]).replace(day=1))
    try:
        asked = Month(datetime.strptime(wanted, YEAR_AND_MONTH).date())  # noqa: DTZ007 -- a month has no zone
    except ValueError:
        return this
    return min(max(asked, this, key=_first), last, key=_first)


def month_days(month: Month, days: dict[date, list[IndexedRun]], now: datetime) -> list[Day]:
    """Return the days of a month, weeks that are over left out. One statement."""
    shown = {day: runs[:RUNS_IN_CELL] for day, runs in days.items() if month.first <= day <= month.last}
    known = runs_with_cards([run.pk for runs in shown.values() for run in runs], now)
    today = local(now).date()
    return [
        Day(day, len(days.get(day, [])), _rows_of(shown.get(day, []), known), is_today=day == today)
        for day in _each_day(month)
        if day > today - timedelta(days=today.isoweekday())
    ]


def day_rows(runs: Sequence[IndexedRun], now: datetime) -> list[Row]:
    """Return the runs of one day. One statement."""
    return _rows_of(runs, runs_with_cards([run.pk for run in runs], now))


def day_of(wanted: str) -> date | None:
    """Return the day an address asks for, or None where it names none."""
    try:
        return date.fromisoformat(wanted)
    except ValueError:
        return None


def _rows_of(runs: Iterable[IndexedRun], known: dict[int, Row]) -> list[Row]:
    return [known[run.pk] for run in runs if run.pk in known]


def _each_day(month: Month) -> Iterator[date]:
    day = month.first
    while day <= month.last:
        yield day
        day += timedelta(days=1)


def _first(month: Month) -> date:
    return month.first
