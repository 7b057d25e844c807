"""What the addresses of the course list may ask for. Unknown names and values are ignored, never an error."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import django_filters
from django import forms
from django.db.models import F
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from catalogue import search
from catalogue.models import Course, CourseQuerySet
from portal.facets import LABELS, STATES, Choices
from timetable.models import ClassRun, ClassRunQuerySet

SORTS = {"best": _("最相关"), "soonest": _("最近开课"), "newest": _("最新上架"), "title": _("按课名")}
RUN_FACETS = ("town", "state")


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
    """Several values of one facet: any of them will do. `word` is the QuerySet's name for it."""

    field_class = KnownValues

    def __init__(self, word: str = "", **kwargs: Any) -> None:
        """Remember the word; a facet that is asked of the runs has none here."""
        super().__init__(**kwargs)
        self.word = word

    def filter(self, qs: CourseQuerySet, value: list[str]) -> CourseQuerySet:
        """Narrow by the QuerySet's word."""
        narrowed: CourseQuerySet = getattr(qs, self.word)(value) if value and self.word else qs
        return narrowed


class Search(django_filters.CharFilter):  # type: ignore[misc]  # as above
    """The words of a search."""

    field_class = Words

    def filter(self, qs: CourseQuerySet, value: str) -> CourseQuerySet:
        """Keep the courses that hold all words."""
        return search.holding(qs, value) if value else qs


class CourseFilter(django_filters.FilterSet):  # type: ignore[misc]  # as above
    """The course list, narrowed by the query of an address.

    `courses()` is the one place where the conditions meet; the counts of a facet ask for it without that facet.
    """

    q = Search()
    category = AnyOf("in_categories")
    topic = AnyOf("on_topics")
    track = AnyOf("on_tracks")
    level = AnyOf("at_levels")
    delivery = AnyOf("delivered_as")
    town = AnyOf()
    state = AnyOf()

    class Meta:
        model = Course
        fields: list[str] = []

    def __init__(self, data: QueryDict, *, choices: Choices, now: datetime) -> None:
        """Read the query against the choices that are known."""
        super().__init__(data, queryset=Course.objects.published())
        self.now = now
        self.choices = choices
        for facet in LABELS:
            self.filters[facet].extra["known"] = [choice.value for choice in choices[facet]]
        self.form.is_valid()
        self.chosen: dict[str, list[str]] = {facet: self.form.cleaned_data[facet] for facet in LABELS}
        self.words: str = self.form.cleaned_data["q"]
        self.sorts = list(SORTS) if self.words else list(SORTS)[1:]
        wanted = data.get("sort", "")
        self.sort = wanted if wanted in self.sorts else self.sorts[0]

    def menu(self, apart_from: str = "") -> CourseQuerySet:
        """Return the courses that fit what is asked of courses."""
        courses: CourseQuerySet = self.queryset
        for name, value in self.form.cleaned_data.items():
            if name != apart_from:
                courses = self.filters[name].filter(courses, value)
        return courses

    def runs(self, apart_from: str = "") -> ClassRunQuerySet:
        """Return the coming runs that fit what is asked of runs."""
        towns, states = (self.chosen[name] if name != apart_from else [] for name in RUN_FACETS)
        runs = ClassRun.objects.visible_to(None).standing().upcoming(self.now)
        runs = runs.in_towns(towns) if towns else runs
        return runs.in_states([STATES[state] for state in states], self.now) if states else runs

    def courses(self, apart_from: str = "") -> CourseQuerySet:
        """Return the courses that fit everything; what is asked of runs must hold for one and the same run."""
        courses = self.menu(apart_from)
        asks_runs = any(self.chosen[name] for name in RUN_FACETS if name != apart_from)
        return courses.with_any_of(self.runs(apart_from)) if asks_runs else courses

    def ordered(self) -> CourseQuerySet:
        """Return the courses that fit, in the order asked for."""
        courses = self.courses()
        if self.sort == "best":
            return search.best_first(courses, self.words)
        if self.sort == "newest":
            return courses.order_by("-created_at", "code")
        if self.sort == "title":
            return courses.order_by(F("search__pinyin").asc(nulls_last=True), "code")
        return courses.soonest_first(self.runs().best_first(self.now))

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
