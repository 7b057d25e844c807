"""The search of the menu: which published courses answer what somebody typed, the best first.

`reading` says what a query asks for, `scoring` how well each course answers it, `index` what is known of the courses;
`held` keeps the index of this process. docs/decisions/002-search.md says why it is not in the database.
"""

from collections.abc import Sequence
from typing import NamedTuple

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, F, Func, IntegerField, Value

from catalogue.models import CourseQuerySet
from catalogue.search import held, scoring
from catalogue.search.held import forget
from catalogue.search.reading import read
from catalogue.search.sorting import reindex
from catalogue.search.text import LONGEST_QUERY, normalised

__all__ = ["LONGEST_QUERY", "forget", "matching", "nearest", "normalised", "ranked", "reindex", "suggestions", "tried"]

MOST_SUGGESTIONS = 6


class Suggestions(NamedTuple):
    """What somebody who types may mean: known words that begin so, and courses as (code, title)."""

    words: list[str]
    courses: list[tuple[str, str]]


def ranked(query: str, *, version: int | None = None) -> list[int]:
    """Return the keys of the published courses that answer the query, the best first; none for what names nothing.

    One statement, none if the version of the catalogue is given; four more when the catalogue moved.
    """
    index = held.current(version)
    return [index.courses[place] for place in scoring.best(index, read(normalised(query), index))]


def nearest(query: str, most: int, *, version: int | None = None) -> list[int]:
    """Return the keys of the courses that come nearest to a query, however little they answer of it."""
    index = held.current(version)
    shares = scoring.score(index, read(normalised(query), index))
    return [index.courses[place] for place in sorted(shares, key=lambda place: (-shares[place], place))[:most]]


def matching(queryset: CourseQuerySet, query: str) -> CourseQuerySet:
    """Keep the published courses that answer the query, the best first."""
    found = ranked(query)
    if not found:
        return queryset.none()
    places = Value(found, output_field=ArrayField(BigIntegerField()))
    rank = Func(places, F("pk"), function="array_position", output_field=IntegerField())
    return queryset.filter(pk__in=found).order_by(rank)


def suggestions(query: str) -> Suggestions:
    """Return what somebody who has typed so far may mean, the most usual words and the best courses first."""
    index = held.current()
    typed = normalised(query)
    if not typed:
        return Suggestions([], [])
    places = scoring.best(index, read(typed, index))[:MOST_SUGGESTIONS]
    words = index.lexicon.beginning_with(typed)[:MOST_SUGGESTIONS]
    return Suggestions(words, [(index.codes[place], index.titles[place]) for place in places])


def tried(query: str, *, said: Sequence[str], meant: Sequence[str], instead_of: int | None = None) -> list[int]:
    """Return what a query would find if a row of Synonym said this, a new one or `instead_of` one. Two statements."""
    meanings = held.meanings(without=instead_of, more=[(said, meant)])
    index = held.current().with_meanings(meanings)
    return [index.courses[place] for place in scoring.best(index, read(normalised(query), index))]
