"""The doors to a proposal while its author writes it."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from policy import drafts
from policy.drafts import Typed
from policy.models import Draft
from policy.problems import Problem
from proposals.errors import ProposalRefused
from proposals.models import EDITABLE, Proposal

KIND = "proposal"
TITLE_LENGTH = 60
PRESS_LENGTH = 12


@transaction.atomic
def begin(*, author: User, press: str, data: Typed, now: datetime) -> Proposal:
    """Start a proposal from what was typed. A form sent twice (the same `press`) is one proposal."""
    # The author's row makes two presses follow each other.
    User.objects.select_for_update(no_key=True).get(pk=author.pk)
    known = Proposal.objects.filter(author=author, press=press[:PRESS_LENGTH]).first()
    if known:
        return known
    draft = drafts.begin(kind=KIND, owner=author, data=data, now=now)
    return _of_draft(draft, author, press, now)


@transaction.atomic
def keep(*, proposal_id: int, data: Typed, version: int, now: datetime) -> Proposal:
    """Keep what the author typed. Raises drafts.Stale, and ProposalRefused once reviewers have it."""
    proposal = Proposal.objects.select_for_update(no_key=True).get(pk=proposal_id)
    if proposal.status not in EDITABLE:
        values = {"status": proposal.get_status_display()}
        raise ProposalRefused([Problem("not_editable", _("申报现在是“%(status)s”，不能修改。") % values)])
    proposal.draft = drafts.save(draft=proposal.draft, data=data, version=version, now=now)
    proposal.title = _title(data)
    proposal.save(update_fields=["title"])
    return proposal


@transaction.atomic
def claim(*, public_id: str, author: User, now: datetime) -> Proposal:
    """Take over what was typed when the sign-in had ended: a new proposal, or the working copy of an own one.

    Done once: what corrected an own proposal is gone then. Raises Draft.DoesNotExist for what is another's or was taken
    over already, and what keep() raises: drafts.Stale when the proposal is not any more at the version that was on the
    page.
    """
    User.objects.select_for_update(no_key=True).get(pk=author.pk)
    draft = drafts.claim(public_id=public_id, kind=KIND, owner=author, now=now)
    known = Proposal.objects.filter(author=author, draft=draft).first()
    if known:
        return known
    corrected, version = corrected_by(draft)
    proposal = Proposal.objects.filter(author=author, public_id=corrected).first()
    if proposal is None:
        return _of_draft(draft, author, draft.public_id, now)
    proposal = keep(proposal_id=proposal.pk, data=draft.data, version=version, now=now)
    draft.delete()
    return proposal


def unowned_subject(proposal: str, version: int) -> str:
    """Return what a draft belongs to that was sent without a sign-in: a proposal, and the version that it read."""
    return f"{proposal}/{version}"


def corrected_by(draft: Draft) -> tuple[str, int]:
    """Return which proposal an unowned draft corrects (its public id; none: a new one), and the version it read."""
    proposal, _slash, version = draft.subject.partition("/")
    return proposal, int(version or 0)


def _of_draft(draft: Draft, author: User, press: str, now: datetime) -> Proposal:
    return Proposal.objects.create(
        author=author, press=press[:PRESS_LENGTH], draft=draft, title=_title(draft.data), created_at=now
    )


def _title(data: Typed) -> str:
    return " ".join(data.get("title", [""])[0].split())[:TITLE_LENGTH]
