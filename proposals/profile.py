"""The door to what an author says of the own person: it stays as reviewers read it while they review."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from catalogue import instructors
from catalogue.models import Instructor
from policy.problems import Problem
from proposals.errors import ProposalRefused
from proposals.models import Proposal


@transaction.atomic
def introduce(*, user: User, titles: Sequence[str], organisation: str, now: datetime) -> Instructor:
    """Write what a signed-in person says of themselves as an instructor. Safe to repeat.

    Raises ProposalRefused for other titles while a proposal is under review, and what instructors.introduce() raises.
    """
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    known = instructors.locked(user)
    is_other = known is not None and set(titles) != set(known.said)
    if is_other and Proposal.objects.filter(author=user).under_review().exists():
        sentence = _("您的申报正在审核，荣誉/职称现在不能改。")
        raise ProposalRefused([Problem("under_review", sentence, _("请等审核结束，或先撤回申报。"), "titles")])
    return instructors.introduce(user=user, titles=titles, organisation=organisation, now=now)
