"""Pages of an order that is being filled in: kept as it was typed, checked, taken over after a sign-in, thrown away."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import access
from accounts.access import allow, signed_in
from accounts.models import BOOKERS, Enterprise
from accounts.types import UserRequest
from accounts.views.session import limited
from bookings import drafting, orders
from bookings.errors import BookingRefused
from bookings.models import Booking, BookingStatus
from catalogue.models import Course
from policy import clock, drafts, ids
from policy.drafts import Stale, Typed
from policy.models import Draft
from portal import keeping, ordering
from portal.forms_booking import OrderForm, filled_from

PAGE = ["GET", "HEAD", "POST"]
CONFLICT, UNPROCESSABLE = 409, 422


@require_http_methods(PAGE)
@allow(access.anyone)
@limited
def new(request: UserRequest, public_id: str) -> HttpResponse:
    """Start an order for an enterprise one orders for. What a signed-out person sends is kept until the sign-in."""
    if not access.signed_in(request.user, clock.now()):
        return _signed_out(request, public_id)
    enterprise = get_object_or_404(Enterprise.objects.of(request.user, *BOOKERS), public_id=public_id)
    if request.method != "POST":
        form = OrderForm(shown={"course_1": [request.GET.get("course", "")]}, now=clock.now())
        return _show(request, enterprise, form, press=ids.public_id())
    press, data = request.POST.get("press", ""), drafts.typed(request.POST, OrderForm.base_fields)
    if sent := _sent_already(request, press):
        return sent
    draft = drafting.begin(enterprise=enterprise, person=request.user, press=press, data=data, now=clock.now())
    return _keep(request, enterprise, draft, data)


@require_safe
@allow(signed_in)
def draft(request: UserRequest, public_id: str) -> HttpResponse:
    """Go on filling in an order. The form is sent where a new one is: a draft that is gone by then is begun anew."""
    if sent := _sent_already(request, public_id):
        return sent
    kept = get_object_or_404(drafting.open_of(request.user), public_id=public_id)
    form = OrderForm(shown=kept.data, now=clock.now())
    return _show(request, _enterprise_of(request, kept), form, draft=kept)


@require_safe
@allow(signed_in)
def edit(request: UserRequest, public_id: str) -> HttpResponse:
    """Lead from an order that was checked and not sent to the form it came from."""
    booking = get_object_or_404(Booking.objects.of(request.user), public_id=public_id)
    if booking.status != BookingStatus.DRAFT or drafting.is_anothers(booking, request.user):
        return redirect("portal:booking", public_id)
    if drafting.open_of(request.user).filter(public_id=booking.key).exists():
        return redirect("portal:booking_draft", booking.key)
    enterprise = get_object_or_404(Enterprise.objects.of(request.user, *BOOKERS), pk=booking.enterprise_id)
    form = OrderForm(shown=filled_from(booking), now=clock.now())
    return _show(request, enterprise, form, press=booking.key)


@require_http_methods(PAGE)
@allow(signed_in)
def drop(request: UserRequest, public_id: str) -> HttpResponse:
    """Ask whether what was filled in is to be thrown away; then do it."""
    kept = get_object_or_404(drafting.open_of(request.user), public_id=public_id)
    context = {"draft": kept, "enterprise": _enterprise_of(request, kept), "title": ordering.title_of(kept)}
    if request.method != "POST":
        return render(request, "portal/enterprise/drop.html", context)
    try:
        orders.drop(draft=kept, person=request.user, now=clock.now())
    except BookingRefused as refused:
        context["problems"] = refused.problems
        return render(request, "portal/enterprise/drop.html", context, status=CONFLICT)
    messages.success(request, _("草稿已丢弃。"))
    return redirect("portal:enterprises")


@require_http_methods(PAGE)
@allow(signed_in)
def kept(request: UserRequest, public_id: str) -> HttpResponse:
    """Say that what was typed is still there, and take it over at a press."""
    if request.method != "POST":
        return _ask_to_take_over(request, public_id)
    try:
        mine = drafting.claim(public_id=public_id, person=request.user, now=clock.now())
    except Draft.DoesNotExist:
        # Taken over already: a later press changes nothing and leads to the same page.
        mine = get_object_or_404(drafting.open_of(request.user), public_id=request.POST.get("target", ""))
    except Stale as stale:
        found = get_object_or_404(Draft, public_id=public_id)
        own = drafting.corrected_by(found, request.user)[0]
        if own is None:
            raise Http404 from stale
        return _show_stale(request, own, found.data, stale)
    else:
        messages.success(request, _("已找回您填写的内容。"))
    return redirect("portal:booking_draft", mine.public_id)


def _ask_to_take_over(request: UserRequest, public_id: str) -> HttpResponse:
    waiting = keeping.to_take_over(request.user.drafts.all(), drafting.KIND)
    found = get_object_or_404(waiting, public_id=public_id)
    own = drafting.corrected_by(found, request.user)[0]
    context = {
        "title": ordering.title_of(found),
        "trail": [(_("单位点单"), reverse("portal:enterprises"))],
        "target": own.public_id if own else "",
    }
    return render(request, "portal/kept.html", context)


def _signed_out(request: HttpRequest, enterprise: str) -> HttpResponse:
    """Keep what was sent until the sign-in."""
    seen = keeping.sent_number(request.POST.get("version", ""))
    subject = drafting.unowned_subject(enterprise, request.POST.get("press", ""), seen)
    return keeping.signed_out(
        request, kind=drafting.KIND, fields=OrderForm.base_fields, subject=subject, kept_page="portal:booking_kept"
    )


def _sent_already(request: UserRequest, key: str) -> HttpResponse | None:
    """Lead to the receipt of an order that was sent, whatever the form says now."""
    booking = Booking.objects.of(request.user).sent().filter(key=key).first()
    return redirect("portal:booking", booking.public_id) if booking else None


def _enterprise_of(request: UserRequest, kept: Draft) -> Enterprise:
    try:
        return drafting.enterprise_of(kept, request.user)
    except Enterprise.DoesNotExist as error:
        raise Http404 from error


def _keep(request: UserRequest, enterprise: Enterprise, kept: Draft, data: Typed) -> HttpResponse:
    """Keep what was typed first; then, if that is wished, check it and lead to the page where it is sent."""
    version = keeping.sent_number(request.POST.get("version", ""))
    try:
        kept = drafts.save(draft=kept, data=data, version=version, now=clock.now())
    except Stale as stale:
        return _show_stale(request, kept, data, stale)
    if "next" not in request.POST:
        messages.success(request, _("草稿已保存。"))
        return redirect("portal:booking_draft", kept.public_id)
    return _check(request, enterprise, kept, OrderForm(data, now=clock.now()))


def _show_stale(request: UserRequest, kept: Draft, data: Typed, stale: Stale) -> HttpResponse:
    """Show what was typed last, over the draft as it is now, to be compared and saved again."""
    kept.refresh_from_db()
    form = OrderForm(shown=data, now=clock.now())
    enterprise = _enterprise_of(request, kept)
    return _show(request, enterprise, form, draft=kept, status=CONFLICT, problems=stale.problems)


def _check(request: UserRequest, enterprise: Enterprise, kept: Draft, form: OrderForm) -> HttpResponse:
    if form.is_valid():
        try:
            booking = orders.save(
                enterprise_id=enterprise.pk,
                person=request.user,
                order=form.order(),
                key=kept.public_id,
                now=clock.now(),
                checked_version=kept.version,
            )
        except BookingRefused as refused:
            form.add_problems(refused.problems)
        else:
            return redirect("portal:booking", booking.public_id)
    return _show(request, enterprise, form, draft=kept, status=UNPROCESSABLE)


def _show(
    request: UserRequest,
    enterprise: Enterprise,
    form: OrderForm,
    *,
    draft: Draft | None = None,
    status: int = 200,
    **more: object,
) -> HttpResponse:
    menu = Course.objects.published().order_by("code").values_list("code", "title")
    known = {"press": draft.public_id, "version": draft.version} if draft else {"version": 1}
    context = {
        "enterprise": enterprise,
        "form": form,
        "menu": menu,
        "steps": ordering.order_steps(),
        "draft": draft,
        **known,
        **more,
    }
    return render(request, "portal/enterprise/order.html", context, status=status)
