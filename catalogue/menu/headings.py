"""Finds the tables of a workbook: where the headings are, which column is which field, and which rows are data."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from catalogue.menu.book import Book, Hidden, Sheet, Value
from catalogue.menu.cells import Unreadable, clean, shown
from catalogue.menu.report import Kind, Line, Outcome, Place, Report

BRACKETS = re.compile(r"\(.*\)$")
NO_WORD = re.compile(r"[\W_]+")
NOTE = re.compile(r"(注|备注|说明|填表|制表|审核)")
SUM = re.compile(r"(合计|总计|小计|共计)[:：]?")
FEWEST_HEADINGS = 3
MOST_FOOT_CELLS = 2
NUMBER_COLUMN = "number"


@dataclass(frozen=True)
class Vocabulary:
    """The heading words of one kind of table. `name_key` is the field a row cannot be without."""

    kind: Kind
    name_key: str
    words: Mapping[str, str]

    def field_of(self, heading: str) -> str:
        """Return the field of a heading, "" when it is none of ours."""
        return self.words.get(bare(heading), "")


@dataclass(frozen=True)
class Column:
    """One column of a table: its index from 0, and its heading as the sheet words it."""

    index: int
    heading: str


@dataclass
class Row:
    """One row of data: its cells by field. What is wrong with it is written into `report` as it is read."""

    report: Report
    kind: Kind
    sheet: Sheet
    index: int
    columns: Mapping[str, Column]
    whole_cells: frozenset[str]
    title: str = ""
    is_good: bool = field(default=True)

    def has(self, key: str) -> bool:
        return key in self.columns

    def value(self, key: str) -> Value:
        """Return the cell of a field, "" when there is no such column. Merged cells count for all their rows."""
        column = self.columns.get(key)
        if not column:
            return ""
        see = self.sheet.at if key in self.whole_cells else self.sheet.seen_at
        return see(self.index, column.index)

    def place(self, key: str = "") -> Place:
        column = self.columns.get(key)
        if not column:
            return Place(self.sheet.name, self.index + 1)
        return Place(self.sheet.name, self.index + 1, letters(column.index), column.heading)

    def wrong(self, key: str, sentence: str, mend: str) -> None:
        """Report the cell of `key`; the row will not be saved."""
        self.is_good = False
        value = shown(self.value(key))
        self.report.add(
            Line(
                Outcome.PROBLEM,
                self.kind,
                name=self.title,
                place=self.place(key),
                old=value,
                sentence=sentence,
                mend=mend,
            )
        )

    def read(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """Return the values of the columns that are there; wrong cells are reported and left out."""
        values: dict[str, Any] = {}
        for key, rule in fields.items():
            if self.has(key):
                self._read_cell(key, rule, values)
        return values

    def _read_cell(self, key: str, rule: Any, values: dict[str, Any]) -> None:
        try:
            if clean(self.value(key)) == "":
                if rule.required:
                    self.wrong(key, _("这一格是空的"), _("请填写{label}").format(label=rule.label))
                else:
                    values[key] = None
                return
            values[key] = rule.parse(self.value(key))
        except Unreadable as error:
            self.wrong(key, error.sentence, error.mend)


def bare(heading: str) -> str:
    """Return a heading without width, spaces, marks and what stands in brackets at its end."""
    text = "".join(unicodedata.normalize("NFKC", heading).split())
    return NO_WORD.sub("", BRACKETS.sub("", text) or text).casefold()


def letters(index: int) -> str:
    """Return the name of a column as spreadsheets show it: A, B … Z, AA."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def rows(book: Book, vocabulary: Vocabulary, whole_cells: frozenset[str], report: Report) -> Iterator[Row]:
    """Yield the data rows of every sheet, and report sheets and columns that are not read.

    A hidden row counts like any other; a hidden sheet is read and named in the report; one hidden so deeply that no
    menu of Excel or WPS shows it is not read, and named too. A second heading row starts the columns anew.
    """
    for sheet in book.sheets:
        if sheet.hidden == Hidden.DEEPLY:
            notice(report, vocabulary.kind, Place(sheet.name), _("这张工作表被深度隐藏，没有读取"))
            continue
        found = False
        for row in sheet_rows(sheet, vocabulary, whole_cells, report):
            found = True
            yield row
        if sheet.hidden == Hidden.YES and found:
            notice(report, vocabulary.kind, Place(sheet.name), _("这张工作表是隐藏的，也已读取"))


def sheet_rows(sheet: Sheet, vocabulary: Vocabulary, whole_cells: frozenset[str], report: Report) -> Iterator[Row]:
    """Yield the data rows of one sheet: those below its headings that are neither blank nor a note."""
    columns: dict[str, Column] = {}
    index = 0
    while index < len(sheet.rows):
        headings, height = headings_at(sheet, index, vocabulary)
        if headings:
            columns = columns_of(headings, vocabulary)
            report_unknown(sheet, index, headings, vocabulary, report)
            index += height
            continue
        if columns and is_data(sheet, index, columns, vocabulary.name_key):
            yield Row(report, vocabulary.kind, sheet, index, columns, whole_cells)
        index += 1
    if not columns and any(cell != "" for line in sheet.rows for cell in line):
        notice(report, vocabulary.kind, Place(sheet.name), _("没有找到表头，这张工作表没有读取"))


def headings_at(sheet: Sheet, index: int, vocabulary: Vocabulary) -> tuple[list[str], int]:
    """Return the headings that begin in a row and how many rows they take (1 or 2); none: an empty list and 0."""
    first = [shown(sheet.spanning(index, column)) for column in range(len(sheet.rows[index]))]
    if count_known(first, vocabulary) < FEWEST_HEADINGS or not names_the_row(first, vocabulary):
        return [], 0
    second = second_headings(sheet, index + 1, first, vocabulary)
    return (second, 2) if second else (first, 1)


def second_headings(sheet: Sheet, index: int, above: list[str], vocabulary: Vocabulary) -> list[str]:
    """Return the headings of two rows as one, when the row below holds nothing but headings."""
    if index >= len(sheet.rows):
        return []
    own = [shown(cell) for cell in sheet.rows[index]]
    filled = [column for column, cell in enumerate(own) if cell]
    both = [*above, *[""] * (len(own) - len(above))]
    for column in filled:
        candidates = (own[column], both[column] + own[column])
        known = next((words for words in candidates if vocabulary.field_of(words)), "")
        if not known:
            return []
        both[column] = known
    return both if filled else []


def count_known(headings: list[str], vocabulary: Vocabulary) -> int:
    """Return how many different fields the headings name."""
    return len({vocabulary.field_of(heading) for heading in headings} - {""})


def names_the_row(headings: list[str], vocabulary: Vocabulary) -> bool:
    """Tell whether one of the headings is that of the field a row cannot be without."""
    return any(vocabulary.field_of(heading) == vocabulary.name_key for heading in headings)


def columns_of(headings: list[str], vocabulary: Vocabulary) -> dict[str, Column]:
    """Return the column of each field; where two columns say the same, the first counts."""
    columns: dict[str, Column] = {}
    for index, heading in enumerate(headings):
        key = vocabulary.field_of(heading)
        if key:
            columns.setdefault(key, Column(index, " ".join(heading.split())))
    return columns


def report_unknown(sheet: Sheet, index: int, headings: list[str], vocabulary: Vocabulary, report: Report) -> None:
    """Report the columns that are not read: unknown ones, and the second of two that say the same."""
    used = {column.index for column in columns_of(headings, vocabulary).values()}
    for column, heading in enumerate(headings):
        if heading.strip() and column not in used:
            place = Place(sheet.name, index + 1, letters(column), " ".join(heading.split()))
            notice(report, vocabulary.kind, place, _("不认识这一列，或与前面的列重复，没有读取"))


def is_data(sheet: Sheet, index: int, columns: Mapping[str, Column], name_key: str) -> bool:
    """Tell whether a row is neither blank, nor only numbered, nor a note or a sum at the foot."""
    number = columns.get(NUMBER_COLUMN)
    cells = {column: shown(cell).strip() for column, cell in enumerate(sheet.rows[index])}
    filled = [column for column, cell in cells.items() if cell]
    if all(number and column == number.index for column in filled):
        return False
    if len(filled) > MOST_FOOT_CELLS:
        return True
    first = cells[filled[0]]
    is_note = NOTE.match(first) and (columns[name_key].index not in filled or len(filled) == 1)
    return not (is_note or SUM.fullmatch(first))


def notice(report: Report, kind: Kind, place: Place, sentence: str) -> None:
    """Report what was read in another way than people may think, or not at all."""
    report.add(Line(Outcome.NOTICE, kind, place=place, sentence=sentence))
