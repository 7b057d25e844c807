"""A query cut into pieces: known words, words of asking, hints, names of places, and what is left over."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from catalogue.search.index import SearchIndex
from catalogue.search.lexicon import LONGEST_WORD
from catalogue.search.phrases import ASKING, HINTS, SMALL
from catalogue.search.text import is_chinese, pairs, runs, syllables

# One long word says more than two short ones that are together as long; a mended one a little less, above all when it
# is everyday speech, and a pair of characters that stands somewhere in the menu less than a word.
LONGER_SAYS_MORE = 1.6
HEARD_SAYS_LESS, NEARLY_SAYS_LESS, NEARLY_SAID_SAYS_LESS = 0.4, 1.0, 1.5
PAIR_SAYS = 2.2
SHORTEST_NEARLY_WRITTEN = 4
PAIR = 2


class Kind(Enum):
    """What a piece of a query is."""

    ASKING = 1
    HINT = 2
    PLACE = 3
    WORD = 4
    MENDED = 5
    PAIR = 6
    REST = 7


@dataclass(frozen=True)
class Piece:
    """A piece of a query and how much it says; a mended one was mistyped and is `meant` to be one of these words."""

    kind: Kind
    text: str
    says: float = 0.0
    meant: tuple[str, ...] = ()


REST = Piece(Kind.REST, "")
Step = tuple[float, int, Piece]


def pieces(text: str, index: SearchIndex) -> list[Piece]:
    """Cut a query so that known words cover as much of it as can be, long ones before short ones."""
    best: list[Step] = [(0.0, 0, REST)] * (len(text) + 1)
    spoken = _spoken(text)
    for start in range(len(text) - 1, -1, -1):
        best[start] = (best[start + 1][0], start + 1, REST)
        for end in range(start + 1, min(start + LONGEST_WORD, len(text)) + 1):
            if _breaks_a_word(text, start, end):
                continue
            piece = _piece(text[start:end], spoken[start:end], index)
            value = best[end][0] + piece.says
            if value > best[start][0]:
                best[start] = (value, end, piece)
    return list(_path(text, best))


def _path(text: str, best: Sequence[Step]) -> Iterator[Piece]:
    place, rest = 0, ""
    while place < len(text):
        _value, end, piece = best[place]
        if piece is REST:
            rest += text[place:end]
        else:
            if rest:
                yield Piece(Kind.REST, rest)
            yield piece
            rest = ""
        place = end
    if rest:
        yield Piece(Kind.REST, rest)


def _piece(text: str, spoken: tuple[str, ...], index: SearchIndex) -> Piece:
    if kind := _known(text, index):
        return Piece(kind, text, len(text) ** LONGER_SAYS_MORE)
    if len(text) == 1 or not all(spoken):
        return REST
    if meant := _mended(text, spoken, index):
        return meant
    is_pair = len(text) == PAIR and text in index.postings and not SMALL.issuperset(text)
    return Piece(Kind.PAIR, text, PAIR_SAYS) if is_pair else REST


def _known(text: str, index: SearchIndex) -> Kind | None:
    if text in ASKING:
        return Kind.ASKING
    if text in index.places:
        return Kind.PLACE
    if text in HINTS:
        return Kind.HINT
    return Kind.WORD if len(text) > 1 and text in index.lexicon else None


def _mended(text: str, spoken: tuple[str, ...], index: SearchIndex) -> Piece | None:
    """Return what a text of Chinese may be meant to be that holds a pair the menu does not know."""
    if all(pair in index.postings for pair in pairs(text)):
        return None
    if heard := index.lexicon.heard(spoken):
        return Piece(Kind.MENDED, text, (len(text) - HEARD_SAYS_LESS) ** LONGER_SAYS_MORE, tuple(heard))
    if len(text) < SHORTEST_NEARLY_WRITTEN:
        return None
    if nearly := index.lexicon.one_character_off(text):
        less = NEARLY_SAYS_LESS if any(index.lexicon.counts[word] for word in nearly) else NEARLY_SAID_SAYS_LESS
        return Piece(Kind.MENDED, text, (len(text) - less) ** LONGER_SAYS_MORE, tuple(nearly))
    return None


def _spoken(text: str) -> tuple[str, ...]:
    """Return the pinyin of each character, nothing for what is not Chinese."""
    spoken = [""] * len(text)
    place = 0
    for run, chinese in runs(text):
        place = text.index(run, place)
        if chinese:
            spoken[place : place + len(run)] = syllables(run)
        place += len(run)
    return tuple(spoken)


def _breaks_a_word(text: str, start: int, end: int) -> bool:
    """Tell whether a word of another script would be cut."""
    return any(0 < edge < len(text) and _is_letter(text[edge - 1]) and _is_letter(text[edge]) for edge in (start, end))


def _is_letter(character: str) -> bool:
    return character.isalnum() and not is_chinese(character)
