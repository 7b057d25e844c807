"""Course codes: two letters of the category and a running number, never given twice."""

from collections.abc import Iterable

HIGHEST_CODE = 9999


class UsedUp(Exception):
    """A category has had its last number."""


class Series:
    """The numbers of each category: the next one comes after all that were ever used, retired courses' too."""

    def __init__(self, used: Iterable[str]) -> None:
        """Read the codes that are taken."""
        self.last: dict[str, int] = {}
        for code in used:
            self.last[code[:2]] = max(self.last.get(code[:2], 0), int(code[2:]))

    def next(self, prefix: str) -> str:
        """Return the next code of a category. Raises UsedUp after 9999."""
        number = self.last.get(prefix, 0) + 1
        if number > HIGHEST_CODE:
            raise UsedUp(prefix)
        self.last[prefix] = number
        return f"{prefix}{number:04d}"
