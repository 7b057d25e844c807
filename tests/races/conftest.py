"""Real threads on real PostgreSQL connections."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier
from typing import Any, TypeVar

import pytest
from django.db import connection

from policy import clock

T = TypeVar("T")
R = TypeVar("R")


Race = Callable[[Callable[[T], R], Sequence[T]], list[R]]


@pytest.fixture
def race(now: datetime) -> Race[Any, Any]:
    """Return a function that calls `act` for every item at the same moment, each in a thread of its own."""

    def start(act: Callable[[T], R], items: Sequence[T]) -> list[R]:
        barrier = Barrier(len(items))

        def run(item: T) -> R:
            try:
                with clock.frozen_at(now):
                    barrier.wait()
                    return act(item)
            finally:
                connection.close()

        with ThreadPoolExecutor(max_workers=len(items)) as pool:
            return list(pool.map(run, items))

    return start
