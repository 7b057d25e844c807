"""Working days follow the national list where it is published, weekends elsewhere."""

from datetime import date

import pytest

from policy.calendar import add_workdays, is_workday


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 12, 1), True),  # a Tuesday
        (date(2026, 12, 5), False),  # a Saturday
        (date(2026, 10, 1), False),  # the national day, a Thursday
        (date(2026, 2, 14), True),  # 调休: a Saturday on which people work
        (date(2040, 10, 1), True),  # a Monday of a year nobody has published
        (date(2040, 10, 6), False),
        (date(1990, 10, 1), True),
    ],
)
def test_who_works_when(day: date, works: bool) -> None:  # noqa: FBT001 -- a column of the table
    assert is_workday(day) is works


@pytest.mark.parametrize(
    ("day", "count", "then"),
    [
        (date(2026, 12, 1), 0, date(2026, 12, 1)),
        (date(2026, 12, 1), 3, date(2026, 12, 4)),
        (date(2026, 12, 4), 1, date(2026, 12, 7)),
        (date(2026, 12, 1), 10, date(2026, 12, 15)),
        (date(2026, 9, 30), 3, date(2026, 10, 10)),  # a week of holidays; Saturday 10 October is worked
        (date(2026, 12, 31), 1, date(2027, 1, 1)),  # not published yet: a Friday like others
    ],
)
def test_counting_working_days(day: date, count: int, then: date) -> None:
    assert add_workdays(day, count) == then
