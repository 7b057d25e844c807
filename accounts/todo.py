"""Registrations that wait for an officer."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Enterprise, RoleKind, User
from policy.calendar import add_workdays
from policy.clock import local
from policy.defaults import BOOKING_REPLY_WORKDAYS
from policy.todo import Todo


def waiting(user: User, now: datetime) -> Iterator[Todo]:
    """Yield the enterprises an officer is to verify; they are answered as fast as orders are."""
    if not user.holds(RoleKind.OFFICER, now):
        return
    for enterprise in Enterprise.objects.to_verify():
        yield Todo(
            kind=_("核验单位"),
            subject=enterprise.name,
            since=enterprise.created_at,
            due_on=add_workdays(local(enterprise.created_at).date(), BOOKING_REPLY_WORKDAYS),
            path=reverse("portal:desk_enterprise", args=[enterprise.public_id]),
        )
