"""The rows of a roster that took no seat: kept with their reason until somebody mends them or strikes them out.

Of a row nothing is kept but name and phone as typed; the phone is encrypted, as all phones are.
"""

from base64 import b64decode, b64encode
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts import phones
from accounts.models import User
from bookings.models import Booking
from bookings.reading import Row, Verdict
from policy import drafts, ids
from policy.drafts import Typed
from policy.models import Draft, DraftQuerySet

KIND = "roster"
LONGEST_NAME, LONGEST_PHONE = 80, 64
# These rows are right; what they lacked was a seat, or the person's time.
RIGHT = {Verdict.TOO_MANY, Verdict.REFUSED}


@dataclass(frozen=True)
class Answer:
    """A row and what became of it."""

    row: Row
    verdict: Verdict

    @property
    def is_in(self) -> bool:
        """Tell whether the person has a seat now."""
        return self.verdict in {Verdict.SEATED, Verdict.ALREADY}


@dataclass(frozen=True)
class KeptRow:
    """A row that waits to be mended: its own key, its number in what was sent, name and phone as typed, and why."""

    key: str
    number: int
    name: str
    typed: str
    verdict: Verdict

    @property
    def same(self) -> tuple[str, str]:
        """By what two rows are the same."""
        return self.name, self.typed


def rows(booking: Booking) -> list[KeptRow]:
    """Return the rows that wait to be mended, in the order in which they were sent."""
    draft = _drafts(booking).first()
    return _read(draft.data) if draft else []


@transaction.atomic
def settle(
    *, booking: Booking, answers: Sequence[Answer], mended: Collection[str], actor: User, now: datetime
) -> list[KeptRow]:
    """Keep the rows that took no seat, and strike out those that are settled; return what is left.

    `mended` are the keys of kept rows that the answers stand for: one that is wrong again stays at its place.
    """
    # The order's row makes two contacts follow each other: neither loses the other's rows.
    Booking.objects.select_for_update(no_key=True, of=("self",)).get(pk=booking.pk)
    draft = _drafts(booking).first()
    left = _left(_read(draft.data) if draft else [], answers, mended)
    if not left:
        _drafts(booking).delete()
    elif draft:
        drafts.save(draft=draft, data=_written(left), version=draft.version, now=now)
    else:
        drafts.begin(kind=KIND, owner=actor, data=_written(left), now=now, subject=_subject(booking))
    return left


def forget(booking: Booking) -> None:
    """Remove the rows of an order that is over."""
    _drafts(booking).delete()


def _left(kept: Sequence[KeptRow], answers: Sequence[Answer], mended: Collection[str]) -> list[KeptRow]:
    wrong = {row.key: row for row in map(_kept, (answer for answer in answers if not answer.is_in))}
    inside = {answer.row.phone for answer in answers if answer.is_in}
    left: dict[tuple[str, str], KeptRow] = {}
    for row in kept:
        again = wrong.pop(row.key, None) if row.key in mended else row
        if again and not (again is row and row.verdict in RIGHT and _phone(row.typed) in inside):
            left.setdefault(again.same, again)
    for row in wrong.values():
        left.setdefault(row.same, row)
    return list(left.values())


def _kept(answer: Answer) -> KeptRow:
    row = answer.row
    name, typed = row.name[:LONGEST_NAME], row.typed[:LONGEST_PHONE]
    return KeptRow(row.key or ids.public_id(), row.number, name, typed, answer.verdict)


def _phone(typed: str) -> str:
    try:
        return phones.normalise(typed)
    except phones.PhoneRefused:
        return ""


def _subject(booking: Booking) -> str:
    return f"booking/{booking.public_id}"


def _drafts(booking: Booking) -> DraftQuerySet:
    return Draft.objects.filter(kind=KIND, subject=_subject(booking))


def _written(left: Sequence[KeptRow]) -> Typed:
    return {
        "key": [row.key for row in left],
        "number": [str(row.number) for row in left],
        "name": [row.name for row in left],
        "phone": [b64encode(phones.encrypt(row.typed)).decode() for row in left],
        "verdict": [row.verdict.value for row in left],
    }


def _read(data: Typed) -> list[KeptRow]:
    columns = (data[name] for name in ("key", "number", "name", "phone", "verdict"))
    return [
        KeptRow(key, int(number), name, phones.decrypt(b64decode(phone)), Verdict(verdict))
        for key, number, name, phone, verdict in zip(*columns, strict=True)
    ]
