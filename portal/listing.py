"""What stands around a list of courses: figures, category row, filters, chips, order."""

from typing import Any

from django.db.models import Count, Q
from django.template.defaultfilters import floatformat
from django.urls import reverse
from django.utils.translation import gettext as _

from catalogue.models import Category, Course, Site, Topic
from portal import facets
from portal.facets import Counts
from portal.filters import SORTS, CourseFilter, address
from portal.templatetags.look import named


def figures() -> dict[str, int]:
    """Return how many courses are offered, and in how many sites."""
    return {
        "courses": Course.objects.published().count(),
        "sites": Site.objects.filter(retired_at=None).count(),
    }


def category_tiles() -> list[dict[str, Any]]:
    """Return the nine categories with their courses counted, as the first page shows them."""
    course_list = reverse("portal:course_list")
    # Grouping drops the model's own order.
    categories = Category.objects.annotate(count=Count("courses", filter=Q(courses__retired_at=None))).order_by(
        "position"
    )
    return [
        {
            "code": category.code,
            "name": named(category),
            "count": category.count,
            "url": course_list + address([("category", category.code)]),
        }
        for category in categories
    ]


def track_tiles(topic: Topic) -> list[dict[str, Any]]:
    """Return the tracks of a topic that have courses, with the addresses of the list narrowed to them."""
    course_list = reverse("portal:course_list")
    counted = topic.tracks.annotate(count=Count("courses", filter=Q(courses__retired_at=None)))
    tracks = counted.filter(count__gt=0).order_by("position", "pk")
    return [
        {
            "name": track.name,
            "count": track.count,
            "url": course_list + address([("topic", topic.slug), ("track", track.code)]),
        }
        for track in tracks
    ]


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
