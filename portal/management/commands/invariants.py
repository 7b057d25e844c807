"""Recount everything that is counted; exit 1 with a list when a number disagrees with its rows."""

from django.core.management.base import CommandError

from config.commands import StaffCommand
from enrollment import invariants as enrollment_invariants
from messaging import invariants as messaging_invariants
from policy import clock
from timetable import invariants as timetable_invariants

APPS = [messaging_invariants, timetable_invariants, enrollment_invariants]


class Command(StaffCommand):
    """The nightly audit; also run after every load, fault and restore."""

    help = "核对名额、候补、占用和消息的计数，不符时列出并以 1 退出"

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
