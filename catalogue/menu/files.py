"""Reads a menu file into a Book, after checking that it is what its name says and harmless."""

import io
import json
import struct
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from catalogue.menu import delimited
from catalogue.menu.book import Book, Hidden, Sheet, Value
from catalogue.menu.errors import MenuRefused, refusal

MOST_BYTES = 10 * 1024 * 1024
MOST_UNPACKED = 20 * 1024 * 1024
MOST_RATIO = 100
MOST_MEMBERS = 200
READ_SECONDS = 10
READER = Path(__file__).with_name("sheets.py")

ZIP, OLE = b"PK\x03\x04", bytes.fromhex("d0cf11e0a1b11ae1")
DIRECTORY_ENTRY = b"PK\x01\x02"
TYPES = "[Content_Types].xml"
DECLARATIONS = [word.encode(code) for word in ("<!DOCTYPE", "<!ENTITY") for code in ("utf-8", "utf-16-le", "utf-16-be")]
# What the standard library raises for archives that are cut off, damaged or lie about themselves.
BROKEN_ZIP = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, ValueError)
TEXT_ENDINGS = (".csv", ".tsv", ".txt")


def read(path: Path) -> Book:
    """Return the sheets of an .xlsx, .xls, .ods or CSV file.

    Raises MenuRefused, with one sentence, for a file that is missing, empty, too big, cut off, encrypted, carries
    macros or declarations, or is not what its ending says. Nothing in it is run or looked up.
    """
    data = read_bytes(path)
    ending = path.suffix.lower()
    found = kind_of(data)
    if ending not in (".xlsx", ".xls", ".ods", *TEXT_ENDINGS):
        raise refusal(
            "file_kind",
            _("不能读取“{name}”这种文件。").format(name=path.name),
            _("请另存为 .xlsx、.xls、.ods 或 .csv 再导入。"),
        )
    expected = ".csv" if ending in TEXT_ENDINGS else ending
    if found != expected:
        raise refusal(
            "file_renamed",
            _("“{name}”的内容不是 {ending} 文件。").format(name=path.name, ending=ending),
            _("请用原来的软件打开，另存为 .xlsx 再导入。"),
        )
    if found == ".csv":
        return Book(path.name, (delimited.read(data, name=path.stem),))
    return Book(path.name, read_apart(data, name=path.name))


def read_bytes(path: Path) -> bytes:
    """Return the file's bytes. Raises MenuRefused when it is missing, unreadable, empty or over 10 MB."""
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise refusal(
                "file_too_big", _("“{name}”超过 10 MB。").format(name=path.name), _("请拆成几个文件分别导入。")
            )
        data = path.read_bytes()
    except OSError as error:
        raise refusal(
            "file_unreadable",
            _("打不开文件“{name}”。").format(name=path.name),
            _("请检查路径、文件名和读取权限。"),
        ) from error
    if not data.strip(b"\0\t\r\n \xef\xbb\xbf\xff\xfe"):
        raise refusal("file_empty", _("“{name}”是空文件。").format(name=path.name), _("请选择有内容的课程菜单。"))
    return data


def kind_of(data: bytes) -> str:
    """Return .xlsx, .xls, .ods or .csv by content. Raises MenuRefused for what is none of them or is unsafe."""
    if data.startswith(ZIP):
        return kind_of_zip(data)
    if data.startswith(OLE):
        return kind_of_ole(data)
    return ".csv"


def kind_of_ole(data: bytes) -> str:
    """Return .xls for an old workbook; the same container also wraps encrypted workbooks and Word documents."""
    if holds_stream(data, "EncryptedPackage"):
        raise encrypted()
    if not (holds_stream(data, "Workbook") or holds_stream(data, "Book")):
        raise refusal("not_a_workbook", _("这不是表格文件。"), _("请选择课程菜单的 Excel、WPS 表格或 CSV 文件。"))
    return ".xls"


def holds_stream(data: bytes, name: str) -> bool:
    """Tell whether an OLE container names such a stream: names are in UTF-16 and end in a zero."""
    return f"{name}\0".encode("utf-16-le") in data


def kind_of_zip(data: bytes) -> str:
    """Return .xlsx or .ods. The directory is checked before anything is unpacked."""
    if data.count(DIRECTORY_ENTRY) > 2 * MOST_MEMBERS:
        raise bomb()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            check_directory(archive, len(data))
            members = unpack(archive)
    except BROKEN_ZIP as error:
        raise broken() from error
    return kind_of_members(members)


def check_directory(archive: zipfile.ZipFile, packed: int) -> None:
    """Raise MenuRefused for an archive that would unpack to too much, or that asks for a password."""
    members = archive.infolist()
    unpacked = sum(member.file_size for member in members)
    if len(members) > MOST_MEMBERS or unpacked > MOST_UNPACKED or unpacked > MOST_RATIO * packed:
        raise bomb()
    if any(member.flag_bits & 1 for member in members):
        raise encrypted()
    if any(member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for member in members):
        raise broken()


def unpack(archive: zipfile.ZipFile) -> Mapping[str, bytes]:
    """Return every member. Reading stops at the size that the directory names; a wrong one fails its checksum."""
    members: dict[str, bytes] = {}
    for member in archive.infolist():
        with archive.open(member) as file:
            members[member.filename] = file.read(MOST_UNPACKED + 1)
    return members


def kind_of_members(members: Mapping[str, bytes]) -> str:
    """Return .xlsx or .ods by the type the archive declares. Raises MenuRefused for others, macros and DTDs."""
    if any(word in content for content in members.values() for word in DECLARATIONS):
        raise refusal(
            "file_declares", _("文件里有不允许的声明（DTD），没有读取。"), _("请用 Excel 或 WPS 另存为 .xlsx 再导入。")
        )
    if members.get("mimetype", b"").startswith(b"application/vnd.oasis.opendocument.spreadsheet"):
        if b"encryption-data" in members.get("META-INF/manifest.xml", b""):
            raise encrypted()
        return ".ods"
    types = members.get(TYPES, b"")
    if b"macroEnabled" in types or any(name.lower().endswith("vbaproject.bin") for name in members):
        raise refusal("file_has_macros", _("文件带有宏，没有读取。"), _("请另存为不带宏的 .xlsx 再导入。"))
    if b"spreadsheetml.sheet.main+xml" not in types:
        raise refusal("not_a_workbook", _("这不是表格文件。"), _("请选择课程菜单的 Excel、WPS 表格或 CSV 文件。"))
    return ".xlsx"


def read_apart(data: bytes, *, name: str) -> tuple[Sheet, ...]:
    """Return the sheets, read by sheets.py in a process with limits. Raises MenuRefused when it gives none."""
    command = [sys.executable, "-I", str(READER)]
    try:
        done = subprocess.run(  # noqa: S603 -- our own program by a fixed name; the file goes in by stdin
            command, input=data, capture_output=True, timeout=READ_SECONDS, check=False, env={}
        )
    except subprocess.TimeoutExpired as error:
        raise too_big(name) from error
    if done.returncode:
        # Ended by a signal: a limit was reached. Otherwise the library itself gave up.
        raise too_big(name) if done.returncode < 0 else broken()
    answer = json.loads(done.stdout)
    if refused := answer.get("refused"):
        raise {"too_big": too_big(name), "password": encrypted()}.get(refused, broken())
    return tuple(sheet_of(sheet, is_1904=answer["is_1904"]) for sheet in answer["sheets"])


def sheet_of(sheet: dict[str, Any], *, is_1904: bool) -> Sheet:
    """Return a Sheet of what the reader wrote."""
    rows = [[value_of(cell) for cell in row] for row in sheet["rows"]]
    merges = [tuple(merge) for merge in sheet["merges"]]
    return Sheet(sheet["name"], rows, merges, Hidden(sheet["hidden"]), is_1904=is_1904)


def value_of(cell: Any) -> Value:
    """Return a cell's value; dates travel as {"date": …}."""
    return date.fromisoformat(cell["date"]) if isinstance(cell, dict) else cell


def encrypted() -> MenuRefused:
    """Return the refusal of a file that wants a password."""
    return refusal("file_encrypted", _("文件加了密码，打不开。"), _("请取消密码后另存为 .xlsx 再导入。"))


def broken() -> MenuRefused:
    """Return the refusal of a file that is cut off or damaged."""
    return refusal(
        "file_broken", _("文件不完整或已损坏，读不出来。"), _("请重新下载，或用 Excel、WPS 打开后另存为 .xlsx 再导入。")
    )


def bomb() -> MenuRefused:
    """Return the refusal of an archive that would unpack to too much."""
    return refusal(
        "file_unpacks_too_big",
        _("文件解开后大得不正常，没有读取。"),
        _("请用 Excel 或 WPS 新建表格，把内容贴进去再导入。"),
    )


def too_big(name: str) -> MenuRefused:
    """Return the refusal of a sheet beyond the limits of sheets.py."""
    return refusal(
        "sheet_too_big",
        _("“{name}”的行、列或内容太多（最多 20000 行、200 列），没有读取。").format(name=name),
        _("请删掉空白区域里多余的内容，另存后再导入。"),
    )
