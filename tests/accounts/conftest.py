"""Text messages go to memory."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from messaging.channels import MEMORY, Kept


@pytest.fixture(autouse=True)
def texts(settings: Settings) -> Iterator[list[Kept]]:
    """Send by the memory backend and show what it sent."""
    settings.SMS_BACKEND = "memory"
    MEMORY.clear()
    yield MEMORY
    MEMORY.clear()


@pytest.fixture
def no_demo(settings: Settings) -> None:
    """Behave as in production, except for plain HTTP."""
    settings.DEMO = False
