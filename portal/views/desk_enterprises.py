"""The desk's page of an enterprise: what it says of itself, and an officer's yes or no."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import enterprises
from accounts.access import allow, officer
from accounts.enterprises import EnterpriseRefused
from accounts.models import Enterprise
from accounts.types import UserRequest
from policy import clock
from portal import story
from portal.forms_enterprise import ReasonForm

CONFLICT, UNPROCESSABLE = 409, 422


@require_safe
@allow(officer)
def enterprise(request: UserRequest, public_id: str) -> HttpResponse:
    """Show an enterprise with its people and its history."""
    return _show(request, _find(public_id), ReasonForm())


@require_POST
@allow(officer)
def verify(request: UserRequest, public_id: str) -> HttpResponse:
    """Confirm that the enterprise is what it says."""
    shown = _find(public_id)
    return _judge(
        request, shown, lambda: enterprises.verify(enterprise_id=shown.pk, actor=request.user, now=clock.now())
    )


@require_POST
@allow(officer)
def decline(request: UserRequest, public_id: str) -> HttpResponse:
    """Say no to the registration, with a reason."""
    shown = _find(public_id)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _show(request, shown, form, status=UNPROCESSABLE)
    reason = form.cleaned_data["reason"]
    return _judge(
        request,
        shown,
        lambda: enterprises.decline(enterprise_id=shown.pk, actor=request.user, reason=reason, now=clock.now()),
    )


def _find(public_id: str) -> Enterprise:
    return get_object_or_404(Enterprise.objects.select_related("town", "verified_by"), public_id=public_id)


def _judge(request: UserRequest, shown: Enterprise, door: Callable[[], Enterprise]) -> HttpResponse:
    try:
        door()
    except EnterpriseRefused as refused:
        return _show(request, shown, ReasonForm(), status=CONFLICT, problems=refused.problems)
    messages.success(request, _("已记录，并通知了单位联系人。"))
    return redirect("portal:desk_enterprise", shown.public_id)


def _show(
    request: UserRequest, shown: Enterprise, form: ReasonForm, *, status: int = 200, **context: object
) -> HttpResponse:
    context |= {
        "enterprise": shown,
        "members": shown.memberships.select_related("user"),
        "is_open": shown.verified_at is None and shown.declined_at is None,
        "form": form,
        "story": story.of_enterprise(shown),
    }
    return render(request, "portal/desk/enterprises/enterprise.html", context, status=status)
