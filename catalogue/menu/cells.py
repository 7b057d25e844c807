"""What a cell may say, and how it is read. Nothing is guessed: what is not clear is Unreadable."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.translation import gettext as _

from catalogue.menu.book import Value
from policy.text import lines

LIST_SIGNS = re.compile(r"[、，,；;\n]+")
SENTENCE_SIGNS = re.compile(r"[；;\n]+")
# What an export puts an apostrophe before (reliability.md S11): cells that a spreadsheet would take for a formula.
QUOTED = re.compile(r"'(?='*[=+\-@\t\r\n＝＋－＠])")
NUMBER = re.compile(r"(-?[0-9]{1,9}(?:\.[0-9]{1,9})?)(人|学时|课时|小时|节|次|课|门|平方米|m2)?")
SIGNED_NUMBER = re.compile(r"-?[0-9]{1,3}(?:\.[0-9]{1,12})?")
DATE_SIGNS = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?")
DATE_DIGITS = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
TELEPHONE = re.compile(r"[0-9+()\-/转, ]{7,30}")
EARLIEST, LATEST = date(1949, 10, 1), date(2100, 12, 31)
SERIAL_ZERO, SERIAL_ZERO_1904 = date(1899, 12, 30), date(1904, 1, 1)
YES = {"是", "有", "√", "✓", "✔", "y", "yes", "1", "true"}
NO = {"否", "无", "×", "✗", "x", "n", "no", "0", "false", ""}

Parse = Callable[[Value], Any]


class Unreadable(ValueError):
    """The cell cannot be taken: `sentence` says what is wrong with its value, `mend` what to write."""

    def __init__(self, sentence: str, mend: str) -> None:
        """Keep both sentences."""
        self.sentence, self.mend = sentence, mend
        super().__init__(sentence)


@dataclass(frozen=True)
class Field:
    """One field of a row: its name for people, how its cell is read, and whether it may be empty."""

    label: str
    parse: Parse
    required: bool = False


def shown(value: object) -> str:
    """Return a cell as a person reads it in the sheet: 3, not 3.0."""
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def clean(value: Value) -> str:
    """Return the text of a cell: no marks nobody sees, single spaces, no apostrophe that only says "this is text"."""
    text = QUOTED.sub("", shown(value), count=1) if isinstance(value, str) and value.startswith("'") else shown(value)
    if "\ufffd" in text:
        raise Unreadable(_("有无法识别的字符"), _("请改正乱码"))
    return lines(text)


def line(value: Value) -> str:
    """Return the text of a cell on one line."""
    return " ".join(clean(value).split())


def key(text: str) -> str:
    """Return what makes two titles or names the same: full and half width, case and spaces do not matter."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def text(longest: int) -> Parse:
    """Return a parser of one line of at most `longest` characters."""

    def parse(value: Value) -> str:
        return fitting(line(value), longest)

    return parse


def fitting(found: str, longest: int) -> str:
    """Return `found`. Raises Unreadable when it is longer than the field."""
    if len(found) > longest:
        raise Unreadable(
            _("有 {n} 个字，太长").format(n=len(found)), _("请缩短到 {longest} 个字以内").format(longest=longest)
        )
    return found


def words(longest: int, signs: re.Pattern[str] = LIST_SIGNS) -> Parse:
    """Return a parser of a list, each item once, in the order of the cell."""

    def parse(value: Value) -> list[str]:
        items = (" ".join(item.split()) for item in signs.split(clean(value)))
        return list(dict.fromkeys(fitting(item, longest) for item in items if item))

    return parse


def whole(low: int, high: int) -> Parse:
    """Return a parser of a whole number from `low` to `high`."""

    def parse(value: Value) -> int:
        number = numeric(value)
        if number != int(number) or not low <= number <= high:
            raise Unreadable(_("不在范围内"), _("请填 {low} 到 {high} 的整数").format(low=low, high=high))
        return int(number)

    return parse


def learning_hours(value: Value) -> Decimal:
    """Return 学时: more than 0, less than 1000, with at most one decimal."""
    number = numeric(value)
    if not 0 < number < 1000 or number != number.quantize(Decimal("0.1")):  # noqa: PLR2004 -- Decimal(4, 1)
        raise Unreadable(_("不在范围内"), _("请填大于 0、小于 1000 的数字，最多一位小数，例如 1.5"))
    return number.quantize(Decimal("0.1"))


def numeric(value: Value) -> Decimal:
    """Return a number written as number or as text, in half or full width, with or without its unit."""
    found = NUMBER.fullmatch(plain(value))
    if isinstance(value, bool) or not found:
        raise Unreadable(_("不是数字"), _("请填数字，例如 2 或 1.5"))
    return Decimal(found[1])


def plain(value: Value) -> str:
    """Return the text in half width without spaces."""
    return "".join(unicodedata.normalize("NFKC", clean(value)).split())


def degrees(limit: int) -> Parse:
    """Return a parser of a longitude (180) or latitude (90), in degrees to five decimals."""

    def parse(value: Value) -> Decimal:
        found = plain(value)
        if isinstance(value, bool) or not SIGNED_NUMBER.fullmatch(found) or abs(Decimal(found)) > limit:
            raise Unreadable(_("不是经纬度"), _("请填 -{limit} 到 {limit} 的小数，例如 31.01534").format(limit=limit))
        return Decimal(found).quantize(Decimal("0.00001"), ROUND_HALF_UP)

    return parse


def choices(names: Mapping[str, str]) -> Parse:
    """Return a parser of a list of known words. `names` gives the value of each word."""
    split = words(1000)

    def parse(value: Value) -> list[str]:
        return list(dict.fromkeys(known(word, names) for word in split(value)))

    return parse


def choice(names: Mapping[str, str]) -> Parse:
    """Return a parser of exactly one known word."""

    def parse(value: Value) -> str:
        return known(line(value), names)

    return parse


def known(word: str, names: Mapping[str, str]) -> str:
    """Return the value of a word. Raises Unreadable, with the words there are, for another."""
    try:
        return names[key(word)]
    except KeyError:
        allowed = "、".join(dict.fromkeys(names))
        raise Unreadable(
            _("没有“{word}”这一项").format(word=word[:20]), _("请从这些里选：{allowed}").format(allowed=allowed)
        ) from None


def yes_or_no(value: Value) -> bool:
    """Return the answer of a 是/否 cell; an empty one is 否."""
    found = plain(value).casefold()
    if found not in YES | NO:
        raise Unreadable(_("不是“是”或“否”"), _("请填“是”或“否”"))
    return found in YES


def telephone(value: Value) -> str:
    """Return a telephone number as it is written; a number cell loses its .0, and 1.38E+10 is not guessed."""
    found = " ".join(unicodedata.normalize("NFKC", line(value)).removeprefix("'").split())
    if not TELEPHONE.fullmatch(found) or sum(c.isdigit() for c in found) < 7:  # noqa: PLR2004 -- a local number
        raise Unreadable(_("不是电话号码"), _("请按文本填写完整号码，例如 021-5555 0000"))
    return found


def day(*, is_1904: bool) -> Parse:
    """Return a parser of a date: a date cell, a day number, or text such as 2026年3月5日, 2026-3-5, 20260305."""
    zero = SERIAL_ZERO_1904 if is_1904 else SERIAL_ZERO

    def parse(value: Value) -> date:
        found = value if isinstance(value, date) else serial_day(value, zero) or written_day(plain(value))
        if found is None or not EARLIEST <= found <= LATEST:
            raise Unreadable(_("不是有效日期"), _("请按 2026-03-05 的样子填写"))
        return found

    return parse


def serial_day(value: Value, zero: date) -> date | None:
    """Return the day of a spreadsheet's day number, None when the cell is no such number."""
    is_number = isinstance(value, float) and not isinstance(value, bool)
    text = plain(value)
    if not is_number and not re.fullmatch(r"[0-9]{5}", text):
        return None
    days = Decimal(text) if re.fullmatch(r"[0-9]{1,5}(?:\.[0-9]+)?", text) else Decimal(0)
    return zero + timedelta(days=int(days)) if days else None


def written_day(found: str) -> date | None:
    """Return the day of a written date, None when it is none or the calendar has no such day."""
    match = DATE_SIGNS.fullmatch(found) or DATE_DIGITS.fullmatch(found)
    if not match:
        return None
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None
