"""Reads a roster as people paste it: columns in any order, phones in any spelling. Nothing is guessed.

Identity numbers are recognised in order to be dropped: they go nowhere, not even back onto the page.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts import phones
from policy.text import one_line, visible

MOST_ROWS = 1000
LONGEST_NAME = 40
FEWEST_DIGITS = 5
IDENTITY_DIGITS = 15
BETWEEN = re.compile(r"[,，;；、]")
NUMBER_WORD = re.compile(r"[+0-9()\-‐‑–—.]+")
# What people put between two digits of one number, and a digit with it.
GAP = rf"(?:{phones.SEPARATORS.pattern})?"
DIGIT = rf"(?:\d{GAP})"
CENTURY = rf"(?:1{GAP}[89]|2{GAP}0){GAP}"
MONTH = rf"(?:0{GAP}[1-9]|1{GAP}[0-2]){GAP}"
DAY = rf"(?:0{GAP}[1-9]|[12]{GAP}\d|3{GAP}[01]){GAP}"
# Region, day of birth, running number and check.
IDENTITY = re.compile(rf"(?<!\d){DIGIT}{{6}}{CENTURY}{DIGIT}{{2}}{MONTH}{DAY}{DIGIT}{{3}}[\dXx](?!\d)")
PHONE = re.compile(rf"((?<!\d)(?:\+?(?:00)?86{GAP})?1[3-9]\d{GAP}{DIGIT}{{7}}\d(?![\dXx]))")
# What is too long for a phone is an old or a mistyped identity number, or may hold one.
TOO_LONG = re.compile(rf"{DIGIT}{{14,}}[\dXx](?:[eE]\+?\d+)?")
SCIENTIFIC = re.compile(r"[0-9](?:\.[0-9]+)?[eE]\+?[0-9]{1,2}")
WHOLE_FLOAT = re.compile(r"([0-9]{11,13})\.0+")
IS_NAME = re.compile(r"姓名|名字|^name$", re.IGNORECASE)
IS_PHONE = re.compile(r"手机|电话|联系方式|phone|mobile", re.IGNORECASE)
NO_NAME = {"男", "女"}


class Verdict(models.TextChoices):
    """What became of a row."""

    SEATED = "seated", _("已录取，已通知本人")
    ALREADY = "already", _("已在名单里")
    WRONG_PHONE = "wrong_phone", _("手机号不对，应是 11 位大陆手机号")
    NO_PHONE = "no_phone", _("没有手机号")
    TWO_PHONES = "two_phones", _("有两个手机号，请只留一个")
    SCIENTIFIC = "scientific", _("手机号被表格变成了科学计数，请把这一列改成文本，再重新填手机号")
    NO_NAME = "no_name", _("没有姓名")
    UNCLEAR_NAME = "unclear_name", _("分不清哪一栏是姓名，请只留姓名和手机号，或在第一行写上“姓名”“手机号”")
    LONG_NAME = "long_name", _("姓名太长，最多 40 个字")
    DUPLICATE = "duplicate", _("与上面的一行是同一个手机号")
    OTHER_NAME = "other_name", _("这个手机号已用另一个姓名录入，请核对手机号")
    TOO_MANY = "too_many", _("名额已满")
    REFUSED = "refused", _("这位职工现在不能录取（可能时间冲突或本学期报名已满），请本人查看自己的报名")


@dataclass(frozen=True)
class Row:
    """One line: its number in what was pasted, name and phone as typed, the normalised phone, and what is wrong.

    `key` is that of the kept row it mends (bookings/mending.py), if it mends one.
    """

    number: int
    name: str
    typed: str
    phone: str
    wrong: Verdict | None
    key: str = ""


@dataclass(frozen=True)
class Columns:
    """Where a heading says that name and phone stand; None where it does not say."""

    name: int | None
    phone: int | None


def pasted(text: str) -> list[list[str]]:
    """Return the cells of each pasted line."""
    return [_cells(line) for line in text.splitlines()]


def read(lines: Sequence[Sequence[str]]) -> list[Row]:
    """Return the rows of a roster, without its heading and empty lines."""
    rows: list[Row] = []
    columns: Columns | None = None
    for number, cells in enumerate(lines, start=1):
        if not any(cell.strip() for cell in cells):
            continue
        if columns is None:
            columns = _heading(cells)
            if columns:
                continue
            columns = Columns(None, None)
        rows.append(_row(number, cells, columns))
    return rows


def mended(*, key: str, number: int, name: str, phone: str) -> Row:
    """Return a row whose columns are known, as somebody has corrected it."""
    row = _row(number, [name, phone], Columns(name=0, phone=1))
    if not row.typed and (typed := _tidy(_without_identity(phone))):
        # What is no number at all is still what was typed.
        row = replace(row, typed=typed, wrong=row.wrong if row.wrong != Verdict.NO_PHONE else Verdict.WRONG_PHONE)
    return replace(row, key=key)


def _cells(line: str) -> list[str]:
    if "\t" in line:
        return line.split("\t")
    if BETWEEN.search(line):
        return BETWEEN.split(line)
    # An identity number is a cell that is empty: the cells after it keep their places.
    before, *others = _without_identity(line, instead="\t").split("\t")
    return [*_words(before.split()), *(cell for other in others for cell in ("", *_words(other.split())))]


def _words(words: list[str]) -> Iterator[str]:
    """Yield the cells of a line that has only spaces between them: a phone may have spaces inside."""
    start = 0
    while start < len(words):
        is_number = _is_number(words[start])
        end = start
        while end < len(words) and _is_number(words[end]) == is_number:
            end += 1
        yield from _numbers(words[start:end]) if is_number else _names(words[start:end])
        start = end


def _is_number(word: str) -> bool:
    plain_word = unicodedata.normalize("NFKC", word)
    return bool(NUMBER_WORD.fullmatch(plain_word) or SCIENTIFIC.fullmatch(plain_word))


def _numbers(words: list[str]) -> list[str]:
    """Return the longest run of words that is a phone, as one cell, and the words around it; else all as one cell."""
    for length in range(len(words), 0, -1):
        for start in range(len(words) - length + 1):
            together = " ".join(words[start : start + length])
            if _phone(together):
                return [*words[:start], together, *words[start + length :]]
    return [" ".join(words)]


def _names(words: list[str]) -> list[str]:
    """Return words as one name where they can be nothing else: foreign names, names written 张 三."""
    is_one = all(word.isascii() for word in words) or all(len(word) == 1 for word in words)
    return [" ".join(words)] if is_one else words


def _heading(cells: Sequence[str]) -> Columns | None:
    """Return where a first line says that the columns are; None when it is no heading."""
    if any(_digits(cell) >= FEWEST_DIGITS for cell in cells):
        return None
    name = next((place for place, cell in enumerate(cells) if IS_NAME.search(cell.strip())), None)
    phone = next((place for place, cell in enumerate(cells) if IS_PHONE.search(cell)), None)
    return None if name is None and phone is None else Columns(name, phone)


def _row(number: int, cells: Sequence[str], columns: Columns) -> Row:
    cells = [_without_identity(cell) for cell in cells]
    names, numbers = _sorted(cells)
    if columns.name is not None:
        names = [one_line(cell) for cell in cells[columns.name : columns.name + 1] if one_line(cell)]
    if columns.phone is not None:
        numbers = _sorted(cells[columns.phone : columns.phone + 1])[1]
    found = {phone: typed for typed in numbers if (phone := _phone(typed))}
    wrong = _wrong_name(names) or _wrong_phone(numbers, len(found))
    phone, typed = next(iter(found.items()), ("", " ".join(numbers)))
    typed = " ".join(numbers) if wrong == Verdict.TWO_PHONES else typed
    return Row(number, " ".join(names), typed, phone, wrong)


def _sorted(cells: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return what may be names and what may be phones. Sexes and running numbers are neither."""
    names, numbers = [], []
    for cell in cells:
        tidy = _tidy(cell)
        if not tidy or tidy in NO_NAME:
            continue
        if SCIENTIFIC.fullmatch(tidy) or (_digits(tidy) >= FEWEST_DIGITS and not any(map(str.isalpha, tidy))):
            numbers.append(tidy)
        elif any(map(str.isalpha, tidy)):
            names.append(one_line(cell))
    return names, numbers


def _tidy(cell: str) -> str:
    """Return a cell without a spreadsheet's marks: the apostrophe before a text, the .0 after a number."""
    tidy = unicodedata.normalize("NFKC", cell).strip().lstrip("'‘’`")
    whole = WHOLE_FLOAT.fullmatch(tidy)
    return whole[1] if whole else tidy


def _without_identity(text: str, *, instead: str = " ") -> str:
    """Return a text without its identity numbers, however their digits are grouped; the phones beside them stay."""
    plain = unicodedata.normalize("NFKC", visible(text))
    if _digits(plain) < IDENTITY_DIGITS:
        return text
    pieces = PHONE.split(IDENTITY.sub(instead, plain))
    return "".join(piece if place % 2 else TOO_LONG.sub(instead, piece) for place, piece in enumerate(pieces))


def _digits(text: str) -> int:
    return sum(letter.isdecimal() for letter in text)


def _phone(typed: str) -> str:
    """Return the normalised phone, or nothing."""
    try:
        return phones.normalise(typed)
    except phones.PhoneRefused:
        return ""


def _wrong_name(names: list[str]) -> Verdict | None:
    if not names:
        return Verdict.NO_NAME
    if len(names) > 1:
        return Verdict.UNCLEAR_NAME
    return Verdict.LONG_NAME if len(names[0]) > LONGEST_NAME else None


def _wrong_phone(numbers: list[str], valid: int) -> Verdict | None:
    if valid == 1:
        return None
    if valid:
        return Verdict.TWO_PHONES
    if not numbers:
        return Verdict.NO_PHONE
    return Verdict.SCIENTIFIC if any(map(SCIENTIFIC.fullmatch, numbers)) else Verdict.WRONG_PHONE
