"""What a page may say in the other language: the union's own words, and the switch to it."""

import re
from collections.abc import Iterable
from itertools import chain
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from accounts.models import Union, User
from catalogue.models import Course, Instructor, Room, Site, Topic, Track
from catalogue.places import stations_of

LATIN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2,}(?![A-Za-z0-9])")
ADDRESS = re.compile(r"https?://\S+")
HAN = re.compile(r"[\u4e00-\u9fff]+")
# The number of an order (点单), the names of file formats and standards, and a map's approval are the same everywhere.
LATIN_IN_CHINESE = {"EN", "English", "DD", "CSV", "Excel", "MB", "WPS", "jpg", "pdf", "png"}
LATIN_IN_CHINESE |= {"WCAG", "AA", "GB", "GS"}
DATA: list[tuple[QuerySet[Any], list[str]]] = [
    (Course.objects.all(), ["title", "summary", "outline", "audience", "provider", "note"]),
    (Instructor.objects.all(), ["name", "organisation"]),
    (Room.objects.all(), ["name"]),
    (
        Site.objects.all(),
        ["name", "short_name", "address", "transport", "opening_hours", "introduction", "host", "equipment"],
    ),
    (Topic.objects.all(), ["name"]),
    (Track.objects.all(), ["name"]),
    (Union.objects.all(), ["name", "area"]),
    (User.objects.all(), ["name"]),
]


class Tongues:
    """Tells the words on a page that are not of its language. The menu is in Chinese with Latin names in it."""

    def __init__(self) -> None:
        texts = set(chain.from_iterable(_texts(rows, fields) for rows, fields in DATA))
        self.latin = set(chain.from_iterable(LATIN.findall(text) for text in texts)) | LATIN_IN_CHINESE
        texts |= set(chain.from_iterable(stations_of(site) for site in Site.objects.all()))
        names = texts | {settings.SITE_NAME, settings.ORGANISER, "中文"}
        # The longest first, so that no name is broken up by a shorter one.
        self.han = sorted((text for text in names if HAN.search(text)), key=len, reverse=True)

    def foreign_to_chinese(self, words: str) -> set[str]:
        return set(LATIN.findall(ADDRESS.sub("", words))) - self.latin

    def foreign_to_english(self, words: str) -> set[str]:
        if HAN.search(words):
            for name in self.han:
                words = words.replace(name, "")
        return set(HAN.findall(words))


def _texts(rows: QuerySet[Any], fields: list[str]) -> Iterable[str]:
    for row in rows.values_list(*fields):
        for value in row:
            for text in value if isinstance(value, list) else [value]:
                yield from filter(None, (line.strip() for line in text.splitlines()))
