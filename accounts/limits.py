"""How often somebody may try. Counted in the database by one statement, so parallel tries cannot slip through."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from accounts.models import Tally
from policy.problems import Problem, Refused


@dataclass(frozen=True)
class Limit:
    """At most `amount` tries in a `period` that begins with the first of them."""

    amount: int
    period: timedelta


MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
CODES_PER_PHONE = (Limit(1, MINUTE), Limit(5, HOUR), Limit(10, DAY))
# A whole factory may sit behind one address (reliability.md S17).
PER_ADDRESS = (Limit(600, MINUTE),)
PASSWORDS_PER_PHONE = (Limit(5, timedelta(minutes=15)),)
SECOND_FACTORS_PER_PERSON = (Limit(5, timedelta(minutes=15)),)


class TooMany(Refused):
    """A limit is reached; `wait` says for how long."""

    def __init__(self, wait: timedelta) -> None:
        """Say in minutes, rounded up, when the next try makes sense."""
        self.wait = wait
        minutes = -(-wait // MINUTE)
        sentence = _("操作太频繁，请 %(minutes)d 分钟后再试。") % {"minutes": minutes}
        super().__init__([Problem("too_many", sentence)])


def spend(*, action: str, whose: str, limits: Iterable[Limit], now: datetime) -> None:
    """Count one try of `action` by `whose` (a phone's hash, an address, a person). Raises TooMany.

    A longer limit is not touched when a shorter one refuses. Call it outside transactions: an undone try counts too.
    """
    for limit in limits:
        tally = Tally.objects.count_one(key=_key(action, whose, limit), period=limit.period, now=now)
        if tally.hits > limit.amount:
            raise TooMany(tally.started_at + limit.period - now)


def forget(*, action: str, whose: str, limits: Iterable[Limit]) -> None:
    """Start again from zero, after a success."""
    Tally.objects.filter(key__in=[_key(action, whose, limit) for limit in limits]).delete()


def _key(action: str, whose: str, limit: Limit) -> str:
    # Hashed with the server's key, so that the table tells nobody's address.
    name = salted_hmac("accounts.limits", whose, algorithm="sha256").hexdigest()[:32]
    return f"{action}:{int(limit.period.total_seconds())}:{name}"
