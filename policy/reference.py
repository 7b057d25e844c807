"""The rules every installation starts with."""

from datetime import date, datetime

from policy.clock import local
from policy.models import Policy, Term

AUTUMN_MONTH = 8


def reference_data(*, now: datetime) -> None:
    """Make sure that a policy is in force and that `now` falls into a term."""
    Policy.objects.current(now=now)
    today = local(now).date()
    if Term.objects.covering(today) is None:
        code, name, first, last = _half_year(today)
        Term.objects.get_or_create(code=code, defaults={"name": name, "starts_on": first, "ends_on": last})


def _half_year(day: date) -> tuple[str, str, date, date]:
    """Return code, name and both days of the term around a day: February to July, August to January."""
    if 2 <= day.month < AUTUMN_MONTH:  # noqa: PLR2004 -- February
        return f"{day.year}-spring", f"{day.year} 春季", date(day.year, 2, 1), date(day.year, 7, 31)
    year = day.year if day.month >= AUTUMN_MONTH else day.year - 1
    return f"{year}-autumn", f"{year} 秋季", date(year, 8, 1), date(year + 1, 1, 31)
