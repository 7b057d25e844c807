"""Reads the rows of a course menu into drafts: what each says of one course, and nothing about the database."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from catalogue.menu import cells
from catalogue.menu.book import Book, Sheet, Value
from catalogue.menu.cells import Field, Unreadable
from catalogue.menu.errors import refusal
from catalogue.menu.headings import NUMBER_COLUMN, Row, Vocabulary, rows
from catalogue.menu.report import Kind, Report
from catalogue.models import Band, Category, Delivery, Level
from catalogue.titles import InstructorTitle
from policy.models import Policy

HEADINGS = {
    "code": "编码 课程编码 课程代码 课程编号",
    NUMBER_COLUMN: "序号 编号 no",
    "category": "类别 课程类别 大类 分类 课程分类",
    "topic": "专题 专题名称 主题 主题标签",
    "track": "方向 赛道",
    "title": "课程名称 课程题目 课程名 课程标题 课名 课程",
    "summary": "课程简介 内容简介 课程介绍 简介",
    "outline": "课程大纲 主要内容 课程内容 大纲 提纲",
    "audience": "适合人群 授课对象 面向对象 适用对象 适用人群 面向人群",
    "level": "难度 难度等级 课程难度",
    "hours": "学时 课时 总学时 学时数 课时数",
    "lesson_count": "课次 次数 授课次数",
    "deliveries": "授课形式 授课方式 上课形式",
    "min_size": "开班人数 最少人数 人数下限 最低开班人数",
    "max_size": "人数上限 最多人数 最大人数 上限人数",
    "instructors": "授课老师 主讲人 授课教师 教练 讲师 主讲老师 主讲教师 授课人 老师 教师",
    "titles": "荣誉职称 荣誉 职称 荣誉称号",
    "provider": "供课单位 单位 授课单位 所在单位",
    "bands": "可授课时间 可授课时段 授课时间 授课时段",
    "keywords": "关键词 关键字",
    "note": "备注",
}
LEVELS = {
    "入门": Level.BEGINNER,
    "初级": Level.BEGINNER,
    "进阶": Level.INTERMEDIATE,
    "中级": Level.INTERMEDIATE,
    "高级": Level.ADVANCED,
}
DELIVERIES = {"学堂授课": Delivery.ON_SITE, "送教上门": Delivery.AT_ENTERPRISE, "线上直播": Delivery.LIVE}
BANDS = {
    "工作日白天": Band.WEEKDAY_DAY, "工作日午间": Band.NOON, "工作日晚间": Band.AFTER_WORK, "周末": Band.WEEKEND,
    "可协商": Band.ANY, "白天": Band.WEEKDAY_DAY, "午间": Band.NOON, "晚间": Band.AFTER_WORK, "下班后": Band.AFTER_WORK,
}  # fmt: skip
TITLES = {
    "劳模": InstructorTitle.MODEL_WORKER, "工匠": InstructorTitle.CRAFTSMAN, "领军人才": InstructorTitle.LEADING_TALENT,
    "院校教授": InstructorTitle.PROFESSOR, "创新工作室领衔人": InstructorTitle.STUDIO_LEADER,
    "高级技师": InstructorTitle.SENIOR_TECHNICIAN, "高级工程师": InstructorTitle.SENIOR_ENGINEER,
    "其他专业人士": InstructorTitle.OTHER, "劳动模范": InstructorTitle.MODEL_WORKER,
}  # fmt: skip

CODE = re.compile(r"[A-Z]{2}[0-9]{4}")
NEW = ("新", "新增", "新课", "新课程")
NO_TITLE = "无"
MOST_PEOPLE = 5000
MOST_LESSONS = 200
TITLE_LENGTH = 60
NAME_LENGTH = 40
PROVIDER_LENGTH = 80
BETWEEN_CHINESE = re.compile(r"(?<=[\u3400-\u9fff]) (?=[\u3400-\u9fff])")

VOCABULARY = Vocabulary(Kind.COURSE, "title", {word: key for key, words in HEADINGS.items() for word in words.split()})
# A value that runs on below, merged, belongs to each row; a name or a number belongs to one.
WHOLE_CELLS = frozenset({"code", "title", NUMBER_COLUMN})


class Person(NamedTuple):
    """An instructor as a row names him or her."""

    name: str
    organisation: str
    titles: tuple[str, ...]


@dataclass
class CourseDraft:
    """What a row says of a course. `values` holds the fields whose columns are there, `people` is None without them."""

    row: Row
    category: Category
    title: str
    code: str = ""
    is_new: bool = False
    values: dict[str, Any] = field(default_factory=dict)
    people: tuple[Person, ...] | None = None

    @property
    def title_key(self) -> str:
        return cells.key(self.title)


@dataclass
class Mentioned:
    """The codes and titles of all rows, wrong ones too: a course with a wrong row is not missing from the file."""

    codes: set[str] = field(default_factory=set)
    titles: set[str] = field(default_factory=set)


def course_code(value: Value) -> str:
    """Return a course code, or 新 where the officer says that the course is new."""
    found = cells.plain(value).upper()
    if found in NEW:
        return NEW[0]
    if not CODE.fullmatch(found):
        raise Unreadable(_("不是课程编码"), _("请填 SK0001 这样的编码；新课程留空或填“新”"))
    return found


def title(value: Value) -> str:
    """Return a course title. Raises Unreadable when it, or its form for comparing, is too long."""
    found = cells.fitting(cells.line(value), TITLE_LENGTH)
    cells.fitting(cells.key(found), TITLE_LENGTH)
    return found


def names(value: Value) -> list[str]:
    """Return the names in a cell; a blank that only stretches a Chinese name to the width of others is left out."""
    return [BETWEEN_CHINESE.sub("", name) for name in cells.words(NAME_LENGTH)(value)]


def honours(value: Value) -> list[list[str]]:
    """Return the titles in a cell, by person where ； parts the people; 无 stands for a person without one."""
    known = cells.choices(TITLES)
    parts = (part.strip() for part in cells.SENTENCE_SIGNS.split(cells.clean(value)))
    return [[] if part == NO_TITLE else known(part) for part in parts if part]


FIELDS = {
    "code": Field("编码", course_code),
    "topic": Field("专题", cells.text(30)),
    "track": Field("方向", cells.text(30)),
    "title": Field("课程名称", title, required=True),
    "summary": Field("课程简介", cells.text(300), required=True),
    "outline": Field("课程大纲", cells.words(100, cells.SENTENCE_SIGNS)),
    "audience": Field("适合人群", cells.text(100)),
    "level": Field("难度", cells.choice(LEVELS)),
    "hours": Field("学时", cells.learning_hours, required=True),
    "lesson_count": Field("课次", cells.whole(1, MOST_LESSONS)),
    "deliveries": Field("授课形式", cells.choices(DELIVERIES), required=True),
    "min_size": Field("开班人数", cells.whole(1, MOST_PEOPLE)),
    "max_size": Field("人数上限", cells.whole(1, MOST_PEOPLE)),
    "instructors": Field("授课老师", names),
    "titles": Field("荣誉/职称", honours),
    "provider": Field("供课单位", cells.text(PROVIDER_LENGTH)),
    "bands": Field("可授课时间", cells.choices(BANDS)),
    "keywords": Field("关键词", cells.words(30)),
    "note": Field("备注", cells.text(200)),
}
# What an empty cell means, and a column that is not there for a new course.
EMPTY: dict[str, Any] = {
    "topic": "", "track": "", "outline": [], "audience": "", "level": Level.BEGINNER, "lesson_count": 1,
    "provider": "", "bands": [], "keywords": [], "note": "",
}  # fmt: skip
NEEDED = [key for key, rule in FIELDS.items() if rule.required]


def usual_values(rules: Policy) -> dict[str, Any]:
    """Return what an empty cell means; a course without sizes of its own has those of the programme's rules."""
    return {**EMPTY, "min_size": rules.min_open, "max_size": rules.max_seats}


def parse(
    book: Book, categories: Sequence[Category], report: Report, *, usual: Mapping[str, Any]
) -> tuple[list[CourseDraft], Mentioned]:
    """Return the drafts of a menu's good rows, and what all rows mention; what is wrong is in the report.

    Raises MenuRefused when no sheet of the file has the headings of a course menu.
    """
    reader = CategoryReader(categories, report)
    drafts: list[CourseDraft] = []
    mentioned = Mentioned()
    found = list(rows(book, VOCABULARY, WHOLE_CELLS, report))
    if not found:
        raise refusal(
            "not_a_menu",
            _("“{name}”里没有找到课程。").format(name=book.name),
            _("课程菜单要有含“课程名称”的表头；学堂名录请用 --sites 导入。"),
        )
    for row in found:
        report.rows_read += 1
        draft = draft_of(row, reader, mentioned, usual)
        if draft:
            drafts.append(draft)
    return list(without_doubles(drafts)), mentioned


def draft_of(row: Row, reader: "CategoryReader", mentioned: Mentioned, usual: Mapping[str, Any]) -> CourseDraft | None:
    """Return what a row says, None when something in it is wrong."""
    row.title = cells.shown(row.value("title")).strip()[:TITLE_LENGTH]
    category = reader.category_of(row)
    mentioned.codes.add(cells.shown(row.value("code")).strip())
    if category:
        mentioned.titles.add(f"{category.pk}/{cells.key(row.title)}")
    values = row.read(FIELDS)
    people = people_of(row, values)
    check_together(row, values)
    if not row.is_good or not category:
        return None
    code = values.pop("code", None) or ""
    course_title = values.pop("title")
    values = {key: usual.get(key) if value is None else value for key, value in values.items()}
    is_new = code == NEW[0]
    return CourseDraft(row, category, course_title, "" if is_new else code, is_new, values, people)


def people_of(row: Row, values: dict[str, Any]) -> tuple[Person, ...] | None:
    """Return the people of a row, None when the sheet has no such column. Takes their fields out of `values`."""
    titles = values.pop("titles", None) or []
    people = values.pop("instructors", None) or []
    if not row.has("instructors"):
        return None
    provider = values.get("provider") or ""
    organisations = [part.strip() for part in provider.split("、")]
    if len(organisations) != len(people):
        organisations = [provider] * len(people)
    honoured = by_person(titles, len(people))
    if honoured is None:
        row.wrong("titles", _("和授课老师的人数对不上"), _("请用“；”分开每位老师的荣誉，顺序与老师一致"))
        return ()
    return tuple(
        Person(name, organisation, tuple(own))
        for name, organisation, own in zip(people, organisations, honoured, strict=True)
    )


def by_person(titles: list[list[str]], people: int) -> list[list[str]] | None:
    """Return the titles of each of so many people, None when the cell leaves open whose they are."""
    every = [one for part in titles for one in part]
    if people <= 1:
        return [list(dict.fromkeys(every))][:people]
    if len(titles) == people:
        return titles
    if len(set(every)) <= 1:
        return [every[:1]] * people
    return [[one] for one in every] if len(every) == people and len(titles) == 1 else None


def check_together(row: Row, values: dict[str, Any]) -> None:
    """Report fields that are right alone and wrong together."""
    low, high = values.get("min_size"), values.get("max_size")
    if low and high and low > high:
        row.wrong("max_size", _("比开班人数 {low} 还少").format(low=low), _("请填不小于开班人数的数"))
    if values.get("track") and not values.get("topic"):
        row.wrong("track", _("有方向却没有专题"), _("请填写专题，或清空方向"))


def without_doubles(drafts: Iterable[CourseDraft]) -> Iterator[CourseDraft]:
    """Yield each course once; a second row of the same code, or category and title, is reported."""
    seen: dict[tuple[str, str], CourseDraft] = {}
    for draft in drafts:
        marks = [("title", f"{draft.category.pk}/{draft.title_key}")]
        marks += [("code", draft.code)] if draft.code else []
        double = next(((key, seen[key, value]) for key, value in marks if (key, value) in seen), None)
        if double:
            key, first = double
            draft.row.wrong(key, _("和{place}重复").format(place=first.row.place()), _("请删掉其中一行"))
            continue
        seen |= dict.fromkeys(marks, draft)
        yield draft


class CategoryReader:
    """Tells the category of a row: by its own column, else by the sheet's name, else by the title on top."""

    def __init__(self, categories: Sequence[Category], report: Report) -> None:
        """Know the categories by name, with or without 类 at the end."""
        self.by_name = {cells.key(name): one for one in categories for name in (one.name, f"{one.name}类")}
        self.report = report
        self.of_sheet: dict[str, Category | None] = {}

    def category_of(self, row: Row) -> Category | None:
        """Return the category of a row; a wrong or unknown one is reported."""
        own = cells.shown(row.value("category")).strip()
        if own:
            category = self.by_name.get(cells.key(own))
            if not category:
                row.wrong("category", _("没有这个类别"), _("请从这些里选：{names}").format(names=self.names()))
            return category
        if row.has("category"):
            row.wrong("category", _("这一格是空的"), _("请从这些里选：{names}").format(names=self.names()))
            return None
        if row.sheet.name not in self.of_sheet:
            self.of_sheet[row.sheet.name] = self._find(row.sheet, row.index)
        category = self.of_sheet[row.sheet.name]
        if not category:
            row.wrong("category", _("看不出是哪一类课程"), _("请把工作表改名为类别名称，或加一列“类别”"))
        return category

    def names(self) -> str:
        return "、".join(dict.fromkeys(one.name for one in self.by_name.values()))

    def _find(self, sheet: Sheet, first_row: int) -> Category | None:
        above = [cells.shown(cell) for line in sheet.rows[:first_row] for cell in line if cell != ""]
        for text in (sheet.name, " ".join(above)):
            found = {one.pk: one for name, one in self.by_name.items() if name in cells.key(text)}
            if len(found) == 1:
                return found.popitem()[1]
        return None
