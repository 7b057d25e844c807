"""A table of states as a page: every cell and every condition, nothing else."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import TextChoices

from policy.state_pages import StateTable, page


class Door(TextChoices):
    OPEN = "open", "开"
    SHUT = "shut", "关"


class Hand(TextChoices):
    PUSH = "push", "推"
    PULL = "pull", "拉"


def anybody() -> None: ...


def oiled() -> None: ...


def creak() -> None: ...


@dataclass(frozen=True)
class Turn:
    to: str
    who: Callable[..., object] = anybody
    requires: Callable[..., object] = oiled
    needs_reason: bool = False
    says: Callable[..., object] | None = None


def test_a_page_shows_every_cell_and_every_condition() -> None:
    turns = {
        (Door.OPEN, Hand.PUSH): Turn(Door.SHUT, needs_reason=True, says=creak),
        (Door.SHUT, Hand.PULL): Turn(Door.OPEN),
    }

    shown = page(StateTable("a door", "house/doors.py", "Mind your fingers.", Door, Hand, turns))

    assert shown == (
        "# States of a door\n\n"
        "Made from `house/doors.py` by `manage.py state_tables`; do not edit. Mind your fingers.\n\n"
        "| state | push 推 | pull 拉 |\n|---|---|---|\n"
        "| open 开 | shut |  |\n| shut 关 |  | open |\n\n"
        "| from | action | who | must hold | reason | to | told |\n|---|---|---|---|---|---|---|\n"
        "| open | push | anybody | oiled | yes | shut | creak |\n"
        "| shut | pull | anybody | oiled |  | open |  |\n"
    )
