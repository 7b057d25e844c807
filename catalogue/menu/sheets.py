"""Reads one workbook in a process of its own: workbook on stdin, JSON on stdout.

A crafted workbook of a few kilobytes can ask for any amount of memory, and the library then ends the process; so this
file is run as a program with limits (see files.py) and imports nothing of the project.
"""

import io
import json
import re
import resource
import sys
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from typing import IO, TypedDict
from xml.etree import ElementTree as ET

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetTypeEnum
from python_calamine import SheetVisibleEnum as Visible

MEMORY = 256 * 1024 * 1024
CPU_SECONDS = 5
MOST_ROWS = 20_000
MOST_COLUMNS = 200
MOST_MERGED_CELLS = 200_000
HIDDEN = [Visible.Visible, Visible.Hidden, Visible.VeryHidden]
DATE_1904 = re.compile(rb"date1904=[\"'](?:1|true)[\"']")
ODS = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"

Cell = str | float | bool | dict[str, str]
Range = tuple[int, int, int, int]  # top, left, bottom, right


class SheetOut(TypedDict):
    """One sheet: rows from the first row and column on, and the ranges of merged cells inside them."""

    name: str
    hidden: int
    rows: list[list[Cell]]
    merges: list[Range]


class TooBigError(Exception):
    """A sheet has more rows, columns or merged cells than a menu can have."""


def plain(value: object) -> Cell:
    """Return a cell as JSON can say it; dates as {"date": "2026-03-05"}, times as text."""
    if isinstance(value, str | bool | float):
        return value
    if isinstance(value, int):
        return float(value)
    if isinstance(value, datetime):
        return {"date": value.date().isoformat()}
    return {"date": value.isoformat()} if isinstance(value, date) else str(value)


def ods_merges(data: bytes) -> dict[str, list[Range]]:
    """Return the merged cells of an OpenDocument sheet, which the library does not tell."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive, archive.open("content.xml") as content:
        return dict(table_merges(content))


def table_merges(content: IO[bytes]) -> Iterator[tuple[str, list[Range]]]:
    """Yield the name of each table of content.xml and its merged ranges."""
    row = 0
    merges: list[Range] = []
    for event, element in ET.iterparse(content, events=("start", "end")):  # noqa: S314 -- DTDs are refused before
        if event == "start":
            if element.tag == f"{ODS}table":
                row, merges = 0, []
        elif element.tag == f"{ODS}table-row":
            merges += row_merges(element, row)
            row += int(element.get(f"{ODS}number-rows-repeated", "1"))
            element.clear()
        elif element.tag == f"{ODS}table":
            yield element.get(f"{ODS}name", ""), merges
            element.clear()


def row_merges(element: ET.Element, row: int) -> Iterator[Range]:
    """Yield the ranges that begin in one row."""
    column = 0
    for cell in element:
        down = int(cell.get(f"{ODS}number-rows-spanned", "1"))
        across = int(cell.get(f"{ODS}number-columns-spanned", "1"))
        if down > 1 or across > 1:
            yield row, column, row + down - 1, column + across - 1
        column += int(cell.get(f"{ODS}number-columns-repeated", "1"))


def merges_of(sheet: CalamineSheet, from_ods: list[Range], height: int, width: int) -> list[Range]:
    """Return the merged ranges, cut to the used rows and columns. Raises TooBigError for absurd ones."""
    ranges = [(*start, *end) for start, end in sheet.merged_cell_ranges or []] or from_ods
    inside = [
        (top, left, min(bottom, height - 1), min(right, width - 1))
        for top, left, bottom, right in ranges
        if top < height and left < width
    ]
    if sum(bottom - top + 1 for top, _left, bottom, _right in inside) > MOST_MERGED_CELLS:
        raise TooBigError
    return inside


def read_sheet(sheet: CalamineSheet, hidden: int, from_ods: list[Range]) -> SheetOut:
    """Return one sheet. Raises TooBigError when it is larger than any menu."""
    bottom, right = sheet.end or (-1, -1)
    if bottom >= MOST_ROWS or right >= MOST_COLUMNS:
        raise TooBigError
    merges = merges_of(sheet, from_ods, bottom + 1, right + 1)
    rows = [[plain(value) for value in row] for row in sheet.to_python(skip_empty_area=False)]
    return {"name": sheet.name, "hidden": hidden, "rows": rows, "merges": merges}


def is_1904(data: bytes) -> bool:
    """Tell whether an .xlsx counts its days from 1904."""
    if not data.startswith(b"PK"):
        return False
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return "xl/workbook.xml" in archive.namelist() and bool(DATE_1904.search(archive.read("xl/workbook.xml")))


def read(data: bytes) -> dict[str, object]:
    """Return the sheets of a workbook as plain lists."""
    is_ods = data.startswith(b"PK") and b"mimetypeapplication/vnd.oasis" in data[:200]
    merges = ods_merges(data) if is_ods else {}
    with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
        sheets = [
            read_sheet(book.get_sheet_by_name(meta.name), HIDDEN.index(meta.visible), merges.get(meta.name, []))
            for meta in book.sheets_metadata
            if meta.typ == SheetTypeEnum.WorkSheet
        ]
    return {"sheets": sheets, "is_1904": is_1904(data)}


def main() -> None:
    """Take the limits on, read, answer; what goes wrong is answered too, as far as the process lives."""
    for limit, value in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, CPU_SECONDS), (resource.RLIMIT_CORE, 0)):
        resource.setrlimit(limit, (value, value))
    try:
        answer = read(sys.stdin.buffer.read())
    except (TooBigError, MemoryError):
        answer = {"refused": "too_big"}
    except PasswordError:
        answer = {"refused": "password"}
    except (CalamineError, ET.ParseError, zipfile.BadZipFile, KeyError, ValueError, OSError):
        answer = {"refused": "broken"}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
