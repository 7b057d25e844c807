"""Reads a roster that comes as a file, with the readers that guard the course menu."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

from django.utils.translation import gettext as _

from bookings.errors import BookingRefused
from catalogue.menu import files
from catalogue.menu.book import Hidden, Value
from catalogue.menu.errors import MenuRefused
from policy.problems import Problem

MOST_BYTES = 2 * 1024 * 1024
# What these refusals of the menu's readers say, they say of a menu.
OF_A_MENU = {"file_empty", "not_a_workbook"}


class Upload(Protocol):
    """A file as it was sent."""

    @property
    def name(self) -> str | None:
        """What the sender calls it."""

    @property
    def size(self) -> int | None:
        """Its bytes."""

    def chunks(self) -> Iterable[bytes]:
        """Yield its content."""


def cells(upload: Upload) -> list[list[str]]:
    """Return the cells of each line of the first sheet that is shown. Raises BookingRefused for what is no sheet."""
    if (upload.size or 0) > MOST_BYTES:
        raise BookingRefused([Problem("file_too_big", _("名单文件最大 2 MB。"), _("请只留姓名和手机号两栏。"))])
    with TemporaryDirectory() as directory:
        path = Path(directory) / f"名单{Path(upload.name or '').suffix.lower()[:8]}"
        path.write_bytes(b"".join(upload.chunks()))
        try:
            book = files.read(path)
        except MenuRefused as refused:
            raise BookingRefused([_said(refused.problems[0])]) from refused
    shown = next((sheet for sheet in book.sheets if sheet.hidden == Hidden.NO), None)
    return [[_text(value) for value in row] for row in shown.rows] if shown else []


def _said(problem: Problem) -> Problem:
    if problem.code not in OF_A_MENU:
        return Problem(problem.code, problem.sentence)
    return Problem(problem.code, _("文件里没有名单。"), _("请选择 Excel、WPS 表格或 CSV 文件，或直接粘贴。"))


def _text(value: Value) -> str:
    """Return a cell as text; a number is written out whole, as it was typed."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
