"""What waits for a member of staff: one row of the desk's list 待办. Each app lists its own (`todo.py`)."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class Todo:
    """One thing that waits: what kind, about what, since when, until which day (none: no promise), and its page."""

    kind: str
    subject: str
    since: datetime
    due_on: date | None
    path: str
