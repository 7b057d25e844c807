"""The desk's page of a wish: how many people have it, what could be arranged, and an officer's answer."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import allow, officer
from accounts.types import UserRequest
from enrollment import answers
from enrollment.errors import WishRefused
from enrollment.models import Wish, WishStatus
from policy import clock
from portal import story, wishing
from portal.forms_enterprise import ReasonForm
from portal.forms_wishes import ArrangeForm

CONFLICT, UNPROCESSABLE = 409, 422


@require_safe
@allow(officer)
def wish(request: UserRequest, public_id: str) -> HttpResponse:
    """Show the wish with its evidence, three ready options, and the two answers."""
    return _show(request, _find(public_id))


@require_POST
@allow(officer)
def arrange(request: UserRequest, public_id: str) -> HttpResponse:
    """Answer with the number of a class run."""
    shown, form = _find(public_id), ArrangeForm(request.POST)
    if not form.is_valid():
        return _show(request, shown, arranging=form, status=UNPROCESSABLE)
    number = form.cleaned_data["number"]
    return _answer(
        request,
        shown,
        lambda: answers.arrange(wish_id=shown.pk, number=number, actor=request.user, now=clock.now()),
        arranging=form,
    )


@require_POST
@allow(officer)
def decline(request: UserRequest, public_id: str) -> HttpResponse:
    """Answer that nothing can be arranged for now, and why."""
    shown, form = _find(public_id), ReasonForm(request.POST)
    if not form.is_valid():
        return _show(request, shown, declining=form, status=UNPROCESSABLE)
    reason = form.cleaned_data["reason"]
    return _answer(
        request,
        shown,
        lambda: answers.decline(wish_id=shown.pk, reason=reason, actor=request.user, now=clock.now()),
        declining=form,
    )


def _find(public_id: str) -> Wish:
    return get_object_or_404(Wish.objects.select_related("course", "class_run"), public_id=public_id)


def _answer(request: UserRequest, shown: Wish, door: Callable[[], Wish], **forms: object) -> HttpResponse:
    try:
        door()
    except WishRefused as refused:
        return _show(request, _find(shown.public_id), status=CONFLICT, problems=refused.problems, **forms)
    messages.success(request, _("已答复，并通知了每一位想学的人。"))
    return redirect("portal:desk_wish", shown.public_id)


def _show(request: UserRequest, shown: Wish, *, status: int = 200, **context: object) -> HttpResponse:
    now = clock.now()
    seen = wishing.evidence(shown)
    is_open = shown.status == WishStatus.OPEN
    context = {
        "wish": shown,
        "is_open": is_open,
        "seen": seen,
        "options": wishing.options(shown, seen, now) if is_open else [],
        "arranging": ArrangeForm(initial={"number": wishing.new_run_of(shown, now)}) if is_open else None,
        "declining": ReasonForm(),
        "story": story.of_wish(shown),
    } | context
    return render(request, "portal/desk/wish.html", context, status=status)
