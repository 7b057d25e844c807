"""The rules every installation starts with."""

from datetime import date, datetime, timedelta
from typing import NamedTuple

from policy.clock import local
from policy.models import Policy, Term

AUTUMN_MONTH = 8


class HalfYear(NamedTuple):
    """A term as it is by default; both days belong to it."""

    code: str
    name: str
    starts_on: date
    ends_on: date


def reference_data(*, now: datetime) -> None:
    """Make sure that a policy is in force, and that there are terms for this half-year and for the next one.

    Officers schedule past the end of a term. Where they have made terms of their own, nothing is added.
    """
    Policy.objects.current(now=now)
    this = _half_year(local(now).date())
    for half_year in (this, _half_year(this.ends_on + timedelta(days=1))):
        if not Term.objects.touching(half_year.starts_on, half_year.ends_on).exists():
            Term.objects.get_or_create(code=half_year.code, defaults=half_year._asdict())


def _half_year(day: date) -> HalfYear:
    """Return the half-year around a day: February to July, August to January."""
    if 2 <= day.month < AUTUMN_MONTH:  # noqa: PLR2004 -- February
        return HalfYear(f"{day.year}-spring", f"{day.year} 春季", date(day.year, 2, 1), date(day.year, 7, 31))
    year = day.year if day.month >= AUTUMN_MONTH else day.year - 1
    return HalfYear(f"{year}-autumn", f"{year} 秋季", date(year, 8, 1), date(year + 1, 1, 31))
