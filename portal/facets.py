"""The facets of the course list: what can be chosen, and how many courses each choice would leave."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import CharField, Count, F, Func, IntegerField, QuerySet, Value
from django.db.models.functions import Cast, Coalesce, NullIf
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import Union, UnionKind
from catalogue.models import Category, Delivery, Level, Topic, Track
from timetable.models import RunState

if TYPE_CHECKING:
    from portal.filters import CourseFilter

# Every facet in the order of the panel.
LABELS = {
    "category": _("课程类别"),
    "topic": _("专题"),
    "track": _("AI 方向"),
    "town": _("上课街镇"),
    "state": _("报名状态"),
    "delivery": _("授课形式"),
    "level": _("难度"),
}
# By what a course is counted; `town` and `state` are asked of its runs.
COURSE_VALUES: dict[str, Any] = {
    "category": F("category_id"),
    "topic": F("topic__slug"),
    "track": F("track__code"),
    "level": F("level"),
    "delivery": Func(F("deliveries"), function="unnest", output_field=CharField()),
}
STATES = {"open": RunState.OPEN, "soon": RunState.SOON, "full": RunState.WAITING}
TOTAL = "total"


@dataclass(frozen=True)
class Choice:
    """One thing a facet can be narrowed to."""

    value: str
    label: str


Choices = dict[str, list[Choice]]
Counts = dict[tuple[str, str], int]
Rows = QuerySet[Any, Any]


def known_choices() -> Choices:
    """Return what each facet offers, in the order in which it is read. One statement."""
    english = get_language() == "en"
    name = Coalesce(NullIf("name_en", Value("")), "name") if english else F("name")
    towns = Union.objects.filter(kind=UnionKind.TOWN, sites__retired_at=None, sites__isnull=False)
    arms = [
        _choice_rows("category", Category.objects.all(), F("code"), name, F("position")),
        _choice_rows("topic", Topic.objects.filter(retired_at=None), F("slug"), name, Value(0)),
        _choice_rows("track", Track.objects.all(), F("code"), F("name"), F("position")),
        _choice_rows("town", towns.distinct(), F("slug"), F("area"), Value(0)),
    ]
    choices: Choices = {facet: [] for facet in LABELS}
    for facet, value, label, _position in sorted(_together(arms), key=lambda row: (row[3], row[1])):
        choices[facet].append(Choice(value, label))
    choices["level"] = [Choice(value, str(label)) for value, label in Level.choices]
    choices["delivery"] = [Choice(value, str(label)) for value, label in Delivery.choices]
    choices["state"] = [Choice(value, str(state.label)) for value, state in STATES.items()]
    return choices


def counted(narrowed: "CourseFilter") -> Counts:
    """Return the courses each choice would leave, and the total under (TOTAL, ""). One statement.

    The counts of a facet ignore its own selection and respect all others.
    """
    arms = [_count_rows(TOTAL, narrowed.courses(), Value(""), "pk")]
    arms += [_count_rows(facet, narrowed.courses(facet), value, "pk") for facet, value in COURSE_VALUES.items()]
    courses = narrowed.menu().order_by().values("pk")
    for facet, value in (("town", F("site__union__slug")), *(("state", Value(name)) for name in STATES)):
        runs = narrowed.runs(facet).filter(course__in=courses)
        runs = runs.in_states([STATES[value.value]], narrowed.now) if isinstance(value, Value) else runs
        arms.append(_count_rows(facet, runs, value, "course"))
    return {(facet, value): count for facet, value, count in _together(arms) if value is not None}


def groups(choices: Choices, counts: Counts, chosen: dict[str, list[str]]) -> list[dict[str, Any]]:
    """Return the facets as components/facet_group.html shows them; one without anything to choose is left out."""
    return [
        {
            "name": facet,
            "label": label,
            "options": [
                {
                    "value": choice.value,
                    "label": choice.label,
                    "count": counts.get((facet, choice.value), 0),
                    "checked": choice.value in chosen.get(facet, []),
                }
                for choice in choices[facet]
            ],
        }
        for facet, label in LABELS.items()
        if choices[facet]
    ]


def _choice_rows(facet: str, rows: Rows, *columns: Any) -> Rows:
    value, label, position = columns
    return rows.order_by().values_list(
        Value(facet), Cast(value, CharField()), Cast(label, CharField()), Cast(position, IntegerField())
    )


def _count_rows(facet: str, rows: Rows, value: Any, counting: str) -> Rows:
    grouped = rows.order_by().annotate(facet=Value(facet), value=Cast(value, CharField())).values("facet", "value")
    counted_rows: Rows = grouped.annotate(count=Count(counting, distinct=True)).values_list("facet", "value", "count")
    return counted_rows


def _together(arms: Sequence[Rows]) -> Rows:
    together: Rows = arms[0].union(*arms[1:], all=True)
    return together
