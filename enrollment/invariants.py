"""What must always be true of seats, lines and wishes. Each check recounts from the rows and names what disagrees."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Count, F, Q

from enrollment.models import LIVE, SEATED, Backing, Enrollment, EnrollmentStatus, WishStatus
from messaging.models import Message
from timetable.models import ClassRun


def disagreements(*, now: datetime) -> Iterator[str]:
    """Yield one Chinese sentence for everything counted that is not what its rows say."""
    yield from _counters()
    yield from _seats_owed(now)
    yield from _live_twice()
    yield from _untold()
    yield from _wishers_untold()


def _counters() -> Iterator[str]:
    counted = ClassRun.objects.annotate(
        seated=Count("enrollments", filter=Q(enrollments__status__in=SEATED)),
        in_line=Count("enrollments", filter=Q(enrollments__status=EnrollmentStatus.WAITING)),
    )
    shown = ("number", "capacity", "seats_taken", "waiting", "seated", "in_line")
    for row in counted.exclude(seats_taken=F("seated")).order_by("pk").values(*shown):
        yield "班次 {number}：已占名额记为 {seats_taken}，实有 {seated}。".format(**row)
    for row in counted.exclude(waiting=F("in_line")).order_by("pk").values(*shown):
        yield "班次 {number}：候补人数记为 {waiting}，实有 {in_line}。".format(**row)
    for row in counted.filter(seated__gt=F("capacity")).order_by("pk").values(*shown):
        yield "班次 {number}：{capacity} 个名额坐了 {seated} 人。".format(**row)


def _seats_owed(now: datetime) -> Iterator[str]:
    for run in ClassRun.objects.owing_a_seat().upcoming(now).standing():
        yield f"班次 {run.number}：有空位，却还有 {run.waiting} 人在候补。"


def _live_twice() -> Iterator[str]:
    twice = Enrollment.objects.filter(status__in=LIVE).values("class_run__number", "worker")
    for row in twice.annotate(times=Count("pk")).filter(times__gt=1).order_by("class_run__number", "worker"):
        yield f"班次 {row['class_run__number']}：编号 {row['worker']} 的学员有 {row['times']} 个有效报名。"


def _untold() -> Iterator[str]:
    keys = set(Message.objects.filter(kind__in=["enrolled", "moved_up", "in_line"]).values_list("key", flat=True))
    told = {EnrollmentStatus.ENROLLED: ("enrolled", "moved_up"), EnrollmentStatus.WAITING: ("in_line",)}
    rows = Enrollment.objects.filter(status__in=told).order_by("pk").values_list("pk", "status")
    for pk, status in rows.iterator():
        if not any(f"{kind}:enrollment/{pk}" in keys for kind in told[EnrollmentStatus(status)]):
            yield f"报名 {pk}：状态是{EnrollmentStatus(status).label}，但没有通知过本人。"


def _wishers_untold() -> Iterator[str]:
    keys = set(Message.objects.filter(kind__in=["wish_arranged", "wish_declined"]).values_list("key", flat=True))
    answered = Backing.objects.exclude(wish__status=WishStatus.OPEN).order_by("wish", "person")
    for wish, status, person in answered.values_list("wish", "wish__status", "person"):
        if f"wish_{status}:wish/{wish}:user/{person}" not in keys:
            yield f"想学 {wish}：已有结果，但没有通知编号 {person} 的人。"
