"""Pages of a person's own: before a seat is taken, what one has, what one was told."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.access import allow, signed_in
from accounts.types import UserRequest
from enrollment import rules
from enrollment.forms import EnrollForm
from enrollment.models import EnrollmentStatus
from policy import clock
from portal import mine
from portal.cards import page_of, run_card, run_facts
from timetable.models import ClassRun, RunState


@require_safe
@allow(signed_in)
def enroll_confirm(request: UserRequest, number: str) -> HttpResponse:
    """Show what the press will do: the run, the rules with the reader's numbers, and what would be refused."""
    now = clock.now()
    run = get_object_or_404(ClassRun.objects.visible_to(request.user).for_rows(), number=number)
    own = mine.own_enrollments(request.user, [run]).get(run.pk)
    if own:
        return redirect("portal:enrollment", own.public_id)
    card = run_card(run, now)
    joins_line = card.state == RunState.WAITING
    context = {
        "run": run,
        "card": card,
        "facts": run_facts(run, card),
        "problems": rules.problems(worker=request.user, run=run, now=now),
        "rules": mine.rule_sentences(worker=request.user, run=run, now=now, joins_line=joins_line),
        "form": EnrollForm(initial={"join_line": "line" in request.GET}) if joins_line else "",
    }
    return render(request, "portal/enroll_confirm.html", context)


@require_safe
@allow(signed_in)
def my(request: UserRequest) -> HttpResponse:
    """Show the next class, what is coming, where one waits, and what is over."""
    now = clock.now()
    coming = mine.enrollment_cards(request.user.enrollments.coming(now).with_ahead().for_cards(), now)
    seated = [card for card in coming if card.enrollment.status != EnrollmentStatus.WAITING]
    next_class = mine.soonest(seated)
    past = page_of(request.user.enrollments.past(now).for_cards(), request.GET.get("page", ""))
    context = {
        "next_class": next_class,
        "coming": [card for card in seated if card is not next_class],
        "waiting": [card for card in coming if card.enrollment.status == EnrollmentStatus.WAITING],
        "page": past,
        "past": mine.enrollment_cards(past, now),
    }
    return render(request, "portal/my.html", context)


@require_safe
@allow(signed_in)
def enrollment(request: UserRequest, public_id: str) -> HttpResponse:
    """Show one own enrollment: the page after the press, and the page to manage it."""
    now = clock.now()
    shown = get_object_or_404(request.user.enrollments.with_ahead().for_cards(), public_id=public_id)
    return render(request, "portal/enrollment.html", mine.enrollment_page(shown, now))


@require_safe
@allow(signed_in)
def cancel_confirm(request: UserRequest, public_id: str) -> HttpResponse:
    """Say what a cancel would mean now, before the second tap."""
    now = clock.now()
    shown = get_object_or_404(request.user.enrollments.with_ahead().for_cards(), public_id=public_id)
    context = mine.enrollment_page(shown, now)
    if not context["can_cancel"]:
        return redirect("portal:enrollment", shown.public_id)
    return render(request, "portal/cancel_confirm.html", {**context, "rules": [mine.cancel_warning(shown, now)]})


@require_safe
@allow(signed_in)
def messages(request: UserRequest) -> HttpResponse:
    """Show the inbox, newest first."""
    page = page_of(request.user.messages.inbox(clock.now()), request.GET.get("page", ""))
    return render(request, "portal/messages.html", {"page": page})


@require_POST
@allow(signed_in)
def messages_read(request: UserRequest) -> HttpResponse:
    """Mark everything in the inbox as read."""
    now = clock.now()
    request.user.messages.inbox(now).mark_read(now)
    return redirect("portal:messages")
