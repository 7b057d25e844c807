"""The instructor's own pages: profile and honour."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import allow, signed_in
from accounts.types import UserRequest
from catalogue import instructors
from policy import clock
from policy.problems import Refused
from portal.forms_teach import HonorForm, ProfileForm
from proposals.profile import introduce

PAGE = ["GET", "HEAD", "POST"]


@require_safe
@allow(signed_in)
def teach(request: UserRequest) -> HttpResponse:
    """Show what the person says of themselves as an instructor, and what is still missing."""
    instructor = instructors.of_user(request.user)
    context = {
        "instructor": instructor,
        "honor": instructors.honor_of(instructor) if instructor else None,
        "wants_proof": bool(instructor and instructors.wants_proof(instructor)),
    }
    return render(request, "portal/teach/teach.html", context)


@require_http_methods(PAGE)
@allow(signed_in)
def profile(request: UserRequest) -> HttpResponse:
    """Ask for titles and organisation."""
    known = instructors.of_user(request.user)
    initial = {"titles": known.said, "organisation": known.organisation} if known else {}
    form = ProfileForm(request.POST or None, initial=initial)
    if request.method != "POST":
        return render(request, "portal/teach/profile.html", {"form": ProfileForm(initial=initial)})
    if form.is_valid():
        try:
            introduce(user=request.user, now=clock.now(), **form.cleaned_data)
        except Refused as refused:
            form.add_problems(refused.problems)
        else:
            messages.success(request, _("讲师资料已保存。"))
            return redirect("portal:teach")
    return render(request, "portal/teach/profile.html", {"form": form}, status=422)


@require_http_methods(PAGE)
@allow(signed_in)
def honor(request: UserRequest) -> HttpResponse:
    """Ask for the honour and its proof; the profile comes first."""
    instructor = instructors.of_user(request.user)
    if instructor is None:
        return redirect("portal:teach_profile")
    known = instructors.honor_of(instructor)
    if request.method != "POST":
        initial = {name: getattr(known, name) for name in HonorForm.base_fields if name != "proof"} if known else {}
        return render(request, "portal/teach/honor.html", {"form": HonorForm(initial=initial), "honor": known})
    form = HonorForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            instructors.claim_honor(
                instructor=instructor,
                facts=form.facts(),
                proof=form.cleaned_data["proof"],
                actor=request.user,
                now=clock.now(),
            )
        except Refused as refused:
            form.add_problems(refused.problems)
        else:
            messages.success(request, _("荣誉已保存，核验后才会公开。"))
            return redirect("portal:teach")
    return render(request, "portal/teach/honor.html", {"form": form, "honor": known}, status=422)
