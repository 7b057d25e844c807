"""Writes tables for people who open them in Excel or WPS: no cell of ours is ever taken for a formula."""

import csv
import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import xlsxwriter
from django.utils.translation import gettext as _

from catalogue.menu.errors import refusal

# Also where apostrophes stand before the sign, so that reading takes away exactly the one that was added.
FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
WORKBOOK = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
ENDINGS = (".xlsx", ".csv")


def harmless(text: str) -> str:
    """Return the text with an apostrophe before what a spreadsheet would run (reliability.md S11)."""
    return f"'{text}" if FORMULA.match(text) else text


def check_target(path: Path, endings: tuple[str, ...] = ENDINGS) -> None:
    """Raise MenuRefused when a file of this name cannot be written, before any work is done."""
    if path.suffix.lower() not in endings:
        allowed = "、".join(endings)
        raise refusal(
            "target_kind",
            _("不能写成“{name}”。").format(name=path.name),
            _("文件名请以 {allowed} 结尾。").format(allowed=allowed),
        )
    if not path.parent.is_dir() or path.is_dir():
        raise refusal("target_place", _("写不了“{path}”。").format(path=path), _("请检查文件夹是否存在。"))


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Lend a name beside `path`; on success it takes the place of `path`, so that no half file is ever there."""
    check_target(path)
    try:
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".xuetang-") as directory:
            draft = Path(directory) / path.name
            yield draft
            draft.replace(path)
    except OSError as error:
        raise refusal(
            "target_write", _("写不了“{path}”。").format(path=path), _("请检查磁盘空间和写入权限。")
        ) from error


def write_table(path: Path, rows: Iterable[list[str]]) -> None:
    """Write rows, the first of them headings, as .xlsx or as .csv in UTF-8 with its mark."""
    with replacing(path) as draft:
        if path.suffix.lower() == ".csv":
            write_csv(draft, rows)
        else:
            write_sheet(draft, list(rows))


def write_csv(path: Path, rows: Iterable[list[str]]) -> None:
    """Write rows as CSV in UTF-8 with its mark, which Excel needs."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([harmless(cell) for cell in row] for row in rows)


def write_sheet(path: Path, rows: list[list[str]]) -> None:
    """Write rows as the one sheet of a workbook, headings frozen, every cell a text."""
    with xlsxwriter.Workbook(path, WORKBOOK) as book:
        sheet = book.add_worksheet(_("报告"))
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(len(rows) - 1, 1), len(rows[0]) - 1)
        sheet.set_row(0, None, book.add_format({"bold": True}))
        for index, row in enumerate(rows):
            for column, cell in enumerate(row):
                sheet.write_string(index, column, harmless(cell)[:32767])
