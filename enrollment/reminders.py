"""Reminders of lessons, planned by set: whoever has a seat is told once per kind, lesson and start of the lesson.

Nothing has to be moved or taken back: a lesson that moves has another start and so another key, whoever enrolls late
gets at the next minute what is still due, and the end of an enrollment calls its messages off (seats.cancel).
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.utils import translation
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from policy.clock import local
from timetable.models import Lesson
from timetable.words import lesson_time

SMS_CHARACTERS = 70
PLACE_CHARACTERS = 20
# Less would not say which course; a second SMS is the lesser evil then.
TITLE_CHARACTERS = 12


@dataclass(frozen=True)
class Reminder:
    """A kind of reminder: due `before` the lesson starts, and of use to late-comers for as long as `window`."""

    kind: str
    before: timedelta
    window: timedelta


REMINDERS = (Reminder("reminder_1d", before=timedelta(days=1), window=timedelta(days=1)),)

# The rows of enrollments are locked so that a cancellation comes before (and is seen) or after (and calls off what was
# planned). One that is under way this very moment is skipped and looked at again a minute later.
PLAN = """
INSERT INTO messaging_message
    (person_id, key, kind, subject, title, body, sms, path, channels, due_at, use_by, created_at)
SELECT worker.id, message.key, %(kind)s, message.subject, text.title, text.body, text.sms,
       '/my/enrollments/' || enrollment.public_id || '/', ARRAY['sms'], %(now)s, lesson.starts_at, %(now)s
FROM jsonb_to_recordset(%(texts)s::jsonb)
     AS text (lesson bigint, starts_at timestamptz, language text, title text, body text, sms text)
JOIN timetable_lesson lesson
  ON lesson.id = text.lesson AND lesson.starts_at = text.starts_at AND lesson.cancelled_at IS NULL
JOIN enrollment_enrollment enrollment
  ON enrollment.class_run_id = lesson.class_run_id AND enrollment.status = 'enrolled'
JOIN accounts_user worker
  ON worker.id = enrollment.worker_id AND worker.language = text.language
 AND worker.is_active AND worker.erased_at IS NULL
CROSS JOIN LATERAL (
    SELECT 'enrollment/' || enrollment.id AS subject,
           format('%%s:enrollment/%%s:lesson/%%s:at/%%s', %(kind)s::text, enrollment.id, lesson.id,
                  extract(epoch FROM lesson.starts_at)::bigint) AS key
) message
WHERE NOT EXISTS (SELECT FROM messaging_message known WHERE known.key = message.key)
FOR SHARE OF enrollment SKIP LOCKED
ON CONFLICT (key) DO NOTHING
"""


def plan_due(*, now: datetime) -> int:
    """Write the reminders that have come due and are not written yet; return how many.

    Calling it twice, or twice at once, plans nothing twice. Lessons that have begun or were cancelled get none.
    """
    return sum(_plan(reminder, now) for reminder in REMINDERS)


def _plan(reminder: Reminder, now: datetime) -> int:
    texts = [text for lesson in _lessons(reminder, now) for text in _texts(lesson, now)]
    if not texts:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(PLAN, {"kind": reminder.kind, "now": now, "texts": json.dumps(texts)})
        planned: int = cursor.rowcount
    return planned


def _lessons(reminder: Reminder, now: datetime) -> Iterable[Lesson]:
    latest = now + reminder.before
    coming = Lesson.objects.filter(starts_at__gt=max(now, latest - reminder.window), starts_at__lte=latest)
    standing = coming.filter(cancelled_at=None, class_run__cancelled_at=None)
    return standing.select_related("class_run__course", "class_run__site", "room")


def _texts(lesson: Lesson, now: datetime) -> Iterable[dict[str, object]]:
    """Yield what is said about the lesson, once in each language."""
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            yield {
                "lesson": lesson.pk,
                "starts_at": lesson.starts_at.isoformat(),
                "language": language,
                "title": _title(lesson, now),
                "body": _body(lesson),
                "sms": _sms(lesson, now),
            }


def _title(lesson: Lesson, now: datetime) -> str:
    course = lesson.class_run.course.title
    match (local(lesson.starts_at).date() - local(now).date()).days:
        case 0:
            return _("今天上课：%(course)s") % {"course": course}
        case 1:
            return _("明天上课：%(course)s") % {"course": course}
        case days:
            return _("%(days)d 天后上课：%(course)s") % {"days": days, "course": course}


def _body(lesson: Lesson) -> str:
    site = lesson.class_run.site
    closing = _("不能来？请在上课前取消，把名额让给候补的同事。")
    return "\n".join([lesson_time(lesson), _place(lesson), site.address, closing])


def _sms(lesson: Lesson, now: datetime) -> str:
    """Return one SMS's worth of text, the gateway's signature 【…】 counted in; a long course name gives way first."""
    end = _("，%(time)s，%(place)s。不能来请提前取消。") % {
        "time": lesson_time(lesson),
        "place": Truncator(_place(lesson)).chars(PLACE_CHARACTERS),
    }
    room = SMS_CHARACTERS - len(f"【{settings.SITE_NAME}】") - len(end)
    return Truncator(_title(lesson, now)).chars(max(room, TITLE_CHARACTERS)) + end


def _place(lesson: Lesson) -> str:
    site = lesson.class_run.site.short_name
    return f"{site} {lesson.room.name}" if lesson.room else site
