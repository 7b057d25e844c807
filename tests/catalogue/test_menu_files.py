"""The shapes in which a menu may come: formats, sheets, headings, merged cells, notes, encodings."""

import csv
import io
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter

from catalogue.menu.importing import MenuFiles, import_menu
from catalogue.menu.report import Outcome, Report
from catalogue.models import Course, Site
from tests.conftest import NOW
from tests.workbooks import SITE, Cell, ods, table, xls, xlsx

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]

TWO = table({}, {"课程名称": "车工入门", "授课老师": "", "荣誉/职称": "", "供课单位": ""})
TEACHER = TWO[0].index("授课老师")


def taken(path: Path) -> Report:
    return import_menu(menu=MenuFiles(path), now=NOW)


def titles() -> list[tuple[str, str]]:
    return list(Course.objects.order_by("code").values_list("code", "title"))


def notices(report: Report) -> list[str]:
    return [f"{line.place} {line.sentence}" for line in report.of(Outcome.NOTICE)]


def teachers() -> dict[str, list[str]]:
    return {course.title: [one.name for one in course.instructors.all()] for course in Course.objects.all()}


def test_one_sheet_for_all_with_a_category_column(tmp_path: Path) -> None:
    rows = table(
        {"类别": "岗位技能"}, {"类别": "体育健身类", "课程名称": "太极拳"}, {"类别": "烹饪", "课程名称": "面点"}
    )
    report = taken(xlsx(tmp_path / "a.xlsx", {"总表": rows}))

    assert titles() == [("SK0001", "钳工入门"), ("SP0001", "太极拳")]
    assert [(line.old, line.sentence) for line in report.of(Outcome.PROBLEM)] == [("烹饪", "没有这个类别")]


def test_the_category_may_stand_in_the_title_above(tmp_path: Path) -> None:
    rows: list[list[Cell]] = [["职工学堂课程菜单——体育健身类（1门）"], [], *table({})]
    taken(xlsx(tmp_path / "a.xlsx", {"Sheet1": rows}))

    assert titles() == [("SP0001", "钳工入门")]


def test_a_sheet_of_no_category_is_told_at_its_rows(tmp_path: Path) -> None:
    report = taken(xlsx(tmp_path / "a.xlsx", {"Sheet1": table({})}))

    assert [line.sentence for line in report.of(Outcome.PROBLEM)] == ["看不出是哪一类课程"]


def test_other_orders_other_words_and_unknown_columns(tmp_path: Path) -> None:
    rows: list[list[Cell]] = [[*reversed(row)] for row in table({"教室颜色": "蓝", "课程名称": "太极拳"})]
    words = {
        "课程名称": "课 程 题 目",
        "学时": "课时",
        "课次": "次数",
        "授课老师": "教练",
        "备注": "备注（自备物品）",
        "人数上限": "最多人数*",
    }
    rows[0] = [words.get(str(heading), heading) for heading in rows[0]]
    report = taken(xlsx(tmp_path / "a.xlsx", {"体育健身": rows}))

    assert titles() == [("SP0001", "太极拳")]
    assert teachers() == {"太极拳": ["演示甲"]}
    assert notices(report) == ["“体育健身”第 1 行“教室颜色”列（A1） 不认识这一列，或与前面的列重复，没有读取"]


def test_title_note_and_foot_rows_blank_rows_and_bare_numbers_are_no_courses(tmp_path: Path) -> None:
    first, second = table({"课程名称": "车工入门"})[1], table({})[1]
    rows: Sequence[Sequence[Cell]] = [
        ["课程菜单"],
        ["填报单位：演示", "", "单位：门"],
        ["序号", *table({})[0]],
        [1, *first],
        [],
        ["", "", ""],
        [2, *second],
        [3],
        ["合计", 2],
        ["注：时间可以商量。"],
    ]
    report = taken(xlsx(tmp_path / "a.xlsx", {"岗位技能": rows}))

    assert titles() == [("SK0001", "车工入门"), ("SK0002", "钳工入门")]
    assert report.of(Outcome.PROBLEM) == report.of(Outcome.NOTICE) == []


def test_a_row_without_a_title_is_no_blank_row(tmp_path: Path) -> None:
    report = taken(xlsx(tmp_path / "a.xlsx", {"岗位技能": table({"课程名称": ""})}))

    assert [(line.place.row, line.place.heading, line.sentence) for line in report.of(Outcome.PROBLEM)] == [
        (2, "课程名称", "这一格是空的")
    ]


def test_headings_in_two_rows_and_again_in_the_middle(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    headings, row = table({})
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("岗位技能")
        for column, heading in enumerate(headings):
            if heading not in ("开班人数", "人数上限"):
                sheet.merge_range(0, column, 1, column, heading)
        low = headings.index("开班人数")
        sheet.merge_range(0, low, 0, low + 1, "人数")
        sheet.write_row(1, low, ["下限", "上限"])
        sheet.write_row(2, 0, row)
        sheet.write_row(3, 0, headings)
        sheet.write_row(4, 0, ["车工入门", *row[1:]])
    report = taken(path)

    assert [(course.title, course.min_size, course.max_size) for course in Course.objects.all()] == [
        ("钳工入门", 10, 30),
        ("车工入门", 10, 30),
    ]
    assert report.of(Outcome.PROBLEM) == report.of(Outcome.NOTICE) == []


def test_hidden_rows_are_data_and_hidden_sheets_are_read_and_named(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for name in ("岗位技能", "体育健身", "生活服务"):
            sheet = book.add_worksheet(name)
            for index, row in enumerate(table({})):
                sheet.write_row(index, 0, row)
            sheet.set_row(1, None, None, {"hidden": True})
        book.get_worksheet_by_name("体育健身").hide()
        book.get_worksheet_by_name("生活服务").very_hidden()
    report = taken(path)

    assert [code for code, _title in titles()] == ["SK0001", "SP0001"]
    assert notices(report) == [
        "“体育健身” 这张工作表是隐藏的，也已读取",
        "“生活服务” 这张工作表被深度隐藏，没有读取",
    ]


@pytest.mark.parametrize("kind", [xls, ods])
def test_old_excel_and_open_document_with_merged_cells(tmp_path: Path, kind: Callable[..., Path]) -> None:
    path = kind(tmp_path / f"a.{kind.__name__}", "岗位技能", TWO, (1, 2, TEACHER))
    taken(path)

    assert teachers() == {"钳工入门": ["演示甲"], "车工入门": ["演示甲"]}
    assert [str(course.hours) for course in Course.objects.all()] == ["4.0", "4.0"]


def test_a_title_merged_over_two_rows_is_not_a_course_twice(tmp_path: Path) -> None:
    report = taken(xls(tmp_path / "a.xls", "岗位技能", TWO, (1, 2, 0)))

    assert titles() == [("SK0001", "钳工入门")]
    assert [line.sentence for line in report.of(Outcome.PROBLEM)] == ["这一格是空的"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_in_every_encoding_and_with_every_sign(tmp_path: Path, encoding: str, delimiter: str) -> None:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(table({"备注": '要说："两行\n一格"'}))
    path = tmp_path / "岗位技能.csv"
    path.write_bytes(text.getvalue().encode(encoding))
    taken(path)

    course = Course.objects.get()
    assert (course.code, course.title, str(course.hours), course.max_size) == ("SK0001", "钳工入门", "4.0", 30)
    assert course.note == '要说："两行 一格"'
    assert course.keywords == ["钳工", "手艺"]


def test_csv_with_mixed_line_ends(tmp_path: Path) -> None:
    lines = [
        ",".join(str(cell) for cell in row) for row in table({}, {"课程名称": "车工入门"}, {"课程名称": "铣工入门"})
    ]
    path = tmp_path / "岗位技能.csv"
    path.write_bytes(f"{lines[0]}\r\n{lines[1]}\n{lines[2]}\r{lines[3]}".encode())
    taken(path)

    assert [title for _code, title in titles()] == ["钳工入门", "车工入门", "铣工入门"]


def test_control_signs_and_marks_nobody_sees_are_left_out(tmp_path: Path) -> None:
    taken(xlsx(tmp_path / "a.xlsx", {"岗位技能": table({"课程名称": "钳\u200b工\u202e入\x0b门 "})}))

    assert titles() == [("SK0001", "钳工入门")]


def test_a_cell_of_replacement_signs_is_refused(tmp_path: Path) -> None:
    report = taken(xlsx(tmp_path / "a.xlsx", {"岗位技能": table({"备注": "自带\ufffd\ufffd"})}))

    assert [line.sentence for line in report.of(Outcome.PROBLEM)] == ["有无法识别的字符"]


def test_day_numbers_of_the_1904_calendar(tmp_path: Path) -> None:
    listed = tmp_path / "名录.xlsx"
    with xlsxwriter.Workbook(listed, {"date_1904": True}) as book:
        sheet = book.add_worksheet()
        for index, row in enumerate(table({"启用日期": 42798}, like=SITE)):
            sheet.write_row(index, 0, row)
    import_menu(menu=MenuFiles(xlsx(tmp_path / "a.xlsx", {"岗位技能": table({})}), listed), now=NOW)

    assert Site.objects.get().opened_on == date(2021, 3, 5)
