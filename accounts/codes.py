"""One-time codes for the phone: six digits, ten minutes, five tries, one use; and one-time sign-in addresses.

A code is computed from the row's secret and the server's key, so the database alone tells no code. Sessions hold
the row's number only. Why this is not allauth's flow: docs/decisions/001-sign-in-codes.md.
"""

import hashlib
import hmac
import re
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import limits, people, phones
from accounts.models import SignInCode, Tally, User
from messaging import channels
from policy.problems import Problem, Refused

LIFETIME = timedelta(minutes=10)
TRIES = 5
SIX_DIGITS = re.compile(r"[0-9]{6}")
FAILURES = {channels.Result.TEMPORARY, channels.Result.PERMANENT}
LINK_SALT = "accounts.once"


class NotSent(Refused):
    """The gateway did not take the text message."""


@dataclass(frozen=True)
class Attempt:
    """What came of a try: the person when it was right, else how many tries this code has left."""

    person: User | None = None
    tries_left: int = 0


def send(*, phone: str, now: datetime) -> SignInCode:
    """Make a code for a normalised phone and send it, creating the person when unknown.

    Raises limits.TooMany, and NotSent when the gateway says that it failed.
    Nothing tells a known phone from an unknown one; a disabled account gets no text message.
    """
    limits.spend(action="code", whose=phones.digest(phone), limits=limits.CODES_PER_PHONE, now=now)
    person = people.find_or_create(phone=phone, now=now)
    code = _issue(person, now)
    Tally.objects.sweep(now=now)
    if person.is_active:
        text = _("验证码 %(code)s，10 分钟内有效。工作人员不会向您索要，请勿告诉他人。") % {"code": digits(code)}
        if channels.send_code(number=phone, text=text).result in FAILURES:
            sentence = _("短信没有发出，请 1 分钟后再试，或拨打 12351。")
            raise NotSent([Problem("code_not_sent", sentence, field="phone")])
    return code


def tidy(text: str) -> str:
    """Return the six digits somebody typed, without dashes and spaces and in ASCII; empty when they are not six."""
    number = phones.SEPARATORS.sub("", unicodedata.normalize("NFKC", text))
    return number if SIX_DIGITS.fullmatch(number) else ""


def digits(code: SignInCode) -> str:
    """Return the six digits of a code. They hold for the phone number it was sent to only."""
    message = f"{code.secret}:{code.person.phone_hash}".encode()
    number = int.from_bytes(hmac.digest(settings.SECRET_KEY.encode(), message, hashlib.sha256), "big")
    return f"{number % 1_000_000:06d}"


def try_digits(*, code_id: int, typed: str, now: datetime) -> Attempt:
    """Count a try and use the code up when it is right. Of parallel tries with the right digits one succeeds."""
    with transaction.atomic():
        code = _lock(code_id, now)
        if code is None:
            return Attempt()
        code.tries += 1
        is_right = hmac.compare_digest(digits(code), typed)
        code.used_at = now if is_right else None
        code.save(update_fields=["tries", "used_at"])
        if not is_right:
            return Attempt(tries_left=TRIES - code.tries)
        people.mark_verified(person=code.person, now=now)
    return Attempt(person=code.person)


def make_link(*, person: User, now: datetime) -> str:
    """Return the token of a sign-in address that works once within ten minutes."""
    return signing.Signer(salt=LINK_SALT).sign(str(_issue(person, now).pk))


def use_link(*, token: str, now: datetime) -> User | None:
    """Use a sign-in address up and return its person; nothing for a false, used or expired one."""
    try:
        code_id = int(signing.Signer(salt=LINK_SALT).unsign(token))
    except signing.BadSignature:
        return None
    with transaction.atomic():
        code = _lock(code_id, now)
        if code is None:
            return None
        code.used_at = now
        code.save(update_fields=["used_at"])
    return code.person


def _issue(person: User, now: datetime) -> SignInCode:
    person.sign_in_codes.filter(expires_at__lte=now).delete()
    return person.sign_in_codes.create(secret=secrets.token_hex(16), expires_at=now + LIFETIME)


def _lock(code_id: int, now: datetime) -> SignInCode | None:
    """Lock a code that may still be used, with its person, who must be active."""
    open_codes = SignInCode.objects.select_for_update(of=("self",)).select_related("person")
    return open_codes.open_at(now, tries=TRIES).filter(pk=code_id, person__is_active=True).first()
