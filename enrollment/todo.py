"""Wishes that so many people have that an officer is to plan."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import RoleKind, User
from enrollment.models import Wish
from policy.todo import Todo


def waiting(user: User, now: datetime) -> Iterator[Todo]:
    """Yield the wishes with enough backers, since the moment there were enough. No day of an answer is promised."""
    if not user.holds(RoleKind.OFFICER, now):
        return
    for wish in Wish.objects.to_plan():
        yield Todo(
            kind=_("大家想学"),
            subject=_("%(wish)s（%(count)s 人）") % {"wish": wish, "count": getattr(wish, "backers", 0)},
            since=getattr(wish, "due_since", wish.created_at),
            due_on=None,
            path=reverse("portal:desk_wish", args=[wish.public_id]),
        )
