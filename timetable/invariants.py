"""What must always be true of class runs, lessons and what they occupy."""

from collections.abc import Iterator
from datetime import datetime

from django.db import connection
from django.db.models import F, Max, Min, Q

from policy import defaults
from timetable.models import ClassRun

OCCUPIED_AS_LESSONS_SAY = """
    WITH wanted AS (
        SELECT l.id AS lesson_id, r.id AS resource_id,
               tstzrange(
                   l.starts_at,
                   l.ends_at + CASE WHEN r.room_id IS NULL THEN interval '0' ELSE %(buffer)s::interval END
               ) AS during
        FROM timetable_lesson l
        JOIN timetable_resource r ON r.room_id = l.room_id OR r.instructor_id = l.instructor_id
        WHERE l.cancelled_at IS NULL
    ), taken AS (
        SELECT lesson_id, resource_id, during FROM timetable_occupancy WHERE active
    )
    SELECT lesson_id, '没有占用登记' FROM (SELECT * FROM wanted EXCEPT SELECT * FROM taken) AS missing
    UNION ALL
    SELECT lesson_id, '占用登记与课次不符' FROM (SELECT * FROM taken EXCEPT SELECT * FROM wanted) AS surplus
    ORDER BY 1, 2
"""
TAKEN_TWICE = """
    SELECT a.lesson_id, b.lesson_id
    FROM timetable_occupancy a JOIN timetable_occupancy b
      ON a.resource_id = b.resource_id AND a.id < b.id AND a.during && b.during
    WHERE a.active AND b.active
    ORDER BY 1, 2
"""
UNKNOWN_RESOURCES = """
    SELECT l.id FROM timetable_lesson l
    WHERE l.cancelled_at IS NULL AND (
        (l.room_id IS NOT NULL AND NOT EXISTS (SELECT FROM timetable_resource r WHERE r.room_id = l.room_id))
        OR (l.instructor_id IS NOT NULL
            AND NOT EXISTS (SELECT FROM timetable_resource r WHERE r.instructor_id = l.instructor_id))
    )
    ORDER BY 1
"""


def disagreements(*, now: datetime) -> Iterator[str]:  # noqa: ARG001 -- the same signature in every app
    """Yield one Chinese sentence for every lesson or run that disagrees with its rows."""
    for lesson, what in _rows(OCCUPIED_AS_LESSONS_SAY, {"buffer": f"{defaults.ROOM_BUFFER_MINUTES} minutes"}):
        yield f"课次 {lesson}：{what}。"
    for lesson, other in _rows(TAKEN_TWICE, {}):
        yield f"课次 {lesson} 与课次 {other}：同一教室或讲师同时被占用。"
    for (lesson,) in _rows(UNKNOWN_RESOURCES, {}):
        yield f"课次 {lesson}：教室或讲师没有登记，占用查不出来。"
    spans = ClassRun.objects.annotate(first=Min("lessons__starts_at"), last=Max("lessons__ends_at"))
    for run in spans.filter(~Q(starts_at=F("first")) | ~Q(ends_at=F("last")) | Q(first=None)).order_by("pk"):
        yield f"班次 {run.number}：起止时间与各课次不符。"


def _rows(sql: str, values: dict[str, str]) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())
