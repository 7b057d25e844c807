"""Mobile numbers: one stored form, encrypted at rest, found again by a keyed hash, shown by the last four digits."""

import hashlib
import hmac
import re
import secrets
import unicodedata

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.utils.translation import gettext as _

from policy.problems import Problem, Refused

MAINLAND_MOBILE = re.compile(r"1[3-9][0-9]{9}")
# What people and programs put between digits, and what cannot be seen: spaces of all kinds, dashes, dots, brackets.
SEPARATORS = re.compile(r"[\s\u200b-\u200f\u2060\ufeff\-‐‑‒–—−.()·]+")
LONGEST_INPUT = 64
NONCE_BYTES = 12
COUNTRY = "+86"


class PhoneRefused(Refused):
    """The text is not a mainland mobile number."""


def normalise(text: str) -> str:
    """Return the stored form +86 and eleven digits of what somebody typed.

    Full-width digits, spaces, dashes, zero-width marks, a trailing newline, +86 and 0086 are accepted.
    Raises PhoneRefused otherwise; nothing is guessed.
    """
    number = SEPARATORS.sub("", unicodedata.normalize("NFKC", text)) if len(text) <= LONGEST_INPUT else ""
    for prefix in ("+86", "0086", "86"):
        if number.startswith(prefix) and len(number) > len("13800138000"):
            number = number.removeprefix(prefix)
            break
    if not MAINLAND_MOBILE.fullmatch(number):
        raise PhoneRefused([Problem("phone_invalid", _("请输入 11 位大陆手机号，例如 199 0000 1234。"), field="phone")])
    return COUNTRY + number


def digest(number: str) -> str:
    """Return the keyed hash (HMAC-SHA-256, hex) of a normalised number, by which it is looked up and kept unique."""
    return hmac.new(_hash_key(), number.encode(), hashlib.sha256).hexdigest()


def encrypt(number: str) -> bytes:
    """Return key id, `:`, nonce and AES-GCM cipher text of a normalised number."""
    key_id, key = next(iter(settings.FIELD_KEYS.items()))
    nonce = secrets.token_bytes(NONCE_BYTES)
    return key_id.encode() + b":" + nonce + AESGCM(key).encrypt(nonce, number.encode(), key_id.encode())


def decrypt(cipher: bytes) -> str:
    """Return the number. Raises KeyError for a key that is not configured, InvalidTag for a changed cipher."""
    key_id, _colon, rest = cipher.partition(b":")
    key = settings.FIELD_KEYS[key_id.decode()]
    return AESGCM(key).decrypt(rest[:NONCE_BYTES], rest[NONCE_BYTES:], key_id).decode()


def mask(number: str) -> str:
    """Return a normalised number as 138****8000."""
    digits = number.removeprefix(COUNTRY)
    return f"{digits[:3]}****{digits[-4:]}"


def _hash_key() -> bytes:
    # The oldest key: rotation adds keys in front, and the hash must not change with them.
    oldest = list(settings.FIELD_KEYS.values())[-1]
    return hashlib.sha256(b"phone-hash:" + oldest).digest()
