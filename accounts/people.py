"""The doors to persons: find or create by phone, first sign-in, staff."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts import privacy_notice
from accounts.models import Consent, Role, RoleKind, Union, User, Worker, WorkerKind
from accounts.reference import district
from policy.history import recorded


@dataclass(frozen=True)
class Facts:
    """What a person says of themselves at the first sign-in; only the name must be there."""

    name: str
    kind: WorkerKind = WorkerKind.OTHER
    town: Union | None = None
    employer: str = ""


@dataclass(frozen=True)
class Post:
    """A role to be given: an officer or reviewer of the district union, or a manager of the site with this id."""

    kind: RoleKind
    site_id: int | None = None


def find_or_create(*, phone: str, now: datetime) -> User:
    """Return the person of a normalised phone, made unverified when unknown.

    Takes the same statements for known and unknown phones, and makes one account whoever calls at the same time.
    """
    person = User(created_at=now)
    person.phone = phone
    person.set_unusable_password()
    User.objects.bulk_create([person], ignore_conflicts=True)
    return User.objects.with_phone(phone).get()


def introduce(*, person: User, name: str) -> None:
    """Give a name to a person whom others named, until the person signs in and says his own."""
    User.objects.filter(pk=person.pk, name="", verified_at=None).update(name=name)


def mark_verified(*, person: User, now: datetime) -> None:
    """Remember when the person first proved the phone number."""
    User.objects.filter(pk=person.pk, verified_at=None).update(verified_at=now)


def needs_welcome(person: User) -> bool:
    """Tell whether the person has yet to give a name or to agree to the notice in force."""
    return not (person.name and person.consents.filter(version=privacy_notice.VERSION, withdrawn_at=None).exists())


def is_name_settled(person: User, *, now: datetime) -> bool:
    """Tell whether the name is not the person's own to change: who gave a role in force gave it."""
    return bool(person.name) and person.roles.in_force(now).exists()


@transaction.atomic
def welcome(*, person: User, facts: Facts, now: datetime) -> None:
    """Write what the first sign-in asks: name, worker's facts, and consent to the notice in force. Safe to repeat."""
    person.name = facts.name
    person.save(update_fields=["name"])
    known = {"kind": facts.kind, "town": facts.town, "employer": facts.employer}
    Worker.objects.update_or_create(user=person, defaults=known)
    consent = Consent(
        user=person,
        version=privacy_notice.VERSION,
        text_hash=privacy_notice.text_hash(),
        given_at=now,
    )
    Consent.objects.bulk_create([consent], ignore_conflicts=True)


def staff_by_password(*, phone: str, password: str, now: datetime) -> User | None:
    """Return the active person with a role in force whose password it is.

    The password is hashed once in every case, so that the time tells nothing.
    """
    person = User.objects.active().with_phone(phone).first()
    if person is None:
        User().set_password(password)
        return None
    is_right = person.check_password(password)
    return person if is_right and person.roles.in_force(now).exists() else None


@transaction.atomic
def add_staff(*, phone: str, name: str, password: str, post: Post, now: datetime) -> User:
    """Give the person of a normalised phone a name, a new password and the role, once; older sessions end.

    The caller has validated the password.
    """
    person = find_or_create(phone=phone, now=now)
    person.name = name
    person.set_password(password)
    person.save(update_fields=["name", "password"])
    union = None if post.kind == RoleKind.SITE_MANAGER else district()
    held = {"user": person, "kind": post.kind, "union": union, "site_id": post.site_id}
    if not Role.objects.in_force(now).filter(**held).exists():
        with recorded(actor=None, reason="add_staff"):
            Role.objects.create(**held, starts_at=now)
    return person


def choose_language(*, person: User, language: str) -> None:
    """Remember the language for messages."""
    person.language = language
    person.save(update_fields=["language"])


def choose_size(*, person: User, large: bool) -> None:
    """Remember whether the person reads large text."""
    person.large_text = large
    person.save(update_fields=["large_text"])
