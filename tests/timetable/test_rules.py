"""Every rule of a class run says no with its code and its sentence, and leaves nothing behind."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.models import User
from policy.models import NumberSeries, Term
from tests import factories
from tests.factories import NOW, CourseFactory, InstructorFactory, RoomFactory, SiteFactory, TermFactory
from timetable.errors import TimetableRefused
from timetable.models import ClassRun, Lesson, Occupancy, Resource
from timetable.placement import Slot, schedule_run

pytestmark = pytest.mark.django_db

# Tuesday 2026-12-08, 18:30 in Shanghai.
START = NOW + timedelta(days=7, hours=9, minutes=30)
HOUR = timedelta(hours=1)
Change = Callable[[dict[str, Any]], object]


@pytest.fixture
def officer() -> User:
    TermFactory()
    return factories.officer()


def wish() -> dict[str, Any]:
    """Return a plan that is accepted: 30 people of a course for up to 60, one evening of 90 minutes, a room of 40."""
    site = SiteFactory(short_name="江川")
    course = CourseFactory(title="消防演练", max_size=60)
    slot = Slot(RoomFactory(site=site, name="201教室"), InstructorFactory(name="严师傅"), START, START + 1.5 * HOUR)
    opens_at = NOW + timedelta(days=1)
    return {"course": course, "site": site, "lessons": [slot], "capacity": 30, "min_size": 10, "opens_at": opens_at}


def lessons(*times: tuple[datetime, datetime]) -> Change:
    def change(plan: dict[str, Any]) -> None:
        old = plan["lessons"][0]
        plan["lessons"] = [Slot(old.room, old.instructor, start, end) for start, end in times]

    return change


def values(**new: object) -> Change:
    return lambda plan: plan.update(new)


def of_lesson(name: str, **new: object) -> Change:
    def change(plan: dict[str, Any]) -> None:
        for slot in plan["lessons"]:
            for key, value in new.items():
                setattr(getattr(slot, name), key, value)

    return change


def of_plan(name: str, **new: object) -> Change:
    def change(plan: dict[str, Any]) -> None:
        for key, value in new.items():
            setattr(plan[name], key, value)

    return change


def room_of_another_site(plan: dict[str, Any]) -> None:
    old = plan["lessons"][0]
    plan["lessons"] = [Slot(RoomFactory(name="别处教室"), None, old.starts_at, old.ends_at)]


LATE = START + timedelta(hours=5)
MANY = [(START + timedelta(days=number), START + timedelta(days=number) + HOUR) for number in range(61)]
CASES: list[tuple[str, Change, str, str]] = [
    ("lesson_count", values(lessons=[]), "一个班次要有 1 到 60 次课，现在是 0 次。", "lessons"),
    ("lesson_count", lessons(*MANY), "一个班次要有 1 到 60 次课，现在是 61 次。", "lessons"),
    ("course_retired", of_plan("course", retired_at=NOW), "课程《消防演练》已下架，不能开班。", ""),
    ("site_retired", of_plan("site", retired_at=NOW), "学堂“江川”已停用，不能排课。", "site"),
    ("room_elsewhere", room_of_another_site, "别处教室不在学堂“江川”里。", "room"),
    ("room_retired", of_lesson("room", retired_at=NOW), "江川的201教室已停用，不能排课。", "room"),
    ("instructor_retired", of_lesson("instructor", retired_at=NOW), "讲师严师傅已停止授课，请换一位。", "instructor"),
    (
        "lesson_ends_before_it_starts",
        lessons((START, START - HOUR)),
        "第 1 次课的结束时间（12月8日 周二 17:30）要晚于开始时间（12月8日 周二 18:30）。",
        "lessons",
    ),
    (
        "lesson_ends_before_it_starts",
        lessons((START, START)),
        "第 1 次课的结束时间（12月8日 周二 18:30）要晚于开始时间（12月8日 周二 18:30）。",
        "lessons",
    ),
    ("lesson_too_short", lessons((START, START + HOUR / 6)), "第 1 次课只有 10 分钟，至少要 15 分钟。", "minutes"),
    (
        "lesson_too_long",
        lessons((START - 9 * HOUR, START - HOUR / 2)),
        "第 1 次课有 510 分钟，最多 480 分钟（8 小时）。",
        "minutes",
    ),
    (
        "lesson_over_midnight",
        lessons((LATE, LATE + HOUR)),
        "第 1 次课从 12月8日 周二 23:30 到次日 00:30，跨过了午夜；要在同一天内。",
        "lessons",
    ),
    (
        "lessons_out_of_order",
        lessons((START, START + HOUR), (START + HOUR / 2, START + 1.5 * HOUR)),
        "第 2 次课（12月8日 周二 19:00–20:00）要在第 1 次课（12月8日 周二 18:30–19:30）结束之后。",
        "lessons",
    ),
    (
        "lessons_out_of_order",
        lessons((START + timedelta(days=1), START + timedelta(days=1) + HOUR), (START, START + HOUR)),
        "第 2 次课（12月8日 周二 18:30–19:30）要在第 1 次课（12月9日 周三 18:30–19:30）结束之后。",
        "lessons",
    ),
    (
        "lessons_too_close",
        lessons((START, START + HOUR), (START + HOUR, START + 2 * HOUR)),
        "第 1 次课与第 2 次课用同一间教室，中间至少留 10 分钟。",
        "lessons",
    ),
    (
        "first_lesson_past",
        lambda plan: [values(opens_at=NOW - HOUR)(plan), lessons((NOW, NOW + HOUR))(plan)],
        "第一次课（12月1日 周二 09:00）已经过去，请选以后的时间。",
        "lessons",
    ),
    (
        "opens_too_late",
        values(opens_at=START),
        "开放报名（12月8日 周二 18:30）要早于第一次课（12月8日 周二 18:30）。",
        "opens_at",
    ),
    (
        "no_term",
        lessons((START + timedelta(days=90), START + timedelta(days=90) + HOUR)),
        "2027年3月8日 周一不在任何轮次内，不能排课。",
        "lessons",
    ),
    ("capacity_too_low", values(capacity=0), "名额至少 1 个，现在是 0 个。", "capacity"),
    ("capacity_too_low", values(capacity=-1), "名额至少 1 个，现在是 -1 个。", "capacity"),
    ("min_size_too_low", values(min_size=0), "开班人数至少 1 人，现在是 0 人。", "min_size"),
    ("capacity_below_min_size", values(capacity=9), "名额（9）不能少于开班人数（10）。", "capacity"),
    (
        "capacity_above_course",
        lambda plan: [of_plan("course", max_size=20)(plan)],
        "《消防演练》每班最多 20 人，名额不能是 30。",
        "capacity",
    ),
    (
        "room_too_small",
        lambda plan: [values(capacity=31)(plan), of_lesson("room", capacity=30)(plan)],
        "201教室只坐得下 30 人，放不下 31 人。",
        "capacity",
    ),
]


IDS = [f"{case[0]}-{number}" for number, case in enumerate(CASES)]


@pytest.mark.parametrize(("code", "change", "sentence", "field"), CASES, ids=IDS)
def test_a_rule_refuses_with_its_sentence(officer: User, code: str, change: Change, sentence: str, field: str) -> None:
    plan = wish()
    change(plan)

    with pytest.raises(TimetableRefused) as refused:
        schedule_run(**plan, actor=officer, now=NOW)

    assert [(problem.code, problem.sentence, problem.field) for problem in refused.value.problems] == [
        (code, sentence, field)
    ]
    counts = [model.objects.count() for model in (ClassRun, Lesson, Occupancy, Resource, NumberSeries)]
    assert counts == [0, 0, 0, 0, 0]


def test_everything_wrong_is_said_at_once(officer: User) -> None:
    plan = wish() | {"capacity": 0, "min_size": 0, "opens_at": START + HOUR}

    with pytest.raises(TimetableRefused) as refused:
        schedule_run(**plan, actor=officer, now=NOW)

    assert [problem.code for problem in refused.value.problems] == [
        "opens_too_late",
        "capacity_too_low",
        "min_size_too_low",
    ]


@pytest.mark.parametrize(
    "change",
    [
        lambda plan: None,  # noqa: ARG005 -- the plan as it is
        values(capacity=40, min_size=40),
        values(opens_at=NOW - timedelta(days=300)),
        lessons((START, START + timedelta(minutes=15))),
        lessons((START - 9 * HOUR, START - HOUR)),
        lessons((NOW + timedelta(seconds=1), NOW + HOUR)),
        lessons((START, START + HOUR), (START + HOUR + timedelta(minutes=10), START + 3 * HOUR)),
        lessons(*[(START + timedelta(hours=19 * n), START + timedelta(hours=19 * n, minutes=20)) for n in range(2)]),
    ],
)
def test_what_lies_just_inside_the_rules_is_accepted(officer: User, change: Change) -> None:
    plan = wish()
    plan["opens_at"] = NOW - timedelta(days=1)
    change(plan)

    run = schedule_run(**plan, actor=officer, now=NOW)

    assert run.lessons.count() == len(plan["lessons"])


def test_the_29th_of_february_is_a_day_like_any_other(officer: User) -> None:
    Term.objects.create(code="2028-spring", name="2028 春季", starts_on="2028-02-01", ends_on="2028-07-31")
    plan = wish()
    start = datetime.fromisoformat("2028-02-29T18:30:00+08:00")
    lessons((start, start + HOUR))(plan)

    run = schedule_run(**plan, actor=officer, now=NOW)

    assert (run.term.code, run.starts_at) == ("2028-spring", start)
