"""A table of states as a page of the documents: docs/states-*.md is made of the very data that the doors ask."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from django.db.models import TextChoices
from django.utils import translation


class Move(Protocol):
    """One cell of a table: who may, where it leads, what must hold, what is said, whether a reason must be given."""

    @property
    def who(self) -> Callable[..., object]:
        """The predicate that lets a person through."""

    @property
    def to(self) -> str:
        """The state it leads to."""

    @property
    def requires(self) -> Callable[..., object]:
        """What must hold besides."""

    @property
    def needs_reason(self) -> bool:
        """Whether a reason must be given."""

    @property
    def says(self) -> Callable[..., object] | None:
        """The sentence that people are told, if any."""


@dataclass(frozen=True)
class StateTable:
    """The table of one thing: what it is called, the module that holds it, a word on repeated presses, the data."""

    thing: str
    module: str
    note: str
    states: type[TextChoices]
    actions: type[TextChoices]
    moves: Mapping[tuple[Any, Any], Move]


def page(table: StateTable) -> str:
    """Return the whole page: every cell, then every move with its conditions."""
    head = [
        f"# States of {table.thing}\n",
        f"Made from `{table.module}` by `manage.py state_tables`; do not edit. {table.note}\n",
    ]
    with translation.override("zh-hans"):
        return "\n".join([*head, _cells(table), _moves(table)])


def _cells(table: StateTable) -> str:
    heads = ["state", *(f"{action} {action.label}" for action in table.actions)]
    rows = [
        [f"{state} {state.label}", *(_led_to(table, state, action) for action in table.actions)]
        for state in table.states
    ]
    return _written(heads, rows)


def _led_to(table: StateTable, state: TextChoices, action: TextChoices) -> str:
    step = table.moves.get((state, action))
    return step.to if step else ""


def _moves(table: StateTable) -> str:
    rows = [
        [
            *cell,
            _name(step.who),
            _name(step.requires),
            "yes" if step.needs_reason else "",
            step.to,
            _name(step.says) if step.says else "",
        ]
        for cell, step in table.moves.items()
    ]
    return _written(["from", "action", "who", "must hold", "reason", "to", "told"], rows)


def _name(function: Callable[..., object]) -> str:
    return function.__name__


def _written(heads: list[str], rows: list[list[str]]) -> str:
    head, *lines = [f"| {' | '.join(row)} |\n" for row in [heads, *rows]]
    return "".join([head, "|---" * len(heads) + "|\n", *lines])
