"""What must always be true of orders, their numbers and promises, their classes and rosters."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import pairwise

from django.db.models import F, Q

from bookings.models import SCHEDULED, Booking, BookingStatus, RosterEntry
from bookings.moves import MOVES
from enrollment.models import LIVE, SEATED, Enrollment
from policy.calendar import SATURDAY, add_workdays
from policy.clock import local
from policy.defaults import BOOKING_REPLY_WORKDAYS
from policy.models import NumberSeries
from timetable.models import ClassRun

TAKEN_ON = [BookingStatus.ACCEPTED, *SCHEDULED]
# Two who send at the same moment may get their numbers the other way round, no longer than a request lasts.
AT_ONCE = timedelta(minutes=1)


def disagreements(*, now: datetime) -> Iterator[str]:
    """Yield one Chinese sentence for every order that disagrees with its rows."""
    yield from _numbers()
    yield from _promises()
    yield from _histories()
    yield from _classes(now)
    yield from _seats()


def _numbers() -> Iterator[str]:
    """Ask that numbers go up with the time of sending, are of its year, and none is above the series' last one."""
    last = dict(NumberSeries.objects.filter(series="booking").values_list("year", "last"))
    latest: dict[int, datetime] = {}
    sent = Booking.objects.sent().order_by("number").values_list("number", "submitted_at")
    for number, submitted_at in sent:
        if number is None or submitted_at is None:
            yield f"点单 {number}：有单号，没有提交时间。"
            continue
        year = local(submitted_at).year
        head, _dash, tail = number.rpartition("-")
        if head != f"DD-{year % 100:02d}" or not tail.isdecimal() or int(tail) > last.get(year, 0):
            yield f"点单 {number}：单号不是 {year} 年发出的。"
        elif submitted_at < latest.get(year, submitted_at) - AT_ONCE:
            yield f"点单 {number}：提交得比前面的单号早。"
        latest[year] = max(submitted_at, latest.get(year, submitted_at))


def _promises() -> Iterator[str]:
    """Ask that the answer is promised in working days; weekends alone count where holidays were not known yet."""
    for number, submitted_at, reply_by in Booking.objects.sent().values_list("number", "submitted_at", "reply_by"):
        if submitted_at is None:
            continue
        day = local(submitted_at).date()
        if reply_by not in {add_workdays(day, BOOKING_REPLY_WORKDAYS), _weekdays_after(day)}:
            yield f"点单 {number}：答复日期 {reply_by} 不是提交后第 {BOOKING_REPLY_WORKDAYS} 个工作日。"


def _weekdays_after(day: date) -> date:
    left = BOOKING_REPLY_WORKDAYS
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < SATURDAY
    return day


def _histories() -> Iterator[str]:
    """Ask that each order began as a draft, went by the table of moves only, and stands where its history says."""
    cells = {(state, step.to) for (state, _action), step in MOVES.items()}
    seen: dict[int, list[str]] = defaultdict(list)
    events = Booking.pgh_event_model.objects.order_by("pgh_id")  # type: ignore[attr-defined]
    for pk, status in events.values_list("pgh_obj", "status"):
        if seen[pk][-1:] != [status]:
            seen[pk].append(status)
    for booking in Booking.objects.order_by("pk"):
        passed = seen[booking.pk]
        if passed[:1] != [BookingStatus.DRAFT] or passed[-1] != booking.status:
            yield f"点单 {booking}：历史与状态“{booking.get_status_display()}”不符。"
        for before, after in pairwise(passed):
            if (before, after) not in cells:
                steps = f"“{BookingStatus(before).label}”到“{BookingStatus(after).label}”"
                yield f"点单 {booking}：从{steps}，状态表里没有这一步。"


def _classes(now: datetime) -> Iterator[str]:
    """Ask that scheduled orders have a class of their enterprise's own, over when done, and that it has its order."""
    scheduled = Booking.objects.filter(status__in=SCHEDULED).order_by("number")
    for number, run in scheduled.exclude(class_run__private_to=F("enterprise")).values_list(
        "number", "class_run__number"
    ):
        yield f"点单 {number}：班次 {run} 不是这个单位的专班。"
    for number in scheduled.filter(status=BookingStatus.DONE, class_run__ends_at__gt=now).values_list(
        "number", flat=True
    ):
        yield f"点单 {number}：已完成，课却还没有上完。"
    unverified = Booking.objects.filter(status__in=TAKEN_ON, enterprise__verified_at=None)
    for number in unverified.order_by("number").values_list("number", flat=True):
        yield f"点单 {number}：已受理，单位却没有核验。"
    for number in (
        ClassRun.objects.filter(booking=None)
        .exclude(private_to=None)
        .order_by("number")
        .values_list("number", flat=True)
    ):
        yield f"班次 {number}：是单位专班，却没有点单。"


def _seats() -> Iterator[str]:
    """Ask that the seats of an enterprise's class are those of its roster, one by one."""
    private = Enrollment.objects.filter(class_run__private_to__isnull=False, status__in={*LIVE, *SEATED})
    for number, pk in private.filter(roster_entry=None).order_by("pk").values_list("class_run__number", "pk"):
        yield f"班次 {number}：报名 {pk} 不在单位的名单里。"
    elsewhere = RosterEntry.objects.filter(
        ~Q(enrollment__class_run=F("booking__class_run")) | Q(booking__class_run=None)
    )
    for pk, booking in elsewhere.order_by("pk").values_list("pk", "booking__number"):
        yield f"点单 {booking}：名单第 {pk} 行的报名不在它的班次里。"
