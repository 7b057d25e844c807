"""Rosters at the same moment: exact seats, nobody twice, no row lost.

The negative control keeps wrong rows the obvious way (read the draft, add, write it back). It must lose rows here; if
it does not, the race is no race and the other tests prove nothing.
"""

from typing import TYPE_CHECKING, Any

import pytest

from accounts.models import User
from bookings import invariants, mending, reading, roster
from bookings.mending import Answer
from bookings.models import Booking, RosterEntry
from bookings.reading import Row, Verdict
from enrollment import invariants as enrollment_invariants
from enrollment.models import Enrollment
from messaging.models import Message
from policy import drafts
from policy.models import Draft
from tests.bookings.factories import booker_of, confirmed, order
from tests.factories import NOW, ClassRunFactory, CourseFactory
from timetable.models import ClassRun

if TYPE_CHECKING:
    from tests.races.conftest import Race

pytestmark = pytest.mark.django_db(transaction=True)

SEATS, ROWS, OVERLAP = 50, 40, 20
WRONG = "错号{0}\t1990000{0}"


def ordered(capacity: int = SEATS) -> tuple[Booking, ClassRun]:
    course = CourseFactory(max_size=60)
    booking = confirmed(ClassRunFactory(course=course, capacity=capacity), wishes=order(course))
    run = booking.class_run
    assert run is not None
    return booking, run


def disagreements() -> list[str]:
    return [*invariants.disagreements(now=NOW), *enrollment_invariants.disagreements(now=NOW)]


def phone(number: int) -> str:
    return f"1995{number:07d}"


def people(first: int, wrong: int) -> list[Row]:
    """Return 40 rows from the one numbered `first`, and a wrong one of the sender's own."""
    lines = [f"工友{number}\t{phone(number)}" for number in range(first, first + ROWS)]
    return reading.read(reading.pasted("\n".join([*lines, WRONG.format(wrong)])))


def test_two_contacts_at_once(race: "Race[Any, Any]") -> None:
    booking, run = ordered()
    contacts = [booking.contact, booker_of(booking)]
    answered: dict[int, list[Answer]] = {}

    def act(who: int) -> None:
        rows = people(first=who * (ROWS - OVERLAP), wrong=who)
        answered[who] = roster.take(booking_id=booking.pk, actor=contacts[who], rows=rows, now=NOW)

    race(act, [0, 1])

    run.refresh_from_db()
    seated = Enrollment.objects.seated().filter(class_run=run)
    by_roster = RosterEntry.objects.filter(booking=booking)
    assert (run.seats_taken, seated.count(), seated.values("worker").distinct().count()) == (SEATS, SEATS, SEATS)
    assert (by_roster.count(), User.objects.filter(verified_at=None).count()) == (SEATS, SEATS)
    assert Message.objects.filter(kind="enrolled").values("person").distinct().count() == SEATS
    # Every row of both lists is in, or waits with its reason; none is both, none is gone.
    inside = {entry.name for entry in by_roster}
    waiting = [row.name for row in mending.rows(booking)]
    everybody = {f"工友{number}" for number in range(2 * ROWS - OVERLAP)} | {"错号0", "错号1"}
    assert (inside | set(waiting), len(waiting)) == (everybody, len(set(waiting)))
    assert {len(answers) for answers in answered.values()} == {ROWS + 1}
    assert disagreements() == []


def test_the_same_list_from_eight_windows_seats_everybody_once(race: "Race[Any, Any]") -> None:
    booking, run = ordered()
    rows = people(first=0, wrong=0)

    def act(_number: int) -> int:
        answers = roster.take(booking_id=booking.pk, actor=booking.contact, rows=rows, now=NOW)
        return sum(answer.is_in for answer in answers)

    assert race(act, range(8)) == [ROWS] * 8

    run.refresh_from_db()
    assert (run.seats_taken, Enrollment.objects.count(), booking.roster.count()) == (ROWS, ROWS, ROWS)
    assert [row.name for row in mending.rows(booking)] == ["错号0"]
    assert disagreements() == []


def wrong_rows(number: int) -> list[Answer]:
    rows = reading.read(reading.pasted("\n".join(WRONG.format(number * 10 + place) for place in range(3))))
    return [Answer(row, Verdict.WRONG_PHONE) for row in rows]


def test_wrong_rows_of_eight_senders_all_wait(race: "Race[Any, Any]") -> None:
    booking, _run = ordered()

    def act(number: int) -> None:
        mending.settle(booking=booking, answers=wrong_rows(number), mended=(), actor=booking.contact, now=NOW)

    race(act, range(8))

    assert (len(mending.rows(booking)), Draft.objects.count()) == (24, 1)


def test_the_obvious_way_loses_rows(race: "Race[Any, Any]") -> None:
    booking, _run = ordered()
    draft = drafts.begin(kind="roster", owner=booking.contact, data={"name": []}, now=NOW)

    def act(number: int) -> None:
        kept = Draft.objects.get(pk=draft.pk)
        kept.data = {"name": [*kept.data["name"], *(answer.row.name for answer in wrong_rows(number))]}
        kept.save(update_fields=["data"])

    race(act, range(8))

    draft.refresh_from_db()
    assert len(draft.data["name"]) < 24
