"""The table of states as a page of the documents; docs/states-bookings.md is made of it."""

from pathlib import Path

from django.conf import settings
from django.utils import translation

from bookings.models import BookingStatus
from bookings.moves import MOVES, Action

PAGE: Path = settings.BASE_DIR / "docs" / "states-bookings.md"
HEAD = """# States of an order (Booking)

Made from `bookings/moves.py` by `manage.py booking_states`; do not edit. An empty cell is refused, and changes nothing
where the order is already where the action leads.

"""


def page() -> str:
    """Return the whole page."""
    with translation.override("zh-hans"):
        return HEAD + _table() + "\n" + _moves()


def _table() -> str:
    heads = "| state | " + " | ".join(f"{action} {action.label}" for action in Action) + " |\n"
    lines = [heads, "|---" * (len(Action) + 1) + "|\n"]
    for state in BookingStatus:
        cells = [MOVES[state, action].to if (state, action) in MOVES else "" for action in Action]
        lines.append(f"| {state} {state.label} | " + " | ".join(cells) + " |\n")
    return "".join(lines)


def _moves() -> str:
    lines = ["| from | action | who | must hold | reason | to | told |\n", "|---" * 7 + "|\n"]
    for (state, action), step in MOVES.items():
        told = step.says.__name__ if step.says else ""
        reason = "yes" if step.needs_reason else ""
        what = [state, action, step.who.__name__, step.requires.__name__, reason, step.to, told]
        lines.append("| " + " | ".join(what) + " |\n")
    return "".join(lines)
