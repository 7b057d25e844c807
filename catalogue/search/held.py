"""The search index of this process, made of what the database says, and made anew when that is no longer so."""

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from threading import Lock

from django.conf import settings
from django.utils.translation import override

from catalogue import version
from catalogue.models import Course, CourseInstructor, Site
from catalogue.search.index import CourseText, SearchIndex, build
from catalogue.synonyms import Synonym
from catalogue.titles import InstructorTitle

# A reader may have seen the old rows under the new version (catalogue/version.py): seconds until they are read again.
READ_AGAIN = 60.0
Row = tuple[Sequence[str], Sequence[str]]
ENDINGS = ("路街道", "街道", "镇", "工业区")


@dataclass(frozen=True)
class Source:
    """All that the index is made of."""

    courses: tuple[CourseText, ...]
    meanings: dict[str, tuple[str, ...]]
    places: frozenset[str]


@dataclass(frozen=True)
class Held:
    """An index, what it was made of, and until when that need not be read again."""

    index: SearchIndex
    source: Source
    version: int
    good_until: float

    def is_good(self, wanted: int) -> bool:
        """Tell whether nothing can have changed since."""
        return self.version == wanted and time.monotonic() < self.good_until


class _Keeper:
    """The index of this process."""

    def __init__(self) -> None:
        self.held: Held | None = None
        self.lock = Lock()


_keeper = _Keeper()


def current(moved_to: int | None = None) -> SearchIndex:
    """Return the index of the catalogue as it is. One statement, none if its version is given; four more when it moved.

    While one thread makes it anew, the others go on with the old one.
    """
    wanted = version.current() if moved_to is None else moved_to
    held = _keeper.held
    if held is not None and held.is_good(wanted):
        return held.index
    if not _keeper.lock.acquire(blocking=held is None) and held is not None:
        return held.index
    try:
        if _keeper.held is None or not _keeper.held.is_good(wanted):
            _keeper.held = _renewed(_keeper.held, wanted)
        return _keeper.held.index
    finally:
        _keeper.lock.release()


def forget() -> None:
    """Read anew at the next call; tests need it, whose rows vanish without a trace."""
    _keeper.held = None


def _renewed(held: Held | None, moved_to: int) -> Held:
    read = source()
    unchanged = held is not None and held.source == read
    index = held.index if held is not None and unchanged else build(read.courses, read.meanings, read.places)
    return Held(index, read, moved_to, time.monotonic() + READ_AGAIN)


def source() -> Source:
    """Read all that the index is made of. Four statements."""
    teachers: dict[int, list[str]] = defaultdict(list)
    with override(settings.LANGUAGE_CODE):
        for course_id, name, titles in CourseInstructor.objects.values_list(*_OF_TEACHERS):
            teachers[course_id] += [name, *(str(InstructorTitle(title).label) for title in titles if title != _OTHER)]
    rows = Course.objects.published().order_by("code").values_list(*_OF_COURSES)
    courses = tuple(_course_text(row, teachers[row[0]]) for row in rows)
    return Source(courses, meanings(), frozenset(_places()))


_OTHER = InstructorTitle.OTHER
_OF_TEACHERS = ("course_id", "instructor__name", "instructor__titles")
_OF_COURSES = (
    "pk", "code", "title", "keywords", "summary", "outline", "audience", "provider",
    "category__name", "topic__name", "track__name",
)  # fmt: skip


def _course_text(row: tuple[object, ...], teachers: list[str]) -> CourseText:
    pk, code, title, keywords, summary, outline, audience, provider, category, topic, track = row
    return CourseText(
        pk=int(str(pk)),
        code=str(code),
        title=str(title),
        keywords=tuple(keywords or ()),  # type: ignore[arg-type]  # values_list() of many columns has no types
        summary=str(summary),
        outline=tuple(outline or ()),  # type: ignore[arg-type]  # as above
        audience=str(audience),
        provider=str(provider),
        category=str(category),
        names=tuple(str(name) for name in (topic, track) if name),
        teachers=tuple(teachers),
    )


def meanings(*, without: int | None = None, more: Iterable[Row] = ()) -> dict[str, tuple[str, ...]]:
    """Return what everyday words mean, without one of the rows of Synonym and with more rows. One statement."""
    rows: Iterable[Row] = Synonym.objects.live().exclude(pk=without).values_list("said", "meant")
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for said, meant in chain(rows, more):
        for word in said:
            found[word] |= dict.fromkeys(other for other in meant if other != word)
    return {word: tuple(others) for word, others in found.items()}


def _places() -> Iterator[str]:
    """Yield the names of sites and towns, those of towns also as people say them: 古美 for 古美路街道."""
    for site, area in Site.objects.filter(retired_at=None).values_list("short_name", "union__area"):
        yield site.lower()
        yield area
        yield from (area.removesuffix(ending) for ending in ENDINGS if area.endswith(ending))
