"""The presses: take a seat, give it back. Each asks one door and leads to the page that shows the result."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import allow, signed_in
from accounts.types import UserRequest
from enrollment import seats
from enrollment.errors import EnrollmentRefused
from enrollment.forms import EnrollForm
from enrollment.seats import Outcome
from policy import clock
from timetable.models import ClassRun

CONFLICT = 409


@require_POST
@allow(signed_in)
def enroll(request: UserRequest, number: str) -> HttpResponse:
    """Take a seat, or with `join_line` a place in line. Pressing again leads to the same enrollment."""
    run = get_object_or_404(ClassRun.objects.visible_to(request.user), number=number)
    form = EnrollForm(request.POST)
    wants_line = form.is_valid() and form.cleaned_data["join_line"]
    claim = seats.claim(worker=request.user, run_id=run.pk, now=clock.now(), join_line=wants_line)
    if claim.enrollment is None:
        here = reverse("portal:enroll_confirm", args=[run.number])  # this very page came by POST, perhaps by two
        context = {"run": run, "claim": claim, "line_field": [("join_line", "1")], "here": here}
        return render(request, "enrollment/refused.html", context, status=CONFLICT)
    if claim.outcome == Outcome.ENROLLED:
        messages.success(request, _("报名成功，名额已为您保留。"))
    elif claim.outcome == Outcome.WAITING:
        messages.success(request, _("已加入候补，前面 %(ahead)s 人。") % {"ahead": claim.ahead})
    return redirect("portal:enrollment", claim.enrollment.public_id)


@require_POST
@allow(signed_in)
def cancel(request: UserRequest, public_id: str) -> HttpResponse:
    """Give back an own seat or place in line. Pressing again changes nothing."""
    enrollment = get_object_or_404(request.user.enrollments, public_id=public_id)
    try:
        ended = seats.cancel(enrollment_id=enrollment.pk, actor=request.user, now=clock.now())
    except EnrollmentRefused as refused:
        context = {"enrollment": enrollment, "problems": refused.problems}
        return render(request, "enrollment/cancel_refused.html", context, status=CONFLICT)
    said = _("已取消《%(course)s》的报名。") if ended.seated_at else _("已退出《%(course)s》的候补。")
    messages.success(request, said % {"course": enrollment.class_run.course.title})
    return redirect("portal:my")
