"""manage.py booking_states: write docs/states-bookings.md from the table of moves."""

from bookings import states
from config.commands import StaffCommand


class Command(StaffCommand):
    """Make the page of states anew."""

    help = "由 bookings/moves.py 生成 docs/states-bookings.md"

    def handle(self, *_args: object, **_options: object) -> None:
        """Write the page."""
        states.PAGE.write_text(states.page(), encoding="utf-8")
        self.stdout.write(str(states.PAGE.name))
