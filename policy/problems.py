"""Why not: a refusal is a list of problems, the same on page, desk and API."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One reason: a code for machines, one plain sentence with its values, and how to mend it (may be empty)."""

    code: str
    sentence: str
    mend: str = ""
    field: str = ""


class Refused(Exception):
    """A door said no. Each app has its own subclass; `problems` says why, its text is the sentences."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Keep the problems in the order in which a person should read them."""
        self.problems = tuple(problems)
        super().__init__(" ".join(problem.sentence for problem in self.problems))
