"""The search of the menu: what is written about each course, and how a query is read.

No text-search configuration knows Chinese, so both sides are made of our own tokens: single characters and pairs of
neighbours of a Chinese run (消防 is found inside 消防安全), whole words of other scripts in small letters, and of the
title the pinyin: words (`=xiaofang`) and all that follows from a syllable on (`~xiaofanganquan`, initials `^xfaq`).
A query only ever becomes quoted tokens.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from django.contrib.postgres.search import SearchQueryField, SearchRank
from django.db.models import BooleanField, F, Func, Value
from django.db.models.functions import Cast
from pypinyin import lazy_pinyin

from catalogue.models import Course, CourseQuerySet, CourseSearch
from policy.text import one_line

LONGEST_QUERY = 60
# Between two texts, so that their neighbours do not count as neighbours of each other.
GAP = 20
LAST_POSITION = 16383
ONE_WORD = 3
SHORTEST_PINYIN = 3
LONGEST_PINYIN_WORD = 4
SHORTEST_INITIALS = 2

CHINESE = "〇\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
RUN = re.compile(f"(?P<chinese>[{CHINESE}]+)|(?P<word>[^\\W_{CHINESE}]+)")
LATIN = re.compile(r"[a-z]+")

Token = tuple[str, int]


def reindex(courses: Iterable[Course]) -> None:
    """Write anew what the search knows of these courses: three statements to read them, one to write."""
    wanted = Course.objects.filter(pk__in=[course.pk for course in courses])
    related = wanted.select_related("category", "topic", "track").prefetch_related("instructors")
    CourseSearch.objects.bulk_create(
        [CourseSearch(course=course, document=_document(course), pinyin=_pinyin(course.title)) for course in related],
        update_conflicts=True,
        unique_fields=["course"],
        update_fields=["document", "pinyin"],
    )


def normalised(query: str) -> str:
    """Return a query as it is read: NFKC, small letters, without what nobody sees, at most LONGEST_QUERY long."""
    text = unicodedata.normalize("NFKC", query[:LONGEST_QUERY]).lower()
    return one_line(text)[:LONGEST_QUERY].strip()


def holding(queryset: CourseQuerySet, query: str) -> CourseQuerySet:
    """Keep the courses that hold everything the query names, unordered. A query without a word finds nothing."""
    tsquery = _tsquery(query)
    if not tsquery:
        return queryset.none()
    holds = Func(
        F("search__document"),
        _cast(tsquery),
        template="(%(expressions)s)",
        arg_joiner=" @@ ",
        output_field=BooleanField(),
    )
    return queryset.filter(holds)


def matching(queryset: CourseQuerySet, query: str) -> CourseQuerySet:
    """Keep the courses that hold everything the query names, the best first, ties by code."""
    return best_first(holding(queryset, query), query)


def ranked(query: str) -> list[int]:
    """Return the keys of the published courses that hold everything the query names, the best first. One statement."""
    return list(matching(Course.objects.published(), query).values_list("pk", flat=True))


def best_first(queryset: CourseQuerySet, query: str) -> CourseQuerySet:
    """Put the courses that speak most of what the query names first, ties by code."""
    return queryset.annotate(rank=SearchRank(F("search__document"), _cast(_tsquery(query)))).order_by("-rank", "code")


def _cast(tsquery: str) -> Cast:
    return Cast(Value(tsquery), SearchQueryField())


def _tsquery(query: str) -> str:
    """Return the query as the text of a tsquery: quoted tokens joined by &; empty if it names nothing."""
    parts: list[str] = []
    for match in RUN.finditer(normalised(query)):
        run = match.group()
        parts.append(_chinese_part(run) if match["chinese"] else _word_part(run))
    return " & ".join(dict.fromkeys(parts))


def _chinese_part(run: str) -> str:
    """Return the pairs of a run, all of which must be there.

    Up to three characters are taken as one word: 劳动法 is 劳动 and 动法. Longer runs are several words, which may
    stand apart: 心理压力 is 心理 and 压力; with an odd character, it is tried at either end.
    """
    if len(run) <= ONE_WORD:
        return _all_of(_pairs(run) or [run])
    from_left = [run[place : place + 2] for place in range(0, len(run), 2)]
    if len(run) % 2 == 0:
        return _all_of(from_left)
    from_right = [run[0], *(run[place : place + 2] for place in range(1, len(run), 2))]
    return f"({_all_of(from_left)} | {_all_of(from_right)})"


def _all_of(tokens: Iterable[str]) -> str:
    return " & ".join(map(_quoted, tokens))


def _word_part(word: str) -> str:
    """Return what a word of another script may stand for: the word (or its beginning), pinyin, initials."""
    either = [_quoted(word) + (":*" if len(word) >= SHORTEST_PINYIN else "")]
    if LATIN.fullmatch(word):
        # Two letters are initials only: `ai` asks for AI, not for 爱.
        if len(word) >= SHORTEST_PINYIN:
            either += [_quoted("=" + word), _quoted("~" + word) + ":*"]
        if len(word) >= SHORTEST_INITIALS:
            either.append(_quoted("^" + word) + ":*")
    return f"({' | '.join(either)})"


def _document(course: Course) -> str:
    """Return the text of the course's tsvector; the weights say how much a place counts."""
    names = [name for part in (course.category, course.topic, course.track) if part for name in [part.name]]
    teachers = [instructor.name for instructor in course.instructors.all()]
    places = [
        ("A", [course.title]),
        ("B", [*course.keywords, *names, *teachers]),
        ("C", [course.summary, course.audience]),
        ("D", [*course.outline, course.provider]),
    ]
    lexemes: dict[str, list[str]] = {}
    start = 1
    for weight, texts in places:
        for text in texts:
            start = _place(lexemes, _tokens(text), start, weight) + GAP
    # Words in pinyin go before the beginnings of longer texts, which match by chance: yujia, of yujiang.
    for match in RUN.finditer(unicodedata.normalize("NFKC", course.title)):
        if match["chinese"]:
            syllables = lazy_pinyin(match.group())
            _place(lexemes, _pinyin_words(syllables), start, "B")
            start = _place(lexemes, _pinyin_rests(syllables), start, "D") + GAP
    return " ".join(f"{_quoted(token)}:{','.join(positions)}" for token, positions in lexemes.items())


def _place(lexemes: dict[str, list[str]], tokens: Iterable[Token], start: int, weight: str) -> int:
    """Add the tokens of one text, which begins at `start`; return where it ends."""
    end = start
    for token, offset in tokens:
        end = min(start + offset, LAST_POSITION)
        lexemes.setdefault(token, []).append(f"{end}{weight}")
    return end


def _tokens(text: str) -> Iterator[Token]:
    """Yield what a text is found by, with the place of each token in the text."""
    for match in RUN.finditer(unicodedata.normalize("NFKC", text).lower()):
        run, start = match.group(), match.start()
        if match["word"]:
            yield run, start
            continue
        for offset, character in enumerate(run):
            yield character, start + offset
        for offset, pair in enumerate(_pairs(run)):
            yield pair, start + offset


def _pairs(run: str) -> list[str]:
    return [run[place : place + 2] for place in range(len(run) - 1)]


def _pinyin_words(syllables: Sequence[str]) -> Iterator[Token]:
    """Yield every two to four neighbours as one word."""
    for place in range(len(syllables)):
        for end in range(place + 2, min(place + LONGEST_PINYIN_WORD, len(syllables)) + 1):
            yield "=" + "".join(syllables[place:end]), place


def _pinyin_rests(syllables: Sequence[str]) -> Iterator[Token]:
    """Yield what follows from each syllable on, in full and by initials, so that beginnings of it are found."""
    for place in range(len(syllables)):
        rest = syllables[place:]
        yield "~" + "".join(rest), place
        yield "^" + "".join(syllable[0] for syllable in rest), place


def _pinyin(title: str) -> str:
    """Return the title in pinyin, a space after each syllable, to sort by."""
    return " ".join(lazy_pinyin(unicodedata.normalize("NFKC", title))).lower()


def _quoted(token: str) -> str:
    """Return a token as PostgreSQL reads it in tsvector and tsquery text: in quotes, quotes and backslashes doubled."""
    return "'" + token.replace("\\", "\\\\").replace("'", "''") + "'"
