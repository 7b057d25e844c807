"""Makes menu files for tests: any sheets, as .xlsx, .xls, .ods or CSV."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import xlsxwriter
import xlwt
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import CoveredTableCell, Table, TableCell, TableRow
from odf.text import P

Cell = str | int | float
Rows = Sequence[Sequence[Cell]]

COURSE: dict[str, Cell] = {
    "课程名称": "钳工入门",
    "课程简介": "从认识量具开始，做一把小锤子。",
    "课程大纲": "量具；划线；锉削",
    "适合人群": "一线职工",
    "难度": "入门",
    "学时": 4,
    "课次": 2,
    "授课形式": "学堂授课、送教上门",
    "开班人数": 10,
    "人数上限": 30,
    "授课老师": "演示甲",
    "荣誉/职称": "工匠",
    "供课单位": "演示技师学院",
    "可授课时间": "工作日晚间、周末",
    "关键词": "钳工、手艺",
    "备注": "",
}
SITE: dict[str, Cell] = {
    "学堂名称": "演示学堂·江畔",
    "简称": "江畔",
    "依托单位": "演示园区工会",
    "单位类型": "园区",
    "所属街镇": "演示镇",
    "地址": "演示路 1 号",
    "经度": 121.41268,
    "纬度": 31.00482,
    "教学面积（平方米）": 300,
    "教室（名称:人数:类型）": "一号厅:80:多功能厅；201:40:教室",
    "设备": "投影仪、音响",
    "无障碍": "是",
    "上海职工学堂": "是",
    "命名日期": "2021年3月5日",
    "启用日期": "2020-06-18",
    "开放时间": "周一至周五 09:00-20:30",
    "年度目标人次": 1200,
    "负责人": "演示员",
    "联系电话": "021-5555 0000",
    "交通": "演示路站步行 5 分钟",
    "简介": "演示用的学堂。",
}


def table(*rows: Mapping[str, Cell], like: Mapping[str, Cell] | None = None) -> list[list[Cell]]:
    """Return headings and rows; each row is COURSE (or `like`) with other values. A None column is left out."""
    base = COURSE if like is None else like
    headings = list(dict.fromkeys([*base, *(key for row in rows for key in row)]))
    return [[*headings], *[[{**base, **row}.get(key, "") for key in headings] for row in rows]]


def without(rows: Rows, *headings: str) -> list[list[Cell]]:
    """Return the rows without the columns of these headings."""
    keep = [index for index, heading in enumerate(rows[0]) if heading not in headings]
    return [[row[index] for index in keep] for row in rows]


def xlsx(path: Path, sheets: dict[str, Rows], hidden: Sequence[str] = ()) -> Path:
    """Write an .xlsx; texts are written as texts, whatever they begin with."""
    with xlsxwriter.Workbook(path) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for index, row in enumerate(rows):
                for column, cell in enumerate(row):
                    write = sheet.write_string if isinstance(cell, str) else sheet.write_number
                    write(index, column, cell)
            if name in hidden:
                sheet.hide()
    return path


def xls(path: Path, name: str, rows: Rows, merge: tuple[int, int, int] | None = None) -> Path:
    """Write an .xls; `merge` is first row, last row and column of cells merged downwards."""
    book = xlwt.Workbook()
    sheet = book.add_sheet(name)
    for index, row in enumerate(rows):
        for column, cell in enumerate(row):
            if not (merge and column == merge[2] and merge[0] <= index <= merge[1]):
                sheet.write(index, column, cell)
    if merge:
        sheet.write_merge(merge[0], merge[1], merge[2], merge[2], rows[merge[0]][merge[2]])
    book.save(str(path))
    return path


def ods(path: Path, name: str, rows: Rows, merge: tuple[int, int, int] | None = None) -> Path:
    """Write an .ods; `merge` as for xls()."""
    book = OpenDocumentSpreadsheet()
    sheet = Table(name=name)
    for index, row in enumerate(rows):
        line = TableRow()
        for column, cell in enumerate(row):
            line.addElement(ods_cell(cell, merge_at(merge, index, column)))
        sheet.addElement(line)
    book.spreadsheet.addElement(sheet)
    book.save(str(path))
    return path


def merge_at(merge: tuple[int, int, int] | None, row: int, column: int) -> int:
    """Return how many rows the cell spans: 1 alone, more for the first of a merge, 0 for the ones below it."""
    if not merge or column != merge[2] or not merge[0] <= row <= merge[1]:
        return 1
    return merge[1] - merge[0] + 1 if row == merge[0] else 0


def ods_cell(cell: Cell, spans: int) -> TableCell:
    if not spans:
        return CoveredTableCell()
    more: dict[str, Cell] = {"numberrowsspanned": spans, "numbercolumnsspanned": 1} if spans > 1 else {}
    if not isinstance(cell, str):
        more["value"] = cell
    made = TableCell(valuetype="string" if isinstance(cell, str) else "float", **more)
    made.addElement(P(text=str(cell)))
    return made
