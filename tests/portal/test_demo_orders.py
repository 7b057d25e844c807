"""The demonstration has enterprises of every kind and an order in every state, as their doors would have left them."""

# ruff: noqa: S311 -- a demonstration is to be the same again

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from random import Random

import pytest
from django.core.management import call_command
from django.db import transaction
from django.urls import reverse
from pytest_django import Settings
from stdnum.cn import uscc

from accounts.models import WITHOUT_CREDIT_CODE, Enterprise, EnterpriseKind, Membership, MembershipRole, User
from bookings import roster
from bookings.models import SCHEDULED, Booking, BookingStatus, RosterEntry
from bookings.reading import Row, Verdict
from catalogue import search
from catalogue.menu.progress import silent
from catalogue.models import Course
from enrollment.models import Enrollment, EnrollmentStatus, Via
from messaging.models import Delivery, Message
from policy.reference import reference_data
from portal import desk
from portal.demo import firms, people, town, writing
from portal.demo.orders import WAYS, make_orders
from portal.demo.presses import Crowd
from portal.demo.timetable import BEGAN, COMING
from portal.demo.town import Size
from portal.story import of_booking
from tests.factories import (
    NOW,
    CourseFactory,
    CourseInstructorFactory,
    InstructorFactory,
    RoomFactory,
    TownFactory,
)
from tests.portal.pages import signed_in
from timetable.models import ClassRun, Lesson
from timetable.placement import Slot, schedule_run

pytestmark = pytest.mark.django_db

FIRMS, ORDERS, PEOPLE = 36, 50, 360
# Ten of every way for the first firm, and one round of forty for the others.
BY_STATE = {
    BookingStatus.DRAFT: 4,
    BookingStatus.SUBMITTED: 3,
    BookingStatus.ACCEPTED: 2,
    BookingStatus.CONFIRMED: 8,
    BookingStatus.DONE: 14,
    BookingStatus.DECLINED: 5,
    BookingStatus.CANCELLED_BY_ENTERPRISE: 10,
    BookingStatus.CANCELLED_BY_UNION: 4,
}


def place() -> None:
    """Offer courses with their instructors, three rooms, two towns, and terms for fifteen months."""
    for _number in range(8):
        CourseInstructorFactory(course=CourseFactory(min_size=4), instructor=InstructorFactory())
    search.reindex(Course.objects.all())
    RoomFactory.create_batch(3)
    TownFactory(slug="qibaozhen", name="七宝镇总工会", area="七宝镇")
    for step in range(12):
        reference_data(now=NOW - BEGAN + step * (BEGAN + COMING) / 11)


def make(seed: int = 5) -> User:
    """Make firms and orders around some workers; return the officer."""
    chance, began = Random(seed), NOW - BEGAN
    writing.prepare()
    officer = people.make_officer(now=began)
    workers = people.make_workers(PEOPLE, chance=chance, began=began, progress=silent)
    pen = writing.Pen(officer, NOW, silent)
    ordering_firms = firms.make_firms(FIRMS, workers, chance=chance, pen=pen)
    make_orders(ORDERS, ordering_firms, crowd=Crowd(workers, chance), pen=pen)
    writing.carry_all(now=NOW)
    return officer


@pytest.fixture
def officer(reference: None) -> User:
    place()
    return make()


def visitor() -> User:
    return User.objects.with_phone("+8619900002001").get()


def test_firms_are_of_all_kinds_with_their_people_and_codes(officer: User) -> None:
    made = Enterprise.objects.all()

    assert Counter(made.values_list("kind", flat=True)) == dict.fromkeys(EnterpriseKind.values, 6)
    assert all("演示" in firm.name for firm in made)
    assert len(set(made.values_list("name", flat=True))) == FIRMS
    assert {bool(firm.credit_code) for firm in made if firm.kind in WITHOUT_CREDIT_CODE} == {False}
    codes = [firm.credit_code for firm in made if firm.kind not in WITHOUT_CREDIT_CODE]
    assert len(set(codes)) == len(codes) == 24
    assert all(uscc.is_valid(code) and code[8:12] == "DEM0" for code in codes)
    assert made.values("town").distinct().count() == 2
    assert set(Counter(Membership.objects.values_list("enterprise", flat=True)).values()) == {1, 2, 3}
    assert set(Membership.objects.values_list("role", flat=True)) == set(MembershipRole.values)
    assert Membership.objects.filter(role=MembershipRole.OWNER).count() == FIRMS
    assert not Membership.objects.filter(user__worker=None).exists()


def test_some_firms_wait_and_some_got_a_no(officer: User) -> None:
    waiting, declined = Enterprise.objects.to_verify(), Enterprise.objects.exclude(declined_at=None)

    assert (waiting.count(), declined.count()) == (1, 1)
    assert {firm.verified_by for firm in Enterprise.objects.exclude(verified_at=None)} == {officer}
    assert all(NOW - timedelta(days=12) <= firm.created_at < NOW for firm in waiting)
    assert not Booking.objects.exclude(enterprise__verified_at__isnull=False).exists()


def test_there_are_orders_in_every_state(officer: User) -> None:
    made = Booking.objects.all()

    assert Counter(made.values_list("status", flat=True)) == BY_STATE
    assert sum(BY_STATE.values()) == ORDERS
    assert all(20 <= order.headcount <= 30 and order.course_wishes.exists() for order in made)
    assert {order.date_wishes.count() for order in made} == {3}
    assert {order.course_wishes.count() for order in made} == {1, 2, 3}
    assert all((order.frontline or 0) + (order.migrant or 0) + 1 <= order.headcount for order in made)
    assert min(order.created_at for order in made) < NOW - timedelta(days=250)
    assert max(order.created_at for order in made) < NOW
    numbers = list(made.sent().order_by("submitted_at").values_list("number", flat=True))
    of_years = [[number for number in numbers if number and number.startswith(f"DD-{year}-")] for year in (25, 26)]
    expected = [
        [f"DD-{year}-{n:05d}" for n in range(1, len(of_year) + 1)]
        for year, of_year in zip((25, 26), of_years, strict=True)
    ]
    assert of_years == expected


def test_what_waits_is_on_the_desk_with_its_age_and_some_of_it_is_late(officer: User) -> None:
    rows = [row for row in desk.todo_rows(officer, NOW) if row.todo.kind in {"答复点单", "排课"}]

    assert len(rows) == 5
    assert len({row.days for row in rows}) > 2
    assert {row.is_late for row in rows} == {True, False}


def test_every_step_stands_in_the_history_in_the_order_of_time(officer: User) -> None:
    for booking in Booking.objects.all():
        steps = of_booking(booking, for_desk=True)
        assert [step.at for step in steps] == sorted(step.at for step in steps)
        assert steps[0].at == booking.created_at
        assert {step.who for step in steps} <= {booking.contact.name, officer.name}
        assert steps[-1].what == booking.get_status_display()
    assert {
        len(of_booking(booking, for_desk=True)) for booking in Booking.objects.filter(status=BookingStatus.DONE)
    } == {5}


def test_classes_of_orders_are_private_and_seat_their_roster(officer: User) -> None:
    scheduled = Booking.objects.filter(status__in=SCHEDULED)

    assert ClassRun.objects.count() == scheduled.count() == 22
    assert all(order.class_run and order.class_run.private_to == order.enterprise for order in scheduled)
    seats = Enrollment.objects.all()
    assert RosterEntry.objects.count() == seats.count() > 14 * 5
    assert set(seats.values_list("via", flat=True)) == {Via.ROSTER}
    assert all(row.name == row.enrollment.worker.name for row in RosterEntry.objects.all())
    over = seats.filter(class_run__ends_at__lte=NOW).values_list("status", flat=True)
    assert set(over) == {EnrollmentStatus.COMPLETED, EnrollmentStatus.NOT_COMPLETED}
    assert not Booking.objects.filter(status=BookingStatus.DONE, roster=None).exists()


def test_a_roster_made_by_set_is_as_the_door_leaves_it(officer: User) -> None:
    coming = Booking.objects.filter(status=BookingStatus.CONFIRMED, class_run__ends_at__gt=NOW)
    booking = coming.filter(roster__isnull=False).distinct()[0]
    by_set, run = list(booking.roster.all()), booking.class_run
    assert run is not None
    told = {row.enrollment.pk: _told(row.enrollment) for row in by_set}
    rows = [Row(1, row.name, "", row.enrollment.worker.phone, None) for row in by_set]
    shown = [_seat(row) for row in by_set]

    RosterEntry.objects.filter(booking=booking).delete()
    messages = Message.objects.filter(subject__in=[f"enrollment/{pk}" for pk in told])
    Delivery.objects.filter(message__in=messages).delete()
    messages.delete()
    Enrollment.objects.filter(class_run=run).delete()
    ClassRun.objects.filter(pk=run.pk).update(seats_taken=0)
    actor, at = by_set[0].added_by, by_set[0].added_at
    answers = roster.take(booking_id=booking.pk, actor=actor, rows=rows, now=at)

    assert {answer.verdict for answer in answers} == {Verdict.SEATED}
    by_door = list(booking.roster.all())
    assert [_seat(row) for row in by_door] == shown
    assert [_told(row.enrollment) for row in by_door] == list(told.values())
    assert ClassRun.objects.get(pk=run.pk).seats_taken == len(by_set) == run.seats_taken


def _seat(row: RosterEntry) -> tuple[object, ...]:
    seat = row.enrollment
    of_row = row.name, row.added_by, row.added_at
    return *of_row, seat.worker, seat.status, seat.via, seat.entered_by, seat.created_at, seat.seated_at, seat.queued_at


def _told(seat: Enrollment) -> list[tuple[object, ...]]:
    rows = Message.objects.filter(subject=f"enrollment/{seat.pk}")
    return [(row.kind, row.person_id, row.title, row.body, row.sms, row.due_at, row.use_by) for row in rows]


def test_a_private_class_made_by_set_is_as_the_door_leaves_it(officer: User) -> None:
    booking = Booking.objects.filter(status=BookingStatus.CONFIRMED, class_run__starts_at__gt=NOW)[0]
    run = booking.class_run
    assert run is not None
    lessons = [Slot(row.room, row.instructor, row.starts_at, row.ends_at) for row in run.lessons.all() if row.room]
    Lesson.objects.filter(class_run=run).delete()

    made = schedule_run(
        course=run.course,
        site=run.site,
        lessons=lessons,
        capacity=booking.headcount,
        min_size=1,
        opens_at=run.created_at,
        actor=officer,
        now=run.created_at,
        private_to=booking.enterprise,
    )

    different = {"id", "number", "seats_taken", "_state"}
    by_set, by_door = (
        {name: value for name, value in vars(row).items() if name not in different and not name.startswith("_")}
        for row in (ClassRun.objects.get(pk=run.pk), ClassRun.objects.get(pk=made.pk))
    )
    assert by_set == by_door


def test_visitors_find_an_order_of_every_way_at_once(officer: User) -> None:
    person = visitor()
    mine = Booking.objects.of(person)

    assert person.name == "顾主席"
    assert set(mine.values_list("contact", flat=True)) == {person.pk}
    assert set(mine.values_list("status", flat=True)) == set(BookingStatus.values)
    assert mine.count() == len(WAYS)
    assert not person.has_usable_password()
    confirmed = mine.get(status=BookingStatus.CONFIRMED)
    assert confirmed.class_run
    assert confirmed.class_run.starts_at > NOW - timedelta(days=4)
    client = signed_in(person)
    assert {client.get(reverse("portal:booking", args=[order.public_id])).status_code for order in mine} == {200}


def test_the_same_seed_gives_the_same_orders(reference: None) -> None:
    place()
    seen = []
    for seed in (5, 5, 6):
        with transaction.atomic():
            make(seed)
            seen.append(list(_outline()))
            transaction.set_rollback(True)

    assert seen[0] == seen[1]
    assert seen[0] != seen[2]


def _outline() -> Iterator[tuple[object, ...]]:
    for firm in Enterprise.objects.order_by("created_at", "name"):
        yield firm.name, firm.kind, firm.credit_code, firm.created_at, firm.verified_at
    for order in Booking.objects.order_by("created_at", "key"):
        run = order.class_run
        wishes = [*order.course_wishes.values_list("course__code"), *order.date_wishes.values_list("day", "band")]
        named = sorted(order.roster.values_list("name", flat=True))
        yield order.number, order.key, order.status, order.headcount, wishes, run and run.starts_at, named


@pytest.mark.usefixtures("officer")
def test_nothing_disagrees(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("invariants")

    assert capsys.readouterr().out == "全部相符。\n"


def test_the_town_grows_with_its_people_and_runs() -> None:
    assert [(size.firms, size.orders) for size in (Size(20_000, 5000), Size(300, 500), Size(6, 5))] == [
        (300, 160),
        (4, 16),
        (1, 10),
    ]


def test_a_small_demonstration_has_the_visitors_firm(
    settings: Settings, reference: None, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.DEMO, settings.SITE_URL = True, "http://127.0.0.1:8000"
    place()

    call_command("demo", people=6, runs=5)

    firm = Enterprise.objects.get()
    told = capsys.readouterr().out
    assert "已建立演示数据：6 位职工，5 个公开班，1 个单位，10 张点单。\n" in told
    assert f"  单位联系人  199 0000 2001  顾主席（{firm}，每种状态的点单各一张）\n" in told
    assert Counter(Booking.objects.values_list("status", flat=True)).keys() == set(BookingStatus.values)
    assert town.Size(6, 5).orders == Booking.objects.count()
