"""What a workbook is to the import: named sheets of plain values, whatever file they came from."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum

Value = str | float | bool | date
Range = tuple[int, int, int, int]  # top, left, bottom, right; from 0


class Hidden(IntEnum):
    """Whether a person sees the sheet's tab. A deeply hidden one cannot be shown from the menus of Excel or WPS."""

    NO = 0
    YES = 1
    DEEPLY = 2


@dataclass(frozen=True)
class Sheet:
    """Rows from the first on; an empty cell is "". Row and column indexes begin at 0, as in `merges`."""

    name: str
    rows: Sequence[Sequence[Value]]
    merges: Sequence[Range] = ()
    hidden: Hidden = Hidden.NO
    is_1904: bool = False
    below: dict[tuple[int, int], Value] = field(init=False)

    def __post_init__(self) -> None:
        """Remember what a merged cell says for the rows below its first one."""
        below = {
            (row, left): self.rows[top][left]
            for top, left, bottom, _right in self.merges
            if left < len(self.rows[top])
            for row in range(top + 1, bottom + 1)
        }
        object.__setattr__(self, "below", below)

    def at(self, row: int, column: int) -> Value:
        """Return what the cell itself holds."""
        line = self.rows[row]
        return line[column] if column < len(line) else ""

    def seen_at(self, row: int, column: int) -> Value:
        """Return what a reader sees there: for a cell merged with ones above it, the value of the top one."""
        own = self.at(row, column)
        return self.below.get((row, column), "") if own == "" else own

    def spanning(self, row: int, column: int) -> Value:
        """Return what a heading cell says, also where it is merged with cells to its left or above."""
        for top, left, bottom, right in self.merges:
            if top <= row <= bottom and left <= column <= right:
                return self.at(top, left)
        return self.at(row, column)


@dataclass(frozen=True)
class Book:
    """A file: its name as people know it, and its sheets."""

    name: str
    sheets: tuple[Sheet, ...]
