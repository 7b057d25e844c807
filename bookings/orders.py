"""The door through which an order is written down, before it is sent."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import BOOKERS, Enterprise, User
from bookings import drafting, moves, rules
from bookings.errors import BookingRefused
from bookings.models import Booking, BookingStatus, CourseWish, DateWish
from bookings.moves import Action
from bookings.rules import Order
from policy.history import recorded
from policy.models import Draft
from policy.problems import Problem


@transaction.atomic
def save(  # noqa: PLR0913 -- whose order, by whom, for what, of which form at which version, when
    *,
    enterprise_id: int,
    person: User,
    order: Order,
    key: str,
    now: datetime,
    checked_version: int | None = None,
) -> Booking:
    """Write an order as a draft of its form's key, or write it anew while it is one; return it.

    `checked_version` is the version of the form's draft that it is written from. A form of an order that was sent
    already changes nothing. Raises BookingRefused when the person may not order for the enterprise, or the order
    breaks a rule.
    """
    enterprise = Enterprise.objects.select_for_update(no_key=True).get(pk=enterprise_id)
    if not enterprise.memberships.filter(user=person, role__in=BOOKERS).exists():
        raise BookingRefused([Problem("not_yours", _("您不能为这个单位点单。"))])
    booking = enterprise.bookings.select_for_update(no_key=True).filter(key=key).first()
    if booking and booking.status != BookingStatus.DRAFT:
        return booking
    if found := rules.problems(order, now=now):
        raise BookingRefused(found)
    booking = booking or Booking(enterprise=enterprise, key=key, contact=person, created_at=now)
    booking.checked_version = checked_version
    return write(booking, order, person=person, now=now)


@transaction.atomic
def drop(*, draft: Draft, person: User, now: datetime) -> None:
    """Throw away what the person was filling in, with the order that was checked and not sent.

    An order that was sent meanwhile stays. Safe to repeat. Raises BookingRefused when the person may not order.
    """
    mine = Booking.objects.of(person).select_for_update(of=("self",))
    checked = mine.filter(key=draft.public_id, status=BookingStatus.DRAFT).first()
    if checked:
        moves.move(booking_id=checked.pk, action=Action.WITHDRAW, actor=person, now=now)
    drafting.forget(draft.public_id, draft.subject.removeprefix(drafting.OF_ENTERPRISE))


def write(booking: Booking, order: Order, *, person: User, now: datetime) -> Booking:
    """Write what an order asks for; return it. Its doors have asked whether the person may, and hold its enterprise.

    Raises BookingRefused for an order that is no draft any more.
    """
    if booking.status != BookingStatus.DRAFT:
        values = {"status": booking.get_status_display()}
        raise BookingRefused([Problem("wrong_state", _("点单现在是“%(status)s”，不能修改。") % values)])
    asked = {"headcount": order.headcount, "place": order.place, "purpose": order.purpose, **order.composition}
    for name, value in asked.items():
        setattr(booking, name, value)
    with recorded(actor=person, reason="", at=now):
        # Of an order that is there already, only what is written here: its state belongs to bookings/moves.py.
        booking.save(update_fields=[*asked, "checked_version"] if booking.pk else None)
    booking.course_wishes.all().delete()
    booking.date_wishes.all().delete()
    CourseWish.objects.bulk_create(
        CourseWish(booking=booking, position=number, course=course)
        for number, course in enumerate(order.courses, start=1)
    )
    DateWish.objects.bulk_create(
        DateWish(booking=booking, position=number, day=day, band=band)
        for number, (day, band) in enumerate(order.dates, start=1)
    )
    return booking
