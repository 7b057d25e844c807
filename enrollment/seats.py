"""Seats: the one door through which a seat, or a place in line, is taken and given back.

The only writer of ClassRun.seats_taken, ClassRun.waiting and Enrollment.status. Locks are taken in one order: workers,
class runs, enrollments. A free seat belongs to the line before any passer-by.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import connection, transaction

from accounts.models import Enterprise, User
from enrollment import rules, say
from enrollment.models import ENDED, SEATED, Enrollment, EnrollmentStatus, Via
from messaging import outbox
from policy import history, ids
from policy.problems import Problem
from timetable.models import ClassRun


class Outcome(StrEnum):
    """How a press of 报名 ended."""

    ENROLLED = "enrolled"
    WAITING = "waiting"
    FULL = "full"
    ALREADY = "already"
    REFUSED = "refused"


@dataclass(frozen=True)
class Claim:
    """The answer to a press: outcome, the enrollment if there is one, why not, and how many people wait ahead."""

    outcome: Outcome
    enrollment: Enrollment | None
    problems: tuple[Problem, ...]
    ahead: int


@dataclass(frozen=True)
class Entry:
    """Typed in for somebody else: by whom, by which way it was asked, and the enterprise that named the worker."""

    by: User
    via: Via
    named_by: Enterprise | None = None


def claim(*, worker: User, run_id: int, now: datetime, join_line: bool = False, entry: Entry | None = None) -> Claim:
    """Give the worker one seat of the run, or with `join_line` a place in its line when it is full.

    Pressing again answers ALREADY with the same enrollment. A full run is an outcome, not an error. `entry` says who
    typed it in for a caller (代录). The seats of an enterprise's run are given by its roster, and by its roster no
    others. Raises ClassRun.DoesNotExist.
    """
    run = ClassRun.objects.select_related("course", "site", "policy").get(pk=run_id)
    if run.private_to_id != _naming(entry):
        return Claim(Outcome.REFUSED, None, (rules.private_run(),), 0)
    public_id = ids.public_id()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT outcome, enrollment, ahead FROM enrollment_claim(%s, %s, %s, %s, %s, %s, %s, %s::jsonb, %s::jsonb)",
            [
                worker.pk,
                run.pk,
                now,
                public_id,
                join_line,
                entry.via if entry else Via.WEB,
                entry.by.pk if entry else None,
                json.dumps(_seated(entry)(worker=worker, run=run, public_id=public_id)),
                json.dumps(say.in_line(worker=worker, run=run, public_id=public_id)),
            ],
        )
        outcome, enrollment_id, ahead = cursor.fetchone()
    problems: tuple[Problem, ...] = ()
    if outcome == Outcome.REFUSED:
        problems = tuple(rules.problems(worker=worker, run=run, now=now)) or (rules.changed_meanwhile(),)
    return Claim(
        outcome=Outcome(outcome),
        enrollment=Enrollment.objects.get(pk=enrollment_id) if enrollment_id else None,
        problems=problems,
        ahead=ahead,
    )


@transaction.atomic
def cancel(*, enrollment_id: int, actor: User, now: datetime) -> Enrollment:
    """Give back a seat or a place in line, and serve the line in the same transaction.

    Possible until the start; late within policy.cancel_cutoff_hours of it. Cancelling again changes nothing.
    Raises EnrollmentRefused once the run has started, ClassRun.DoesNotExist when there is no such enrollment.
    """
    run, enrollment = _lock(enrollment_id)
    if enrollment.status in ENDED:
        return enrollment
    rules.refuse_after_start(run=run, now=now)
    was_waiting, was_seated = enrollment.status == EnrollmentStatus.WAITING, enrollment.status in SEATED
    late = was_seated and rules.is_late(run=run, now=now)
    with history.recorded(actor=actor, reason="cancel"):
        enrollment.status = EnrollmentStatus.CANCELLED_LATE if late else EnrollmentStatus.CANCELLED
        enrollment.cancelled_at = now
        enrollment.save(update_fields=["status", "cancelled_at"])
    run.waiting -= was_waiting
    run.seats_taken -= was_seated
    run.save(update_fields=["seats_taken", "waiting"])
    outbox.call_off(subject=subject(enrollment), now=now)
    _tell("cancelled", say.left_line if was_waiting else say.cancelled, run=run, enrollment=enrollment, now=now)
    _serve_line(run=run, now=now)
    return enrollment


def fill_free_seats(*, now: datetime) -> int:
    """Serve every line that has a free seat before it; return the seats given. A sweep: doors leave none behind."""
    owing = ClassRun.objects.owing_a_seat().upcoming(now).standing().values_list("pk", flat=True)
    return sum(_fill(run_id=run_id, now=now) for run_id in list(owing))


def subject(enrollment: Enrollment) -> str:
    """Return the text key under which everything told about this enrollment is found."""
    return f"enrollment/{enrollment.pk}"


@transaction.atomic
def _fill(*, run_id: int, now: datetime) -> int:
    run = ClassRun.objects.select_related("course", "site", "policy").select_for_update(of=("self",), no_key=True)
    return _serve_line(run=run.get(pk=run_id), now=now)


def _serve_line(*, run: ClassRun, now: datetime) -> int:
    """Give the free seats of a locked run to its line, first come first served; return how many.

    Nothing is given once the run has started or was cancelled. The line is read after the run was locked, in a
    statement of its own: an earlier snapshot might miss the last one who joined.
    """
    free = run.capacity - run.seats_taken
    if free <= 0 or not run.waiting or run.cancelled_at or now >= run.starts_at:
        return 0
    line = Enrollment.objects.in_line().filter(class_run=run).select_related("worker")
    served = list(line.select_for_update(of=("self",), no_key=True)[:free])
    with history.recorded(actor=None, reason="seat freed"):
        for enrollment in served:
            enrollment.status = EnrollmentStatus.ENROLLED
            enrollment.seated_at = now
            enrollment.save(update_fields=["status", "seated_at"])
            _tell("moved_up", say.moved_up, run=run, enrollment=enrollment, now=now)
    run.seats_taken += len(served)
    run.waiting -= len(served)
    run.save(update_fields=["seats_taken", "waiting"])
    return len(served)


def _lock(enrollment_id: int) -> tuple[ClassRun, Enrollment]:
    """Lock the run, then the enrollment; return both as they are under the locks."""
    runs = ClassRun.objects.select_related("course", "site", "policy")
    run = runs.select_for_update(of=("self",), no_key=True).get(enrollments=enrollment_id)
    enrollments = Enrollment.objects.select_related("worker").select_for_update(of=("self",), no_key=True)
    return run, enrollments.get(pk=enrollment_id)


def _naming(entry: Entry | None) -> int | None:
    """Return the enterprise whose roster asks; None for everybody else, 0 for a roster of nobody's."""
    if entry is None or entry.via != Via.ROSTER:
        return None
    return entry.named_by.pk if entry.named_by else 0


def _seated(entry: Entry | None) -> say.Sentence:
    """Return the sentence that tells of the seat: by whom one was named, where an enterprise did."""
    return say.named_by(entry.named_by.name) if entry and entry.named_by else say.enrolled


def _tell(kind: str, text: say.Sentence, *, run: ClassRun, enrollment: Enrollment, now: datetime) -> None:
    outbox.tell(
        person=enrollment.worker,
        key=f"{kind}:{subject(enrollment)}",
        kind=kind,
        subject=subject(enrollment),
        due_at=now,
        use_by=run.starts_at,
        now=now,
        **text(worker=enrollment.worker, run=run, public_id=enrollment.public_id),
    )
