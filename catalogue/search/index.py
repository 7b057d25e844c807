"""What the search knows of the menu: in which course each token stands, and how much that counts."""

import math
from array import array
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from sys import intern

from catalogue.search.lexicon import Lexicon, lexicon, sound_of
from catalogue.search.text import is_chinese, pairs, runs, syllables

# How sure one may be that a course is about a word that stands in such a place; several places add up like chances.
TITLE = KEYWORD = 0.72
TOPIC, TEACHER, SUMMARY, AUDIENCE, CATEGORY, OUTLINE, PROVIDER = 0.5, 0.5, 0.4, 0.3, 0.25, 0.22, 0.15
# A short title says more with each word, and the keywords of a course stand in the order of their weight.
LONGER_TITLE, LATER_KEYWORD = 0.004, 0.04
FULL, BITS = 255, 8
MOST_BEGINNINGS = 8
LEAST_RARITY = 0.1


@dataclass(frozen=True)
class CourseText:
    """What is written about a published course. `names` are its topic and track, `teachers` names and titles."""

    pk: int
    code: str
    title: str
    keywords: tuple[str, ...]
    summary: str
    outline: tuple[str, ...]
    audience: str
    provider: str
    category: str
    names: tuple[str, ...]
    teachers: tuple[str, ...]


@dataclass(frozen=True)
class SearchIndex:
    """The published courses in the order of their codes; `postings` hold place << BITS | weight, weight of FULL.

    `spoken` is how title and keywords sound, ` tai ji quan | …`; `initials` those of the title.
    """

    courses: Sequence[int]
    codes: Sequence[str]
    titles: Sequence[str]
    postings: Mapping[str, "array[int]"]
    spoken: Sequence[str]
    initials: Sequence[str]
    lexicon: Lexicon
    places: frozenset[str]

    @cached_property
    def words(self) -> list[str]:
        """The tokens of other scripts, sorted."""
        return sorted(token for token in self.postings if not is_chinese(token))

    @cached_property
    def syllables(self) -> frozenset[str]:
        """All syllables of pinyin that occur in known words and titles."""
        return frozenset(one for text in (*self.lexicon.counts, *self.titles) for one in _syllables_of(text))

    @cached_property
    def beginnings(self) -> frozenset[str]:
        """What a syllable that is being typed may look like."""
        return frozenset(one[:length] for one in self.syllables for length in range(1, len(one) + 1))

    def with_meanings(self, meanings: Mapping[str, tuple[str, ...]]) -> "SearchIndex":
        """Return an index of the same courses that reads everyday words by these meanings alone."""
        keywords = {word: count for word, count in self.lexicon.counts.items() if count}
        counts = {**dict.fromkeys(_words_of(meanings), 0), **keywords}
        return replace(self, lexicon=lexicon(counts, meanings))

    def beginning_with(self, letters: str) -> list[str]:
        """Return the words of other scripts that begin with these letters."""
        start = bisect_left(self.words, letters)
        return [word for word in self.words[start : start + MOST_BEGINNINGS] if word.startswith(letters)]

    def rarity(self, held_by: float) -> float:
        """Return how much a word tells that so many courses hold: 1 for a single one, little for all."""
        everything = math.log(len(self.courses) + 2)
        return max(LEAST_RARITY, (everything - math.log(max(held_by, 1.0))) / everything)


def build(courses: Iterable[CourseText], meanings: Mapping[str, tuple[str, ...]], places: Iterable[str]) -> SearchIndex:
    """Return the index of the courses, read with these meanings of everyday words and these names of places."""
    listed = list(courses)
    postings: dict[str, array[int]] = defaultdict(lambda: array("I"))
    counts: Counter[str] = Counter()
    for place, course in enumerate(listed):
        tokens, weights = _weighed(course)
        for token, weight in zip(tokens, weights, strict=True):
            postings[token].append(place << BITS | weight)
        counts.update({as_word(text) for text in (*course.keywords, *course.names)} - {""})
    for word in _words_of(meanings):
        counts.setdefault(word, 0)
    return SearchIndex(
        courses=[course.pk for course in listed],
        codes=[course.code for course in listed],
        titles=[course.title for course in listed],
        postings=dict(postings),
        spoken=[_spoken(course) for course in listed],
        initials=["|".join(_initials(course.title)) for course in listed],
        lexicon=lexicon(counts, meanings),
        places=frozenset(places),
    )


def _words_of(meanings: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    for said, meant in meanings.items():
        yield from (said, *meant)


def as_word(text: str) -> str:
    """Return a keyword as it would be typed: small letters, signs left out."""
    return " ".join("".join(run for run, _chinese in runs(part)) for part in text.split()).strip()


@lru_cache(maxsize=20_000)
def _weighed(course: CourseText) -> tuple[tuple[str, ...], bytes]:
    """Return the tokens of a course, and for each how sure one may be that the course is about it."""
    doubt: dict[str, float] = {}
    for text, sure in _places(course):
        for token in _tokens_of(text, with_characters=sure >= TOPIC):
            doubt[token] = doubt.get(token, 1.0) * (1 - sure)
    return tuple(map(intern, doubt)), bytes(round((1 - rest) * FULL) for rest in doubt.values())


def _tokens_of(text: str, *, with_characters: bool) -> set[str]:
    found: set[str] = set()
    for run, chinese in runs(text):
        found.update(pairs(run) if chinese else [run])
        if chinese and with_characters:
            found.update(run)
    return found


def _places(course: CourseText) -> Iterator[tuple[str, float]]:
    yield course.title, TITLE - LONGER_TITLE * len(course.title)
    for place, keyword in enumerate(course.keywords):
        yield keyword, max(TOPIC, KEYWORD - LATER_KEYWORD * place)
    for name in course.names:
        yield name, TOPIC
    for name in course.teachers:
        yield name, TEACHER
    yield course.summary, SUMMARY
    yield course.audience, AUDIENCE
    for line in course.outline:
        yield line, OUTLINE
    yield course.category, CATEGORY
    yield course.provider, PROVIDER


def _spoken(course: CourseText) -> str:
    said = [run for text in (course.title, *course.keywords) for run, chinese in runs(text) if chinese]
    return "|".join(f" {sound_of(syllables(run))} " for run in said)


def _initials(title: str) -> Iterator[str]:
    for run, chinese in runs(title):
        if chinese:
            yield "".join(one[0] for one in syllables(run))


def _syllables_of(text: str) -> Iterator[str]:
    for run, chinese in runs(text):
        if chinese:
            yield from syllables(run)
