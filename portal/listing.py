"""What stands around a list of courses: figures, category row, filters, chips, order."""

from collections.abc import Iterator
from typing import Any

from django.template.defaultfilters import floatformat
from django.urls import reverse
from django.utils.translation import gettext as _

from catalogue.models import Course, Topic
from portal import facets
from portal.course_index import CourseIndex
from portal.facets import Choice, Counts
from portal.filters import SORTS, CourseFilter, address
from portal.selection import Selection


def figures(index: CourseIndex) -> dict[str, int]:
    """Return how many courses are offered, and in how many sites."""
    return {"courses": len(index.courses), "sites": index.site_count}


def category_tiles(index: CourseIndex) -> list[dict[str, Any]]:
    """Return the nine categories with their courses counted, as the first page shows them."""
    return [{"code": choice.value, **tile} for choice, tile in _tiles(index, "category")]


def track_tiles(index: CourseIndex, topic: Topic) -> list[dict[str, Any]]:
    """Return the tracks of a topic that have courses, with the addresses of the list narrowed to them."""
    codes = set(topic.tracks.values_list("code", flat=True))
    tiles = [tile for choice, tile in _tiles(index, "track", ("topic", topic.slug)) if choice.value in codes]
    return [tile for tile in tiles if tile["count"]]


def _tiles(index: CourseIndex, facet: str, *within: tuple[str, str]) -> Iterator[tuple[Choice, dict[str, Any]]]:
    """Yield the choices of a facet of courses, each with its count and the address of its list."""
    counts = Selection(index, {name: [value] for name, value in within}).counts()
    for choice in facets.known_choices(index)[facet]:
        url = reverse("portal:course_list") + address([*within, (facet, choice.value)])
        yield choice, {"name": choice.label, "count": counts.get((facet, choice.value), 0), "url": url}


def course_facts(course: Course) -> list[dict[str, Any]]:
    """Return the facts of a course that decide whether it fits, for components/facts.html."""
    hours = _("%(hours)s 学时 · %(count)s 次课") % {"hours": floatformat(course.hours), "count": course.lesson_count}
    size = _("%(least)s–%(most)s 人") % {"least": course.min_size, "most": course.max_size}
    facts = [
        ("clock", _("学时"), hours),
        ("users", _("每班人数"), size),
        ("map-pin", _("授课形式"), _("、").join(course.delivery_labels)),
        ("ticket", _("费用"), _("职工免费")),
    ]
    return [{"icon": icon, "label": label, "value": value} for icon, label, value in facts]


def list_frame(narrowed: CourseFilter, counts: Counts) -> dict[str, Any]:
    """Return the context of the course list apart from its courses."""
    chips = narrowed.chips()
    return {
        "q": narrowed.words,
        "categories": _category_row(narrowed),
        "groups": facets.groups(narrowed.choices, counts, narrowed.chosen),
        "chips": chips,
        "clear_url": address([]),
        "filter_count": len([chip for chip in chips if chip["name"] != "q"]),
        "sorts": [
            {"value": value, "label": label, "selected": value == narrowed.sort}
            for value, label in SORTS.items()
            if value in narrowed.sorts
        ],
        "kept_by_search": narrowed.pairs(leave_out=("q", "sort")),
        "kept_by_filters": [pair for pair in narrowed.pairs() if pair[0] in {"q", "sort"}],
    }


def _category_row(narrowed: CourseFilter) -> list[dict[str, Any]]:
    """Return the categories; each leads to its own courses, the one in force back to all."""
    others = narrowed.pairs(leave_out=("category",))
    chosen = narrowed.chosen["category"]
    return [
        {
            "code": choice.value,
            "name": choice.label,
            "active": choice.value in chosen,
            "url": address(others if chosen == [choice.value] else [("category", choice.value), *others]),
        }
        for choice in narrowed.choices["category"]
    ]
