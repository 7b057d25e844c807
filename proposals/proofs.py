"""Who may read the proof of an honour."""

from datetime import datetime

from accounts.access import reviewer
from accounts.models import User
from policy.models import Attachment
from proposals.models import Proposal


def may_read(user: User, attachment: Attachment, now: datetime) -> bool:
    """Allow the person whose proof it is, and reviewers signed in as staff who have a proposal of that person."""
    if attachment.owner_id == user.pk:
        return True
    return reviewer(user, now) and Proposal.objects.sent().filter(author=attachment.owner_id).exists()
