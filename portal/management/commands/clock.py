"""manage.py clock [+1d3h | reset]: move the clock of a demonstration, so that reminders and openings can be seen."""

import re
from argparse import ArgumentParser
from datetime import timedelta

from django.conf import settings
from django.core.management import CommandError
from django.db import transaction

from config.commands import StaffCommand
from policy import clock
from policy.models import ClockOffset
from timetable.words import day_and_time

SHIFT = re.compile(r"\+(?=.)(?:([0-9]{1,3})d)?(?:([0-9]{1,4})h)?(?:([0-9]{1,5})m)?")
RESET = "reset"
FURTHEST = timedelta(days=366)


class Command(StaffCommand):
    """Moves the clock forward from where it is, or puts it back to the real time. Without a word it only tells."""

    help = "拨动演示时钟（仅限 DEMO=1）：+1d3h 往后拨一天三小时，reset 拨回真实时间"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the shift."""
        parser.add_argument("shift", nargs="?", default="", help="+1d3h、+90m、reset；不写则只显示现在的时间")

    def handle(self, *, shift: str, **_options: object) -> None:
        """Move and tell the time."""
        if not settings.DEMO:
            raise CommandError("演示时钟只能在演示模式（DEMO=1）下拨动。")
        if shift == RESET:
            ClockOffset.objects.all().delete()
        elif shift:
            _move(_amount(shift))
        self.stdout.write(f"现在是 {day_and_time(clock.now())}。")


def _amount(shift: str) -> timedelta:
    """Return how far a shift as `+1d3h` goes."""
    match = SHIFT.fullmatch(shift)
    if match is None:
        raise CommandError(f"看不懂“{shift}”，请写 +1d3h（一天三小时）、+90m（九十分钟）或 reset。")
    days, hours, minutes = (int(part or 0) for part in match.groups())
    return timedelta(days=days, hours=hours, minutes=minutes)


@transaction.atomic
def _move(amount: timedelta) -> None:
    """Add to the offset; two who move at once both count."""
    ClockOffset.objects.bulk_create([ClockOffset(offset=timedelta(0))], ignore_conflicts=True)
    row = ClockOffset.objects.select_for_update().get()
    row.offset += amount
    if row.offset > FURTHEST:
        raise CommandError("演示时钟最多往后拨一年，请先 reset。")
    row.save(update_fields=["offset"])
