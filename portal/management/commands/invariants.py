"""Recount everything that is counted; exit 1 with a list when a number disagrees with its rows."""

from django.core.management.base import CommandError

from accounts import invariants as accounts_invariants
from bookings import invariants as bookings_invariants
from catalogue import invariants as catalogue_invariants
from config.commands import StaffCommand
from enrollment import invariants as enrollment_invariants
from messaging import invariants as messaging_invariants
from policy import clock
from proposals import invariants as proposals_invariants
from timetable import invariants as timetable_invariants

APPS = [
    messaging_invariants,
    accounts_invariants,
    catalogue_invariants,
    proposals_invariants,
    timetable_invariants,
    enrollment_invariants,
    bookings_invariants,
]


class Command(StaffCommand):
    """The nightly audit; also run after every load, fault and restore."""

    help = "核对名额、候补、占用、消息、单位、申报和点单，不符时列出并以 1 退出"

    def handle(self, *_args: object, **_options: object) -> None:
        """Ask each app that counts."""
        now = clock.now()
        found = [sentence for app in APPS for sentence in app.disagreements(now=now)]
        for sentence in found:
            self.stdout.write(sentence)
        if found:
            message = f"发现 {len(found)} 处不符。"
            raise CommandError(message)
        self.stdout.write("全部相符。")
