"""Whatever is broken behind the doors' backs is named."""

from datetime import date, timedelta

import pgtrigger
import pytest
from django.apps import apps

from accounts.models import Enterprise
from bookings import invariants, moves, roster
from bookings.models import Booking, BookingStatus, RosterEntry
from bookings.moves import Action
from bookings.reading import Row
from tests import factories
from tests.accounts.factories import verified_enterprise
from tests.bookings.factories import accepted, confirmed, draft, submitted
from tests.factories import NOW, ClassRunFactory, EnrollmentFactory
from timetable.models import ClassRun

pytestmark = pytest.mark.django_db


def found() -> list[str]:
    return list(invariants.disagreements(now=NOW))


def test_what_the_doors_leave_is_in_order() -> None:
    draft()
    thrown_away = draft()
    moves.move(booking_id=thrown_away.pk, action=Action.WITHDRAW, actor=thrown_away.contact, now=NOW)
    accepted()
    booking = confirmed()
    roster.take(
        booking_id=booking.pk, actor=booking.contact, rows=[Row(1, "演示", "", "+8619900000077", None)], now=NOW
    )
    after = booking.class_run.ends_at if booking.class_run else NOW
    moves.move(booking_id=booking.pk, action=Action.FINISH, actor=factories.officer(), now=after)

    assert set(Booking.objects.values_list("status", flat=True)) == {
        BookingStatus.DRAFT,
        BookingStatus.CANCELLED_BY_ENTERPRISE,
        BookingStatus.ACCEPTED,
        BookingStatus.DONE,
    }
    assert RosterEntry.objects.count() == 1
    assert list(invariants.disagreements(now=after)) == []


@pytest.mark.parametrize("number", ["DD-25-00001", "DD-26-00002", "DD-26-0000x", "XX-26-00001"])
def test_a_number_that_was_never_given_is_named(number: str) -> None:
    submitted()
    Booking.objects.update(number=number)

    assert found() == [f"点单 {number}：单号不是 2026 年发出的。"]


def test_numbers_out_of_order_are_named_unless_they_were_given_at_once() -> None:
    first = submitted()
    submitted()

    Booking.objects.filter(pk=first.pk).update(submitted_at=NOW + timedelta(seconds=50))
    assert found() == []

    Booking.objects.filter(pk=first.pk).update(submitted_at=NOW + timedelta(seconds=70))
    assert found() == ["点单 DD-26-00002：提交得比前面的单号早。"]


def test_a_promise_that_is_not_three_working_days_is_named() -> None:
    submitted()
    Booking.objects.update(reply_by=date(2026, 12, 5))

    assert found() == ["点单 DD-26-00001：答复日期 2026-12-05 不是提交后第 3 个工作日。"]


def test_a_step_that_is_not_in_the_table_is_named() -> None:
    accepted()
    Booking.objects.update(status=BookingStatus.DECLINED)

    assert found() == ["点单 DD-26-00001：从“已受理”到“婉拒”，状态表里没有这一步。"]


def test_a_state_without_its_history_is_named() -> None:
    submitted()
    with pgtrigger.ignore("bookings.Booking:update_update"):
        Booking.objects.update(status=BookingStatus.ACCEPTED)

    assert found() == ["点单 DD-26-00001：历史与状态“已受理”不符。"]
    assert apps.get_model("bookings", "BookingEvent").objects.last().status == BookingStatus.SUBMITTED


def test_a_class_that_is_not_the_enterprises_own_is_named() -> None:
    run = ClassRunFactory()
    confirmed(run)
    ClassRun.objects.update(private_to=None)

    assert found() == [f"点单 DD-26-00001：班次 {run.number} 不是这个单位的专班。"]

    ClassRun.objects.update(private_to=verified_enterprise())
    assert found() == [f"点单 DD-26-00001：班次 {run.number} 不是这个单位的专班。"]


def test_an_order_done_before_its_class_is_over_is_named() -> None:
    confirmed()
    Booking.objects.update(status=BookingStatus.DONE)

    assert found() == ["点单 DD-26-00001：已完成，课却还没有上完。"]


def test_an_order_taken_on_for_an_unverified_enterprise_is_named() -> None:
    accepted()
    Enterprise.objects.update(verified_at=None, verified_by=None)

    assert found() == ["点单 DD-26-00001：已受理，单位却没有核验。"]


def test_a_private_class_without_an_order_is_named() -> None:
    run = ClassRunFactory(private_to=verified_enterprise())

    assert found() == [f"班次 {run.number}：是单位专班，却没有点单。"]


def test_a_seat_that_no_roster_gave_is_named() -> None:
    run = ClassRunFactory()
    confirmed(run)
    seat = EnrollmentFactory(class_run=run)

    assert found() == [f"班次 {run.number}：报名 {seat.pk} 不在单位的名单里。"]


def test_a_roster_row_with_a_seat_elsewhere_is_named() -> None:
    booking, seat = confirmed(), EnrollmentFactory()
    row = RosterEntry.objects.create(
        booking=booking, enrollment=seat, name="演示", added_by=booking.contact, added_at=NOW
    )

    assert found() == [f"点单 DD-26-00001：名单第 {row.pk} 行的报名不在它的班次里。"]
