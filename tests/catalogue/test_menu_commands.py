"""import_menu and export_menu as an officer runs them."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from python_calamine import CalamineWorkbook

from catalogue.menu.progress import bar
from catalogue.models import Course
from tests.workbooks import table, xlsx

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]

Run = Callable[..., tuple[list[str], list[str]]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run import_menu and return what it printed."""

    def call(*arguments: object) -> tuple[list[str], list[str]]:
        call_command("import_menu", *arguments)
        printed = capsys.readouterr()
        return printed.out.splitlines(), printed.err.splitlines()

    return call


def test_a_dry_run_prints_every_difference(tmp_path: Path, run: Run) -> None:
    taiji, writing = {"课程名称": "太极拳", "课程简介": "慢。"}, {"课程名称": "书法", "课程简介": "写字。"}
    run(xlsx(tmp_path / "a.xlsx", {"岗位技能": table({}, {"课程名称": "车工入门"}, taiji, writing)}))
    renamed, cooking = {"课程名称": "太极拳法", "课程简介": "新。"}, {"课程名称": "面点", "课程简介": "和面。"}
    new = table({"学时": 5}, {"课程名称": "车工入门"}, renamed, cooking)
    out, err = run(xlsx(tmp_path / "b.xlsx", {"岗位技能": new}), "--dry-run")

    assert out == [
        "【新增】",
        "  “岗位技能”第 5 行 课程 SK0005 面点",
        "【修改】",
        "  “岗位技能”第 2 行“学时”列（F2） 课程 SK0001 钳工入门 学时：“4” → “5”",
        "【未变】",
        "  “岗位技能”第 3 行 课程 SK0002 车工入门",
        "【文件中没有】",
        "  课程 SK0004 书法 “岗位技能”类，库里的课程没有改动",
        "【疑似改名】",
        (
            "  “岗位技能”第 4 行“课程名称”列（A4） 课程 SK0003 太极拳 课程名称：“太极拳” → “太极拳法” "
            "这一行没有保存（是改名，请在编码列填 SK0003；是新课程，请填“新”）"
        ),
        "课程：新增 1，修改 1，未变 1，文件中没有 1，疑似改名 1",
        "这是试运行，没有保存任何内容。",
    ]
    assert err == []
    assert list(Course.objects.order_by("code").values_list("title", flat=True)) == [
        "钳工入门",
        "车工入门",
        "太极拳",
        "书法",
    ]
    assert not Course.objects.exclude(hours=4).exists()


def test_problems_go_to_the_error_stream(tmp_path: Path, run: Run) -> None:
    out, err = run(xlsx(tmp_path / "a.xlsx", {"岗位技能": table({}, {"课程名称": "车工", "学时": "x"})}))

    assert err == ["【错误】", "  “岗位技能”第 3 行“学时”列（F3） 课程 车工 “x” 不是数字（请填数字，例如 2 或 1.5）"]
    assert out[-1] == "已保存，有 1 处没有保存，见上。"


def test_the_screen_shows_twenty_of_each_and_the_report_all(tmp_path: Path, run: Run) -> None:
    many = table(*({"课程名称": f"课程{number}"} for number in range(24)))
    run(xlsx(tmp_path / "a.xlsx", {"岗位技能": many}))
    target = tmp_path / "报告.csv"
    out, _err = run(xlsx(tmp_path / "b.xlsx", {"岗位技能": table({"课程名称": "课程0"})}), "--report", target)

    assert len([line for line in out if "库里的课程没有改动" in line]) == 20
    assert "  另有 3 条，用 --report FILE 写入文件查看" in out
    assert target.read_text(encoding="utf-8-sig").count("库里的课程没有改动") == 23


@pytest.mark.parametrize("arguments", [["--strict"], []])
def test_exit_1_when_nothing_is_saved(tmp_path: Path, arguments: list[str]) -> None:
    path = xlsx(tmp_path / "a.xlsx", {"岗位技能": table({"学时": "x"})})

    with pytest.raises(CommandError) as refused:
        call_command("import_menu", path, *arguments)

    assert refused.value.returncode == 1
    assert Course.objects.count() == 0


def test_the_report_is_written_as_csv(tmp_path: Path, run: Run) -> None:
    target = tmp_path / "报告.csv"
    run(xlsx(tmp_path / "a.xlsx", {"岗位技能": table({}, {"课程名称": "=1+1", "学时": "x"})}), "--report", target)

    with target.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0][:4] == ["结果", "对象", "编码", "名称"]
    assert [row[:4] for row in rows[1:]] == [
        ["新增", "讲师", "", "演示甲（演示技师学院）"],
        ["新增", "课程", "SK0001", "钳工入门"],
        ["错误", "课程", "", "'=1+1"],
    ]
    assert rows[3][4:] == ["岗位技能", "3", "F 学时", "", "x", "", "不是数字", "请填数字，例如 2 或 1.5"]


def test_the_report_is_written_as_a_workbook(tmp_path: Path, run: Run) -> None:
    target = tmp_path / "报告.xlsx"
    run(xlsx(tmp_path / "a.xlsx", {"岗位技能": table({})}), "--dry-run", "--report", target)

    rows = CalamineWorkbook.from_path(target).get_sheet_by_index(0).to_python()
    assert [row[:4] for row in rows] == [
        ["结果", "对象", "编码", "名称"],
        ["新增", "讲师", "", "演示甲（演示技师学院）"],
        ["新增", "课程", "SK0001", "钳工入门"],
    ]


@pytest.mark.parametrize("name", ["报告.docx", "没有这个文件夹/报告.csv"])
def test_a_report_that_cannot_be_written_stops_before_the_import(tmp_path: Path, name: str) -> None:
    path = xlsx(tmp_path / "a.xlsx", {"岗位技能": table({})})

    with pytest.raises(CommandError, match=r"^(不能写成|写不了)"):
        call_command("import_menu", path, "--report", tmp_path / name)

    assert Course.objects.count() == 0


def test_a_site_list_given_as_the_menu_is_told_apart(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "a.xlsx", {"学堂名录": [["学堂名称", "简称", "地址"], ["甲", "甲", "路"]]})

    with pytest.raises(CommandError, match="学堂名录请用 --sites 导入"):
        call_command("import_menu", path)


def test_export_leaves_out_what_is_retired(tmp_path: Path, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    run(xlsx(tmp_path / "a.xlsx", {"岗位技能": table({}, {"课程名称": "车工入门"})}))
    Course.objects.filter(code="SK0001").update(retired_at=Course.objects.get(code="SK0001").created_at)
    call_command("export_menu", tmp_path / "b.xlsx")

    assert capsys.readouterr().out == f"已导出 1 门课程到 {tmp_path / 'b.xlsx'}。\n"
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["a.xlsx", "b.xlsx"]


def test_export_refuses_another_ending(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"\.xlsx 结尾"):
        call_command("export_menu", tmp_path / "b.csv")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_bar_is_drawn_on_a_terminal_and_nowhere_else() -> None:
    terminal, file = Terminal(), io.StringIO()
    for stream in (terminal, file):
        progress = bar(stream)
        progress("保存课程", 100, 200)
        progress("保存课程", 200, 200)

    half, whole = "█" * 12 + " " * 12, "█" * 24
    assert terminal.getvalue() == f"\r\x1b[K保存课程 [{half}] 100/200\r\x1b[K保存课程 [{whole}] 200/200\n"
    assert file.getvalue() == ""
