"""Workbooks that are broken, hostile or something else (reliability.md section 6, inputs 22 to 33)."""

import io
import os
import re
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from catalogue.menu import files
from catalogue.menu.errors import MenuRefused
from catalogue.menu.export import export_menu
from catalogue.menu.importing import MenuFiles, import_menu
from catalogue.menu.report import Kind, Outcome
from catalogue.menu.writing import harmless
from catalogue.models import Course
from tests.conftest import NOW
from tests.workbooks import ods, table, xls, xlsx

MEGABYTE = 1024 * 1024
SECONDS = 2


def rezip(path: Path, change: Callable[[str, bytes], bytes], **more: bytes) -> Path:
    """Write an .xlsx whose members went through `change`, with more members."""
    source = xlsx(path.with_name("source.xlsx"), {"岗位技能": table({})})
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
        for name, content in more.items():
            new.writestr(name, content)
    return path


def same(_name: str, content: bytes) -> bytes:
    return content


def empty(path: Path) -> None:
    path.write_bytes(b"")


def blank(path: Path) -> None:
    path.write_bytes(b"\xef\xbb\xbf \r\n\0\0")


@cache
def bomb_bytes() -> bytes:
    """Return a small archive of 600 MB."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/bomb.xml", "w") as member:
        for _ in range(600):
            member.write(bytes(MEGABYTE))
    return file.getvalue()


def bomb(path: Path) -> None:
    path.write_bytes(bomb_bytes())


def lying_bomb(path: Path) -> None:
    """The directory says that the member unpacks to 1,000 bytes; it is 60 MB."""
    size = 60 * MEGABYTE
    rezip(path, same, **{"xl/bomb.xml": b"\0" * size})
    path.write_bytes(path.read_bytes().replace(size.to_bytes(4, "little"), (1000).to_bytes(4, "little")))


def many_members(path: Path) -> None:
    rezip(path, same, **{f"xl/{n}.xml": b"<a/>" for n in range(300)})


def far_cell(path: Path) -> None:
    rezip(path, lambda name, text: text.replace(b'r="A2"', b'r="XFD1048576"') if "sheet1" in name else text)


def far_row(path: Path) -> None:
    rezip(path, lambda name, text: text.replace(b'r="A2"', b'r="A1048576"') if "sheet1" in name else text)


def many_rows(path: Path) -> None:
    rows = b"".join(b"<row><c><v>%d</v></c></row>" % (n * 7919) for n in range(100_001))
    rezip(
        path,
        lambda name, text: text.replace(b"</sheetData>", rows + b"</sheetData>") if "sheet1" in name else text,
    )


def shared_string_bomb(path: Path) -> None:
    """One text of 32,000 signs, named by 100,000 cells: 600 KB of XML, gigabytes of text."""
    cells = b"".join(b'<row r="%d">' % n + b'<c t="s"><v>0</v></c>' * 10 + b"</row>" for n in range(100, 10_100))

    def change(name: str, text: bytes) -> bytes:
        if "sharedStrings" in name:
            return re.sub(rb"<si><t>.*?</t></si>", b"<si><t>" + b"x" * 32_000 + b"</t></si>", text, count=1)
        return text.replace(b"</sheetData>", cells + b"</sheetData>") if "sheet1" in name else text

    rezip(path, change)


def with_dtd(path: Path) -> None:
    laughs = b'<!DOCTYPE sst [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
    rezip(path, lambda name, text: text.replace(b"<sst", laughs + b"<sst") if "sharedStrings" in name else text)


def with_macros(path: Path) -> None:
    rezip(path, same, **{"xl/vbaProject.bin": b"macro"})


def as_xlsm(path: Path) -> None:
    rezip(
        path,
        lambda _name, text: text.replace(
            b"openxmlformats-officedocument.spreadsheetml.sheet.main", b"ms-excel.sheet.macroEnabled.main"
        ),
    )


def as_docx(path: Path) -> None:
    rezip(path, lambda _name, text: text.replace(b"spreadsheetml.sheet.main", b"wordprocessingml.document.main"))


def encrypted(path: Path) -> None:
    path.write_bytes(files.OLE + b"\0" * 512 + "EncryptedPackage\0".encode("utf-16-le") + b"\0" * 512)


def old_word(path: Path) -> None:
    path.write_bytes(files.OLE + b"\0" * 512 + "WordDocument\0".encode("utf-16-le") + b"\0" * 512)


def cut_off(path: Path) -> None:
    whole = xlsx(path, {"岗位技能": table({})}).read_bytes()
    path.write_bytes(whole[: len(whole) * 2 // 3])


def damaged(path: Path) -> None:
    rezip(path, lambda name, text: text[: len(text) // 2] if "sheet1" in name else text)


def csv_renamed(path: Path) -> None:
    path.write_text("课程名称,学时\n钳工,4\n", encoding="utf-8")


def xls_renamed(path: Path) -> None:
    path.write_bytes(xls(path.with_name("a.xls"), "岗位技能", table({})).read_bytes())


def too_many_bytes(path: Path) -> None:
    path.write_bytes(b"PK\x03\x04" + b"\0" * (11 * MEGABYTE))


def foreign(path: Path) -> None:
    xlsx(path, {"工资": [["姓名", "工资"], ["演示", 1]]})


def nothing_there(path: Path) -> None:
    path.unlink(missing_ok=True)


HOSTILE = {
    "file_empty": [empty, blank],
    "file_unpacks_too_big": [bomb, many_members],
    "file_broken": [lying_bomb, cut_off, damaged],
    "sheet_too_big": [far_cell, far_row, many_rows, shared_string_bomb],
    "file_declares": [with_dtd],
    "file_has_macros": [with_macros, as_xlsm],
    "not_a_workbook": [as_docx, old_word],
    "file_encrypted": [encrypted],
    "file_renamed": [csv_renamed, xls_renamed],
    "file_too_big": [too_many_bytes],
    "file_unreadable": [nothing_there],
}
CASES = [pytest.param(make, code, id=make.__name__) for code, makers in HOSTILE.items() for make in makers]


@pytest.mark.parametrize(("make", "code"), CASES)
def test_a_hostile_workbook_is_refused_in_one_sentence(tmp_path: Path, make: Callable[[Path], None], code: str) -> None:
    path = tmp_path / "菜单.xlsx"
    make(path)
    started = time.monotonic()

    with pytest.raises(MenuRefused) as refused:
        files.read(path)

    assert [problem.code for problem in refused.value.problems] == [code]
    assert re.fullmatch(r"[^\n]{10,120}。", str(refused.value))
    assert time.monotonic() - started < SECONDS


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.csv", "课程名称,学时\n".encode() + b"\xff\xfe\xfa\x81", "csv_encoding"),
        ("a.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9, "csv_nul"),
        ("a.csv", "课程名称,学时\n钳\0工,4\n".encode(), "csv_nul"),
        ("a.csv", "课程名称,学时\n钳\0工,4\n".encode("utf-8-sig"), "csv_nul"),
        ("a.csv", b'"' + b"x" * 200_000, "csv_broken"),
        ("a.csv", b"a,b\n" * 100_001, "sheet_too_big"),
        ("a.csv", b"," * 300, "sheet_too_big"),
        ("a.pdf", b"%PDF-1.7", "file_kind"),
        ("a.xls", "<table><tr><td>课程名称</td></tr></table>".encode(), "file_renamed"),
    ],
)
def test_a_text_that_is_no_menu_is_refused(tmp_path: Path, name: str, content: bytes, code: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)

    with pytest.raises(MenuRefused) as refused:
        files.read(path)

    assert [problem.code for problem in refused.value.problems] == [code]


def far_in_old_excel(path: Path) -> Path:
    return xls(path / "a.xls", "岗位技能", [["课程名称"], *[[]] * 65_534, [*[""] * 255, "x"]])


def repeated_in_open_document(path: Path) -> Path:
    target = ods(path / "a.ods", "岗位技能", table({}))
    with zipfile.ZipFile(target) as old:
        members = {info: old.read(info) for info in old.infolist()}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for info, content in members.items():
            again = b'table:number-rows-repeated="100000"><table:table-cell table:number-columns-repeated="1000"'
            row = b"<table:table-row><table:table-cell"
            is_content = info.filename == "content.xml"
            new.writestr(info, content.replace(row, row[:16] + b" " + again) if is_content else content)
    return target


@pytest.mark.parametrize(
    ("make", "code"), [(far_in_old_excel, "sheet_too_big"), (repeated_in_open_document, "file_broken")]
)
def test_cells_beyond_counting_are_refused_in_every_format(
    tmp_path: Path, make: Callable[[Path], Path], code: str
) -> None:
    path = make(tmp_path)
    started = time.monotonic()

    with pytest.raises(MenuRefused) as refused:
        files.read(path)

    assert [problem.code for problem in refused.value.problems] == [code]
    assert time.monotonic() - started < SECONDS


def test_a_merge_over_everything_costs_nothing(tmp_path: Path) -> None:
    merge = b'<mergeCells count="1"><mergeCell ref="A1:XFD20000"/></mergeCells>'
    path = rezip(
        tmp_path / "a.xlsx",
        lambda name, text: text.replace(b"</sheetData>", b"</sheetData>" + merge) if "sheet1" in name else text,
    )
    started = time.monotonic()

    [sheet] = files.read(path).sheets

    assert time.monotonic() - started < SECONDS
    assert (len(sheet.rows), sheet.merges) == (2, [(0, 0, 1, 15)])


def test_a_dimension_that_lies_changes_nothing(tmp_path: Path) -> None:
    path = rezip(
        tmp_path / "a.xlsx",
        lambda _name, text: re.sub(rb'dimension ref="[^"]*"', b'dimension ref="A1:XFD1048576"', text),
    )

    assert len(files.read(path).sheets[0].rows) == 2


def test_the_reader_is_held_to_its_memory() -> None:
    limits = f"import resource, runpy; m = runpy.run_path(r'{files.READER}'); print(m['MEMORY'])"
    done = subprocess.run([sys.executable, "-c", limits], capture_output=True, check=True, text=True)

    assert int(done.stdout) <= 300 * MEGABYTE


@pytest.mark.django_db
@pytest.mark.usefixtures("reference")
@pytest.mark.parametrize("make", [foreign, bomb, encrypted])
def test_the_command_says_it_in_one_sentence_and_saves_nothing(tmp_path: Path, make: Callable[[Path], None]) -> None:
    path = tmp_path / "菜单.xlsx"
    make(path)

    with pytest.raises(CommandError, match=r"^[^\n]+。$") as refused:
        call_command("import_menu", path)

    assert refused.value.returncode == 1
    assert Course.objects.count() == 0


def test_a_bomb_stays_within_two_seconds_and_300_megabytes_of_a_whole_process(
    tmp_path: Path, project_root: Path
) -> None:
    path = tmp_path / "菜单.xlsx"
    bomb(path)
    watch = """
import resource, subprocess, sys
print(subprocess.call(sys.argv[1:]), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
    command = [sys.executable, "-c", watch, sys.executable, "manage.py", "import_menu", str(path)]

    # The file is refused before any table is looked at; only a demonstration's clock would ask for one.
    earnest = {**os.environ, "DEMO": "0", "SITE_URL": "https://xuetang.example"}

    done = subprocess.run(command, cwd=project_root, env=earnest, capture_output=True, text=True, check=True)

    code, kilobytes = done.stdout.split()
    assert (code, int(kilobytes) < 300 * 1024) == ("1", True)
    assert done.stderr.strip().splitlines() == [
        "CommandError: 文件解开后大得不正常，没有读取。请用 Excel 或 WPS 新建表格，把内容贴进去再导入。"
    ]


FORMULAS = [
    '=HYPERLINK("http://a")', "=cmd|' /C calc'!A0", "+1", "-1", "@x", "\t=1", "\r=1", "\n=1",
    "＝1+1", "＋1", "－1", "＠x",
]  # fmt: skip


@pytest.mark.parametrize("text", FORMULAS)
def test_what_a_spreadsheet_would_run_gets_an_apostrophe(text: str) -> None:
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["钳工", "1-2", "'quoted'", "", "a=b"])
def test_other_text_is_left_alone(text: str) -> None:
    assert harmless(text) == text


@pytest.mark.django_db
@pytest.mark.usefixtures("reference")
def test_formulas_are_stored_as_text_escaped_on_export_and_come_back_the_same(tmp_path: Path) -> None:
    rows = table(*({"课程名称": text.strip(), "备注": text} for text in [*FORMULAS, "'=1", "''+2"]))
    import_menu(menu=MenuFiles(xlsx(tmp_path / "a.xlsx", {"岗位技能": rows})), now=NOW)
    stored = dict(Course.objects.values_list("title", "note"))
    exported = tmp_path / "b.xlsx"
    export_menu(path=exported)

    assert stored["+1"] == "+1"
    assert stored['=HYPERLINK("http://a")'] == '=HYPERLINK("http://a")'
    with zipfile.ZipFile(exported) as archive:
        texts = b"".join(archive.read(name) for name in archive.namelist() if name.endswith(".xml"))
    assert b"<f>" not in texts
    assert not re.search(rb"<t[^>]*>[=+@-]", texts)
    report = import_menu(menu=MenuFiles(exported), now=NOW)
    assert report.count(Outcome.UNCHANGED, Kind.COURSE) == len(stored) == Course.objects.count()
    assert dict(Course.objects.values_list("title", "note")) == stored


@pytest.mark.django_db
@pytest.mark.usefixtures("reference")
def test_twenty_thousand_duplicates_are_one_course(tmp_path: Path) -> None:
    rows = table({})
    path = xlsx(tmp_path / "a.xlsx", {"岗位技能": [rows[0], *[rows[1]] * 15_000]})
    report = import_menu(menu=MenuFiles(path), now=NOW)

    assert (Course.objects.count(), len(report.of(Outcome.PROBLEM))) == (1, 14_999)


@pytest.mark.django_db
@pytest.mark.usefixtures("reference")
def test_row_900_of_1000_is_bad_and_999_are_saved(tmp_path: Path) -> None:
    rows = table(*({"课程名称": f"课程 {n}", "学时": "?" if n == 900 else 2} for n in range(1, 1001)))
    report = import_menu(menu=MenuFiles(xlsx(tmp_path / "a.xlsx", {"岗位技能": rows})), now=NOW)

    assert [line.place.row for line in report.of(Outcome.PROBLEM)] == [901]
    assert Course.objects.count() == 999
