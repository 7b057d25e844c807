"""Days and times as people read them, in Shanghai's clock and the reader's language."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as mark

from policy.clock import local, now

if TYPE_CHECKING:
    from timetable.models import Lesson

MONTHS = [
    mark("1月"), mark("2月"), mark("3月"), mark("4月"), mark("5月"), mark("6月"),
    mark("7月"), mark("8月"), mark("9月"), mark("10月"), mark("11月"), mark("12月"),
]  # fmt: skip
WEEKDAYS = [mark("周一"), mark("周二"), mark("周三"), mark("周四"), mark("周五"), mark("周六"), mark("周日")]


def day(moment: date) -> str:
    """Return `12月2日 周三` of a day or of a moment, in English `Wed 2 Dec`; Django's own short names say 星期三."""
    there = local(moment) if isinstance(moment, datetime) else moment
    values = {"month": _(MONTHS[there.month - 1]), "day": there.day, "weekday": _(WEEKDAYS[there.weekday()])}
    return _("%(month)s%(day)s日 %(weekday)s") % values


def weekday(day_: date) -> str:
    """Return `周三` of a day, in English `Wed`."""
    return _(WEEKDAYS[day_.weekday()])


def month(first: date) -> str:
    """Return `2026年12月`, in English `Dec 2026`."""
    return _("%(year)s年%(month)s") % {"year": first.year, "month": _(MONTHS[first.month - 1])}


def dated_day(moment: datetime) -> str:
    """Return the day, with its year unless that is this year: `2027年12月2日 周四`, in English `Thu 2 Dec 2027`."""
    year = local(moment).year
    return day(moment) if year == local(now()).year else _("%(year)s年%(day)s") % {"year": year, "day": day(moment)}


def dated(moment: datetime) -> str:
    """Return the day as dated_day does, and the time: what refusals say, where days may lie far apart."""
    return f"{dated_day(moment)} {local(moment):%H:%M}"


def dated_span(starts_at: datetime, ends_at: datetime) -> str:
    """Return a time within one day as dated does."""
    return f"{dated(starts_at)}–{local(ends_at):%H:%M}"


def day_and_time(moment: datetime) -> str:
    """Return `12月2日 周三 18:30`."""
    return f"{day(moment)} {local(moment):%H:%M}"


def lesson_time(lesson: "Lesson") -> str:
    """Return `12月2日 周三 18:30–20:00`."""
    return span(lesson.starts_at, lesson.ends_at)


def span(starts_at: datetime, ends_at: datetime) -> str:
    """Return `12月2日 周三 18:30–20:00` of a time within one day."""
    return f"{day_and_time(starts_at)}–{local(ends_at):%H:%M}"
