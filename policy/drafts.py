"""Long forms half filled in: kept as they were typed, never overwritten unseen, not lost with a sign-in."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import F
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from policy import ids
from policy.models import Draft
from policy.problems import Problem, Refused

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

# What was typed: the values of each field of the form, unchecked.
Typed = dict[str, list[str]]

LONGEST_VALUE = 5000
MOST_VALUES = 50
# An ownerless draft waits this long for its writer to sign in again.
UNCLAIMED = timedelta(days=1)
SWEPT_AT_ONCE = 100


class Stale(Refused):
    """Somebody, most often the same person in another window, has saved the draft since it was read."""

    def __init__(self) -> None:
        """Say what happened and that nothing is lost."""
        sentence = _("这份草稿刚在另一个窗口保存过，没有覆盖。")
        super().__init__([Problem("stale", sentence, _("您刚填写的内容还在下面，核对后请再保存一次。"))])


def typed(posted: MultiValueDict[str, str], fields: Iterable[str]) -> Typed:
    """Return what a form's POST says of these fields and of no other, cut to what a field may ever hold."""
    found = {name: [value[:LONGEST_VALUE] for value in posted.getlist(name)[:MOST_VALUES]] for name in fields}
    return {name: values for name, values in found.items() if any(value.strip() for value in values)}


def begin(  # noqa: PLR0913 -- what, whose, holding what, when, of what, and the id its form already has
    *,
    kind: str,
    owner: "AbstractBaseUser | None",
    data: Typed,
    now: datetime,
    subject: str = "",
    public_id: str = "",
) -> Draft:
    """Write a new draft. One without an owner can be opened by nobody and be claimed by who knows its id.

    `subject` is what it belongs to or corrects (`proposal/…`). Each ownerless draft sweeps some that were never
    claimed. `public_id` is given where the form had an id before it was sent.
    """
    if owner is None:
        _sweep(now)
    return Draft.objects.create(
        public_id=public_id or ids.public_id(),
        kind=kind,
        owner_id=owner.pk if owner else None,
        subject=subject,
        data=data,
        created_at=now,
        updated_at=now,
    )


def save(*, draft: Draft, data: Typed, version: int, now: datetime) -> Draft:
    """Replace what the draft holds if it still is at `version`, the one the writer saw. Raises Stale.

    One statement compares and sets. The same content again is no new version.
    """
    if draft.data == data:
        return draft
    held = Draft.objects.filter(pk=draft.pk, version=version)
    if not held.update(data=data, version=F("version") + 1, updated_at=now):
        raise Stale
    draft.refresh_from_db()
    return draft


def claim(*, public_id: str, kind: str, owner: "AbstractBaseUser", now: datetime) -> Draft:
    """Give an ownerless draft to the person who came back signed in. Safe to repeat by the same person.

    Raises Draft.DoesNotExist for another's, an unknown or an outdated one.
    """
    unclaimed = Draft.objects.unclaimed(now - UNCLAIMED).filter(public_id=public_id, kind=kind)
    unclaimed.update(owner_id=owner.pk, updated_at=now)
    return Draft.objects.get(public_id=public_id, kind=kind, owner_id=owner.pk)


def _sweep(now: datetime) -> None:
    outdated = Draft.objects.filter(owner=None, created_at__lte=now - UNCLAIMED).order_by("pk")
    Draft.objects.filter(pk__in=list(outdated.values_list("pk", flat=True)[:SWEPT_AT_ONCE])).delete()
