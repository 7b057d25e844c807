"""The facets of the course list: what can be chosen, and how many courses each choice would leave."""

from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from catalogue.audiences import Audience
from catalogue.models import Delivery, Level
from catalogue.titles import InstructorTitle
from portal.course_index import CourseIndex
from timetable.bands import LessonBand
from timetable.models import RunState
from timetable.words import WEEKDAYS

# Every facet in the order of the panel.
LABELS = {
    "category": _("课程类别"),
    "state": _("报名状态"),
    "band": _("上课时段"),
    "weekday": _("星期"),
    "town": _("上课街镇"),
    "site": _("学堂"),
    "topic": _("专题"),
    "track": _("AI 方向"),
    "audience": _("适合谁"),
    "level": _("难度"),
    "delivery": _("授课形式"),
    "title": _("讲师"),
}
# What the code itself knows the names of; the others are read with the index.
CHOICES: dict[str, type[models.TextChoices]] = {
    "band": LessonBand,
    "audience": Audience,
    "level": Level,
    "delivery": Delivery,
    "title": InstructorTitle,
}
STATES = {"open": RunState.OPEN, "soon": RunState.SOON, "full": RunState.WAITING}


@dataclass(frozen=True)
class Choice:
    """One thing a facet can be narrowed to. A site is within a town."""

    value: str
    label: str
    within: str = ""


Choices = dict[str, list[Choice]]
Counts = dict[tuple[str, str], int]


def known_choices(index: CourseIndex) -> Choices:
    """Return what each facet offers, in the order in which it is read, in the reader's language."""
    english = get_language() == "en"
    choices = {
        facet: [Choice(one.value, (english and one.name_en) or one.name, one.within) for one in names]
        for facet, names in index.names.items()
    }
    choices |= {facet: [Choice(value, str(label)) for value, label in kind.choices] for facet, kind in CHOICES.items()}
    choices["state"] = [Choice(value, str(state.label)) for value, state in STATES.items()]
    choices["weekday"] = [Choice(str(number), str(_(name))) for number, name in enumerate(WEEKDAYS, start=1)]
    return choices


def groups(choices: Choices, counts: Counts, chosen: dict[str, list[str]]) -> list[dict[str, Any]]:
    """Return the facets as components/facet_group.html shows them; one without anything to choose is left out.

    The sites are too many for a list: those of the towns one chose are offered.
    """
    groups = []
    for facet, label in LABELS.items():
        ticked = chosen.get(facet, [])
        options = [
            {
                "value": choice.value,
                "label": choice.label,
                "count": counts.get((facet, choice.value), 0),
                "checked": choice.value in ticked,
            }
            for choice in choices[facet]
            if not choice.within or choice.value in ticked or choice.within in chosen.get("town", [])
        ]
        groups += [{"name": facet, "label": label, "options": options}] if options else []
    return groups
