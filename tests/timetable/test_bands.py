"""Which time of day a lesson belongs to, at every edge of every band."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from timetable.bands import bands_of

TUESDAY, SATURDAY = 1, 5


@pytest.mark.parametrize(
    ("day", "time", "bands"),
    [
        (TUESDAY, "07:59", set()),
        (TUESDAY, "08:00", {"weekday_day", "after_night_shift"}),
        (TUESDAY, "10:29", {"weekday_day", "after_night_shift"}),
        (TUESDAY, "10:30", {"weekday_day"}),
        (TUESDAY, "11:29", {"weekday_day"}),
        (TUESDAY, "11:30", {"noon"}),
        (TUESDAY, "13:29", {"noon"}),
        (TUESDAY, "13:30", {"weekday_day"}),
        (TUESDAY, "14:00", {"weekday_day", "after_early_shift"}),
        (TUESDAY, "16:29", {"weekday_day", "after_early_shift"}),
        (TUESDAY, "16:30", {"weekday_day"}),
        (TUESDAY, "17:00", {"after_work"}),
        (TUESDAY, "20:59", {"after_work"}),
        (TUESDAY, "21:00", set()),
        (SATURDAY, "07:00", {"weekend"}),
        (SATURDAY, "09:00", {"weekend", "after_night_shift"}),
        (SATURDAY, "12:00", {"weekend"}),
        (SATURDAY, "14:30", {"weekend", "after_early_shift"}),
        (SATURDAY, "19:00", {"weekend"}),
        (SATURDAY + 1, "19:00", {"weekend"}),
    ],
)
def test_a_lesson_belongs_to_the_bands_of_its_start(day: int, time: str, bands: set[str]) -> None:
    hour, minute = map(int, time.split(":"))
    starts_at = datetime(2026, 12, day, hour, minute, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert bands_of(starts_at) == bands
