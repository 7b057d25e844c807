"""Proposals that wait for a reviewer."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse

from accounts.models import RoleKind, User
from policy.calendar import add_workdays
from policy.clock import local
from policy.defaults import REVIEW_WORKDAYS
from policy.todo import Todo
from proposals.models import Proposal


def waiting(user: User, now: datetime) -> Iterator[Todo]:
    """Yield what this reviewer can do something about: not own ones, nor a second review after the own first one."""
    if not user.holds(RoleKind.REVIEWER, now):
        return
    for proposal in Proposal.objects.waiting_for(user, now):
        sent = proposal.submitted_at or proposal.created_at
        yield Todo(
            kind=proposal.get_status_display(),
            subject=str(proposal),
            since=sent,
            due_on=add_workdays(local(proposal.publicity_ends_at or sent).date(), REVIEW_WORKDAYS),
            path=reverse("portal:desk_proposal", args=[proposal.public_id]),
        )
