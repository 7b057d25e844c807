"""The search of the menu: what is written about each course, and how a query is read.

No text-search configuration knows Chinese, so both sides are made of our own tokens: single characters and pairs of
neighbours of a Chinese run (消防 is found inside 消防安全), whole words of other scripts in small letters, and the
pinyin of the title from every syllable on (`~xiaofang…`, initials `^xf…`). A query only ever becomes quoted tokens.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from django.contrib.postgres.search import SearchQueryField, SearchRank
from django.db.models import BooleanField, F, Func, Value
from django.db.models.functions import Cast
from pypinyin import Style, lazy_pinyin

from catalogue.models import Course, CourseQuerySet, CourseSearch

LONGEST_QUERY = 60
MOST_TOKENS = 40
# Between two texts, so that their neighbours do not count as neighbours of each other.
GAP = 20
LAST_POSITION = 16383
SHORTEST_PINYIN = 3
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
    """Return a query as it is read: NFKC, small letters, without control characters, at most LONGEST_QUERY long."""
    text = unicodedata.normalize("NFKC", query[:LONGEST_QUERY]).lower()
    visible = "".join(" " if unicodedata.category(letter).startswith("C") else letter for letter in text)
    return " ".join(visible[:LONGEST_QUERY].split())


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
        parts += [_quoted(token) for token in _pairs(run) or [run]] if match["chinese"] else [_word_part(run)]
    return " & ".join(dict.fromkeys(parts[:MOST_TOKENS]))


def _word_part(word: str) -> str:
    """Return what a word of another script may stand for: the word (or its beginning), pinyin, initials."""
    either = [_quoted(word) + (":*" if len(word) >= SHORTEST_PINYIN else "")]
    if LATIN.fullmatch(word):
        # Two letters are initials only: `ai` asks for AI, not for 爱.
        if len(word) >= SHORTEST_PINYIN:
            either.append(_quoted("~" + word) + ":*")
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
    # Real words go before a chance likeness of letters.
    _place(lexemes, _pinyin_tokens(course.title), start, "D")
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


def _pinyin_tokens(title: str) -> Iterator[Token]:
    """Yield pinyin and initials of each Chinese run, once from every syllable on, so that prefixes find them."""
    for match in RUN.finditer(unicodedata.normalize("NFKC", title)):
        if match["chinese"]:
            syllables = lazy_pinyin(match.group(), style=Style.NORMAL)
            for place in range(len(syllables)):
                rest = syllables[place:]
                yield "~" + "".join(rest), match.start() + place
                yield "^" + "".join(syllable[0] for syllable in rest), match.start() + place


def _pinyin(title: str) -> str:
    """Return the title in pinyin, a space after each syllable, to sort by."""
    return " ".join(lazy_pinyin(unicodedata.normalize("NFKC", title))).lower()


def _quoted(token: str) -> str:
    """Return a token as PostgreSQL reads it in tsvector and tsquery text: in quotes, quotes and backslashes doubled."""
    return "'" + token.replace("\\", "\\\\").replace("'", "''") + "'"
