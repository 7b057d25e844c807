"""Why a worker may not take a seat, in plain words: the same before the press, after it, at the desk and in the API.

The checks themselves are the database function enrollment_problems (sql/), which the claim asks under its lock.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.utils.translation import gettext as _

from accounts.models import User
from enrollment.errors import EnrollmentRefused
from enrollment.models import Enrollment
from policy.problems import Problem
from timetable.models import ClassRun, Lesson
from timetable.words import day_and_time, lesson_time


@dataclass(frozen=True)
class Finding:
    """One row of enrollment_problems: a code and what its sentence speaks of (0 where it does not)."""

    code: str
    amount: int
    own_lesson: int
    other_lesson: int
    other_run: int


def problems(*, worker: User, run: ClassRun, now: datetime) -> list[Problem]:
    """Return everything that would refuse this worker a seat of this run at `now`, in the order to be read.

    A private run has one reason only: its seats are given by the enterprise's roster.
    """
    if run.private_to_id:
        return [private_run()]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT code, amount, own_lesson, other_lesson, other_run FROM enrollment_problems(%s, %s, %s)",
            [worker.pk, run.pk, now],
        )
        findings = [Finding(code, *(number or 0 for number in numbers)) for code, *numbers in cursor.fetchall()]
    return [SENTENCES[finding.code](run, finding) for finding in findings]


def changed_meanwhile() -> Problem:
    """Return what is said when a reason to refuse was there at the press and has gone since."""
    return Problem("changed_meanwhile", _("情况刚刚有变化，这次没有报上。"), _("请再按一次报名。"))


def private_run() -> Problem:
    """Return why nobody takes a seat of an enterprise's class by himself."""
    sentence = _("这是单位点的专班，不能自己报名。")
    return Problem("private_run", sentence, _("请联系单位里点单的人，把您加进名单。"))


def live_count(*, worker: User, run: ClassRun, now: datetime) -> int:
    """Return how many live enrollments the worker holds in the run's term, out of policy.max_live_enrollments."""
    return Enrollment.objects.of(worker).coming(now).filter(class_run__term=run.term_id).count()


def is_late(*, run: ClassRun, now: datetime) -> bool:
    """Tell whether a cancel at `now` is late under the policy the run opened with (cancel_cutoff, hours)."""
    return run.starts_at - now < timedelta(hours=run.policy.cancel_cutoff_hours)


def refuse_after_start(*, run: ClassRun, now: datetime) -> None:
    """Raise EnrollmentRefused once the run has started: what happened is attendance's to say."""
    if now >= run.starts_at:
        raise EnrollmentRefused([_run_started(run, None)])


def _run_cancelled(run: ClassRun, _finding: Finding | None) -> Problem:
    return Problem(
        "run_cancelled", _("这个班已取消：%(reason)s") % {"reason": run.cancel_reason}, _("请看同一门课的其他班次。")
    )


def _course_retired(run: ClassRun, _finding: Finding | None) -> Problem:
    sentence = _("《%(course)s》已下架，不再接受报名。") % {"course": run.course.title}
    return Problem("course_retired", sentence, _("请在课程目录里找别的课。"))


def _run_started(run: ClassRun, _finding: Finding | None) -> Problem:
    sentence = _("这个班已于 %(start)s 开课，不能再报名或取消。") % {"start": day_and_time(run.starts_at)}
    return Problem("run_started", sentence, _("请看同一门课的其他班次。"))


def _not_open(run: ClassRun, _finding: Finding) -> Problem:
    opens = {"opens": day_and_time(run.opens_at)}
    return Problem("not_open", _("还没到报名时间，%(opens)s 开放报名。") % opens, _("到时再来，以服务器时间为准。"))


def _cap(run: ClassRun, finding: Finding) -> Problem:
    values = {"held": finding.amount, "cap": run.policy.max_live_enrollments}
    sentence = _("您本学期已有 %(held)s/%(cap)s 个报名，不能再报。") % values
    return Problem("cap", sentence, _("上完一个班或取消一个报名后即可再报。"))


def _same_course(run: ClassRun, finding: Finding) -> Problem:
    other = ClassRun.objects.get(pk=finding.other_run)
    values = {"course": run.course.title, "start": day_and_time(other.starts_at)}
    sentence = _("同一门课每学期只能报一个班，您已报《%(course)s》%(start)s 的班。") % values
    return Problem("same_course", sentence, _("想换班，请先取消原来的报名。"))


def _clash(_run: ClassRun, finding: Finding) -> Problem:
    mine = Lesson.objects.get(pk=finding.own_lesson)
    other = Lesson.objects.select_related("class_run__course").get(pk=finding.other_lesson)
    values = {
        "mine": lesson_time(mine),
        "course": other.class_run.course.title,
        "other": lesson_time(other),
    }
    sentence = _("时间冲突：本班 %(mine)s，与您已报的《%(course)s》%(other)s 重叠。") % values
    return Problem("clash", sentence, _("请换一个时间的班，或先取消另一个报名。"))


SENTENCES: dict[str, Callable[[ClassRun, Finding], Problem]] = {
    "run_cancelled": _run_cancelled,
    "course_retired": _course_retired,
    "run_started": _run_started,
    "not_open": _not_open,
    "cap": _cap,
    "same_course": _same_course,
    "clash": _clash,
}
