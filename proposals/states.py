"""The table of states as a page of the documents; docs/states-proposals.md is made of it."""

from pathlib import Path

from django.conf import settings
from django.utils import translation

from proposals.models import Action, Status
from proposals.moves import MOVES

PAGE: Path = settings.BASE_DIR / "docs" / "states-proposals.md"
HEAD = """# States of a proposal

Made from `proposals/moves.py` by `manage.py proposal_states`; do not edit. An empty cell is refused. The same press
sent twice is one move.

"""


def page() -> str:
    """Return the whole page."""
    with translation.override("zh-hans"):
        return HEAD + _table() + "\n" + _moves()


def _table() -> str:
    heads = "| state | " + " | ".join(f"{action} {action.label}" for action in Action) + " |\n"
    rows = [heads, "|---" * (len(Action) + 1) + "|\n"]
    for state in Status:
        cells = [MOVES[state, action].to if (state, action) in MOVES else "" for action in Action]
        rows.append(f"| {state} {state.label} | " + " | ".join(cells) + " |\n")
    return "".join(rows)


def _moves() -> str:
    rows = ["| from | action | who | must hold | reason | to | told |\n", "|---" * 7 + "|\n"]
    for (state, action), step in MOVES.items():
        told = getattr(step.says, "__name__", "")
        reason = "yes" if step.needs_reason else ""
        what = [state, action, step.who.__name__, step.requires.__name__, reason, step.to, told]
        rows.append("| " + " | ".join(what) + " |\n")
    return "".join(rows)
