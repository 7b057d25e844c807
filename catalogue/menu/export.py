"""Writes the catalogue as the union's own workbook: cover, a sheet per category, and a 编码 column for the way back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import xlsxwriter
from django.conf import settings
from django.utils.translation import gettext as _
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from catalogue.menu.courses import NO_TITLE
from catalogue.menu.naming import said as titles_said
from catalogue.menu.writing import WORKBOOK, check_target, harmless, replacing
from catalogue.models import Category, Course

HEADINGS = (
    "序号", "编码", "专题", "方向", "课程名称", "课程简介", "课程大纲", "适合人群", "难度", "学时", "课次", "授课形式",
    "开班人数", "人数上限", "授课老师", "荣誉/职称", "供课单位", "可授课时间", "关键词", "备注",
)  # fmt: skip
WIDTHS = (6, 9, 12, 14, 30, 50, 50, 20, 6, 6, 6, 24, 9, 9, 12, 18, 30, 24, 30, 24)
COVER = "说明"

Cell = str | int | float


@dataclass(frozen=True)
class Look:
    """The formats of a sheet."""

    title: Format
    heading: Format
    body: Format


def export_menu(*, path: Path) -> int:
    """Write all published courses into a new .xlsx at `path`, and return how many there are.

    Importing that file again changes nothing. Raises MenuRefused when the file cannot be written.
    """
    check_target(path, (".xlsx",))
    categories = list(Category.objects.order_by("position"))
    related = Course.objects.published().select_related("topic", "track")
    courses = list(related.prefetch_related("course_instructors__instructor").order_by("code"))
    with replacing(path) as draft, xlsxwriter.Workbook(draft, WORKBOOK) as book:
        look = Look(
            title=book.add_format({"bold": True, "font_size": 14}),
            heading=book.add_format({"bold": True, "bg_color": "#EEEEEE", "border": 1}),
            body=book.add_format({"text_wrap": True, "valign": "top"}),
        )
        write_cover(book.add_worksheet(COVER), len(categories), len(courses), look)
        first = 1
        for category in categories:
            own = [course for course in courses if course.category_id == category.pk]
            write_category(book.add_worksheet(category.name), category, numbered(own, first), look)
            first += len(own)
    return len(courses)


def write_cover(sheet: Worksheet, categories: int, courses: int, look: Look) -> None:
    """Write the cover: what the menu holds, and what the 编码 column is for."""
    lines = [
        _("{site}公益课程菜单").format(site=settings.SITE_NAME),
        _("一、本菜单共 {categories} 大类 {courses} 门课程，各类课程见后附分表。").format(
            categories=categories, courses=courses
        ),
        _("二、“编码”列是每门课程不变的号码，改动其他内容时请保留；新课程留空，由系统编号。"),
    ]
    sheet.set_column(0, 0, 100)
    for row, text in enumerate(lines):
        sheet.write_string(row, 0, text, look.body if row else look.title)


def write_category(sheet: Worksheet, category: Category, rows: Sequence[Sequence[Cell]], look: Look) -> None:
    """Write one category: title, note, headings in row 3, a row per course, and a note at the foot."""
    last = len(HEADINGS) - 1
    title = _("{site}课程菜单——{name}类（{count}门）").format(
        site=settings.SITE_NAME, name=category.name, count=len(rows)
    )
    sheet.merge_range(0, 0, 0, last, title, look.title)
    sheet.write_string(1, 0, _("填报单位：{name}").format(name=settings.ORGANISER))
    sheet.write_string(1, last, _("单位：门、学时、人"))
    for column, (heading, width) in enumerate(zip(HEADINGS, WIDTHS, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(2, column, heading, look.heading)
    sheet.freeze_panes(3, 5)
    for index, row in enumerate(rows, start=3):
        write_row(sheet, index, row, look)
    foot = _("注：授课时间以双方协商为准；如需自备物品请提前告知学员。")
    sheet.merge_range(len(rows) + 3, 0, len(rows) + 3, last, foot)


def write_row(sheet: Worksheet, index: int, row: Sequence[Cell], look: Look) -> None:
    """Write texts as texts, whatever they begin with, and numbers as numbers."""
    for column, cell in enumerate(row):
        if isinstance(cell, str):
            sheet.write_string(index, column, harmless(cell), look.body)
        else:
            sheet.write_number(index, column, cell, look.body)


def numbered(courses: Iterable[Course], first: int) -> list[list[Cell]]:
    """Return the rows of courses, with running numbers from `first` on."""
    return [[number, *cells_of(course)] for number, course in enumerate(courses, start=first)]


def cells_of(course: Course) -> list[Cell]:
    """Return a course under HEADINGS, from 编码 on."""
    people = [one.instructor for one in course.course_instructors.all()]
    return [
        course.code,
        course.topic.name if course.topic else "",
        course.track.name if course.track else "",
        course.title,
        course.summary,
        "；".join(course.outline),
        course.audience,
        str(course.get_level_display()),
        float(course.hours),
        course.lesson_count,
        "、".join(course.delivery_labels),
        course.min_size,
        course.max_size,
        "、".join(one.name for one in people),
        "；".join(titles_said(one.titles) or NO_TITLE for one in people),
        course.provider,
        "、".join(course.band_labels),
        "、".join(course.keywords),
        course.note,
    ]
