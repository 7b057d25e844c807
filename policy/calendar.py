"""Working days: what the union promises to answer within, and the earliest day one may ask for."""

from datetime import date, timedelta

import chinese_calendar

SATURDAY = 5


def is_workday(day: date) -> bool:
    """Tell whether people work on this day: holidays and 调休 of the national list, where it is published.

    For years the library does not know yet, or no longer, weekends alone count.
    """
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < SATURDAY


def add_workdays(day: date, count: int) -> date:
    """Return the `count`-th working day after `day`; with 0, the day itself."""
    while count > 0:
        day += timedelta(days=1)
        count -= is_workday(day)
    return day
