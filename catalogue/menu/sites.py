"""Reads the rows of a site list (学堂名录) into drafts."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from catalogue.menu import cells
from catalogue.menu.book import Book, Value
from catalogue.menu.cells import Field, Unreadable
from catalogue.menu.errors import refusal
from catalogue.menu.headings import NUMBER_COLUMN, Row, Vocabulary, rows
from catalogue.menu.report import Kind, Report
from catalogue.models import HostKind, RoomKind

HEADINGS = {
    NUMBER_COLUMN: "序号 编号 no",
    "name": "学堂名称 名称 站点名称 学堂",
    "short_name": "简称",
    "host": "依托单位",
    "host_kind": "单位类型 依托单位类型",
    "town": "所属街镇 街镇 所属街镇园区",
    "address": "地址",
    "longitude": "经度",
    "latitude": "纬度",
    "area_m2": "教学面积 面积",
    "rooms": "教室",
    "equipment": "设备 设备清单",
    "is_accessible": "无障碍",
    "is_municipal": "上海职工学堂 市级命名",
    "municipal_named_on": "命名日期",
    "opened_on": "启用日期",
    "opening_hours": "开放时间 开放时段",
    "year_target": "年度目标人次",
    "manager_name": "负责人",
    "manager_phone": "联系电话 电话",
    "transport": "交通",
    "introduction": "简介",
}
VOCABULARY = Vocabulary(Kind.SITE, "name", {word: key for key, words in HEADINGS.items() for word in words.split()})
WHOLE_CELLS = frozenset({"name", "short_name", "rooms", NUMBER_COLUMN})
HOST_KINDS = {
    "企业": HostKind.ENTERPRISE, "街镇工会": HostKind.TOWN_UNION, "园区": HostKind.PARK, "社会机构": HostKind.SOCIETY,
    "商圈楼宇": HostKind.BUILDING, "职能部门": HostKind.DEPARTMENT, "职业院校": HostKind.COLLEGE,
    "院校": HostKind.COLLEGE,
}  # fmt: skip
ROOM_KINDS = {
    "教室": RoomKind.CLASSROOM, "多功能厅": RoomKind.HALL, "实训室": RoomKind.WORKSHOP, "会议室": RoomKind.MEETING,
    "机房": RoomKind.COMPUTERS, "舞蹈房": RoomKind.DANCE, "户外场地": RoomKind.OUTDOOR,
}  # fmt: skip
ROOM_PARTS = re.compile(r"[:：]")
ROOM_NAME_LENGTH = 30
MOST_SEATS = 5000
SITE_NAME_LENGTH = 40


class RoomDraft(NamedTuple):
    """One room of a site as the list writes it: 名称:人数:类型."""

    name: str
    capacity: int
    kind: str


@dataclass
class SiteDraft:
    """What a row says of a site. `values` holds the fields whose columns are there; rooms is None without them."""

    row: Row
    name: str
    values: dict[str, Any] = field(default_factory=dict)
    rooms: list[RoomDraft] | None = None


def rooms_in(value: Value) -> list[RoomDraft]:
    """Return the rooms in a cell, parted by ；. Raises Unreadable naming the one that is wrong."""
    found = [room(part) for part in cells.words(100, cells.SENTENCE_SIGNS)(value)]
    names = [one.name for one in found]
    double = next((name for name in names if names.count(name) > 1), "")
    if double:
        raise Unreadable(_("教室“{name}”写了两次").format(name=double), _("请让教室名称各不相同"))
    return found


def room(part: str) -> RoomDraft:
    """Return one room of 名称:人数:类型."""
    pieces = [piece.strip() for piece in ROOM_PARTS.split(part)]
    try:
        name, seats, kind = pieces
        kind_found = cells.known(kind, ROOM_KINDS)
        seats_found = cells.whole(1, MOST_SEATS)(seats)
    except Unreadable as error:
        raise Unreadable(
            _("教室“{part}”：{sentence}").format(part=part, sentence=error.sentence), error.mend
        ) from error
    except ValueError:
        name = ""
    if not name:
        raise Unreadable(_("教室“{part}”写法不对").format(part=part), _("请写成“名称:人数:类型”，用“；”分开"))
    return RoomDraft(cells.fitting(name, ROOM_NAME_LENGTH), seats_found, kind_found)


def fields(*, is_1904: bool) -> dict[str, Field]:
    """Return how each column is read; day numbers depend on the workbook's calendar."""
    day = cells.day(is_1904=is_1904)
    return {
        "name": Field("学堂名称", cells.text(SITE_NAME_LENGTH), required=True),
        "short_name": Field("简称", cells.text(20), required=True),
        "host": Field("依托单位", cells.text(60), required=True),
        "host_kind": Field("单位类型", cells.choice(HOST_KINDS), required=True),
        "town": Field("所属街镇", cells.text(40), required=True),
        "address": Field("地址", cells.text(100), required=True),
        "longitude": Field("经度", cells.degrees(180), required=True),
        "latitude": Field("纬度", cells.degrees(90), required=True),
        "area_m2": Field("教学面积（平方米）", cells.whole(1, 1_000_000), required=True),
        "rooms": Field("教室（名称:人数:类型）", rooms_in),
        "equipment": Field("设备", cells.words(30)),
        "is_accessible": Field("无障碍", cells.yes_or_no),
        "is_municipal": Field("上海职工学堂", cells.yes_or_no),
        "municipal_named_on": Field("命名日期", day),
        "opened_on": Field("启用日期", day, required=True),
        "opening_hours": Field("开放时间", cells.text(100), required=True),
        "year_target": Field("年度目标人次", cells.whole(0, 1_000_000), required=True),
        "manager_name": Field("负责人", cells.text(40), required=True),
        "manager_phone": Field("联系电话", cells.telephone, required=True),
        "transport": Field("交通", cells.text(100)),
        "introduction": Field("简介", cells.text(300)),
    }


FIELDS = fields(is_1904=False)
NEEDED = [key for key, rule in FIELDS.items() if rule.required]
# What an empty cell means, and a column that is not there for a new site.
EMPTY: dict[str, Any] = {
    "equipment": [], "is_accessible": False, "is_municipal": False, "municipal_named_on": None,
    "transport": "", "introduction": "",
}  # fmt: skip


def parse(book: Book, report: Report) -> list[SiteDraft]:
    """Return the drafts of a site list's good rows; what is wrong with the others is in the report.

    Raises MenuRefused when no sheet of the file has the headings of a site list.
    """
    found = list(rows(book, VOCABULARY, WHOLE_CELLS, report))
    if not found:
        mend = _("学堂名录要有含“学堂名称”的表头。")
        raise refusal("not_a_site_list", _("“{name}”里没有找到学堂。").format(name=book.name), mend)
    report.rows_read += len(found)
    return list(without_doubles([draft for row in found if (draft := draft_of(row))]))


def draft_of(row: Row) -> SiteDraft | None:
    """Return what a row says, None when something in it is wrong."""
    row.title = cells.shown(row.value("name")).strip()[:SITE_NAME_LENGTH]
    values = row.read(fields(is_1904=row.sheet.is_1904))
    check_naming(row, values)
    if not row.is_good:
        return None
    values = {key: EMPTY.get(key) if value is None else value for key, value in values.items()}
    values.pop("is_municipal", None)
    rooms = (values.pop("rooms") or []) if "rooms" in values else None
    return SiteDraft(row, values.pop("name"), values, rooms)


def check_naming(row: Row, values: dict[str, Any]) -> None:
    """Report a municipal name without its date, and a date without the name."""
    if not {"is_municipal", "municipal_named_on"} <= values.keys():
        return
    named_on, is_named = values["municipal_named_on"], bool(values["is_municipal"])
    if is_named and not named_on:
        row.wrong("municipal_named_on", _("已命名上海职工学堂，却没有日期"), _("请填写命名日期"))
    if named_on and not is_named:
        row.wrong("is_municipal", _("有命名日期，却不是上海职工学堂"), _("请填“是”，或清空命名日期"))


def without_doubles(drafts: list[SiteDraft]) -> Iterator[SiteDraft]:
    """Yield each site once; a second row of the same name is reported."""
    seen: dict[str, SiteDraft] = {}
    for draft in drafts:
        first = seen.setdefault(cells.key(draft.name), draft)
        if first is draft:
            yield draft
        else:
            draft.row.wrong("name", _("和{place}重复").format(place=first.row.place()), _("请删掉其中一行"))
