"""Reads CSV as unions send it: UTF-8 with or without mark, UTF-16 or GB18030; comma, semicolon or tab."""

import codecs
import csv
import io
from itertools import islice

from django.utils.translation import gettext as _

from catalogue.menu.book import Sheet
from catalogue.menu.errors import refusal
from catalogue.menu.sheets import MOST_COLUMNS, MOST_ROWS

DELIMITERS = ",;\t"
SAMPLE_ROWS = 20
MARKS = [(codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")]


def read(data: bytes, *, name: str) -> Sheet:
    """Return the one sheet of a CSV file. Raises MenuRefused when it is no text or too big."""
    text = decode(data)
    try:
        rows = list(islice(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text)), MOST_ROWS + 1))
    except csv.Error as error:
        raise refusal(
            "csv_broken", _("CSV 文件的引号或分隔符有误，读不出来。"), _("请另存为 .xlsx 再导入。")
        ) from error
    if len(rows) > MOST_ROWS or any(len(row) > MOST_COLUMNS for row in rows):
        raise refusal("sheet_too_big", _("表格超过 20000 行或 200 列，没有读取。"), _("请拆成几个文件分别导入。"))
    return Sheet(name, rows)


def decode(data: bytes) -> str:
    """Return the text. Raises MenuRefused when no encoding fits it wholly: nothing is replaced or guessed."""
    for encoding in encodings(data):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        # What was taken for UTF-16 on account of its zero bytes has line ends, or it was no text at all.
        if "\0" not in text and (b"\0" not in data or "\n" in text):
            return text
    if b"\0" in data:
        raise refusal(
            "csv_nul",
            _("CSV 文件里有空字符（NUL），不是完好的表格文本。"),
            _("请用 Excel 或 WPS 打开检查，另存为 .xlsx 再导入。"),
        )
    raise refusal(
        "csv_encoding", _("认不出 CSV 文件的文字编码。"), _("请另存为 UTF-8 编码的 CSV，或另存为 .xlsx 再导入。")
    )


def encodings(data: bytes) -> list[str]:
    """Return the encodings to try, the likeliest first."""
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return [encoding]
    if b"\0" in data:
        # UTF-16 without a mark: the zero bytes are the upper halves of commas and line ends.
        little = data[1::2].count(0) > data[0::2].count(0)
        return ["utf-16-le" if little else "utf-16-be"]
    return ["utf-8", "gb18030"]


def delimiter_of(text: str) -> str:
    """Return the sign that cuts the first rows into the most columns."""

    def columns(delimiter: str) -> int:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        return max((len(row) for row in islice(rows, SAMPLE_ROWS)), default=0)

    return max(DELIMITERS, key=columns)
