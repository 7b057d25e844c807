"""Forms of an order: what an enterprise asks for, and how an officer schedules it."""

import unicodedata
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.http import QueryDict
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import phones
from accounts.forms import PlainField, PlainForm
from accounts.models import BOOKERS, Enterprise
from bookings.entering import Caller, Entry
from bookings.models import Booking, Channel
from bookings.rules import Order, earliest_day
from catalogue.models import Band, Course, Instructor, Site
from policy import ids
from policy.clock import SHANGHAI, local
from policy.defaults import BOOKING_LEAD_WORKDAYS
from policy.drafts import Typed
from portal.forms import MINUTE, MOST_SEATS, YEAR, NewRunForm, day_field, number_field, template_of
from timetable.bands import SATURDAY
from timetable.placement import Slot
from timetable.suggestions import free_instructors
from timetable.words import day_and_time, weekday

WISHES = (1, 2, 3)
KINDS = ("frontline", "management", "new_form", "migrant")
COURSE_LIST = "course-list"
LONGEST_COURSE = 80
# When a class of a band usually starts.
STARTS = {
    Band.WEEKDAY_DAY: "09:00",
    Band.NOON: "12:00",
    Band.AFTER_WORK: "18:30",
    Band.WEEKEND: "09:00",
    Band.ANY: "18:30",
}


def falls_in(day: date, band: str) -> bool:
    """Tell whether a class of this band may be held on this day: weekends have a band of their own."""
    return band == Band.ANY or (day.isoweekday() >= SATURDAY) == (band == Band.WEEKEND)


class CourseField(forms.CharField):
    """A course of the menu, by its code or its whole title; a browser offers the list while one types."""

    def clean(self, value: str | None) -> Any:
        """Return the Course, or None when nothing was typed."""
        typed = unicodedata.normalize("NFKC", super().clean(value)).strip()
        if not typed:
            return None
        menu = Course.objects.published()
        course = menu.filter(code=typed.split()[0].upper()).first()
        found = [course] if course else list(menu.filter(title=typed)[:2])
        if len(found) == 1:
            return found[0]
        raise forms.ValidationError(_("课程目录里没有这门课，请填课程编码，例如 SK0001，或从列表里选。"))


def _course_field(label: Any, *, required: bool) -> CourseField:
    return CourseField(
        label=label,
        required=required,
        max_length=LONGEST_COURSE,
        widget=forms.TextInput({"list": COURSE_LIST, "autocomplete": "off"}),
        error_messages={"required": _("请选择想上的课程。")},
    )


def _band_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("时段"), choices=Band.choices, error_messages={"invalid_choice": _("请选择列表里的时段。")}
    )


def _people_field(label: Any) -> forms.IntegerField:
    people = number_field(label, 0, MOST_SEATS)
    people.required = False
    return people


class OrderForm(PlainForm):
    """What an enterprise asks for."""

    course_1 = _course_field(_("想上的课程"), required=True)
    course_2 = _course_field(_("第二志愿"), required=False)
    course_3 = _course_field(_("第三志愿"), required=False)
    day_1 = day_field(_("希望的日期"))
    band_1 = _band_field()
    day_2 = day_field(_("第二个日期"))
    band_2 = _band_field()
    day_3 = day_field(_("第三个日期"))
    band_3 = _band_field()
    headcount = number_field(_("预计人数"), 1, MOST_SEATS)
    frontline = _people_field(_("其中一线职工"))
    management = _people_field(_("其中管理人员"))
    new_form = _people_field(_("其中新就业形态劳动者"))
    migrant = _people_field(_("其中农民工"))
    place = PlainField(
        label=_("希望的上课地点"),
        max_length=120,
        help_text=_("写单位地址或附近的学堂；工会安排在最近的学堂上课。"),
        error_messages={"required": _("请填写希望的上课地点。"), "max_length": _("地点最多 120 个字。")},
    )
    purpose = PlainField(
        label=_("想解决什么问题"),
        max_length=500,
        widget=forms.Textarea({"rows": 4}),
        help_text=_("职工现在的水平、想学会什么，讲师会照着准备。"),
        error_messages={"required": _("请写几句想解决什么问题。"), "max_length": _("最多 500 个字。")},
    )

    def __init__(self, data: Typed | None = None, *, shown: Typed | None = None, now: datetime) -> None:
        """Check what was typed (`data`), or only show it (`shown`); say from when on one may ask.

        Of the wishes only the first course and the first day must be there.
        """
        initial = {name: values[0] for name, values in (shown or {}).items() if values}
        super().__init__(None if data is None else MultiValueDict(data), initial=initial)
        self.today = local(now).date()
        for number in (2, 3):
            self.fields[f"day_{number}"].required = False
        for number in WISHES:
            self.fields[f"band_{number}"].required = False
        values = {"first": earliest_day(now), "lead": BOOKING_LEAD_WORKDAYS}
        self.fields["day_1"].help_text = _("最早 %(first)s（提前 %(lead)s 个工作日）。") % values

    def clean(self) -> dict[str, Any]:
        """Refuse wishes named twice, days out of reach, and more people by kind than there are."""
        given = super().clean() or {}
        self._refuse_twice("course", _("这门课已经选过了，请换一门。"), lambda number: given.get(f"course_{number}"))
        self._refuse_twice(
            "day",
            _("这个日期和时段已经填过了，请换一个。"),
            lambda number: given.get(f"day_{number}") and (given[f"day_{number}"], given.get(f"band_{number}")),
        )
        self._refuse_days(given)
        if sum(given.get(kind) or 0 for kind in KINDS) > given.get("headcount", MOST_SEATS):
            self.add_error("headcount", _("各类职工的人数加起来比预计人数多。"))
        return given

    def order(self) -> Order:
        """Return what a valid form asks for."""
        given = self.cleaned_data
        days = [(given[f"day_{number}"], given[f"band_{number}"]) for number in WISHES]
        return Order(
            courses=tuple(course for number in WISHES if (course := given[f"course_{number}"])),
            dates=tuple((day, Band(band or Band.ANY)) for day, band in days if day),
            headcount=given["headcount"],
            place=given["place"],
            purpose=given["purpose"],
            composition={kind: given[kind] for kind in KINDS},
        )

    def _refuse_days(self, given: dict[str, Any]) -> None:
        for number in WISHES:
            day = given.get(f"day_{number}")
            if day and not self.today <= day <= self.today + YEAR:
                self.add_error(f"day_{number}", _("请选择今天起一年内的日期。"))
            elif day and not falls_in(day, given.get(f"band_{number}") or Band.ANY):
                values = {"weekday": weekday(day)}
                self.add_error(f"band_{number}", _("这一天是%(weekday)s，和时段对不上，请改日期或时段。") % values)

    def _refuse_twice(self, name: str, sentence: Any, value_of: Any) -> None:
        seen: list[object] = []
        for number in WISHES:
            value = value_of(number)
            if value and value in seen:
                self.add_error(f"{name}_{number}", sentence)
            seen.append(value)


class EntryForm(OrderForm):
    """An order as an officer writes it down for an enterprise that called, came or wrote."""

    one_of = ("contact", "contact_name", "contact_phone", "soon")
    channel = forms.ChoiceField(label=_("怎么来的"), choices=[one for one in Channel.choices if one[0] != Channel.WEB])
    contact = forms.ChoiceField(label=_("联系人"), required=False)
    contact_name = PlainField(label=_("新联系人姓名"), required=False, max_length=40)
    contact_phone = forms.CharField(
        label=_("新联系人手机号"),
        required=False,
        strip=False,
        help_text=_("不在上面的名单里时填写；填了就成为这个单位的点单人。"),
        widget=forms.TextInput({"type": "tel", "inputmode": "tel", "autocomplete": "off"}),
    )
    soon = PlainField(
        label=_("提前天数不够时的理由"),
        required=False,
        max_length=200,
        help_text=_("日期早于规定时必须写明，会记入经过，单位也能看到。"),
    )
    key = forms.CharField(required=False, widget=forms.HiddenInput)
    field_order = ["channel", "contact", "contact_name", "contact_phone"]

    def __init__(self, data: QueryDict | None = None, *, enterprise: Enterprise, now: datetime) -> None:
        """Offer the people who order for the enterprise."""
        super().__init__(None if data is None else dict(data.lists()), shown={"key": [ids.public_id()]}, now=now)
        members = enterprise.memberships.filter(role__in=BOOKERS).select_related("user")
        self.members = {member.user.public_id: member.user for member in members}
        named = [(public_id, f"{user.name} {user.masked_phone}") for public_id, user in self.members.items()]
        self.fields["contact"].choices = [("", _("新联系人")), *named]  # type: ignore[attr-defined]

    def clean_key(self) -> str:
        """Return the form's key, or a new one for what is none."""
        key = str(self.cleaned_data["key"])
        return key if ids.is_public_id(key) else ids.public_id()

    def clean_contact_phone(self) -> str:
        """Return the normalised number of somebody new, or nothing."""
        typed = str(self.cleaned_data["contact_phone"])
        try:
            return phones.normalise(typed) if typed.strip() else ""
        except phones.PhoneRefused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal

    def clean(self) -> dict[str, Any]:
        """Ask for a contact: one of the enterprise's, or a name and a phone."""
        given = super().clean()
        if "contact" in given and not given["contact"]:
            for name, sentence in (
                ("contact_name", _("请填写联系人姓名。")),
                ("contact_phone", _("请填写联系人手机号。")),
            ):
                if name in given and not given[name]:
                    self.add_error(name, sentence)
        return given

    def entry(self) -> Entry:
        """Return how the order came. The form must be valid."""
        given = self.cleaned_data
        caller = Caller(self.members.get(given["contact"]), given["contact_name"], given["contact_phone"])
        return Entry(key=given["key"], channel=Channel(given["channel"]), caller=caller, reason=given["soon"])


def filled_from(booking: Booking) -> Typed:
    """Return an order as it would have been typed, for correcting it."""
    filled: dict[str, object] = {name: getattr(booking, name) for name in ("headcount", "place", "purpose", *KINDS)}
    for wish in booking.course_wishes.all():
        filled[f"course_{wish.position}"] = f"{wish.course.code} {wish.course.title}"
    for date_wish in booking.date_wishes.all():
        filled[f"day_{date_wish.position}"] = date_wish.day
        filled[f"band_{date_wish.position}"] = date_wish.band
    return {name: [str(value)] for name, value in filled.items() if value is not None}


class BookingRunForm(NewRunForm):
    """The desk's form of a class run, for an order: nobody enrolls, and the instructor has said yes."""

    opens_on = None  # type: ignore[assignment]
    opens_at = None  # type: ignore[assignment]
    instructor_word = PlainField(
        label=_("讲师怎么答复的"),
        max_length=200,
        help_text=_("谁、哪天、怎么答应的，例如“12月2日电话答应”。会记入经过。"),
        error_messages={"required": _("请写明讲师的答复。"), "max_length": _("最多 200 个字。")},
    )

    def __init__(self, *args: Any, booking: Booking, **kwargs: Any) -> None:
        """Ask for the instructor too."""
        super().__init__(*args, **kwargs)
        self.booking = booking
        instructor = self.fields["instructor"]
        instructor.required = True
        instructor.help_text = ""
        instructor.error_messages["required"] = _("请选择讲师。")
        _later, *teachers = instructor.widget.choices
        instructor.widget = forms.Select(choices=[("", _("请选择")), *teachers])

    def say_who_is_free(self) -> None:
        """Say beside the choice which of the course's instructors are free at the lessons as they are filled in."""
        teacher = Instructor.objects.filter(course_instructors__course=self.course, retired_at=None).first()
        lessons = self._lessons(teacher) if teacher else []
        if not lessons:
            return
        free = [teacher.name for teacher in free_instructors(course=self.course, lessons=lessons)]
        values = {"start": day_and_time(lessons[0].starts_at), "names": gettext("、").join(free)}
        known = gettext("%(start)s 有空的本课讲师：%(names)s。") if free else gettext("%(start)s 没有有空的本课讲师。")
        self["instructor"].help_text = known % values

    def _lessons(self, teacher: Instructor) -> list[Slot]:
        """Return the lessons as they are filled in or proposed, none while something is wrong; `teacher` stands in."""
        names = ("first_on", "starts", "minutes", "lesson_count", "every_days")
        try:
            start, starts, minutes, count, every = (self.fields[name].clean(self[name].value()) for name in names)
            room = self.fields["room"].clean(self["room"].value())
        except forms.ValidationError:
            return []
        first, length = datetime.combine(start, starts, SHANGHAI), minutes * MINUTE
        moments = [first + timedelta(days=number * every) for number in range(count)]
        return [Slot(room, teacher, moment, moment + length) for moment in moments]

    def opening(self) -> datetime:
        """Return the present: a class for an enterprise's roster opens when it is made."""
        return self.now

    def page(self) -> str:
        """Return the address of the page this form is on."""
        return reverse("portal:desk_booking_schedule", args=[self.booking.public_id])

    def address(self, **other: object) -> str:
        """Return the address of this form as it was filled in, its course included."""
        return super().address(**{"course": self.course.code} | other)


class RosterForm(PlainForm):
    """Names and phones, pasted or as a file."""

    one_of = ("people", "file")
    people = forms.CharField(
        label=_("粘贴姓名和手机号"),
        required=False,
        strip=False,
        widget=forms.Textarea({"rows": 12, "spellcheck": "false"}),
        help_text=_("从 Excel 或微信里复制过来，一人一行，栏的先后不限。身份证号不会保存。"),
    )
    file = forms.FileField(
        label=_("或选择文件"),
        required=False,
        help_text=_("Excel、WPS 表格或 CSV，最多 1000 行。"),
        widget=forms.ClearableFileInput({"accept": ".xlsx,.xls,.ods,.csv"}),
        error_messages={"empty": _("文件是空的。")},
    )

    def clean(self) -> dict[str, Any]:
        """Ask for one of the two."""
        given = super().clean() or {}
        if not self.errors and not given.get("file") and not str(given.get("people", "")).strip():
            self.add_error("people", _("请粘贴名单，或选择文件。"))
        return given


def template_of_order(booking: Booking, course: Course, site: Site, *, now: datetime) -> dict[str, Any]:
    """Return what the class of an order starts with: its people, its first day, at the hour of its band."""
    wish = booking.date_wishes.first()
    wished = {"first_on": wish.day, "starts": STARTS[Band(wish.band)]} if wish else {}
    rooms = site.rooms.filter(retired_at=None, capacity__gte=booking.headcount)
    room = rooms.order_by("capacity", "position", "pk").first()
    sized = {"capacity": booking.headcount, "min_size": 1, "room": room.pk if room else None}
    return template_of(course, site, now=now) | sized | wished
