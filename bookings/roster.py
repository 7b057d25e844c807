"""The door through which an enterprise names its people: each good row takes a seat, each bad one says why."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import people, phones
from accounts.models import User
from bookings import mending, moves
from bookings.errors import BookingRefused
from bookings.mending import Answer
from bookings.models import Booking, BookingStatus, RosterEntry
from bookings.reading import MOST_ROWS, Row, Verdict
from enrollment import seats
from enrollment.models import Enrollment, Via
from enrollment.seats import Entry, Outcome
from policy.problems import Problem
from timetable.models import ClassRun
from timetable.words import day_and_time

VERDICTS = {Outcome.ENROLLED: Verdict.SEATED, Outcome.ALREADY: Verdict.ALREADY, Outcome.FULL: Verdict.TOO_MANY}


def take(
    *, booking_id: int, actor: User, rows: Sequence[Row], now: datetime, mended: Collection[str] = ()
) -> list[Answer]:
    """Seat the people of a roster, each in a transaction of its own, and tell each who named them.

    Rows that take no seat are kept until they are mended; `mended` are the keys of the kept rows that these rows stand
    for, or that are struck out. The same rows again seat nobody twice. Raises BookingRefused when the actor may not,
    the class has begun, or there are too many rows to be a roster.
    """
    booking = Booking.objects.select_related("enterprise", "class_run").get(pk=booking_id)
    seating = _Seating(booking, _run_of(booking, actor, rows, now), actor, now)
    seen: set[str] = set()
    answers = []
    for row in rows:
        verdict = row.wrong
        if verdict is None:
            verdict = Verdict.DUPLICATE if row.phone in seen else seating.seat(row)
            seen.add(row.phone)
        answers.append(Answer(row, verdict))
    mending.settle(booking=booking, answers=answers, mended=mended, actor=actor, now=now)
    return answers


class _Seating:
    """Gives the seats of one class; once it is full it asks no more."""

    def __init__(self, booking: Booking, run: ClassRun, actor: User, now: datetime) -> None:
        self.booking, self.run, self.actor, self.now = booking, run, actor, now
        seated = Enrollment.objects.live().filter(class_run=run)
        self.inside = dict(seated.values_list("worker__phone_hash", "roster_entry__name"))
        self.is_full = run.seats_taken >= run.capacity

    def seat(self, row: Row) -> Verdict:
        """Seat one person and remember by which name the enterprise knows them."""
        phone = phones.digest(row.phone)
        if known := self.inside.get(phone):
            return Verdict.ALREADY if known == row.name else Verdict.OTHER_NAME
        if self.is_full and phone not in self.inside:
            return Verdict.TOO_MANY
        outcome = self._seat(row)
        self.is_full = self.is_full or outcome == Outcome.FULL
        return VERDICTS.get(outcome, Verdict.REFUSED)

    @transaction.atomic
    def _seat(self, row: Row) -> Outcome:
        """Make account, seat and entry, all of them or none."""
        person = people.find_or_create(phone=row.phone, now=self.now)
        people.introduce(person=person, name=row.name)
        entry = Entry(by=self.actor, via=Via.ROSTER, named_by=self.booking.enterprise)
        claim = seats.claim(worker=person, run_id=self.run.pk, now=self.now, entry=entry)
        if claim.enrollment is None:
            transaction.set_rollback(True)
        elif claim.enrollment.via == Via.ROSTER:
            known = {"booking": self.booking, "name": row.name, "added_by": self.actor, "added_at": self.now}
            RosterEntry.objects.get_or_create(enrollment=claim.enrollment, defaults=known)
        return claim.outcome


def _run_of(booking: Booking, actor: User, rows: Sequence[Row], now: datetime) -> ClassRun:
    """Return the class that the rows are for. Raises BookingRefused."""
    run = booking.class_run if booking.status == BookingStatus.CONFIRMED else None
    found = [*_may_not(booking, run, actor, now), *_too_many(len(rows))] or [*_too_many_kept(booking, rows)]
    if found or run is None:
        raise BookingRefused(found)
    return run


def _may_not(booking: Booking, run: ClassRun | None, actor: User, now: datetime) -> Iterator[Problem]:
    if not moves.booker(booking, actor, now):
        yield Problem("not_yours", _("您不能对这张点单这样操作。"))
    elif run is None:
        yield Problem("not_confirmed", _("排课以后才能发名单。"), _("排好后会通知您。"))
    elif run.starts_at <= now:
        values = {"start": day_and_time(run.starts_at)}
        yield Problem("run_started", _("这个班已于 %(start)s 开课，不能再加人。") % values)


def _too_many(count: int) -> Iterator[Problem]:
    if count > MOST_ROWS:
        values = {"count": count, "most": MOST_ROWS}
        yield Problem("too_many_rows", _("名单有 %(count)s 行，一次最多 %(most)s 行，请分几次贴。") % values)


def _too_many_kept(booking: Booking, rows: Sequence[Row]) -> Iterator[Problem]:
    kept = {row.same for row in mending.rows(booking)}
    if len(kept | {(row.name, row.typed) for row in rows}) > MOST_ROWS:
        values = {"count": len(kept), "most": MOST_ROWS}
        sentence = _("还有 %(count)s 行没有改好，连同这次的名单超过 %(most)s 行。") % values
        yield Problem("too_many_kept", sentence, _("请先改好或删去一些，再发新的名单。"))
