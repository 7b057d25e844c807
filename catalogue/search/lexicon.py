"""The words the search knows, and how they sound: what a mistyped or spelt word may stand for."""

import string
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from catalogue.search.text import alike, is_chinese, syllables

SHORTEST_LETTERS_TO_MEND = 4
# Two syllables that only nearly sound the same are two words more often than one mistyped.
SHORTEST_NEARLY = SHORTEST_TO_MEND = 3
LONGEST_WORD = 12
BLANK = "*"

Words = defaultdict[str, list[str]]


@dataclass(frozen=True)
class Lexicon:
    """Known words with the number of courses that have them as a keyword, and what everyday words stand for."""

    counts: Mapping[str, int]
    meanings: Mapping[str, tuple[str, ...]]
    by_letters: Words
    by_initials: Words
    by_sound: Words
    by_rest: Words

    def __contains__(self, word: str) -> bool:
        """Tell whether the word is known."""
        return word in self.counts

    def beginning_with(self, typed: str) -> list[str]:
        """Return the keywords of the menu that begin so, in characters or in pinyin, the most usual first."""
        letters = typed.replace(" ", "")
        begun = {word for word in self.counts if word.startswith(typed)}
        if letters.isascii():
            spelt = (words for other, words in self.by_letters.items() if other.startswith(letters))
            begun |= {word for words in spelt for word in words}
        return self._most_usual_first({word for word in begun if self.counts[word]})

    def spelt(self, letters: str) -> list[str]:
        """Return the words that are written with these letters, in pinyin or by themselves."""
        return self.by_letters.get(letters, [])

    def misspelt(self, letters: str) -> list[str]:
        """Return the words that one slip of the finger turns into these letters, the most usual first."""
        if len(letters) < SHORTEST_LETTERS_TO_MEND:
            return []
        meant = {word for other in _one_slip_away(letters) for word in self.by_letters.get(other, [])}
        return self._most_usual_first(meant)

    def abbreviated(self, letters: str) -> list[str]:
        """Return the words with these initials, the most usual first."""
        return self._most_usual_first(set(self.by_initials.get(letters, [])))

    def heard(self, spoken: tuple[str, ...]) -> list[str]:
        """Return the words that sound like these syllables; of three and more, nearly is enough."""
        alikes = self.by_sound.get(sound_of(spoken), [])
        return [word for word in alikes if len(spoken) >= SHORTEST_NEARLY or syllables(word) == spoken]

    def one_character_off(self, word: str) -> list[str]:
        """Return the words of the same length, three or more, that differ in one character."""
        if len(word) < SHORTEST_TO_MEND:
            return []
        return [other for rest in _with_a_blank(word) for other in self.by_rest.get(rest, ()) if other != word]

    def _most_usual_first(self, words: set[str]) -> list[str]:
        return sorted(words, key=lambda word: (-self.counts[word], word))


def lexicon(counts: Mapping[str, int], meanings: Mapping[str, tuple[str, ...]]) -> Lexicon:
    """Return the words with everything they can be recognised by."""
    made = Lexicon(counts, meanings, defaultdict(list), defaultdict(list), defaultdict(list), defaultdict(list))
    for word in counts:
        if is_chinese(word):
            _add(made, word)
        else:
            made.by_letters[word].append(word)
    return made


def sound_of(spoken: tuple[str, ...]) -> str:
    """Return how syllables sound to somebody who does not tell every sound apart."""
    return " ".join(alike(one) for one in spoken)


def _add(made: Lexicon, word: str) -> None:
    spoken = syllables(word)
    made.by_letters["".join(spoken)].append(word)
    made.by_initials["".join(one[0] for one in spoken)].append(word)
    made.by_sound[sound_of(spoken)].append(word)
    if len(word) >= SHORTEST_TO_MEND:
        for rest in _with_a_blank(word):
            made.by_rest[rest].append(word)


def _with_a_blank(word: str) -> Iterator[str]:
    for place in range(len(word)):
        yield word[:place] + BLANK + word[place + 1 :]


def _one_slip_away(letters: str) -> Iterator[str]:
    for place in range(len(letters)):
        before, after = letters[:place], letters[place:]
        yield before + after[1:2] + after[:1] + after[2:]
        yield before + after[1:]
        for letter in string.ascii_lowercase:
            yield before + letter + after[1:]
            yield before + letter + after
    for letter in string.ascii_lowercase:
        yield letters + letter
