"""What a query asks for: its words in any spelling, each with all that it may stand for."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from catalogue.search.index import SearchIndex
from catalogue.search.lexicon import SHORTEST_NEARLY, sound_of
from catalogue.search.phrases import SMALL
from catalogue.search.pieces import Kind, Piece, pieces
from catalogue.search.text import is_chinese, runs, simplified, syllables, tokens

# How sure it is that somebody means this: what an everyday word stands for, a word inside a longer one, …
MEANT, MEANT_BY_A_PART, MENDED, GUESSED, SPELT, ABBREVIATED, BEGUN, HEARD, ONE_CHARACTER, CHARACTERS = (
    0.9, 0.55, 0.85, 0.7, 0.95, 0.85, 0.7, 0.75, 0.5, 0.4,
)  # fmt: skip
HINT, UNSURE, PAIR, SINGLE = 0.4, 0.8, 0.5, 0.4
RARE = 12
LONGEST_WORD_UNKNOWN = 3
SHORTEST_BEGINNING = 3
MOST_READINGS = 3
INITIALS = range(2, 7)
LONGEST_SYLLABLE = 6


@dataclass(frozen=True)
class Way:
    """One thing a word may stand for: tokens, or how title and keywords sound, or initials of the title."""

    sure: float
    tokens: tuple[str, ...] = ()
    must_have_all: bool = True
    sound: str = ""
    initials: str = ""


@dataclass(frozen=True)
class Concept:
    """One word of a query. A hint may be missing in a course that answers the query."""

    text: str
    ways: tuple[Way, ...]
    weight: float = 1.0
    is_hint: bool = False


def read(query: str, index: SearchIndex) -> list[Concept]:
    """Return what a normalised query asks for, each word once."""
    found = [concept for piece in pieces(simplified(query), index) for concept in _concepts(piece, index)]
    return list({concept.text: concept for concept in found}.values())


def _concepts(piece: Piece, index: SearchIndex) -> Iterable[Concept]:
    text = piece.text
    match piece.kind:
        case Kind.WORD:
            found = [Concept(text, tuple(_ways_of(text, index)))]
        case Kind.HINT:
            found = [Concept(text, tuple(_ways_of(text, index)), HINT, is_hint=True)]
        case Kind.PLACE:
            found = [Concept(text, (Way(1.0, tokens(text)),), HINT, is_hint=True)]
        case Kind.PAIR:
            found = [Concept(text, (_own(text), *_by_characters(text)), UNSURE)]
        case Kind.MENDED:
            found = [Concept(text, tuple(_mended(piece, index)))]
        case Kind.REST:
            found = list(_concepts_of_rest(text, index))
        case _:
            found = []
    return found


def _mended(piece: Piece, index: SearchIndex) -> Iterator[Way]:
    yield _own(piece.text)
    yield from _all_ways(piece.meant, index, MENDED if len(piece.text) >= SHORTEST_NEARLY else GUESSED)
    yield from _by_characters(piece.text)


def _own(word: str) -> Way:
    return Way(1.0, tokens(word), must_have_all=False)


def _ways_of(word: str, index: SearchIndex, sure: float = 1.0) -> Iterator[Way]:
    """Yield the word itself and all it means as everyday speech, as a whole and by its parts."""
    yield Way(sure, tokens(word), must_have_all=False)
    for meant in index.lexicon.meanings.get(word, ()):
        yield Way(sure * MEANT, tokens(meant))
    yield from _ways_of_parts(word, index, sure)


def _ways_of_parts(word: str, index: SearchIndex, sure: float = 1.0) -> Iterator[Way]:
    for part in _parts(word):
        for meant in index.lexicon.meanings.get(part, ()):
            yield Way(sure * MEANT_BY_A_PART, tokens(meant))


def _all_ways(words: Iterable[str], index: SearchIndex, sure: float) -> Iterator[Way]:
    for word in words:
        yield from _ways_of(word, index, sure)


def _parts(word: str) -> Iterator[str]:
    """Yield what stands inside a word, two characters and more."""
    for start in range(len(word)):
        for end in range(start + 2, len(word) + (start > 0)):
            yield word[start:end]


def _concepts_of_rest(rest: str, index: SearchIndex) -> Iterator[Concept]:
    """Read what no known word covers. Syllables that were typed apart are one word: shou ji she ying."""
    for run, chinese in runs(" ".join(_joined(rest.split(), index))):
        if chinese:
            yield from _concepts_of_chinese(run, index)
        else:
            yield from _concepts_of_letters(run, index)


def _joined(words: Sequence[str], index: SearchIndex) -> Iterator[str]:
    together = ""
    for word, following in pairwise([*words, ""]):
        together += word
        if not (word in index.syllables and following in index.syllables):
            yield together
            together = ""


def _concepts_of_chinese(run: str, index: SearchIndex) -> Iterator[Concept]:
    for part in "".join(" " if character in SMALL else character for character in run).split():
        if len(part) == 1:
            yield Concept(part, (Way(ONE_CHARACTER, (part,)),), SINGLE)
            continue
        heard = [Way(HEARD, sound=f" {sound_of(syllables(part))} ")] if len(part) >= SHORTEST_NEARLY else []
        nearly = _all_ways(index.lexicon.one_character_off(part), index, GUESSED)
        yield Concept(part, (_own(part), *heard, *nearly, *_by_characters(part)), UNSURE)


def _by_characters(word: str) -> Iterator[Way]:
    """Yield the characters of a word: words that share one are often related (猫 of 猫砂, 扣 of 盘扣)."""
    if is_chinese(word):
        yield Way(CHARACTERS, tuple(word), must_have_all=False)


def _concepts_of_letters(word: str, index: SearchIndex) -> Iterator[Concept]:
    """Read a word of another script: itself, pinyin, its beginning, initials, or one slip away from any."""
    ways = [Way(1.0, (word,))] if word in index.postings else []
    ways += _all_ways(index.lexicon.spelt(word), index, SPELT)
    if len(word) >= SHORTEST_BEGINNING:
        ways += [Way(BEGUN, (token,)) for token in index.beginning_with(word) if token != word]
    spoken = () if ways else _as_syllables(word, index)
    if spoken:
        yield from _concepts_of_syllables(word, spoken, index)
        return
    if not ways:
        ways += _by_initials(word, index) if len(word) in INITIALS else []
        ways += _all_ways(index.lexicon.misspelt(word)[:MOST_READINGS], index, MENDED)
    yield Concept(word, tuple(ways))


def _by_initials(word: str, index: SearchIndex) -> Iterator[Way]:
    usual = index.lexicon.abbreviated(word)[:MOST_READINGS]
    for reading in usual:
        share = (index.lexicon.counts[reading] + 1) / (index.lexicon.counts[usual[0]] + 1)
        yield from _ways_of(reading, index, ABBREVIATED * share)
    yield Way(ONE_CHARACTER, initials=word)


def _concepts_of_syllables(word: str, spoken: tuple[str, ...], index: SearchIndex) -> Iterator[Concept]:
    """Yield the known words that follow each other in what was spelt, or else what it sounds like."""
    found = list(_known_words(spoken, index))
    if found:
        yield from (Concept("".join(heard), tuple(_all_ways(known, index, HEARD))) for heard, known in found)
    else:
        yield Concept(word, (Way(HEARD, sound=f" {sound_of(spoken)}"),))


def _known_words(spoken: tuple[str, ...], index: SearchIndex) -> Iterator[tuple[tuple[str, ...], list[str]]]:
    place = 0
    while place < len(spoken):
        for end in range(len(spoken), place + 1, -1):
            if known := index.lexicon.heard(spoken[place:end]):
                yield spoken[place:end], known
                place = end - 1
                break
        place += 1


def _as_syllables(letters: str, index: SearchIndex) -> tuple[str, ...]:
    """Return the letters cut into two or more syllables of pinyin, the last may be a beginning; nothing if not."""
    cut = _cut(letters, index)
    return cut if cut is not None and len(cut) > 1 else ()


def _cut(letters: str, index: SearchIndex) -> tuple[str, ...] | None:
    if not letters:
        return ()
    for length in range(min(LONGEST_SYLLABLE, len(letters)), 0, -1):
        head, tail = letters[:length], letters[length:]
        if head in index.syllables and (rest := _cut(tail, index)) is not None:
            return (head, *rest)
    return (letters,) if letters in index.beginnings else None
