"""What an order must be like, and that the same form is the same order."""

from datetime import date, timedelta
from functools import partial

import pytest
from django.db import IntegrityError, transaction

from accounts.models import MembershipRole
from bookings import orders, rules
from bookings.errors import BookingRefused
from bookings.models import Booking, BookingStatus
from catalogue.models import Band
from policy import ids
from tests.accounts.factories import contact_of, verified_enterprise
from tests.bookings.factories import FIRST_DAY, accepted, draft, order, submitted
from tests.factories import NOW, CourseFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_an_order_is_written_with_its_wishes() -> None:
    firm = verified_enterprise()
    person = contact_of(firm, MembershipRole.BOOKER)
    first, second = CourseFactory(max_size=60), CourseFactory(max_size=60)
    dates = ((FIRST_DAY, Band.NOON), (FIRST_DAY, Band.AFTER_WORK), (FIRST_DAY + timedelta(days=4), Band.WEEKEND))
    wishes = order(first, second, dates=dates)
    booking = orders.save(enterprise_id=firm.pk, person=person, order=wishes, key=ids.public_id(), now=NOW)
    assert (booking.status, booking.number, booking.contact, booking.channel) == ("draft", None, person, "web")
    assert [wish.course for wish in booking.course_wishes.all()] == [first, second]
    assert [(wish.day, wish.band) for wish in booking.date_wishes.all()] == list(dates)
    assert (booking.headcount, booking.frontline, booking.management) == (35, 30, None)


def test_the_same_form_is_the_same_order_and_a_corrected_one_replaces_it() -> None:
    firm = verified_enterprise()
    save = partial(orders.save, enterprise_id=firm.pk, person=contact_of(firm), key=ids.public_id(), now=NOW)
    first, again = save(order=order()), save(order=order(headcount=40))
    assert (again.pk, Booking.objects.get().headcount) == (first.pk, 40)
    assert again.course_wishes.count() == 1


def test_a_sent_order_is_not_rewritten() -> None:
    booking = submitted()
    same = orders.save(
        enterprise_id=booking.enterprise_id,
        person=booking.contact,
        order=order(headcount=50),
        key=booking.key,
        now=NOW,
    )
    booking.refresh_from_db()
    assert (same.pk, booking.headcount, booking.status) == (booking.pk, 35, BookingStatus.SUBMITTED)


def test_nobody_writes_over_an_order_that_was_sent() -> None:
    booking = submitted()
    with pytest.raises(BookingRefused) as refused:
        orders.write(booking, order(headcount=50), person=booking.contact, now=NOW)
    assert [problem.code for problem in refused.value.problems] == ["wrong_state"]
    assert Booking.objects.get().headcount == 35


def test_a_rewritten_draft_saves_what_is_written_and_nothing_else() -> None:
    booking = draft()
    other = contact_of(booking.enterprise)
    Booking.objects.update(contact=other)
    orders.write(booking, order(headcount=50), person=other, now=NOW)
    booking.refresh_from_db()
    assert (booking.headcount, booking.contact) == (50, other)


@pytest.mark.parametrize("role", [MembershipRole.VIEWER, None])
def test_who_does_not_order_for_it_is_refused(role: MembershipRole | None) -> None:
    firm = verified_enterprise()
    person = contact_of(firm, role) if role else UserFactory()
    with pytest.raises(BookingRefused) as refused:
        orders.save(enterprise_id=firm.pk, person=person, order=order(), key=ids.public_id(), now=NOW)
    assert [problem.code for problem in refused.value.problems] == ["not_yours"]
    assert Booking.objects.count() == 0


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({}, []),
        ({"headcount": 20}, []),
        ({"headcount": 19}, [("too_few_people", "headcount")]),
        ({"headcount": 61}, [("course_too_small", "course_1")]),
        ({"dates": ((date(2026, 12, 14), Band.NOON),)}, [("too_soon", "day_1")]),
        ({"dates": ((FIRST_DAY, Band.NOON), (date(2026, 12, 3), Band.ANY))}, [("too_soon", "day_2")]),
    ],
)
def test_what_breaks_a_rule(changed: dict[str, object], found: list[tuple[str, str]]) -> None:
    problems = rules.problems(order(**changed), now=NOW)
    assert [(problem.code, problem.field) for problem in problems] == found


def test_too_soon_is_said_with_the_days_that_can_be_had() -> None:
    (problem,) = rules.problems(order(dates=((date(2026, 12, 3), Band.ANY),)), now=NOW)
    assert problem.sentence == "12月3日 周四太近了：点单要提前 10 个工作日，最早 12月15日 周二。"
    assert problem.mend == "也可以选 12月16日 周三或 12月17日 周四。"


def test_a_retired_course_cannot_be_asked_for() -> None:
    gone = CourseFactory(max_size=60, retired_at=NOW)
    assert [problem.code for problem in rules.problems(order(gone), now=NOW)] == ["course_retired"]


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"status": "lost"}, "booking_status_known"),
        ({"status": "confirmed"}, "booking_has_a_run_once_confirmed"),
        ({"number": None}, "booking_sent_has_number_and_promise"),
        ({"channel": "phone"}, "booking_entered_by_staff_has_a_name"),
        ({"headcount": 0}, "booking_for_somebody"),
    ],
)
def test_the_database_refuses_what_cannot_be(fields: dict[str, object], name: str) -> None:
    booking = accepted()
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Booking.objects.filter(pk=booking.pk).update(**fields)
