"""What every test may ask for: a stopped clock, the cast, reference data, the --slow switch."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.management import call_command

from catalogue import search
from policy import clock
from portal import course_index, finished

# A Tuesday, 09:00 in Shanghai.
NOW = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--slow", action="store_true", help="also run the slow tests (bigger races, fresh clones)")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "slow: takes minutes; runs with --slow only")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--slow"):
        return
    for item in items:
        if "slow" in item.keywords:
            item.add_marker(pytest.mark.skip(reason="slow: run with --slow"))


@pytest.fixture(autouse=True)
def stopped_clock(request: pytest.FixtureRequest) -> Iterator[None]:
    """Stop the clock at NOW, so that no test depends on the day it runs. `real_clock` switches it off."""
    if "real_clock" in request.fixturenames:
        yield
        return
    with clock.frozen_at(NOW):
        yield


@pytest.fixture(autouse=True)
def forgotten_pages() -> None:
    """Begin each test without what another one's rows left in memory."""
    course_index.forget()
    finished.forget()
    search.forget()


@pytest.fixture
def real_clock() -> None:
    """Let the clock run in this test."""


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def reference(db: None) -> None:
    """Write what every installation has, everyday words apart: categories, the district union, a term."""
    call_command("reference_data", without_words=True)


@pytest.fixture(scope="session")
def project_root() -> Path:
    return Path(__file__).resolve().parent.parent
