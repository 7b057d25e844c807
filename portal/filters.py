"""What the addresses of the course list may ask for. Unknown names and values are ignored, never an error."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

import django_filters
from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from catalogue import search
from catalogue.models import Course
from portal.course_index import CourseIndex
from portal.facets import LABELS, Choices
from portal.selection import Selection

SORTS = {
    "best": _("最相关"),
    "soonest": _("最近开课"),
    "newest": _("最新上架"),
    "wanted": _("最多人想学"),
    "title": _("按课名"),
}


class KnownValues(forms.MultipleChoiceField):
    """Takes the values it knows and overlooks the rest."""

    def __init__(self, *, known: Sequence[str], **kwargs: Any) -> None:
        """Remember the known values, in the order in which they are read."""
        super().__init__(choices=[(value, value) for value in known], **kwargs)
        self.known = known

    def clean(self, value: Any) -> list[str]:
        """Return the known values in the order of the choices, each once."""
        wanted = {str(item) for item in value or []}
        return [key for key in self.known if key in wanted]


class Words(forms.CharField):
    """Takes the words of a search as catalogue.search reads them."""

    def clean(self, value: Any) -> str:
        """Return the words, normalised and cut."""
        return search.normalised(str(value or ""))


class AnyOf(django_filters.MultipleChoiceFilter):  # type: ignore[misc]  # django-filter says nothing of its types
    """Several values of one facet: any of them will do."""

    field_class = KnownValues


class Search(django_filters.CharFilter):  # type: ignore[misc]  # as above
    """The words of a search."""

    field_class = Words


class CourseFilter(django_filters.FilterSet):  # type: ignore[misc]  # as above
    """The query of an address of the course list; `selection` is what it leaves of the menu."""

    q = Search()
    category = AnyOf()
    state = AnyOf()
    band = AnyOf()
    weekday = AnyOf()
    town = AnyOf()
    site = AnyOf()
    topic = AnyOf()
    track = AnyOf()
    audience = AnyOf()
    level = AnyOf()
    delivery = AnyOf()
    title = AnyOf()

    class Meta:
        model = Course
        fields: list[str] = []

    def __init__(self, data: QueryDict, *, index: CourseIndex, choices: Choices) -> None:
        """Read the query against the choices that are known."""
        super().__init__(data, queryset=Course.objects.none())
        self.choices = choices
        for facet in LABELS:
            self.filters[facet].extra["known"] = [choice.value for choice in choices[facet]]
        self.form.is_valid()
        self.chosen: dict[str, list[str]] = {facet: self.form.cleaned_data[facet] for facet in LABELS}
        self.words: str = self.form.cleaned_data["q"]
        self.sorts = list(SORTS) if self.words else list(SORTS)[1:]
        wanted = data.get("sort", "")
        self.sort = wanted if wanted in self.sorts else self.sorts[0]
        found = search.ranked(self.words, version=index.version) if self.words else None
        self.selection = Selection(index, self.chosen, found)

    def pairs(self, *, without: tuple[str, str] = ("", ""), leave_out: tuple[str, ...] = ()) -> list[tuple[str, str]]:
        """Return the query in force as pairs, without one of them or without some names."""
        pairs = [("q", self.words)] if self.words else []
        pairs += [(facet, value) for facet, values in self.chosen.items() for value in values]
        pairs += [("sort", self.sort)] if self.sort != self.sorts[0] else []
        return [pair for pair in pairs if pair != without and pair[0] not in leave_out]

    def chips(self) -> list[dict[str, str]]:
        """Return what the list is narrowed by, each with the address of the list without it."""
        labels = {(facet, choice.value): choice.label for facet in LABELS for choice in self.choices[facet]}
        labels["q", self.words] = f"“{self.words}”"
        return [
            {"name": pair[0], "label": labels[pair], "url": address(self.pairs(without=pair))}
            for pair in self.pairs(leave_out=("sort",))
        ]


def address(pairs: list[tuple[str, str]]) -> str:
    """Return the query of an address; `?` alone takes every narrowing away."""
    return "?" + urlencode(pairs)
