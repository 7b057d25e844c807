"""What an import did or would do: one line per thing, the same on screen and in a file."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalogue.menu import writing


class Kind(models.TextChoices):
    """What a line is about."""

    COURSE = "course", gettext_lazy("课程")
    INSTRUCTOR = "instructor", gettext_lazy("讲师")
    TOPIC = "topic", gettext_lazy("专题")
    TRACK = "track", gettext_lazy("方向")
    UNION = "union", gettext_lazy("街镇工会")
    SITE = "site", gettext_lazy("学堂")
    ROOM = "room", gettext_lazy("教室")


class Outcome(models.TextChoices):
    """What happened to it. A problem or a rename left its row unsaved."""

    ADDED = "added", gettext_lazy("新增")
    CHANGED = "changed", gettext_lazy("修改")
    UNCHANGED = "unchanged", gettext_lazy("未变")
    MISSING = "missing", gettext_lazy("文件中没有")
    RENAME = "rename", gettext_lazy("疑似改名")
    PROBLEM = "problem", gettext_lazy("错误")
    NOTICE = "notice", gettext_lazy("提示")


UNRESOLVED = (Outcome.PROBLEM, Outcome.RENAME)


@dataclass(frozen=True)
class Place:
    """Where in the file: sheet, row from 1, column by letter and by its heading. Empty: nowhere in the file."""

    sheet: str = ""
    row: int = 0
    column: str = ""
    heading: str = ""

    def __str__(self) -> str:
        """Return the place as people say it."""
        parts = [_("“{sheet}”").format(sheet=self.sheet)] if self.sheet else []
        parts += [_("第 {row} 行").format(row=self.row)] if self.row else []
        parts += (
            [_("“{heading}”列").format(heading=self.heading), f"（{self.column}{self.row}）"] if self.column else []
        )
        return "".join(parts)


@dataclass(frozen=True)
class Line:
    """One thing. `old` is the value before, or the value found in a wrong cell; `new` the value after."""

    outcome: Outcome
    kind: Kind
    code: str = ""
    name: str = ""
    place: Place = Place()
    field: str = ""
    old: str = ""
    new: str = ""
    sentence: str = ""
    mend: str = ""

    def __str__(self) -> str:
        """Return the line as a person reads it on the screen."""
        name = f"{self.code} {self.name}".strip()
        where = str(self.place)
        change = (
            _("{field}：“{old}” → “{new}”").format(field=self.field, old=self.old, new=self.new) if self.field else ""
        )
        value = f"“{self.old[:60]}” " if self.outcome == Outcome.PROBLEM else ""
        mend = _("（{mend}）").format(mend=self.mend) if self.mend else ""
        said = f"{value}{self.sentence}{mend}"
        return " ".join(part for part in (where, f"{self.kind.label} {name}" if name else "", change, said) if part)

    def cells(self) -> list[str]:
        """Return the line as a row of the report file, under COLUMNS."""
        place = [self.place.sheet, str(self.place.row or ""), f"{self.place.column} {self.place.heading}".strip()]
        return [
            str(self.outcome.label), str(self.kind.label), self.code, self.name, *place,
            self.field, self.old, self.new, self.sentence, self.mend,
        ]  # fmt: skip


@dataclass
class Report:
    """All lines of a run, in the order of the file. `saved` tells whether anything was written."""

    lines: list[Line] = field(default_factory=list)
    saved: bool = False
    rows_read: int = 0

    def add(self, line: Line) -> None:
        self.lines.append(line)

    def of(self, outcome: Outcome, kind: Kind | None = None) -> list[Line]:
        """Return the lines of one outcome, of one kind or of all."""
        return [line for line in self.lines if line.outcome == outcome and kind in (None, line.kind)]

    def count(self, outcome: Outcome, kind: Kind) -> int:
        """Return how many things had this outcome; a thing with three changed fields counts once."""
        return len({(line.code, line.name, line.place.sheet, line.place.row) for line in self.of(outcome, kind)})

    @property
    def is_resolved(self) -> bool:
        """Whether every row could be saved."""
        return not any(line.outcome in UNRESOLVED for line in self.lines)

    def summary(self) -> Iterator[str]:
        """Yield one line of counts for each kind that the run touched."""
        kinds = Counter(line.kind for line in self.lines)
        for kind in Kind:
            if kinds[kind]:
                counts = [(outcome.label, self.count(outcome, kind)) for outcome in Outcome]
                yield f"{kind.label}：" + "，".join(f"{label} {n}" for label, n in counts if n)

    def columns(self) -> list[str]:
        return [
            _("结果"), _("对象"), _("编码"), _("名称"), _("工作表"), _("行"), _("列"),
            _("字段"), _("原值或单元格内容"), _("新值"), _("说明"), _("怎么改"),
        ]  # fmt: skip

    def write(self, path: Path) -> None:
        """Write every line as .xlsx or .csv, by the ending. Raises MenuRefused when that is not possible."""
        writing.write_table(path, [self.columns(), *self._rows()])

    def _rows(self) -> Iterable[list[str]]:
        order = list(Outcome)
        return (line.cells() for line in sorted(self.lines, key=lambda line: order.index(line.outcome)))
