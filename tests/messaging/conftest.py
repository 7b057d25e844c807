"""Gateways for tests: one that keeps what it sends, one that answers as it is told."""

from collections.abc import Callable, Iterator

import pytest
from pytest_django import Settings

from messaging import channels
from messaging.channels import MEMORY, Backend, Kept, Outcome
from tests.messaging.gateways import Scripted


@pytest.fixture
def sent(settings: Settings) -> Iterator[list[Kept]]:
    """Send by the memory backend and show what it sent."""
    settings.SMS_BACKEND = "memory"
    MEMORY.clear()
    yield MEMORY
    MEMORY.clear()


@pytest.fixture
def gateway(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Scripted:
    """Send by a scripted gateway."""
    scripted = Scripted()
    monkeypatch.setitem(channels.BACKENDS, "scripted", Backend(scripted, reaches_telephones=False))
    settings.SMS_BACKEND = "scripted"
    return scripted


@pytest.fixture
def break_sms(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Return a function after which the gateway raises what nobody foresaw."""

    def broken(*, number: str, text: str, key: str) -> Outcome:
        raise ZeroDivisionError(number, text, key)

    def switch() -> None:
        monkeypatch.setitem(channels.BACKENDS, "broken", Backend(broken, reaches_telephones=False))
        settings.SMS_BACKEND = "broken"

    return switch
