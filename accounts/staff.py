"""The second factor of staff: time-based one-time passwords, kept and checked by allauth.mfa."""

import base64
from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret, validate_totp_code
from django.db import IntegrityError, transaction
from django.db.models import Model, QuerySet

from accounts import limits
from accounts.models import User


@dataclass(frozen=True)
class Enrolment:
    """What an authenticator app needs: the secret, the otpauth address, and the QR code of it as a data: address."""

    secret: str
    address: str
    picture: str


def has_second_factor(person: User) -> bool:
    """Tell whether the person has set up an authenticator app."""
    return _authenticators(person).exists()


def new_secret() -> str:
    """Return a fresh secret (base32) for an authenticator app."""
    return str(generate_totp_secret())


def enrolment(*, person: User, secret: str) -> Enrolment:
    """Return the secret in the forms in which an app can take it."""
    adapter = get_adapter()
    address = adapter.build_totp_url(person, secret)
    drawing = base64.b64encode(adapter.build_totp_svg(address).encode()).decode()
    return Enrolment(secret=secret, address=address, picture=f"data:image/svg+xml;base64,{drawing}")


def set_up(*, person: User, secret: str, typed: str, now: datetime) -> bool:
    """Keep the secret once its app has shown the right digits. Never replaces an app. Raises limits.TooMany."""
    _spend(person, now)
    if not validate_totp_code(secret, typed):
        return False
    try:
        with transaction.atomic():
            TOTP.activate(person, secret)
    except IntegrityError:  # another window was faster
        return False
    return True


def check(*, person: User, typed: str, now: datetime) -> bool:
    """Tell whether these are the digits of now, and use them up. Raises limits.TooMany."""
    _spend(person, now)
    authenticator = _authenticators(person).first()
    if authenticator is None or not TOTP(authenticator).validate_code(typed):
        return False
    limits.forget(action="second-factor", whose=str(person.pk), limits=limits.SECOND_FACTORS_PER_PERSON)
    return True


def forget(person: User) -> None:
    """Drop the person's authenticator app, whose telephone was lost; the next sign-in sets up a new one."""
    _authenticators(person).delete()


def _spend(person: User, now: datetime) -> None:
    limits.spend(action="second-factor", whose=str(person.pk), limits=limits.SECOND_FACTORS_PER_PERSON, now=now)


def _authenticators(person: User) -> QuerySet[Model]:
    authenticators: QuerySet[Model] = Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP)
    return authenticators
