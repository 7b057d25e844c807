"""The doors to an order that is being filled in: a draft per form, whose public id becomes the order's key."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from accounts.models import BOOKERS, Enterprise, User
from bookings.models import Booking, BookingStatus
from policy import drafts, ids
from policy.drafts import Typed
from policy.models import Draft, DraftQuerySet

KIND = "booking"
OF_ENTERPRISE = "enterprise/"


def subject_of(enterprise: Enterprise) -> str:
    """Return what a draft of the enterprise's order belongs to."""
    return OF_ENTERPRISE + enterprise.public_id


def unowned_subject(enterprise: str, press: str, version: int) -> str:
    """Return what a draft belongs to that was sent without a sign-in: an enterprise's order, its form, what it read."""
    return f"{_of_form(enterprise, press)}{version}"


def corrected_by(draft: Draft, person: User) -> tuple[Draft | None, int]:
    """Return the person's draft that an unowned one corrects (None: it begins an order), and the version it read."""
    enterprise, press, version = [*draft.subject.removeprefix(OF_ENTERPRISE).split("/"), "", ""][:3]
    own = open_of(person).filter(public_id=press, subject=OF_ENTERPRISE + enterprise).first()
    return own, int(version) if version.isdecimal() else -1


def open_of(person: User) -> DraftQuerySet:
    """Return the drafts that the person is filling in, the last saved first."""
    return Draft.objects.filter(kind=KIND, owner=person)


def enterprise_of(draft: Draft, person: User) -> Enterprise:
    """Return whose order a draft is. Raises Enterprise.DoesNotExist when the person may not order for it (any more)."""
    public_id = draft.subject.removeprefix(OF_ENTERPRISE)
    return Enterprise.objects.of(person, *BOOKERS).get(public_id=public_id)


def by_enterprise(found: Iterable[Draft], person: User) -> list[tuple[Draft, Enterprise]]:
    """Return the drafts with their enterprises, without those the person may not order for. One statement."""
    own = {subject_of(enterprise): enterprise for enterprise in Enterprise.objects.of(person, *BOOKERS)}
    return [(draft, own[draft.subject]) for draft in found if draft.subject in own]


@transaction.atomic
def begin(*, enterprise: Enterprise, person: User, press: str, data: Typed, now: datetime) -> Draft:
    """Start an order from what was typed. A form sent twice (the same `press`) is one draft.

    The form of an order that was thrown away begins another one.
    """
    # The person's row makes two presses follow each other.
    User.objects.select_for_update(no_key=True).get(pk=person.pk)
    subject = subject_of(enterprise)
    known = Draft.objects.filter(public_id=press).first()
    if known and (known.kind, known.owner_id, known.subject) == (KIND, person.pk, subject):
        return known
    is_free = known is None and ids.is_public_id(press) and not _is_over(enterprise, press)
    free = press if is_free else ""
    return drafts.begin(kind=KIND, owner=person, data=data, now=now, subject=subject, public_id=free)


@transaction.atomic
def claim(*, public_id: str, person: User, now: datetime) -> Draft:
    """Take over what was typed when the sign-in had ended: as the own draft of its form, or as a new one.

    Done once: what corrected an own draft is gone then. Raises Draft.DoesNotExist for what is another's, of an
    enterprise the person may not order for, or taken over already; drafts.Stale when the own draft is not any more at
    the version that was on the page.
    """
    User.objects.select_for_update(no_key=True).get(pk=person.pk)
    draft = drafts.claim(public_id=public_id, kind=KIND, owner=person, now=now)
    firm = draft.subject.removeprefix(OF_ENTERPRISE).partition("/")[0]
    enterprise = Enterprise.objects.of(person, *BOOKERS).filter(public_id=firm).first()
    if enterprise is None:
        raise Draft.DoesNotExist
    known, version = corrected_by(draft, person)
    if known:
        known = drafts.save(draft=known, data=draft.data, version=version, now=now)
        draft.delete()
        return known
    draft.subject = subject_of(enterprise)
    draft.save(update_fields=["subject"])
    return draft


def is_anothers(booking: Booking, person: User) -> bool:
    """Tell whether somebody else is filling the order in: then only that person may go on."""
    return Draft.objects.filter(kind=KIND, public_id=booking.key).exclude(owner=person).exists()


def has_changed(booking: Booking) -> bool:
    """Tell whether something else was typed since the order was checked."""
    kept = Draft.objects.filter(kind=KIND, public_id=booking.key)
    return kept.exclude(version=booking.checked_version or 0).exists()


def forget(key: str, enterprise: str) -> None:
    """Remove the draft of an order that is no draft any more, and what was claimed for it."""
    claimed = Q(subject__startswith=_of_form(enterprise, key))
    Draft.objects.filter(Q(public_id=key) | claimed, kind=KIND).delete()


def _of_form(enterprise: str, press: str) -> str:
    return f"{OF_ENTERPRISE}{enterprise}/{press}/"


def _is_over(enterprise: Enterprise, press: str) -> bool:
    return enterprise.bookings.filter(key=press).exclude(status=BookingStatus.DRAFT).exists()
