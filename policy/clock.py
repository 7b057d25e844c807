"""The one clock. Read once per operation and passed on; no other module asks the time."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from policy.models import ClockOffset

SHANGHAI = ZoneInfo("Asia/Shanghai")

_frozen: ContextVar[datetime | None] = ContextVar("frozen", default=None)


def now() -> datetime:
    """Return the current moment in UTC. A demonstration may have moved its clock (ClockOffset)."""
    frozen = _frozen.get()
    if frozen is not None:
        return frozen
    moment = datetime.now(UTC)  # noqa: TID251 -- the one place that reads the system's clock
    return moment + _offset() if settings.DEMO else moment


@contextmanager
def frozen_at(moment: datetime) -> Iterator[None]:
    """Stop the clock at `moment` (aware) inside the block; for tests and recorded demonstrations."""
    token = _frozen.set(moment)
    try:
        yield
    finally:
        _frozen.reset(token)


def local(moment: datetime) -> datetime:
    """Return the moment as Shanghai's wall clock shows it."""
    return moment.astimezone(SHANGHAI)


def _offset() -> timedelta:
    row = ClockOffset.objects.first()
    return row.offset if row else timedelta(0)
