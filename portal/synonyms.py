"""What the desk shows of everyday words: the list, and what a query finds with them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from catalogue import search
from catalogue.models import Course
from catalogue.synonyms import Synonym
from catalogue.wording import Words

PAGE_SIZE = 50
MOST_SHOWN = 8
RETIRED = "retired"


@dataclass(frozen=True)
class Asked:
    """What the address asks for: rows about a text, in use or retired, from the one that follows another."""

    words: str
    state: str
    after: str

    @classmethod
    def of(cls, address: Mapping[str, str]) -> Self:
        """Read an address; a state that does not exist asks for what is in use."""
        state = RETIRED if address.get("state") == RETIRED else ""
        return cls(search.normalised(address.get("q", "")), state, address.get("after", ""))


@dataclass(frozen=True)
class SynonymPage:
    """A page of the list, and the row to go on after (empty: the last page)."""

    rows: list[Synonym]
    next_after: str


@dataclass(frozen=True)
class Found:
    """A course that the tried query finds; `is_new` if it would not be found without the words."""

    course: Course
    is_new: bool


@dataclass(frozen=True)
class Trial:
    """What a query finds with the words that were tried: the first few, and how many in all."""

    query: str
    shown: list[Found]
    total: int


def page_of(asked: Asked) -> SynonymPage:
    """Return 50 rows by their first word. One statement, two for a page that goes on after another."""
    kept = Synonym.objects.retired() if asked.state else Synonym.objects.live()
    found = list(kept.about(asked.words).after(asked.after)[: PAGE_SIZE + 1])
    shown = found[:PAGE_SIZE]
    return SynonymPage(shown, shown[-1].public_id if len(found) > PAGE_SIZE else "")


def trial(query: str, words: Words, synonym: Synonym | None = None) -> Trial:
    """Return what the query, or else the first of the words, finds with these words in the place of a row's."""
    asked = search.normalised(query) or words.said[0]
    instead_of = synonym.pk if synonym else None
    found = search.tried(asked, said=words.said, meant=words.meant, instead_of=instead_of)
    known = set(search.tried(asked, said=(), meant=(), instead_of=instead_of))
    courses = Course.objects.in_bulk(found[:MOST_SHOWN])
    shown = [Found(courses[pk], pk not in known) for pk in found[:MOST_SHOWN] if pk in courses]
    return Trial(asked, shown, len(found))
