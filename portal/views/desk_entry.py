"""The desk's pages for an order that came by telephone, at the counter or on paper: whose it is, then what it is."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import phones
from accounts.access import allow, officer
from accounts.models import Enterprise
from accounts.types import UserRequest
from bookings import entering
from bookings.errors import BookingRefused
from catalogue import search
from catalogue.models import Course
from policy import clock
from portal.forms_booking import EntryForm

UNPROCESSABLE = 422
# As many as one looks through.
MOST_ENTERPRISES = 20


@require_safe
@allow(officer)
def choose(request: UserRequest) -> HttpResponse:
    """Find the enterprise that orders, verified or not."""
    words = search.normalised(request.GET.get("q", ""))
    found = Enterprise.objects.about(words).filter(declined_at=None).select_related("town")[:MOST_ENTERPRISES]
    context = {"q": words, "enterprises": found if words else []}
    return render(request, "portal/desk/bookings/enterprises.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@allow(officer)
def enter(request: UserRequest, public_id: str) -> HttpResponse:
    """Write down what the enterprise asks for; it gets its number at once."""
    enterprise = get_object_or_404(Enterprise, public_id=public_id, declined_at=None)
    if request.method != "POST":
        return _show(request, enterprise, EntryForm(enterprise=enterprise, now=clock.now()))
    form = EntryForm(request.POST, enterprise=enterprise, now=clock.now())
    if not form.is_valid():
        return _show(request, enterprise, form, status=UNPROCESSABLE)
    if "back" in request.POST:
        return _show(request, enterprise, form)
    if not form.cleaned_data["contact"] and request.POST.get("sure") != form.cleaned_data["contact_phone"]:
        return _ask_about_contact(request, enterprise, form)
    try:
        booking = entering.enter(
            enterprise_id=enterprise.pk, officer=request.user, entry=form.entry(), order=form.order(), now=clock.now()
        )
    except BookingRefused as refused:
        form.add_problems(refused.problems)
        return _show(request, enterprise, form, status=UNPROCESSABLE)
    messages.success(request, _("已代录，单号 %(number)s，并通知了单位。") % {"number": booking.number})
    return redirect("portal:desk_booking", booking.public_id)


def _ask_about_contact(request: UserRequest, enterprise: Enterprise, form: EntryForm) -> HttpResponse:
    """Show who is about to order for the enterprise: one wrong digit, and it would be a stranger."""
    phone = form.cleaned_data["contact_phone"]
    member = enterprise.memberships.filter(user__phone_hash=phones.digest(phone)).select_related("user").first()
    context = {"enterprise": enterprise, "form": form, "phone": phone, "member": member}
    return render(request, "portal/desk/bookings/contact.html", context)


def _show(request: UserRequest, enterprise: Enterprise, form: EntryForm, *, status: int = 200) -> HttpResponse:
    menu = Course.objects.published().order_by("code").values_list("code", "title")
    context = {"enterprise": enterprise, "form": form, "menu": menu}
    return render(request, "portal/desk/bookings/enter.html", context, status=status)
