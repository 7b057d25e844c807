"""How a text is cut into what it is found by.

No dictionary knows the words of every trade, so a run of Chinese is cut into pairs of neighbours (消防 is found inside
消防安全) and, where one character is all that is asked, into characters; other scripts are cut into words.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache

from opencc import OpenCC
from pypinyin import lazy_pinyin

from policy.text import one_line

LONGEST_QUERY = 60
CHINESE = "〇\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
RUN = re.compile(f"(?P<chinese>[{CHINESE}]+)|(?P<word>[^\\W_{CHINESE}]+)")
ONLY_CHINESE = re.compile(f"[{CHINESE}]+")
# Sounds that many speakers do not tell apart.
BEGIN_ALIKE = {"zh": "z", "ch": "c", "sh": "s", "n": "l"}
END_ALIKE = {"ing": "in", "eng": "en", "ang": "an"}


def normalised(query: str) -> str:
    """Return a query as it is read: NFKC, small letters, without what nobody sees, at most LONGEST_QUERY long."""
    text = unicodedata.normalize("NFKC", query[:LONGEST_QUERY]).lower()
    return one_line(text)[:LONGEST_QUERY].strip()


def simplified(text: str) -> str:
    """Return the text in simplified characters, as long as it was."""
    return str(_converter().convert(text))


def runs(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the runs of Chinese (true) and the words of other scripts (false), in small letters."""
    for match in RUN.finditer(unicodedata.normalize("NFKC", text).lower()):
        yield match.group(), match.lastgroup == "chinese"


def is_chinese(text: str) -> bool:
    """Tell whether a text is all of Chinese characters."""
    return ONLY_CHINESE.fullmatch(text) is not None


def pairs(run: str) -> list[str]:
    """Return the neighbours of a run of Chinese; one character stands for itself."""
    return [run[place : place + 2] for place in range(len(run) - 1)] or [run]


@lru_cache(maxsize=20_000)
def tokens(text: str) -> tuple[str, ...]:
    """Return what a text is found by: pairs of Chinese characters and words of other scripts."""
    return tuple(token for run, chinese in runs(text) for token in (pairs(run) if chinese else [run]))


@lru_cache(maxsize=20_000)
def syllables(run: str) -> tuple[str, ...]:
    """Return the pinyin of each character of a run of Chinese, without tones, ü as v."""
    return tuple(lazy_pinyin(run))


@cache
def alike(syllable: str) -> str:
    """Return the syllable as somebody hears it who does not tell zh from z, n from l, ing from in."""
    for sound, other in BEGIN_ALIKE.items():
        if syllable.startswith(sound):
            syllable = other + syllable[len(sound) :]
            break
    for sound, other in END_ALIKE.items():
        if syllable.endswith(sound):
            return syllable[: -len(sound)] + other
    return syllable


@cache
def _converter() -> OpenCC:
    return OpenCC("t2s")
