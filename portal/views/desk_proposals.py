"""The reviewers' desk: what was proposed, and one decision after the other."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import allow, reviewer
from accounts.types import UserRequest
from catalogue import instructors
from catalogue.errors import CatalogueRefused
from catalogue.honors import Honor
from policy import clock
from policy.problems import Problem
from portal import keeping, proposal_list, proposing
from portal.proposal_list import Asked
from proposals.errors import ProposalRefused
from proposals.models import Action, Proposal
from proposals.moves import Press, move

CONFLICT = 409


@require_safe
@allow(reviewer)
def proposals(request: UserRequest) -> HttpResponse:
    """List every proposal the reviewer may look at, 50 a page; first of all what is under review."""
    asked = Asked.of(request.GET)
    context = {
        "page": proposal_list.page_of(Proposal.objects.reviewable_by(request.user), asked),
        "asked": asked,
        "states": proposal_list.states(),
    }
    return render(request, "portal/desk/proposals/proposals.html", context)


@require_safe
@allow(reviewer)
def proposal(request: UserRequest, public_id: str) -> HttpResponse:
    """Show a proposal, what has changed in it, its history, and what the reader may decide."""
    shown = get_object_or_404(Proposal.objects.reviewable_by(request.user).for_rows(), public_id=public_id)
    context = proposing.review_page(shown, reader=request.user, now=clock.now())
    return render(request, "portal/desk/proposals/proposal.html", context)


@require_POST
@allow(reviewer)
def decide(request: UserRequest, public_id: str, action: str) -> HttpResponse:
    """Make one move. The author is the form's for nothing: who acts is who is signed in."""
    shown = get_object_or_404(Proposal.objects.reviewable_by(request.user).for_rows(), public_id=public_id)
    if action not in proposing.REVIEWERS:
        raise Http404
    form = proposing.form_of(Action(action), request.POST)
    if form is not None and not form.is_valid():
        return _refused(request, shown, (Action(action), form), ())
    try:
        moved = move(
            proposal_id=shown.pk,
            press=Press(
                Action(action),
                seen=keeping.sent_number(request.POST.get("seen", "")),
                reason=form.cleaned_data["reason"] if form else "",
                remarks=form.remarks() if isinstance(form, proposing.ReturnForm) else {},
            ),
            actor=request.user,
            now=clock.now(),
        )
    except ProposalRefused as refused:
        shown.refresh_from_db()
        return _refused(request, shown, (Action(action), form), refused.problems)
    messages.success(request, _("已记录：%(status)s。") % {"status": moved.get_status_display()})
    return redirect("portal:desk_proposal", public_id)


@require_POST
@allow(reviewer)
def verify_honor(request: UserRequest, public_id: str) -> HttpResponse:
    """Say that the author's proof bears the honour out; from now on it may be shown in public."""
    shown = get_object_or_404(Proposal.objects.reviewable_by(request.user).for_rows(), public_id=public_id)
    honor = get_object_or_404(Honor, instructor__user=shown.author_id)
    try:
        seen = request.POST.get("seen", "")
        instructors.verify_honor(honor_id=honor.pk, seen=seen, actor=request.user, now=clock.now())
    except CatalogueRefused as refused:
        return _refused(request, shown, None, refused.problems)
    messages.success(request, _("荣誉已核验，记在您的名下。"))
    return redirect("portal:desk_proposal", public_id)


def _refused(
    request: UserRequest,
    shown: Proposal,
    sent: tuple[Action, proposing.DecisionForm | None] | None,
    problems: tuple[Problem, ...],
) -> HttpResponse:
    context = proposing.review_page(shown, reader=request.user, now=clock.now(), sent=sent)
    status = CONFLICT if problems else 422
    return render(request, "portal/desk/proposals/proposal.html", context | {"problems": problems}, status=status)
