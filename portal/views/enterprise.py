"""Pages of an enterprise's people: their enterprises, and registering one."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import enterprises
from accounts.access import allow, signed_in
from accounts.enterprises import EnterpriseRefused
from accounts.models import Enterprise
from accounts.types import UserRequest
from policy import clock
from portal.forms_enterprise import RegisterForm

UNPROCESSABLE = 422


@require_safe
@allow(signed_in)
def enterprises_page(request: UserRequest) -> HttpResponse:
    """Show the enterprises one belongs to, and how ordering works."""
    context = {"enterprises": Enterprise.objects.of(request.user).select_related("town")}
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
