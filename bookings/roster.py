"""The door through which an enterprise names its people: each good row takes a seat, each bad one says why."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

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
from enrollment.seats import Claim, Entry, Outcome
from policy.problems import Problem
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
    _refuse(booking, actor, rows, now)
    seen: set[str] = set()
    answers = []
    seating = _Seating(booking, actor, now)
    for row in rows:
        verdict = row.wrong or (Verdict.DUPLICATE if row.phone in seen else seating.seat(row))
        seen.add(row.phone)
        answers.append(Answer(row, verdict))
    mending.settle(booking=booking, answers=answers, mended=mended, actor=actor, now=now)
    return answers


class _Seating:
    """Gives the seats of one class; once it is full it asks no more."""

    def __init__(self, booking: Booking, actor: User, now: datetime) -> None:
        self.booking, self.actor, self.now = booking, actor, now
        seated = Enrollment.objects.live().filter(class_run=booking.class_run)
        self.inside = dict(seated.values_list("worker__phone_hash", "roster_entry__name"))
        self.is_full = False

    def seat(self, row: Row) -> Verdict:
        """Seat one person and remember by which name the enterprise knows them."""
        phone = phones.digest(row.phone)
        if phone in self.inside:
            return Verdict.ALREADY if self.inside[phone] in {row.name, None} else Verdict.OTHER_NAME
        if self.is_full:
            return Verdict.TOO_MANY
        claim = self._claim(row)
        self.is_full = claim.outcome == Outcome.FULL
        if claim.enrollment:
            known = {"booking": self.booking, "name": row.name, "added_by": self.actor, "added_at": self.now}
            RosterEntry.objects.get_or_create(enrollment=claim.enrollment, defaults=known)
        return VERDICTS.get(claim.outcome, Verdict.REFUSED)

    def _claim(self, row: Row) -> Claim:
        person = people.find_or_create(phone=row.phone, now=self.now)
        people.introduce(person=person, name=row.name)
        entry = Entry(by=self.actor, via=Via.ROSTER, named_by=self.booking.enterprise.name)
        return seats.claim(worker=person, run_id=self.booking.class_run_id or 0, now=self.now, entry=entry)


def _refuse(booking: Booking, actor: User, rows: Sequence[Row], now: datetime) -> None:
    found = [*_may_not(booking, actor, now), *_too_many(len(rows))] or [*_too_many_kept(booking, rows)]
    if found:
        raise BookingRefused(found)


def _may_not(booking: Booking, actor: User, now: datetime) -> Iterator[Problem]:
    if not moves.booker(booking, actor, now):
        yield Problem("not_yours", _("您不能对这张点单这样操作。"))
    elif booking.status != BookingStatus.CONFIRMED or booking.class_run is None:
        yield Problem("not_confirmed", _("排课以后才能发名单。"), _("排好后会通知您。"))
    elif booking.class_run.starts_at <= now:
        values = {"start": day_and_time(booking.class_run.starts_at)}
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
