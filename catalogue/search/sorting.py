"""The pinyin that titles are sorted by: no collation of Chinese is asked of the database."""

import unicodedata
from collections.abc import Iterable

from pypinyin import lazy_pinyin

from catalogue.models import Course, CourseSearch


def reindex(courses: Iterable[Course]) -> None:
    """Write anew how the titles of these courses are sorted. One statement."""
    CourseSearch.objects.bulk_create(
        [CourseSearch(course=course, pinyin=_pinyin(course.title)) for course in courses],
        update_conflicts=True,
        unique_fields=["course"],
        update_fields=["pinyin"],
    )


def _pinyin(title: str) -> str:
    """Return the title in pinyin, a space after each syllable."""
    return " ".join(lazy_pinyin(unicodedata.normalize("NFKC", title))).lower()
