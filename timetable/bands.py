"""Times of day at which people come to learn (时段, product.md "Vocabulary"). A time may belong to several."""

from datetime import datetime, time

from django.db import models
from django.utils.translation import gettext_lazy as _

from policy.clock import local

SATURDAY = 6


class LessonBand(models.TextChoices):
    """When a lesson starts, two bands for shift workers among them."""

    NOON = "noon", _("工作日午间")
    AFTER_WORK = "after_work", _("工作日晚间")
    WEEKEND = "weekend", _("周末")
    WEEKDAY_DAY = "weekday_day", _("工作日白天")
    AFTER_EARLY_SHIFT = "after_early_shift", _("早班后")
    AFTER_NIGHT_SHIFT = "after_night_shift", _("夜班后")


# From the first time on, before the second. Weekday bands are Monday to Friday; shifts know no weekend.
WEEKDAY_HOURS = [
    (LessonBand.WEEKDAY_DAY, time(8), time(11, 30)),
    (LessonBand.NOON, time(11, 30), time(13, 30)),
    (LessonBand.WEEKDAY_DAY, time(13, 30), time(17)),
    (LessonBand.AFTER_WORK, time(17), time(21)),
]
SHIFT_HOURS = [
    (LessonBand.AFTER_EARLY_SHIFT, time(14), time(16, 30)),
    (LessonBand.AFTER_NIGHT_SHIFT, time(8), time(10, 30)),
]


def bands_of(starts_at: datetime) -> frozenset[LessonBand]:
    """Return the bands a lesson belongs to that starts at this moment."""
    there = local(starts_at)
    is_weekend = there.isoweekday() >= SATURDAY
    hours = SHIFT_HOURS if is_weekend else SHIFT_HOURS + WEEKDAY_HOURS
    bands = {band for band, first, end in hours if first <= there.time() < end}
    return frozenset(bands | {LessonBand.WEEKEND} if is_weekend else bands)
