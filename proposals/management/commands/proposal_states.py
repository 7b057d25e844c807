"""manage.py proposal_states: write docs/states-proposals.md anew from the table of moves."""

from config.commands import StaffCommand
from proposals import states


class Command(StaffCommand):
    """Writes the page; a test holds it to the table."""

    help = "按状态表重写 docs/states-proposals.md"

    def handle(self, **_options: object) -> None:
        """Write it."""
        states.PAGE.write_text(states.page(), encoding="utf-8")
        self.stdout.write(states.PAGE.name)
