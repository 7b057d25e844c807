"""How well each course answers a query."""

from collections import defaultdict
from collections.abc import Sequence

from catalogue.search.index import BITS, FULL, SearchIndex
from catalogue.search.reading import Concept, Way

# A course is shown that speaks of this share of what is asked, and of this share of what the best one speaks of.
LEAST, LEAST_OF_BEST = 0.12, 0.38
# A word that nothing is known of counts this much when the share is taken.
UNKNOWN = 0.25
# Of a word of several tokens, so many must be there; not all of them is worth less.
LEAST_PART, PART, WHOLE = 0.4, 0.7, 0.999
HEARD_IN_TITLE = 0.7
# What a second reading of the same word adds.
AGAIN = 0.3

Scores = dict[int, float]


def best(index: SearchIndex, concepts: Sequence[Concept]) -> list[int]:
    """Return the places of the courses that answer the query, the best first, ties by code."""
    total = score(index, concepts)
    least = max(LEAST, max(total.values(), default=0.0) * LEAST_OF_BEST)
    return sorted((place for place, value in total.items() if value >= least), key=lambda place: (-total[place], place))


def score(index: SearchIndex, concepts: Sequence[Concept]) -> Scores:
    """Return the share of what is asked that each course speaks of. Hints add to it, but are not asked for."""
    asked_for = [concept for concept in concepts if not concept.is_hint] or list(concepts)
    total: Scores = defaultdict(float)
    whole = 0.0
    for concept in asked_for:
        found = of_concept(index, concept)
        weight = concept.weight * (index.rarity(_held_by(found)) if found else UNKNOWN)
        whole += weight
        for place, value in found.items():
            total[place] += weight * value
    for hint in concepts:
        if hint.is_hint and hint not in asked_for:
            found = of_concept(index, hint)
            weight = hint.weight * index.rarity(_held_by(found))
            for place in total.keys() & found.keys():
                total[place] += weight * found[place]
    return {place: value / whole for place, value in total.items()}


def _held_by(found: Scores) -> float:
    """Return how many courses hold a word, one that hardly does counting little."""
    return sum(found.values()) / max(found.values(), default=1.0)


def of_concept(index: SearchIndex, concept: Concept) -> Scores:
    """Return how sure each course speaks of a word, by any of its readings."""
    found: Scores = {}
    for way in concept.ways:
        for place, value in _of_way(index, way).items():
            known = found.get(place, 0.0)
            more, less = max(known, value), min(known, value)
            found[place] = more + (1 - more) * AGAIN * less
    return found


def _of_way(index: SearchIndex, way: Way) -> Scores:
    if way.sound or way.initials:
        texts, looked_for = (index.spoken, way.sound) if way.sound else (index.initials, way.initials)
        return {place: way.sure * HEARD_IN_TITLE for place, text in enumerate(texts) if looked_for in text}
    if len(way.tokens) == 1:
        held = index.postings.get(way.tokens[0], ())
        return {packed >> BITS: way.sure * (packed & FULL) / FULL for packed in held}
    return _of_tokens(index, way)


def _of_tokens(index: SearchIndex, way: Way) -> Scores:
    """Return how sure each course speaks of all the tokens, the rare ones counting most."""
    held = [index.postings.get(token, ()) for token in way.tokens]
    if way.must_have_all and not all(held):
        return {}
    rarities = [index.rarity(len(one)) for one in held]
    whole = sum(rarities)
    total: Scores = defaultdict(float)
    there: Scores = defaultdict(float)
    for one, rarity in zip(held, rarities, strict=True):
        for packed in one:
            total[packed >> BITS] += rarity * (packed & FULL) / FULL
            there[packed >> BITS] += rarity
    least = whole * (WHOLE if way.must_have_all else LEAST_PART)
    return {
        place: way.sure * value / whole * (1 if there[place] > whole * WHOLE else PART)
        for place, value in total.items()
        if there[place] >= least
    }
