"""Tells a person how far a long work is."""

import sys
from collections.abc import Callable, Iterator, Sequence
from typing import TextIO, TypeVar

BATCH = 100
WIDTH = 24

Item = TypeVar("Item")
Progress = Callable[[str, int, int], None]  # what is done, how many are, of how many


def silent(_label: str, _done: int, _total: int) -> None:
    """Say nothing."""


def batches(items: Sequence[Item], label: str, progress: Progress) -> Iterator[Sequence[Item]]:
    """Yield the items a hundred at a time, and say after each batch how many are done."""
    for start in range(0, len(items), BATCH):
        yield items[start : start + BATCH]
        progress(label, min(start + BATCH, len(items)), len(items))


def bar(stream: TextIO = sys.stderr) -> Progress:
    """Return a progress bar on one line of a terminal; where nobody watches, it says nothing."""
    if not stream.isatty():
        return silent

    def draw(label: str, done: int, total: int) -> None:
        filled = WIDTH * done // total
        end = "\n" if done == total else ""
        stream.write(f"\r\x1b[K{label} [{'█' * filled}{' ' * (WIDTH - filled)}] {done}/{total}{end}")
        stream.flush()

    return draw
