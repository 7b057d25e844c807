"""Makers of orders: through the doors, so that numbers, history and messages are there."""

from datetime import date, datetime

from accounts.models import Enterprise, MembershipRole, User
from bookings import moves, orders
from bookings.models import Booking
from bookings.moves import Action
from bookings.rules import Order
from catalogue.models import Band, Course
from policy import ids
from tests import factories
from tests.accounts.factories import contact_of, verified_enterprise
from tests.factories import NOW, CourseFactory
from timetable.models import ClassRun

# The earliest day an order of NOW (Tuesday 2026-12-01) may ask for.
FIRST_DAY = date(2026, 12, 15)


def order(*courses: Course, **other: object) -> Order:
    """Return an order that breaks no rule."""
    wished: dict[str, object] = {
        "courses": courses or (CourseFactory(max_size=60),),
        "dates": ((FIRST_DAY, Band.NOON),),
        "headcount": 35,
        "place": "演示路 1 号 三楼会议室",
        "purpose": "班组长想学会看懂消防图纸。",
        "composition": {"frontline": 30},
    }
    return Order(**(wished | other))  # type: ignore[arg-type]


def draft(enterprise: Enterprise | None = None, *, wishes: Order | None = None, now: datetime = NOW) -> Booking:
    """Return an order that was written down and not sent; its contact is an owner of the enterprise."""
    firm = enterprise or verified_enterprise()
    return orders.save(
        enterprise_id=firm.pk, person=contact_of(firm), order=wishes or order(), key=ids.public_id(), now=now
    )


def submitted(enterprise: Enterprise | None = None, *, wishes: Order | None = None) -> Booking:
    """Return an order that was sent."""
    booking = draft(enterprise, wishes=wishes)
    return moves.move(booking_id=booking.pk, action=Action.SUBMIT, actor=booking.contact, now=NOW)


def accepted(enterprise: Enterprise | None = None, *, wishes: Order | None = None) -> Booking:
    """Return an order that an officer took on."""
    booking = submitted(enterprise, wishes=wishes)
    return moves.move(booking_id=booking.pk, action=Action.ACCEPT, actor=factories.officer(), now=NOW)


def confirmed(run: ClassRun | None = None, *, wishes: Order | None = None) -> Booking:
    """Return an order whose private class is `run`, or one of the first wished course.

    A run with fewer seats than the order's people loses the others after it was scheduled.
    """
    booking = accepted(wishes=wishes)
    seats = run.capacity if run else booking.headcount

    def make(booking: Booking) -> ClassRun:
        course = booking.course_wishes.get(position=1).course
        made = run or factories.ClassRunFactory(course=course, capacity=booking.headcount)
        made.private_to, made.capacity = booking.enterprise, max(seats, booking.headcount)
        made.save(update_fields=["private_to", "capacity"])
        return made

    moved = moves.move(
        booking_id=booking.pk,
        action=Action.CONFIRM,
        actor=factories.officer(),
        now=NOW,
        reason="电话答应",
        schedule=make,
    )
    ClassRun.objects.filter(booking=moved).update(capacity=seats)
    moved.refresh_from_db()
    return moved


def booker_of(booking: Booking, role: MembershipRole = MembershipRole.BOOKER) -> User:
    """Return another person of the order's enterprise."""
    return contact_of(booking.enterprise, role)
