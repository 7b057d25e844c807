"""An enterprise names its people: good rows take seats, each is told by whom, bad rows say why."""

from datetime import timedelta

import pytest
from django.db.models.signals import pre_save

from accounts import people
from accounts.models import MembershipRole, User
from bookings import invariants as bookings_invariants
from bookings import reading, roster
from bookings.errors import BookingRefused
from bookings.mending import Answer
from bookings.models import Booking, RosterEntry
from enrollment import invariants, seats
from enrollment.models import Enrollment, Via
from enrollment.seats import Entry
from messaging.models import Message
from tests.bookings.factories import accepted, booker_of, confirmed, order
from tests.factories import NOW, ClassRunFactory, CourseFactory, UserFactory
from timetable.models import ClassRun

pytestmark = pytest.mark.django_db


def ordered(capacity: int = 35) -> Booking:
    course = CourseFactory(max_size=60)
    return confirmed(ClassRunFactory(course=course, capacity=capacity), wishes=order(course))


def send(booking: Booking, text: str, **other: object) -> list[Answer]:
    said: dict[str, object] = {"booking_id": booking.pk, "actor": booking.contact, "now": NOW}
    return roster.take(rows=reading.read(reading.pasted(text)), **(said | other))  # type: ignore[arg-type]


def lines(count: int, first: int = 0) -> str:
    return "\n".join(f"工友{number}\t199{number:08d}" for number in range(first, first + count))


def verdicts(answers: list[Answer]) -> list[str]:
    return [answer.verdict.value for answer in answers]


def test_forty_rows_with_three_mistakes() -> None:  # scenario 27
    booking = ordered(40)
    text = lines(37, first=500) + f"\n错号\t1990000\n错号二\t1.38E+10\n{lines(1, first=500)}"
    answers = send(booking, text)
    assert verdicts(answers[:37]) == ["seated"] * 37
    assert [(one.row.number, one.verdict) for one in answers[37:]] == [
        (38, "wrong_phone"),
        (39, "scientific"),
        (40, "duplicate"),
    ]
    run = booking.class_run
    assert run is not None
    run.refresh_from_db()
    assert (run.seats_taken, run.enrollments.count(), booking.roster.count()) == (37, 37, 37)
    assert list(invariants.disagreements(now=NOW)) == []


def test_each_is_told_who_named_them_and_is_made_unverified() -> None:
    booking = ordered()
    send(booking, "张三\t19900007777")
    person = User.objects.with_phone("+8619900007777").get()
    assert (person.name, person.verified_at, person.has_usable_password()) == ("张三", None, False)
    message = Message.objects.get(person=person)
    assert message.title.startswith("单位为您报名")
    assert f"{booking.enterprise.name}把您列入名单" in message.body
    enrollment = Enrollment.objects.get()
    assert (enrollment.via, enrollment.entered_by) == ("roster", booking.contact)


def test_a_known_person_keeps_the_own_name_and_the_roster_its_own() -> None:
    booking, known = ordered(), UserFactory(name="真名")
    send(booking, f"写错名\t{known.phone}")
    known.refresh_from_db()
    assert (known.name, RosterEntry.objects.get().name) == ("真名", "写错名")


def test_a_person_who_named_himself_is_not_renamed() -> None:
    person = people.find_or_create(phone="+8619900008888", now=NOW)
    people.introduce(person=person, name="名单名")
    people.introduce(person=person, name="第二个名")
    person.refresh_from_db()
    assert person.name == "名单名"


def test_sent_again_nobody_sits_twice() -> None:
    booking = ordered()
    send(booking, lines(3))
    assert verdicts(send(booking, lines(4))) == ["already"] * 3 + ["seated"]
    assert (Enrollment.objects.count(), Message.objects.filter(kind="enrolled").count()) == (4, 4)


def test_more_people_than_seats_are_listed() -> None:
    booking = ordered(2)
    assert verdicts(send(booking, lines(4))) == ["seated", "seated", "too_many", "too_many"]
    assert verdicts(send(booking, lines(3))) == ["already", "already", "too_many"]


def known(count: int) -> list[int]:
    """Return who of so many people of lines() has an account."""
    return [number for number in range(count) if User.objects.with_phone(f"+86199{number:08d}").exists()]


def test_who_gets_no_seat_gets_no_account() -> None:
    booking = ordered(2)
    send(booking, lines(4))
    assert known(4) == [0, 1]
    send(booking, lines(2, first=2))
    assert known(4) == [0, 1]


def test_who_is_refused_leaves_no_account_and_no_name() -> None:
    booking, nameless = ordered(), people.find_or_create(phone="+8619900000001", now=NOW)
    run = booking.class_run
    assert run is not None
    ClassRun.objects.filter(pk=run.pk).update(cancelled_at=NOW, cancel_reason="停电")
    assert verdicts(send(booking, lines(2))) == ["refused", "refused"]
    nameless.refresh_from_db()
    assert (known(2), nameless.name) == ([1], "")


def test_a_bad_row_does_not_spoil_the_good_one_below() -> None:
    booking = ordered()
    text = "\t19900001234\n" + "张" * 41 + "\t19900001234\n张三\t19900001234\n李四\t19900001234"
    assert verdicts(send(booking, text)) == ["no_name", "long_name", "seated", "duplicate"]


class Killed(BaseException):
    """The process ends here."""


def test_a_process_killed_before_the_entry_leaves_nothing_behind() -> None:
    booking = ordered()

    def die(**_of: object) -> None:
        raise Killed

    pre_save.connect(die, sender=RosterEntry)
    try:
        with pytest.raises(Killed):
            send(booking, lines(1))
    finally:
        pre_save.disconnect(die, sender=RosterEntry)
    messages = Message.objects.filter(kind="enrolled").count()
    assert (Enrollment.objects.count(), RosterEntry.objects.count(), messages, known(1)) == (0, 0, 0, [])
    assert verdicts(send(booking, lines(1))) == ["seated"]


@pytest.mark.parametrize("capacity", [1, 35])
def test_a_seat_without_an_entry_gets_one(capacity: int) -> None:
    booking, person = ordered(capacity), UserFactory()
    entry = Entry(by=booking.contact, via=Via.ROSTER, named_by=booking.enterprise)
    seats.claim(worker=person, run_id=booking.class_run_id or 0, now=NOW, entry=entry)
    assert len(list(bookings_invariants.disagreements(now=NOW))) == 1
    for _time in range(2):
        assert verdicts(send(booking, f"张三\t{person.phone}")) == ["already"]
    assert [(line.name, line.enrollment.worker) for line in booking.roster.all()] == [("张三", person)]
    assert list(bookings_invariants.disagreements(now=NOW)) == []


def test_what_a_person_holds_elsewhere_is_nobody_elses_business() -> None:
    booking, busy = ordered(), UserFactory()
    run = booking.class_run
    assert run is not None
    seats.claim(worker=busy, run_id=ClassRunFactory(course__title="秘密课程", starts_at=run.starts_at).pk, now=NOW)
    (answer,) = send(booking, f"忙人\t{busy.phone}")
    assert answer.verdict == "refused"
    assert "秘密课程" not in answer.verdict.label


def test_five_thousand_rows_are_one_sentence() -> None:
    booking = ordered()
    with pytest.raises(BookingRefused) as refused:
        send(booking, lines(5000))
    assert [problem.sentence for problem in refused.value.problems] == [
        "名单有 5000 行，一次最多 1000 行，请分几次贴。"
    ]
    assert Enrollment.objects.count() == 0


def test_a_thousand_rows_are_a_roster() -> None:
    booking = ordered(1)
    assert verdicts(send(booking, lines(1000))).count("too_many") == 999


@pytest.mark.parametrize(
    ("who", "later", "code"),
    [("viewer", 0, "not_yours"), ("stranger", 0, "not_yours"), ("contact", 30, "run_started")],
)
def test_who_may_not_and_when_not(who: str, later: int, code: str) -> None:
    booking = ordered()
    actors = {
        "viewer": booker_of(booking, MembershipRole.VIEWER),
        "stranger": UserFactory(),
        "contact": booking.contact,
    }
    with pytest.raises(BookingRefused) as refused:
        send(booking, lines(1), actor=actors[who], now=NOW + timedelta(days=later))
    assert [problem.code for problem in refused.value.problems] == [code]


def test_before_it_is_scheduled_there_is_no_roster() -> None:
    with pytest.raises(BookingRefused) as refused:
        send(accepted(), lines(1))
    assert [problem.code for problem in refused.value.problems] == ["not_confirmed"]


def test_whoever_leaves_may_be_named_again() -> None:
    booking = ordered()
    send(booking, lines(1))
    enrollment = Enrollment.objects.get()
    seats.cancel(enrollment_id=enrollment.pk, actor=enrollment.worker, now=NOW)
    assert verdicts(send(booking, lines(1))) == ["seated"]
    assert [entry.enrollment.status for entry in booking.roster.all()] == ["cancelled", "enrolled"]
