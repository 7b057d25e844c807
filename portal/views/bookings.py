"""Pages of an enterprise's orders: ask, check, send, follow, withdraw."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import allow, signed_in
from accounts.models import BOOKERS, Enterprise
from accounts.types import UserRequest
from bookings import moves, orders
from bookings.errors import BookingRefused
from bookings.models import Booking, BookingStatus
from bookings.moves import Action
from catalogue.models import Course
from policy import clock, ids
from portal import ordering
from portal.forms_booking import OrderForm, filled_from

CONFLICT, UNPROCESSABLE = 409, 422


@require_http_methods(["GET", "HEAD", "POST"])
@allow(signed_in)
def new(request: UserRequest, public_id: str) -> HttpResponse:
    """Write down an order for an enterprise one orders for; then it is checked and sent."""
    enterprise = get_object_or_404(Enterprise.objects.of(request.user, *BOOKERS), public_id=public_id)
    if request.method == "POST":
        return _save(request, enterprise, OrderForm(request.POST, now=clock.now()))
    first = {"key": ids.public_id(), "course_1": request.GET.get("course", "")}
    return _form(request, enterprise, OrderForm(initial=first, now=clock.now()))


@require_http_methods(["GET", "HEAD", "POST"])
@allow(signed_in)
def edit(request: UserRequest, public_id: str) -> HttpResponse:
    """Correct an order that was not sent yet."""
    booking = get_object_or_404(Booking.objects.of(request.user), public_id=public_id)
    if booking.status != BookingStatus.DRAFT:
        return redirect("portal:booking", booking.public_id)
    if request.method == "POST":
        answers = request.POST.copy()
        answers["key"] = booking.key
        return _save(request, booking.enterprise, OrderForm(answers, now=clock.now()))
    return _form(request, booking.enterprise, OrderForm(initial=filled_from(booking), now=clock.now()))


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


def _save(request: UserRequest, enterprise: Enterprise, form: OrderForm) -> HttpResponse:
    if not form.is_valid():
        return _form(request, enterprise, form, status=UNPROCESSABLE)
    try:
        saved = orders.save(
            enterprise_id=enterprise.pk,
            person=request.user,
            order=form.order(),
            key=form.cleaned_data["key"],
            now=clock.now(),
        )
    except BookingRefused as refused:
        form.add_problems(refused.problems)
        return _form(request, enterprise, form, status=UNPROCESSABLE)
    return redirect("portal:booking", saved.public_id)


def _move(request: UserRequest, public_id: str, action: Action, done: str) -> HttpResponse:
    wanted = get_object_or_404(Booking.objects.of(request.user), public_id=public_id)
    try:
        moves.move(booking_id=wanted.pk, action=action, actor=request.user, now=clock.now())
    except BookingRefused as refused:
        return _show(request, public_id, status=CONFLICT, problems=refused.problems)
    messages.success(request, done)
    return redirect("portal:booking", public_id)


def _form(request: UserRequest, enterprise: Enterprise, form: OrderForm, *, status: int = 200) -> HttpResponse:
    menu = Course.objects.published().order_by("code").values_list("code", "title")
    context = {"enterprise": enterprise, "form": form, "menu": menu, "steps": ordering.order_steps()}
    return render(request, "portal/enterprise/order.html", context, status=status)


def _show(request: UserRequest, public_id: str, *, status: int = 200, **context: object) -> HttpResponse:
    shown = get_object_or_404(Booking.objects.of(request.user).for_page(), public_id=public_id)
    context |= ordering.booking_page(shown, request.user, clock.now())
    return render(request, "portal/enterprise/booking.html", context, status=status)
