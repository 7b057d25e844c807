"""What an order must be like: enough people, days far enough ahead, courses that hold them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time

from django.utils.translation import gettext as _

from bookings.models import Booking
from catalogue.models import Band, Course
from policy.calendar import add_workdays
from policy.clock import SHANGHAI, local
from policy.defaults import BOOKING_LEAD_WORKDAYS, BOOKING_MIN_HEADCOUNT
from policy.problems import Problem
from timetable import words


@dataclass(frozen=True)
class Order:
    """What an enterprise asks for. Courses and days in the order of preference; `composition` by kind of worker."""

    courses: tuple[Course, ...]
    dates: tuple[tuple[date, Band], ...]
    headcount: int
    place: str
    purpose: str
    composition: dict[str, int | None] = field(default_factory=dict)


def order_of(booking: Booking) -> Order:
    """Return what a stored order asks for."""
    return Order(
        courses=tuple(wish.course for wish in booking.course_wishes.select_related("course")),
        dates=tuple((wish.day, Band(wish.band)) for wish in booking.date_wishes.all()),
        headcount=booking.headcount,
        place=booking.place,
        purpose=booking.purpose,
    )


def problems(order: Order, *, now: datetime, may_be_soon: bool = False) -> list[Problem]:
    """Return why such an order cannot be sent at `now`, in the order to be read.

    `may_be_soon` leaves out the lead time: an officer has said why.
    """
    soon = [] if may_be_soon else _too_soon(order, now)
    return [*_too_few(order), *soon, *_courses(order)]


def earliest_day(now: datetime) -> date:
    """Return the first day one may ask for: the lead time in working days from today."""
    return add_workdays(local(now).date(), BOOKING_LEAD_WORKDAYS)


def say_day(day: date) -> str:
    """Return `12月15日 周二`."""
    return words.day(datetime.combine(day, time(12), SHANGHAI))


def _too_few(order: Order) -> Iterator[Problem]:
    if order.headcount >= BOOKING_MIN_HEADCOUNT:
        return
    values = {"least": BOOKING_MIN_HEADCOUNT, "count": order.headcount}
    sentence = _("点单至少 %(least)s 人，您填了 %(count)s 人。") % values
    mend = _("可以与附近单位合成一单，或请职工报学堂的公开班，或致电区总工会申请放宽。")
    yield Problem("too_few_people", sentence, mend, "headcount")


def _too_soon(order: Order, now: datetime) -> Iterator[Problem]:
    first = earliest_day(now)
    for number, (day, _band) in enumerate(order.dates, start=1):
        if day >= first:
            continue
        second, third = add_workdays(first, 1), add_workdays(first, 2)
        values = {"day": say_day(day), "lead": BOOKING_LEAD_WORKDAYS, "first": say_day(first)}
        sentence = _("%(day)s太近了：点单要提前 %(lead)s 个工作日，最早 %(first)s。") % values
        mend = _("也可以选 %(second)s或 %(third)s。") % {"second": say_day(second), "third": say_day(third)}
        yield Problem("too_soon", sentence, mend, f"day_{number}")


def _courses(order: Order) -> Iterator[Problem]:
    for number, course in enumerate(order.courses, start=1):
        values = {"course": course.title, "most": course.max_size, "count": order.headcount}
        if course.retired_at:
            sentence = _("课程《%(course)s》已下架，请换一门。") % values
            yield Problem("course_retired", sentence, field=f"course_{number}")
        elif order.headcount > course.max_size:
            sentence = _("《%(course)s》每班最多 %(most)s 人，您填了 %(count)s 人。") % values
            yield Problem("course_too_small", sentence, _("请换一门课，或分成两单。"), f"course_{number}")
