"""Orders that wait for an officer: an answer, a room and an instructor, or to be closed."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import RoleKind, User
from bookings.models import Booking, BookingQuerySet
from policy.todo import Todo


def waiting(user: User, now: datetime) -> Iterator[Todo]:
    """Yield the orders an officer is to deal with. The answer is due on the promised day."""
    if not user.holds(RoleKind.OFFICER, now):
        return
    yield from _rows(_("答复点单"), Booking.objects.to_answer())
    yield from _rows(_("排课"), Booking.objects.to_schedule())
    yield from _rows(_("结束点单"), Booking.objects.to_finish(now))


def _rows(kind: str, bookings: BookingQuerySet) -> Iterator[Todo]:
    for booking in bookings.select_related("enterprise"):
        if booking.submitted_at:
            yield Todo(
                kind=kind,
                subject=f"{booking.number} {booking.enterprise.name}",
                since=booking.submitted_at,
                due_on=booking.reply_by if booking.status == "submitted" else None,
                path=reverse("portal:desk_booking", args=[booking.public_id]),
            )
