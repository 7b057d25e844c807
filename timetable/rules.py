"""What a class run must be like before anybody asks whether its room is free. Each rule names the first offence."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import pairwise

from django.utils.translation import gettext as _

from policy.clock import local
from policy.models import Term
from policy.problems import Problem
from timetable.plans import BUFFER, Plan, Slot
from timetable.words import dated, dated_day, dated_span

SHORTEST = timedelta(minutes=15)
LONGEST = timedelta(hours=8)
MOST_LESSONS = 60

Rule = Callable[[Plan, datetime], Problem | None]


def problems(plan: Plan, *, now: datetime) -> list[Problem]:
    """Return why the plan cannot be a class run, in the order to be read; clashes are the database's question."""
    if not 1 <= len(plan.lessons) <= MOST_LESSONS:
        values = {"most": MOST_LESSONS, "count": len(plan.lessons)}
        sentence = _("一个班次要有 1 到 %(most)s 次课，现在是 %(count)s 次。") % values
        return [Problem("lesson_count", sentence, field="lessons")]
    return [problem for rule in RULES if (problem := rule(plan, now))]


def term_of(plan: Plan) -> Term | None:
    """Return the term that the first lesson's day, in Shanghai, belongs to."""
    return Term.objects.covering(local(plan.lessons[0].starts_at).date())


def _course_on_offer(plan: Plan, _now: datetime) -> Problem | None:
    if plan.course.retired_at is None:
        return None
    return Problem("course_retired", _("课程《%(course)s》已下架，不能开班。") % {"course": plan.course.title})


def _site_in_use(plan: Plan, _now: datetime) -> Problem | None:
    if plan.site.retired_at is None:
        return None
    return Problem("site_retired", _("学堂“%(site)s”已停用，不能排课。") % {"site": plan.site.short_name}, field="site")


def _room_in_use(plan: Plan, _now: datetime) -> Problem | None:
    for slot in plan.lessons:
        names = {"room": slot.room.name, "site": plan.site.short_name}
        if slot.room.site_id != plan.site.pk:
            return Problem("room_elsewhere", _("%(room)s不在学堂“%(site)s”里。") % names, field="room")
        if slot.room.retired_at is not None:
            return Problem("room_retired", _("%(site)s的%(room)s已停用，不能排课。") % names, field="room")
    return None


def _instructor_in_use(plan: Plan, _now: datetime) -> Problem | None:
    for slot in plan.lessons:
        if slot.instructor and slot.instructor.retired_at is not None:
            sentence = _("讲师%(name)s已停止授课，请换一位。") % {"name": slot.instructor.name}
            return Problem("instructor_retired", sentence, field="instructor")
    return None


def _ends_after_start(plan: Plan, _now: datetime) -> Problem | None:
    for values, slot in _numbered(plan):
        if slot.ends_at <= slot.starts_at:
            sentence = _("第 %(number)s 次课的结束时间（%(end)s）要晚于开始时间（%(start)s）。") % values
            return Problem("lesson_ends_before_it_starts", sentence, field="lessons")
    return None


def _long_enough(plan: Plan, _now: datetime) -> Problem | None:
    for values, slot in _numbered(plan):
        if timedelta(0) < slot.ends_at - slot.starts_at < SHORTEST:
            sentence = _("第 %(number)s 次课只有 %(minutes)s 分钟，至少要 15 分钟。") % values
            return Problem("lesson_too_short", sentence, field="minutes")
    return None


def _short_enough(plan: Plan, _now: datetime) -> Problem | None:
    for values, slot in _numbered(plan):
        if slot.ends_at - slot.starts_at > LONGEST:
            sentence = _("第 %(number)s 次课有 %(minutes)s 分钟，最多 480 分钟（8 小时）。") % values
            return Problem("lesson_too_long", sentence, field="minutes")
    return None


def _within_a_day(plan: Plan, _now: datetime) -> Problem | None:
    for values, slot in _numbered(plan):
        is_over = local(slot.ends_at).date() != local(slot.starts_at).date()
        if is_over and SHORTEST <= slot.ends_at - slot.starts_at <= LONGEST:
            sentence = _("第 %(number)s 次课从 %(start)s 到次日 %(end_time)s，跨过了午夜；要在同一天内。") % values
            return Problem("lesson_over_midnight", sentence, field="lessons")
    return None


def _in_order(plan: Plan, _now: datetime) -> Problem | None:
    for number, (first, second) in enumerate(pairwise(plan.lessons), start=1):
        if second.starts_at < first.ends_at:
            values = {
                "number": number,
                "first": dated_span(first.starts_at, first.ends_at),
                "next": number + 1,
                "second": dated_span(second.starts_at, second.ends_at),
            }
            sentence = _("第 %(next)s 次课（%(second)s）要在第 %(number)s 次课（%(first)s）结束之后。") % values
            return Problem("lessons_out_of_order", sentence, field="lessons")
    return None


def _room_cleared_between(plan: Plan, _now: datetime) -> Problem | None:
    for number, (first, second) in enumerate(pairwise(plan.lessons), start=1):
        gap = second.starts_at - first.ends_at
        if first.room == second.room and timedelta(0) <= gap < BUFFER:
            values = {"number": number, "next": number + 1, "buffer": BUFFER // timedelta(minutes=1)}
            sentence = _("第 %(number)s 次课与第 %(next)s 次课用同一间教室，中间至少留 %(buffer)s 分钟。") % values
            return Problem("lessons_too_close", sentence, field="lessons")
    return None


def _still_to_come(plan: Plan, now: datetime) -> Problem | None:
    start = plan.lessons[0].starts_at
    if start > now:
        return None
    sentence = _("第一次课（%(start)s）已经过去，请选以后的时间。") % {"start": dated(start)}
    return Problem("first_lesson_past", sentence, field="lessons")


def _opens_before_start(plan: Plan, _now: datetime) -> Problem | None:
    start = plan.lessons[0].starts_at
    if plan.opens_at < start:
        return None
    values = {"opens": dated(plan.opens_at), "start": dated(start)}
    sentence = _("开放报名（%(opens)s）要早于第一次课（%(start)s）。") % values
    return Problem("opens_too_late", sentence, field="opens_at")


def _in_a_term(plan: Plan, _now: datetime) -> Problem | None:
    if term_of(plan):
        return None
    sentence = _("%(day)s不在任何轮次内，不能排课。") % {"day": dated_day(plan.lessons[0].starts_at)}
    return Problem("no_term", sentence, _("请先请管理员建立这一轮次，或换一个日期。"), field="lessons")


def _somebody_may_come(plan: Plan, _now: datetime) -> Problem | None:
    if plan.capacity >= 1:
        return None
    sentence = _("名额至少 1 个，现在是 %(capacity)s 个。") % {"capacity": plan.capacity}
    return Problem("capacity_too_low", sentence, field="capacity")


def _min_size_at_least_one(plan: Plan, _now: datetime) -> Problem | None:
    if plan.min_size >= 1:
        return None
    sentence = _("开班人数至少 1 人，现在是 %(min)s 人。") % {"min": plan.min_size}
    return Problem("min_size_too_low", sentence, field="min_size")


def _enough_seats_to_open(plan: Plan, _now: datetime) -> Problem | None:
    if plan.capacity < 1 or plan.capacity >= plan.min_size:
        return None
    values = {"capacity": plan.capacity, "min": plan.min_size}
    sentence = _("名额（%(capacity)s）不能少于开班人数（%(min)s）。") % values
    return Problem("capacity_below_min_size", sentence, field="capacity")


def _within_the_course(plan: Plan, _now: datetime) -> Problem | None:
    if plan.capacity <= plan.course.max_size:
        return None
    values = {"course": plan.course.title, "most": plan.course.max_size, "capacity": plan.capacity}
    sentence = _("《%(course)s》每班最多 %(most)s 人，名额不能是 %(capacity)s。") % values
    return Problem("capacity_above_course", sentence, field="capacity")


def _everybody_sits(plan: Plan, _now: datetime) -> Problem | None:
    smallest = min((slot.room for slot in plan.lessons), key=lambda room: room.capacity)
    if plan.capacity <= smallest.capacity:
        return None
    values = {"room": smallest.name, "seats": smallest.capacity, "capacity": plan.capacity}
    sentence = _("%(room)s只坐得下 %(seats)s 人，放不下 %(capacity)s 人。") % values
    return Problem("room_too_small", sentence, _("请减少名额，或换一间更大的教室。"), field="capacity")


def _numbered(plan: Plan) -> Iterator[tuple[dict[str, object], Slot]]:
    """Yield each lesson with the values that sentences say of it."""
    for number, slot in enumerate(plan.lessons, start=1):
        values: dict[str, object] = {
            "number": number,
            "start": dated(slot.starts_at),
            "end": dated(slot.ends_at),
            "end_time": f"{local(slot.ends_at):%H:%M}",
            "minutes": (slot.ends_at - slot.starts_at) // timedelta(minutes=1),
        }
        yield values, slot


RULES: tuple[Rule, ...] = (
    _course_on_offer,
    _site_in_use,
    _room_in_use,
    _instructor_in_use,
    _ends_after_start,
    _long_enough,
    _short_enough,
    _within_a_day,
    _in_order,
    _room_cleared_between,
    _still_to_come,
    _opens_before_start,
    _in_a_term,
    _somebody_may_come,
    _min_size_at_least_one,
    _enough_seats_to_open,
    _within_the_course,
    _everybody_sits,
)
