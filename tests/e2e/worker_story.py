"""A worker finds a class, takes its one seat, waits in line, lets go; an officer opens the class."""

import re
from datetime import datetime

from playwright.sync_api import Locator

from enrollment.models import Enrollment, EnrollmentStatus
from policy.clock import local
from tests.conftest import NOW
from tests.e2e.people import Person, sign_in
from tests.e2e.windows import Window
from timetable.models import ClassRun
from timetable.words import day, day_and_time

COURSE = "单位消防安全责任人的法律账"
SITE = "闵工学堂·江川工匠里"
TOWN = "江川路街道"
ROOM = "201教室（教室，45 人）"
START = datetime(2026, 12, 8, 10, 30, tzinfo=NOW.tzinfo)  # a Tuesday, 18:30 in Shanghai
CATEGORIES = {
    "岗位技能": 150,
    "政策解读": 50,
    "法律宣传": 70,
    "心理辅导": 62,
    "文化艺术": 110,
    "体育健身": 72,
    "家庭教育": 50,
    "健康教育": 55,
    "生活服务": 35,
}
TRACKS = {"大模型基础普及": 9, "技能进阶": 8, "职场应用": 11, "前沿科技": 5, "安全伦理": 5}


def look_around(visitor: Window) -> None:
    visitor.open("/")
    visitor.follow("课程目录")
    assert total(visitor) == 654
    if visitor.screen.is_phone:
        visitor.follow("筛选")
    assert facet(visitor, "课程类别") == CATEGORIES
    visitor.page.get_by_role("checkbox", name="AI技术").check()
    visitor.press("查看结果")
    assert total(visitor) == 38
    visitor.follow("全部清除")

    visitor.follow("法律宣传", among=visitor.page.get_by_role("navigation", name="课程类别"))
    assert total(visitor) == 70

    visitor.open("/topics/ai/")
    assert "共 38 门" in visitor.text()
    tracks = visitor.page.get_by_role("navigation", name="方向").get_by_role("link").all_inner_texts()
    assert [track.split()[:2] for track in tracks] == [[name, str(count)] for name, count in TRACKS.items()]

    visitor.follow("课程目录")
    visitor.page.get_by_role("searchbox").fill("消防")
    visitor.press("搜索")
    found = visitor.main().get_by_role("heading", level=3).all_inner_texts()
    assert found[0] == COURSE
    assert {"灭火器与室内消火栓实操", "车间仓库火灾隐患自查二十项", "高层办公楼火场疏散与逃生"} < set(found)
    visitor.follow(COURSE)
    assert visitor.heading() == COURSE


def find_in_town(visitor: Window) -> None:
    visitor.open("/courses/")
    if visitor.screen.is_phone:
        visitor.follow("筛选")
    visitor.page.get_by_role("checkbox", name=TOWN).check()
    visitor.press("查看结果")
    assert visitor.main().get_by_role("heading", level=3).all_inner_texts() == [COURSE]


def total(visitor: Window) -> int:
    sentence = visitor.page.get_by_role("status").inner_text()
    return int(sentence.removeprefix("共 ").removesuffix(" 门课程"))


def facet(visitor: Window, name: str) -> dict[str, int]:
    """Return what a group of filters offers, with its counts."""
    labels = visitor.page.get_by_role("group", name=name).locator("label").all_text_contents()
    pairs = [re.fullmatch(r"(.*?)([0-9]+)", "".join(label.split())) for label in labels]
    return {pair[1]: int(pair[2]) for pair in pairs if pair}


def open_classes(officer: Window, start: datetime) -> tuple[ClassRun, ClassRun]:
    """Open a class with one seat; be refused a second one at the same time, and open it in a free room instead."""
    begin_class(officer)
    fill_class(officer, start, seats=1)
    officer.press("开班", among=officer.main())
    assert "已开班：" in officer.text()
    run = ClassRun.objects.latest("pk")
    assert (run.course.title, run.capacity, run.starts_at) == (COURSE, 1, start)

    begin_class(officer)
    fill_class(officer, start, seats=2)
    officer.press("开班", among=officer.main(), status=422)
    refusal = officer.page.get_by_role("alert").inner_text()
    assert [word in refusal for word in (run.number, "201教室", "石磊")] == [True] * 3
    assert ClassRun.objects.latest("pk") == run
    officer.page.get_by_role("combobox", name="讲师").select_option("以后再定")
    officer.press("开班", among=officer.main(), status=422)
    rooms = officer.page.get_by_role("region", name="可以改成").get_by_role("link")
    officer.follow(rooms.first.inner_text(), exact=True)
    officer.press("开班", among=officer.main())
    other_run = ClassRun.objects.latest("pk")
    assert (other_run.course.title, other_run.starts_at, other_run.pk > run.pk) == (COURSE, start, True)
    assert other_run.lessons.get().room != run.lessons.get().room
    return run, other_run


def begin_class(officer: Window) -> None:
    officer.open("/desk/")
    officer.follow("选课开班")
    officer.page.get_by_role("searchbox").fill("消防安全责任人")
    officer.press("查找")
    officer.follow("开班", among=officer.page.get_by_role("article").filter(has_text=COURSE))
    officer.field("学堂").select_option(SITE)
    officer.press("下一步")


def fill_class(officer: Window, start: datetime, *, seats: int) -> None:
    officer.field("教室").select_option(ROOM)
    officer.fill(第一次课的日期=f"{local(start):%Y-%m-%d}")
    officer.fill(上课时间=f"{local(start):%H:%M}")
    officer.fill(名额=str(seats))
    officer.fill(开班人数="1")
    officer.fill(开放报名的日期="2026-12-01")
    officer.fill(开放报名的时间="08:00")


def share_one_seat(run: ClassRun, first: Person, second: Person) -> None:
    """The first takes the seat, twice; the second waits, and has it when the first lets go."""
    sign_in(first)
    first.window.open(f"/courses/{run.course.code}/")
    assert "仅余 1 席" in row_of(run, first.window).inner_text()
    first.window.follow("报名", among=row_of(run, first.window))
    tab = first.window.another_tab()
    first.window.press("确认报名")
    assert "报名成功" in first.window.text()
    tab.press("确认报名")
    assert tab.page.url == first.window.page.url
    assert statuses(run) == [EnrollmentStatus.ENROLLED]

    sign_in(second)
    second.window.open(f"/courses/{run.course.code}/")
    assert "已满，前面 0 人" in row_of(run, second.window).inner_text()
    second.window.follow("候补", among=row_of(run, second.window))
    assert second.window.page.get_by_role("checkbox", name="加入候补").is_checked()
    second.window.press("确认候补")
    assert "前面 0 人" in second.window.text()
    assert statuses(run) == [EnrollmentStatus.ENROLLED, EnrollmentStatus.WAITING]
    second.window.open("/my/")
    assert "候补中" in second.window.text()

    first.window.open("/my/")
    first.window.follow("查看或取消")
    first.window.follow("取消报名")
    first.window.press("确认取消报名")
    assert statuses(run) == [EnrollmentStatus.CANCELLED, EnrollmentStatus.ENROLLED]
    assert "已结束和已取消" in first.window.text()

    second.window.open("/my/messages/")
    assert second.window.page.get_by_role("link", name=f"递补成功：{COURSE}").count() == 1
    second.window.open("/my/")
    assert "下一次课" in second.window.text()
    assert day_and_time(run.starts_at) in second.window.text()


def row_of(run: ClassRun, window: Window) -> Locator:
    """Return the row of a class on its course's page."""
    rows = window.main().get_by_role("listitem").filter(has_text=day(run.starts_at))
    return rows.filter(has_text=ROOM.partition("（")[0])


def statuses(run: ClassRun) -> list[str]:
    return list(Enrollment.objects.filter(class_run=run).order_by("pk").values_list("status", flat=True))
