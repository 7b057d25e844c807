"""Names and numbers that leave the database: public ids that cannot be guessed, numbers said on the telephone."""

import secrets

from policy.models import NumberSeries

# Without 0 O 1 l I, which are misread on paper and on the telephone.
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
PUBLIC_ID_LENGTH = 12


def public_id() -> str:
    """Return a new 12-character id (about 59 bits) for a URL that opens something of one person."""
    return "".join(secrets.choice(ALPHABET) for _ in range(PUBLIC_ID_LENGTH))


def is_public_id(text: str) -> bool:
    """Tell whether the text looks like an id of our making."""
    return len(text) == PUBLIC_ID_LENGTH and set(text) <= set(ALPHABET)


def next_number(*, series: str, year: int) -> str:
    """Return the next number of a series in a year, as `26-00417`. Call inside a transaction: gaps cost nothing."""
    return f"{year % 100:02d}-{NumberSeries.objects.take(series=series, year=year):05d}"
