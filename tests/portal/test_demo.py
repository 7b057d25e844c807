"""The demonstration is made once, through the doors, the same for the same seed; and its clock can be moved."""

from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import F
from django.test import Client
from pytest_django import Settings

from accounts import people as persons
from accounts.models import Role, RoleKind, User, Worker, WorkerKind
from catalogue.models import Room
from enrollment import reminders
from enrollment.models import Enrollment, EnrollmentStatus
from messaging.models import Message
from policy import clock
from policy.models import ClockOffset
from portal.demo import featured, people
from tests.factories import (
    NOW,
    CourseFactory,
    CourseInstructorFactory,
    InstructorFactory,
    RoomFactory,
    SiteFactory,
)
from timetable.models import ClassRun, RunState

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def demo(settings: Settings) -> None:
    settings.DEMO = True
    settings.SITE_URL = "http://127.0.0.1:8000"


@pytest.fixture
def menu(reference: None) -> None:
    """Offer a few courses with one busy instructor, and two rooms."""
    teacher = InstructorFactory()
    for _number in range(8):
        CourseInstructorFactory(course=CourseFactory(min_size=4), instructor=teacher)
    RoomFactory.create_batch(2)


def made() -> list[tuple[object, ...]]:
    """Return what the demonstration consists of, without what is random by design (public ids)."""
    runs = ClassRun.objects.order_by("number").values_list(
        "number", "course__code", "site__slug", "starts_at", "opens_at", "capacity", "seats_taken", "waiting"
    )
    workers = Worker.objects.order_by("user__phone_last4").values_list("user__name", "kind", "town", "employer")
    return [*runs, *workers]


def test_the_first_demonstration_on_the_real_menu(
    project_root: Path,
    reference: None,
    capsys: pytest.CaptureFixture[str],
) -> None:
    data = project_root / "data"
    call_command("import_menu", str(data / "课程菜单.xlsx"), "--sites", str(data / "学堂名录.xlsx"))

    call_command("demo", people=300, runs=200)

    runs = ClassRun.objects.filter(private_to=None)
    assert (Worker.objects.count(), runs.count()) == (310, 200)  # nine propose courses, one orders for a firm
    assert set(Worker.objects.values_list("kind", flat=True)) == set(WorkerKind.values)
    assert runs.values("site").distinct().count() >= 50
    states = {run.state_at(NOW) for run in runs}
    assert states == {RunState.OPEN, RunState.FEW, RunState.WAITING, RunState.SOON, RunState.STARTED}
    assert min(runs.values_list("seats_taken", flat=True)) == 0
    assert runs.filter(seats_taken=F("capacity"), starts_at__gt=NOW).count() >= 2
    assert all(NOW - timedelta(days=365) <= run.starts_at <= NOW + timedelta(days=92) for run in runs)
    assert all(user.phone.startswith("+8619900") for user in User.objects.all())
    call_command("invariants")
    assert "全部相符" in capsys.readouterr().out


def test_the_first_run_is_reminded_of_at_once(menu: None) -> None:
    call_command("demo", people=6, runs=5)
    run = ClassRun.objects.get(number="26-00001")

    reminders.plan_due(now=NOW)

    assert run.starts_at == NOW + timedelta(hours=23)
    assert Message.objects.filter(kind="reminder_1d").count() == run.seats_taken == 2


def test_the_first_worker_holds_a_seat_and_waits_and_the_second_may_try(menu: None) -> None:
    call_command("demo", people=10, runs=6)

    first, second = (User.objects.with_phone(people.worker_phone(number)).get() for number in range(2))
    held = Enrollment.objects.of(first).order_by("class_run__number").values_list("class_run__number", "status")
    assert list(held) == [("26-00001", EnrollmentStatus.ENROLLED), ("26-00002", EnrollmentStatus.WAITING)]
    assert Enrollment.objects.of(second).count() == 0
    assert not persons.needs_welcome(first)


def test_the_same_seed_gives_the_same_demonstration(menu: None) -> None:
    seen = []
    for seed in (7, 7, 8):
        with transaction.atomic():
            call_command("demo", people=12, runs=30, seed=seed)
            seen.append(made())
            transaction.set_rollback(True)

    assert seen[0] == seen[1]
    assert seen[0] != seen[2]


def test_a_second_demonstration_adds_nothing(menu: None, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("demo", people=6, runs=5)
    before = made(), Enrollment.objects.count(), User.objects.count()
    capsys.readouterr()

    call_command("demo", people=40, runs=60, seed=2)

    assert (made(), Enrollment.objects.count(), User.objects.count()) == before
    assert capsys.readouterr().out.startswith("演示数据已经在了，没有再加。\n")


def test_the_sign_ins_are_told_again_and_work(menu: None, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("demo", people=6, runs=5)
    _made, told = capsys.readouterr().out.split("\n", 1)

    call_command("demo", show_sign_ins=True)

    assert capsys.readouterr().out == told
    assert "工作人员登录 http://127.0.0.1:8000/login/staff/，口令都是 xuetang-demo\n" in told
    assert all(phone in told for phone in ("199 0000 0001", "199 0000 0002", "199 0000 1001", "199 0000 1002"))
    for phone, least in [(people.OFFICER_PHONE, 5), (people.MANAGER_PHONE, 1)]:
        client = Client()
        client.post("/login/staff/", {"phone": phone, "password": people.PASSWORD})
        page = client.get("/desk/").context["page"]
        assert len(page.rows) >= least


def test_the_sign_ins_of_those_who_are_left_are_told(menu: None, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("demo", people=6, runs=5)
    manager = User.objects.with_phone(people.MANAGER_PHONE).get()
    later = NOW + timedelta(hours=1)
    Role.objects.update(ends_at=later)
    second = Role.objects.create(user=manager, kind=RoleKind.SITE_MANAGER, site=SiteFactory(), starts_at=NOW)
    capsys.readouterr()

    with clock.frozen_at(later):
        call_command("demo")

    told = capsys.readouterr().out
    assert told.startswith("演示数据已经在了，没有再加。\n")
    assert f"  学堂管理员  199 0000 0002  {manager.name}（{second.site}）\n" in told
    assert "199 0000 0001" not in told


def test_a_broken_demonstration_leaves_nothing(menu: None) -> None:
    Room.objects.update(capacity=3)  # too small for any class

    with pytest.raises(CommandError, match="还没有可以排课的课程或教室"):
        call_command("demo")

    assert (User.objects.count(), ClassRun.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"people": 5}, "--people 应是 6 到 100000 之间的整数，现在是“5”。"),
        ({"people": 100_001}, "--people 应是 6 到 100000 之间的整数，现在是“100001”。"),
        ({"runs": 0}, "--runs 应是 5 到 10000 之间的整数，现在是“0”。"),
        ({"seed": "9" * 5000}, "--seed 应是 0 到 999999 之间的整数，现在是“" + "9" * 20 + "”。"),
        ({"people": "四十"}, "--people 应是 6 到 100000 之间的整数，现在是“四十”。"),
        ({"runs": "60.5"}, "--runs 应是 5 到 10000 之间的整数，现在是“60.5”。"),
        ({"runs": -1}, "--runs 应是 5 到 10000 之间的整数，现在是“-1”。"),
        ({}, "还没有可以排课的课程或教室，请先用 manage.py import_menu 导入课程菜单和学堂名录。"),
        ({"show_sign_ins": True}, "还没有演示数据，请先运行 manage.py demo。"),
    ],
)
def test_what_cannot_be_made_is_one_sentence(options: dict[str, object], sentence: str) -> None:
    with pytest.raises(CommandError) as refused:
        call_command("demo", **options)

    assert str(refused.value) == sentence
    assert User.objects.count() == 0


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        ("demo", "演示数据只能在演示模式（DEMO=1）下建立和查看。"),
        ("clock", "演示时钟只能在演示模式（DEMO=1）下拨动。"),
    ],
)
def test_outside_a_demonstration_nothing_happens(settings: Settings, command: str, sentence: str) -> None:
    settings.DEMO = False

    with pytest.raises(CommandError) as refused:
        call_command(command)

    assert str(refused.value) == sentence


def test_the_clock_moves_forward_from_where_it_is_and_back_to_the_real_time(real_clock: None) -> None:
    real = clock.now()

    call_command("clock", "+1d3h")
    call_command("clock", "+90m")
    moved = clock.now()
    call_command("clock", "reset")

    assert timedelta(0) <= moved - real - timedelta(days=1, hours=4, minutes=30) < timedelta(minutes=1)
    assert timedelta(0) <= clock.now() - real < timedelta(minutes=1)
    assert ClockOffset.objects.count() == 0


def test_the_clock_tells_the_time(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("clock")

    assert capsys.readouterr().out == "现在是 12月1日 周二 09:00。\n"


@pytest.mark.parametrize("shift", ["1d", "+", "+1x", "+1h1d", "+１d", "+1d\n", "+9999d", "reset!"])
def test_an_odd_shift_is_one_sentence(shift: str) -> None:
    with pytest.raises(CommandError, match="看不懂"):
        call_command("clock", shift)
    assert ClockOffset.objects.count() == 0


def test_the_clock_goes_a_year_ahead_at_most() -> None:
    call_command("clock", "+366d")

    with pytest.raises(CommandError, match="最多往后拨一年"):
        call_command("clock", "+1m")

    assert ClockOffset.objects.get().offset == timedelta(days=366)


@pytest.mark.usefixtures("menu")
@pytest.mark.parametrize("hour", range(24))
def test_the_first_run_starts_within_a_day_and_never_at_night(hour: int) -> None:
    now = datetime.fromisoformat(f"2026-12-01T{hour:02d}:07:00+08:00")

    first = featured.wishes(workers=6, chance=Random(1), now=now)[0]  # noqa: S311 -- no secret

    assert now < first.starts_at <= now + timedelta(hours=23)
    assert 7 <= clock.local(first.starts_at).hour <= 21
    assert clock.local(first.starts_at + first.length).date() == clock.local(first.starts_at).date()
