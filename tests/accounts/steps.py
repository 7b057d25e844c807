"""The steps of a sign-in, as a browser takes them."""

import time
from typing import TYPE_CHECKING

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.test import Client

from accounts import codes
from accounts.models import SignInCode, User

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

PHONE = "19900001234"
STORED = "+8619900001234"
PASSWORD = "correct horse battery"
STAFF = "accounts.backends.StaffBackend"
PERSON = "accounts.backends.PersonBackend"
TOTP_SECONDS = 30


def ask(client: Client, phone: str = PHONE, **more: str) -> "Answer":
    """Fill in the phone page."""
    return client.post("/login/", {"phone": phone, **more})


def last_digits() -> str:
    """Return the code sent last."""
    return codes.digits(SignInCode.objects.select_related("person").latest("pk"))


def answer(client: Client, digits: str) -> "Answer":
    """Fill in the code page."""
    return client.post("/login/code/", {"code": digits})


def sign_in(client: Client, phone: str = PHONE, **more: str) -> "Answer":
    """Take both pages and return what the second one answers."""
    ask(client, phone, **more)
    return answer(client, last_digits())


def with_password(person: User) -> User:
    """Give the person PASSWORD."""
    person.set_password(PASSWORD)
    person.save(update_fields=["password"])
    return person


def staff_login(client: Client, phone: str, password: str = PASSWORD, **more: str) -> "Answer":
    """Fill in the staff page."""
    return client.post("/login/staff/", {"phone": phone, "password": password, **more})


def app_digits(secret: str) -> str:
    """Return what an authenticator app shows, with at least two seconds to use it."""
    if TOTP_SECONDS - time.time() % TOTP_SECONDS < 2:  # noqa: TID251 -- authenticator apps go by the real clock
        time.sleep(2)
    return str(format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time())))))


def wrong(digits: str) -> str:
    """Return six digits that are not these."""
    return f"{(int(digits) + 1) % 1_000_000:06d}"
