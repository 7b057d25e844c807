"""manage.py state_tables: write docs/states-*.md anew from the tables of moves."""

from django.conf import settings

from bookings import moves as bookings
from bookings.models import BookingStatus
from config.commands import StaffCommand
from policy.state_pages import StateTable, page
from proposals import moves as proposals
from proposals.models import Action, Status

# By the name of the page in docs/. A new table of states gets its row here.
TABLES = {
    "states-bookings.md": StateTable(
        thing="an order (Booking)",
        module="bookings/moves.py",
        note="An empty cell is refused, and changes\nnothing where the order is already where the action leads.",
        states=BookingStatus,
        actions=bookings.Action,
        moves=bookings.MOVES,
    ),
    "states-proposals.md": StateTable(
        thing="a proposal (Proposal)",
        module="proposals/moves.py",
        note="An empty cell is refused. The same press\nsent twice is one move.",
        states=Status,
        actions=Action,
        moves=proposals.MOVES,
    ),
}


class Command(StaffCommand):
    """Writes the pages; a test holds them to the tables."""

    help = "按状态表重写 docs/states-*.md"

    def handle(self, *_args: object, **_options: object) -> None:
        """Write every page and name it."""
        for name, table in TABLES.items():
            (settings.BASE_DIR / "docs" / name).write_text(page(table), encoding="utf-8")
            self.stdout.write(name)
