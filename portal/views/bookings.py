"""Pages of an enterprise's orders: check, send, follow, withdraw. How one is filled in: order_drafts."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import allow, signed_in
from accounts.types import UserRequest
from bookings import drafting, moves
from bookings.errors import BookingRefused
from bookings.models import Booking
from bookings.moves import Action
from policy import clock
from portal import ordering

CONFLICT = 409


@require_safe
@allow(signed_in)
def booking(request: UserRequest, public_id: str) -> HttpResponse:
    """Show an order of an own enterprise: to be checked and sent, or where it stands."""
    return _show(request, public_id)


@require_POST
@allow(signed_in)
def submit(request: UserRequest, public_id: str) -> HttpResponse:
    """Send an order. Pressing again leads to the same receipt."""
    return _move(request, public_id, Action.SUBMIT, _("已提交，单号和答复日期在下面。"))


@require_POST
@allow(signed_in)
def withdraw(request: UserRequest, public_id: str) -> HttpResponse:
    """Take an order back, as long as no class was scheduled."""
    return _move(request, public_id, Action.WITHDRAW, _("点单已取消。"))


def _move(request: UserRequest, public_id: str, action: Action, done: str) -> HttpResponse:
    wanted = get_object_or_404(Booking.objects.of(request.user), public_id=public_id)
    try:
        moves.move(booking_id=wanted.pk, action=action, actor=request.user, now=clock.now())
    except BookingRefused as refused:
        return _show(request, public_id, status=CONFLICT, problems=refused.problems)
    messages.success(request, done)
    return redirect("portal:booking", public_id)


def _show(request: UserRequest, public_id: str, *, status: int = 200, **context: object) -> HttpResponse:
    shown = get_object_or_404(Booking.objects.of(request.user).for_page(), public_id=public_id)
    context |= ordering.booking_page(shown, request.user, clock.now(), for_desk=False)
    context["is_anothers"] = drafting.is_anothers(shown, request.user)
    return render(request, "portal/enterprise/booking.html", context, status=status)
