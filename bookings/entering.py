"""The door through which an officer writes down an order that came by telephone, at the counter or on paper (代录)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import people
from accounts.models import BOOKERS, Enterprise, MembershipRole, User
from bookings import moves, orders, rules, say
from bookings.errors import BookingRefused
from bookings.models import Booking, Channel
from bookings.moves import Action
from bookings.rules import Order
from policy.history import recorded
from policy.problems import Problem


@dataclass(frozen=True)
class Caller:
    """Who ordered for the enterprise: one of its people, or somebody new by name and normalised phone."""

    member: User | None
    name: str = ""
    phone: str = ""


@dataclass(frozen=True)
class Entry:
    """How an order came to the officer. `key` is the form's; `reason` says why it may be sooner than the rule."""

    key: str
    channel: Channel
    caller: Caller
    reason: str = ""


@transaction.atomic
def enter(*, enterprise_id: int, officer: User, entry: Entry, order: Order, now: datetime) -> Booking:
    """Write down an order and send it at once; the enterprise's people are told, the history names the officer.

    Somebody new becomes one who orders for the enterprise, so the officer has read the phone back to the caller before;
    the enterprise's owners are told. The same form again is the same order. Raises BookingRefused when the officer may
    not, or the order breaks a rule; the lead time may be broken with a reason.
    """
    enterprise = Enterprise.objects.select_for_update(no_key=True).get(pk=enterprise_id)
    booking = Booking(enterprise=enterprise, key=entry.key, channel=entry.channel, entered_by=officer, created_at=now)
    if not moves.officer(booking, officer, now):
        raise BookingRefused([Problem("not_an_officer", _("只有不属于这个单位的经办人可以代录。"))])
    known = enterprise.bookings.filter(key=entry.key).first()
    if known:
        return known
    if found := [
        *_no_caller(enterprise, entry.caller),
        *rules.problems(order, now=now, may_be_soon=bool(entry.reason)),
    ]:
        raise BookingRefused(found)
    booking.contact = entry.caller.member or _person(entry.caller, now)
    orders.write(booking, order, person=officer, now=now)
    sent = moves.move(booking_id=booking.pk, action=Action.SUBMIT, actor=officer, now=now, reason=entry.reason)
    _introduce(sent, officer, now)
    return sent


def _no_caller(enterprise: Enterprise, caller: Caller) -> Iterator[Problem]:
    if not caller.member:
        return
    if not enterprise.memberships.filter(user=caller.member, role__in=BOOKERS).exists():
        yield Problem("not_a_booker", _("这位联系人不能为这个单位点单，请另选一位。"), field="contact")


def _person(caller: Caller, now: datetime) -> User:
    person = people.find_or_create(phone=caller.phone, now=now)
    people.introduce(person=person, name=caller.name)
    return person


def _introduce(booking: Booking, officer: User, now: datetime) -> None:
    """Let the order's contact order for the enterprise, if that is new, and tell the contact and the owners."""
    members, contact = booking.enterprise.memberships, booking.contact
    if members.filter(user=contact, role__in=BOOKERS).exists():
        return
    role = {"role": MembershipRole.BOOKER}
    with recorded(actor=officer, reason=_("代录 %(number)s") % {"number": booking.number}, at=now):
        members.update_or_create(user=contact, defaults=role, create_defaults=role | {"created_at": now})
    moves.tell(booking, contact, kind=f"booking_{Action.SUBMIT}", text=say.submitted(booking, contact, ""), now=now)
    for owner in members.filter(role=MembershipRole.OWNER).select_related("user"):
        text = say.introduced(booking, owner.user, "")
        moves.tell(booking, owner.user, kind="booking_introduced", text=text, now=now)
