"""Pages of an enterprise's people: their enterprises, and registering one."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import enterprises
from accounts.access import allow, signed_in
from accounts.enterprises import EnterpriseRefused
from accounts.models import BOOKERS, Enterprise
from accounts.types import UserRequest
from bookings import drafting
from bookings.models import Booking
from policy import clock
from portal import ordering
from portal.cards import page_of
from portal.forms_enterprise import RegisterForm

UNPROCESSABLE = 422


@require_safe
@allow(signed_in)
def enterprises_page(request: UserRequest) -> HttpResponse:
    """Show the enterprises one belongs to, and their orders."""
    own = Enterprise.objects.of(request.user)
    filled_in = drafting.open_of(request.user)
    bookings = Booking.objects.of(request.user).listed().exclude(key__in=filled_in.values("public_id"))
    page = page_of(bookings.for_page(), request.GET.get("page", ""))
    context = {
        "enterprises": own.select_related("town"),
        "drafts": ordering.draft_rows(filled_in, request.user),
        "may_order": set(Enterprise.objects.of(request.user, *BOOKERS).filter(declined_at=None)),
        "page": page,
        "rows": [(booking, ordering.look_of(booking)) for booking in page],
    }
    return render(request, "portal/enterprise/enterprises.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@allow(signed_in)
def register(request: UserRequest) -> HttpResponse:
    """Register an enterprise, of which one becomes the owner; an officer verifies it."""
    form = RegisterForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        status = UNPROCESSABLE if form.is_bound else 200
        return render(request, "portal/enterprise/register.html", {"form": form}, status=status)
    try:
        made = enterprises.register(person=request.user, application=form.application(), now=clock.now())
    except EnterpriseRefused as refused:
        context = {"form": form, "problems": refused.problems}
        return render(request, "portal/enterprise/register.html", context, status=UNPROCESSABLE)
    messages.success(request, _("“%(name)s”已登记，工会核验后会通知您。") % {"name": made.name})
    return redirect("portal:enterprises")
