"""An author's proposals: write, keep, send, follow, withdraw; also after the sign-in was lost in the middle."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import access
from accounts.access import allow, signed_in
from accounts.types import UserRequest
from accounts.views.session import limited
from policy import clock, drafts, ids
from policy.drafts import Stale, Typed
from policy.models import Draft
from portal import keeping, proposing
from portal.cards import page_of
from portal.proposal_form import sections
from proposals import drafting
from proposals.errors import ProposalRefused
from proposals.forms import ProposalForm
from proposals.models import EDITABLE, Action, Proposal
from proposals.moves import Press, move

PAGE = ["GET", "HEAD", "POST"]


@require_safe
@allow(signed_in)
def proposals(request: UserRequest) -> HttpResponse:
    """List the own proposals, the newest first."""
    page = page_of(request.user.proposals.select_related("course"), request.GET.get("page", ""))
    rows = [(one, proposing.look_of(one)) for one in page]
    return render(request, "portal/teach/proposals.html", {"page": page, "rows": rows})


@require_http_methods(PAGE)
@allow(access.anyone)
@limited
def new(request: UserRequest) -> HttpResponse:
    """Start a proposal. What a signed-out person sends is kept until the sign-in."""
    if not access.signed_in(request.user, clock.now()):
        return _signed_out(request, subject="")
    if request.method != "POST":
        form = ProposalForm()
        context = {"form": form, "sections": sections(form, {}), "steps": proposing.steps()}
        context |= {"press": ids.public_id(), "version": 1, "seen": 0}
        return render(request, "portal/teach/proposal_form.html", context)
    data = drafts.typed(request.POST, ProposalForm.base_fields)
    press = request.POST.get("press") or ids.public_id()
    proposal = drafting.begin(author=request.user, press=press, data=data, now=clock.now())
    return _sent(request, proposal, data)


@require_http_methods(PAGE)
@allow(access.anyone)
@limited
def edit(request: UserRequest, public_id: str) -> HttpResponse:
    """Go on writing a draft, or correct what was returned."""
    if not access.signed_in(request.user, clock.now()):
        seen = keeping.sent_number(request.POST.get("version", ""))
        return _signed_out(request, subject=drafting.unowned_subject(public_id, seen))
    proposal = get_object_or_404(request.user.proposals.select_related("draft"), public_id=public_id)
    if request.method == "POST":
        return _sent(request, proposal, drafts.typed(request.POST, ProposalForm.base_fields))
    if proposal.status not in EDITABLE:
        return redirect("portal:teach_proposal", public_id)
    return _show(request, proposal, ProposalForm(shown=proposal.draft.data))


@require_http_methods(PAGE)
@allow(signed_in)
def kept(request: UserRequest, public_id: str) -> HttpResponse:
    """Say that what was typed is still there, and take it over at a press."""
    if request.method != "POST":
        return _ask_to_take_over(request, public_id)
    corrected = request.user.proposals.select_related("draft").filter(public_id=request.POST.get("target", "")).first()
    try:
        proposal = drafting.claim(public_id=public_id, author=request.user, now=clock.now())
    except Draft.DoesNotExist as error:
        if corrected is None:
            raise Http404 from error
        # Taken over already: a later press changes nothing and leads to the same page.
        return redirect("portal:teach_edit", corrected.public_id)
    except Stale as stale:
        draft = get_object_or_404(Draft, public_id=public_id)
        found = get_object_or_404(request.user.proposals, public_id=drafting.corrected_by(draft)[0])
        return _show(request, found, ProposalForm(shown=draft.data), status=409, problems=stale.problems)
    except ProposalRefused as refused:
        messages.error(request, str(refused))
        return redirect("portal:teach_proposals")
    messages.success(request, _("已找回您填写的内容。"))
    return redirect("portal:teach_edit", proposal.public_id)


@require_safe
@allow(signed_in)
def proposal(request: UserRequest, public_id: str) -> HttpResponse:
    """Show where an own proposal stands, what was remarked and what comes next."""
    shown = get_object_or_404(request.user.proposals.select_related("course"), public_id=public_id)
    context = proposing.author_page(shown, reader=request.user, now=clock.now())
    return render(request, "portal/teach/proposal.html", context)


@require_POST
@allow(signed_in)
def withdraw(request: UserRequest, public_id: str) -> HttpResponse:
    """Take an own proposal back."""
    shown = get_object_or_404(request.user.proposals, public_id=public_id)
    press = Press(Action.WITHDRAW, seen=keeping.sent_number(request.POST.get("seen", "")))
    try:
        move(proposal_id=shown.pk, press=press, actor=request.user, now=clock.now())
    except ProposalRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("已撤回《%(title)s》。") % {"title": shown})
    return redirect("portal:teach_proposal", public_id)


def _ask_to_take_over(request: UserRequest, public_id: str) -> HttpResponse:
    waiting = keeping.to_take_over(request.user.drafts.all(), drafting.KIND)
    draft = get_object_or_404(waiting, public_id=public_id)
    context = {
        "title": draft.data.get("title", [""])[0] or _("未命名的课程"),
        "trail": [(_("我是讲师"), reverse("portal:teach")), (_("我的申报"), reverse("portal:teach_proposals"))],
        "target": drafting.corrected_by(draft)[0],
    }
    return render(request, "portal/kept.html", context)


def _signed_out(request: HttpRequest, *, subject: str) -> HttpResponse:
    """Keep what was sent until the sign-in."""
    fields = ProposalForm.base_fields
    return keeping.signed_out(
        request, kind=drafting.KIND, fields=fields, subject=subject, kept_page="portal:teach_kept"
    )


def _sent(request: UserRequest, proposal: Proposal, data: Typed) -> HttpResponse:
    """Keep what was typed first; then send it, if that is wished and it is complete."""
    try:
        version = keeping.sent_number(request.POST.get("version", ""))
        proposal = drafting.keep(proposal_id=proposal.pk, data=data, version=version, now=clock.now())
    except Stale as stale:
        proposal.draft.refresh_from_db()
        return _show(request, proposal, ProposalForm(shown=data), status=409, problems=stale.problems)
    except ProposalRefused as refused:
        # With the reviewers by now, perhaps by the same press: only what would be lost is worth a word.
        if proposal.draft.data != data:
            messages.error(request, str(refused))
        return redirect("portal:teach_proposal", proposal.public_id)
    if "submit" not in request.POST:
        messages.success(request, _("草稿已保存。"))
        return redirect("portal:teach_edit", proposal.public_id)
    return _submitted(request, proposal, ProposalForm(data))


def _submitted(request: UserRequest, proposal: Proposal, form: ProposalForm) -> HttpResponse:
    if form.is_valid():
        seen = keeping.sent_number(request.POST.get("seen", ""))
        press = Press(Action.SUBMIT, seen=seen, content=form.content())
        try:
            move(proposal_id=proposal.pk, press=press, actor=request.user, now=clock.now())
        except ProposalRefused as refused:
            form.add_problems(refused.problems)
        else:
            messages.success(request, _("已提交，等待初审。"))
            return redirect("portal:teach_proposal", proposal.public_id)
    return _show(request, proposal, form, status=422)


def _show(
    request: UserRequest, proposal: Proposal, form: ProposalForm, *, status: int = 200, **more: object
) -> HttpResponse:
    returned = proposing.returned(proposal)
    form.with_remarks(returned.remarks if returned else [])
    context = {
        "form": form,
        "sections": sections(form, proposal.draft.data),
        "proposal": proposal,
        "version": proposal.draft.version,
        "seen": proposal.moves,
        "returned": returned,
        "steps": proposing.steps(),
        **more,
    }
    return render(request, "portal/teach/proposal_form.html", context, status=status)
