"""The desk's form for a new class run, filled in from the course's template."""

from datetime import date, datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any, ClassVar, cast
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.forms import PlainForm
from catalogue.models import Course, Instructor, Room, Site
from policy.clock import SHANGHAI, local
from policy.defaults import HOUR_MINUTES
from policy.models import Policy
from timetable.placement import Slot
from timetable.rules import LONGEST, MOST_LESSONS, SHORTEST

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise

MINUTE = timedelta(minutes=1)
YEAR = timedelta(days=366)
MOST_DAYS_BETWEEN = 31
MOST_SEATS = 2000
EVENING = "18:30"


def day_field(label: "StrOrPromise", help_text: "StrOrPromise" = "") -> forms.DateField:
    """Return a field for a day, written 2026-12-08 whatever the language."""
    messages = {"required": _("请填写日期。"), "invalid": _("请填写存在的日期，例如 2026-12-08。")}
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(
        label=label, help_text=help_text, widget=widget, input_formats=["%Y-%m-%d"], error_messages=messages
    )


def time_field(label: "StrOrPromise", help_text: "StrOrPromise" = "") -> forms.TimeField:
    """Return a field for a time of the day."""
    messages = {"required": _("请填写时间。"), "invalid": _("请填写时间，例如 18:30。")}
    widget = forms.TimeInput(format="%H:%M", attrs={"type": "time"})
    formats = ["%H:%M", "%H:%M:%S"]
    return forms.TimeField(
        label=label, help_text=help_text, widget=widget, input_formats=formats, error_messages=messages
    )


def number_field(label: "StrOrPromise", least: int, most: int, help_text: "StrOrPromise" = "") -> forms.IntegerField:
    """Return a field for a whole number between two others."""
    between = format_lazy(_("请填写 {least} 到 {most} 之间的整数。"), least=least, most=most)
    messages = dict.fromkeys(["required", "invalid", "min_value", "max_value"], between)
    return forms.IntegerField(
        label=label, help_text=help_text, min_value=least, max_value=most, error_messages=messages
    )


class RoomField(forms.ModelChoiceField):  # type: ignore[type-arg]  # no subscript at run time
    """A choice of rooms, each with its kind and seats."""

    def label_from_instance(self, room: Room) -> str:
        """Name a room in the list."""
        return room_label(room)


class SiteForm(PlainForm):
    """The first step: which site. Its rooms are the second step's choice."""

    site = forms.ChoiceField(label=_("学堂"))

    def __init__(self) -> None:
        """Group the sites in use by town."""
        super().__init__()
        sites = Site.objects.filter(retired_at=None).select_related("union").order_by("union__area", "slug")
        grouped = groupby(sites, key=lambda site: site.union.area or site.union.name)
        choices = [(area, [(site.slug, site.name) for site in members]) for area, members in grouped]
        self.fields["site"].widget = forms.Select(choices=[("", _("请选择学堂")), *choices])


class NewRunForm(PlainForm):
    """Room, instructor, lessons, seats and the opening of one class run at one site."""

    field_of: ClassVar = {"lessons": "first_on", "site": "room"}

    room = RoomField(
        Room.objects.none(),
        label=_("教室"),
        empty_label=None,
        error_messages={"required": _("请选择教室。"), "invalid_choice": _("请选择这个学堂的教室。")},
    )
    instructor = forms.ModelChoiceField(
        Instructor.objects.none(),
        label=_("讲师"),
        required=False,
        to_field_name="public_id",
        help_text=_("可以先不选，以后再定。"),
        error_messages={"invalid_choice": _("请选择名单里的讲师。")},
    )
    first_on = day_field(_("第一次课的日期"))
    starts = time_field(_("上课时间"))
    minutes = number_field(_("每次课分钟数"), SHORTEST // MINUTE, LONGEST // MINUTE, _("一学时 45 分钟。"))
    lesson_count = number_field(_("课次"), 1, MOST_LESSONS)
    every_days = number_field(_("每隔几天一次"), 1, MOST_DAYS_BETWEEN, _("每周一次填 7，每天一次填 1。"))
    capacity = number_field(_("名额"), 1, MOST_SEATS)
    min_size = number_field(_("开班人数"), 1, MOST_SEATS, _("报名不到这个人数可以不开班。"))
    opens_on = day_field(_("开放报名的日期"))
    opens_at = time_field(_("开放报名的时间"), _("填过去的时间即立刻开放。"))

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        course: Course,
        site: Site,
        now: datetime,
        initial: dict[str, Any] | None = None,
    ) -> None:
        """Offer the site's rooms, and the course's own instructors before all others."""
        super().__init__(data, initial=initial)
        self.course, self.site, self.now, self.today = course, site, now, local(now).date()
        choices = cast("dict[str, forms.ModelChoiceField[Any]]", self.fields)
        choices["room"].queryset = Room.objects.filter(site=site, retired_at=None)
        choices["instructor"].queryset = Instructor.objects.filter(retired_at=None)
        choices["instructor"].widget = forms.Select(choices=_instructor_choices(course))

    def clean_first_on(self) -> date:
        """Keep the first lesson within a year from today."""
        day: date = self.cleaned_data["first_on"]
        if not self.today <= day <= self.today + YEAR:
            raise forms.ValidationError(_("请选择今天起一年内的日期。"))
        return day

    def clean_opens_on(self) -> date:
        """Keep the opening within a year before or after today."""
        day: date = self.cleaned_data["opens_on"]
        if not self.today - YEAR <= day <= self.today + YEAR:
            raise forms.ValidationError(_("请选择前后一年内的日期。"))
        return day

    def plan(self) -> dict[str, Any]:
        """Return what the timetable asks for. The form must be valid."""
        given = self.cleaned_data
        first = datetime.combine(given["first_on"], given["starts"], SHANGHAI)
        starts = [first + timedelta(days=number * given["every_days"]) for number in range(given["lesson_count"])]
        length = given["minutes"] * MINUTE
        return {
            "lessons": [Slot(given["room"], given["instructor"], start, start + length) for start in starts],
            "capacity": given["capacity"],
            "min_size": given["min_size"],
            "opens_at": self.opening(),
        }

    def opening(self) -> datetime:
        """Return when enrolling opens. The form must be valid."""
        return datetime.combine(self.cleaned_data["opens_on"], self.cleaned_data["opens_at"], SHANGHAI)

    def address(self, **other: object) -> str:
        """Return the address of this form as it was filled in, with other values where given."""
        filled = {name: self.data[name] for name in self.fields if name in self.data}
        query = urlencode({"site": self.site.slug} | filled | other)
        return f"{self.page()}?{query}"

    def page(self) -> str:
        """Return the address of the page this form is on."""
        return reverse("portal:desk_new_run", args=[self.course.code])


def room_label(room: Room) -> str:
    """Return a room with its kind and seats."""
    values = {"name": room.name, "kind": room.get_kind_display(), "seats": room.capacity}
    return _("%(name)s（%(kind)s，%(seats)s 人）") % values


def template_of(course: Course, site: Site, *, now: datetime) -> dict[str, Any]:
    """Return what a run of this course starts with: the course's own sizes and hours, an evening in two weeks.

    Seats as the site's largest room allows, and the smallest room that has them.
    """
    rooms = list(site.rooms.filter(retired_at=None).order_by("capacity", "position", "pk"))
    capacity = min(course.max_size, rooms[-1].capacity) if rooms else course.max_size
    teaching = Instructor.objects.filter(course_instructors__course=course, retired_at=None)
    teacher = teaching.order_by("course_instructors__position").first()
    today = local(now).date()
    return {
        "room": next((room.pk for room in rooms if room.capacity >= capacity), None),
        "instructor": teacher.public_id if teacher else "",
        "first_on": today + timedelta(days=14),
        "starts": EVENING,
        "minutes": lesson_minutes(course),
        "lesson_count": course.lesson_count,
        "every_days": 7,
        "capacity": capacity,
        "min_size": course.min_size,
        "opens_on": today + timedelta(days=1),
        "opens_at": Policy.objects.current(now=now).open_at,
    }


def lesson_minutes(course: Course) -> int:
    """Return how long one lesson takes: the course's 学时 of 45 minutes shared out, to the nearest five minutes."""
    exact = float(course.hours) * HOUR_MINUTES / course.lesson_count
    return min(max(round(exact / 5) * 5, SHORTEST // MINUTE), LONGEST // MINUTE)


def _instructor_choices(course: Course) -> list[tuple["StrOrPromise", Any]]:
    """Return the course's own instructors in the menu's order, then all others by pinyin."""
    teaching = Instructor.objects.filter(retired_at=None)
    own = list(teaching.filter(course_instructors__course=course).order_by("course_instructors__position"))
    groups = {_("本课讲师"): own, _("其他讲师"): [teacher for teacher in teaching if teacher not in own]}
    named = [(label, [(teacher.public_id, _teacher_label(teacher)) for teacher in of]) for label, of in groups.items()]
    return [("", _("以后再定")), *named]


def _teacher_label(teacher: Instructor) -> str:
    if not teacher.organisation:
        return teacher.name
    return _("%(name)s（%(organisation)s）") % {"name": teacher.name, "organisation": teacher.organisation}
