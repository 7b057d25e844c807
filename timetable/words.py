"""Days and times as people read them, in Shanghai's clock and the reader's language."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import formats
from django.utils.translation import gettext as _

from policy.clock import local

if TYPE_CHECKING:
    from timetable.models import Lesson


def day(moment: datetime) -> str:
    """Return `12月2日 周三`."""
    return formats.date_format(local(moment), _("n月j日 D"))


def day_and_time(moment: datetime) -> str:
    """Return `12月2日 周三 18:30`."""
    return f"{day(moment)} {local(moment):%H:%M}"


def lesson_time(lesson: "Lesson") -> str:
    """Return `12月2日 周三 18:30–20:00`."""
    return span(lesson.starts_at, lesson.ends_at)


def span(starts_at: datetime, ends_at: datetime) -> str:
    """Return `12月2日 周三 18:30–20:00` of a time within one day."""
    return f"{day_and_time(starts_at)}–{local(ends_at):%H:%M}"
