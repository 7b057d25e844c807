"""The table of states, walked cell by cell, the forbidden cells included."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial

import pytest
from django.apps import apps

from accounts.models import Membership, MembershipRole
from bookings import moves
from bookings.errors import BookingRefused
from bookings.models import Booking, BookingStatus
from bookings.moves import MOVES, Action
from messaging.models import Message
from tests import factories
from tests.accounts.factories import EnterpriseFactory
from tests.bookings.factories import accepted, booker_of, confirmed, draft, submitted
from tests.factories import NOW, ClassRunFactory, UserFactory
from timetable.models import ClassRun

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(days=60)
BY_OFFICERS = {Action.ACCEPT, Action.DECLINE, Action.CONFIRM, Action.FINISH, Action.CANCEL}


def done() -> Booking:
    return moves.move(booking_id=confirmed().pk, action=Action.FINISH, actor=factories.officer(), now=LATER)


def ended(make: Callable[[], Booking], action: Action) -> Booking:
    booking = make()
    actor = factories.officer() if action in BY_OFFICERS else booking.contact
    return moves.move(booking_id=booking.pk, action=action, actor=actor, now=NOW, reason="没有讲师")


IN_STATE: dict[BookingStatus, Callable[[], Booking]] = {
    BookingStatus.DRAFT: draft,
    BookingStatus.SUBMITTED: submitted,
    BookingStatus.ACCEPTED: accepted,
    BookingStatus.CONFIRMED: confirmed,
    BookingStatus.DONE: done,
    BookingStatus.DECLINED: lambda: ended(submitted, Action.DECLINE),
    BookingStatus.CANCELLED_BY_ENTERPRISE: lambda: ended(submitted, Action.WITHDRAW),
    BookingStatus.CANCELLED_BY_UNION: lambda: ended(accepted, Action.CANCEL),
}
# What the table must say, by hand: everything that is not here is refused or changes nothing.
ALLOWED = {
    ("draft", "submit"): "submitted",
    ("draft", "withdraw"): "cancelled_by_enterprise",
    ("submitted", "accept"): "accepted",
    ("submitted", "decline"): "declined",
    ("submitted", "withdraw"): "cancelled_by_enterprise",
    ("accepted", "confirm"): "confirmed",
    ("accepted", "withdraw"): "cancelled_by_enterprise",
    ("accepted", "cancel"): "cancelled_by_union",
    ("confirmed", "finish"): "done",
}
CELLS = [(state, action) for state in BookingStatus for action in Action]


def act(booking: Booking, action: Action, **other: object) -> Booking:
    actor = factories.officer() if action in BY_OFFICERS else booking.contact
    now = LATER if action == Action.FINISH else NOW + timedelta(hours=1)

    def make(booking: Booking) -> ClassRun:
        return ClassRunFactory(private_to=booking.enterprise, capacity=booking.headcount)

    asked: dict[str, object] = {"actor": actor, "now": now, "reason": "电话答应", "schedule": make}
    return moves.move(booking_id=booking.pk, action=action, **(asked | other))  # type: ignore[arg-type]


def events() -> int:
    return int(apps.get_model("bookings", "BookingEvent").objects.count())


@pytest.mark.parametrize(("state", "action"), CELLS, ids=str)
def test_every_cell(state: BookingStatus, action: Action) -> None:
    booking = IN_STATE[state]()
    before, told = events(), Message.objects.count()
    to = ALLOWED.get((state, action))
    if to:
        assert act(booking, action).status == to
        assert events() == before + 1
        assert Message.objects.count() == told + bool(MOVES[state, action].says)
    else:
        if state not in {ALLOWED[cell] for cell in ALLOWED if cell[1] == action}:
            with pytest.raises(BookingRefused) as refused:
                act(booking, action)
            assert [problem.code for problem in refused.value.problems] == ["wrong_state"]
        else:
            act(booking, action)
        booking.refresh_from_db()
        assert (booking.status, events(), Message.objects.count()) == (state, before, told)


def test_the_table_is_the_one_above() -> None:
    assert {cell: step.to for cell, step in MOVES.items()} == ALLOWED


@pytest.mark.parametrize(("state", "action"), sorted(ALLOWED))
def test_nobody_else_may(state: str, action: str) -> None:
    booking = IN_STATE[BookingStatus(state)]()
    own_officer = factories.officer()
    Membership.objects.create(user=own_officer, enterprise=booking.enterprise, role="viewer", created_at=NOW)
    outsiders = [UserFactory(), booker_of(booking, MembershipRole.VIEWER), own_officer]
    outsiders.append(booking.contact if action in BY_OFFICERS else factories.officer())
    for actor in outsiders:
        with pytest.raises(BookingRefused) as refused:
            act(booking, Action(action), actor=actor)
        assert [problem.code for problem in refused.value.problems] == ["not_yours"]
    booking.refresh_from_db()
    assert booking.status == state


@pytest.mark.parametrize("action", [Action.DECLINE, Action.CONFIRM, Action.CANCEL])
def test_what_needs_a_reason_is_refused_without(action: Action) -> None:
    booking = submitted() if action == Action.DECLINE else accepted()
    with pytest.raises(BookingRefused) as refused:
        act(booking, action, reason="")
    assert [problem.code for problem in refused.value.problems] == ["reason_missing"]


def test_a_sent_order_has_a_number_and_a_promise() -> None:
    first, second = submitted(), submitted()
    assert (first.number, second.number) == ("DD-26-00001", "DD-26-00002")
    assert (first.submitted_at, first.reply_by) == (NOW, date(2026, 12, 4))
    message = Message.objects.get(person=first.contact)
    assert message.title == "已收到点单 DD-26-00001"
    assert "12月4日 周五前答复" in message.body


def test_an_unverified_enterprise_is_not_accepted() -> None:
    booking = submitted(EnterpriseFactory())
    with pytest.raises(BookingRefused) as refused:
        act(booking, Action.ACCEPT)
    assert [problem.code for problem in refused.value.problems] == ["enterprise_unverified"]


def test_a_draft_that_became_too_late_is_refused_when_sent() -> None:
    booking = draft(now=NOW)
    with pytest.raises(BookingRefused) as refused:
        act(booking, Action.SUBMIT, now=NOW + timedelta(days=1))
    assert [problem.code for problem in refused.value.problems] == ["too_soon"]


def test_a_class_that_is_not_over_is_not_done() -> None:
    booking = confirmed()
    with pytest.raises(BookingRefused) as refused:
        act(booking, Action.FINISH, now=NOW)
    assert [problem.code for problem in refused.value.problems] == ["run_not_over"]


def test_the_end_is_offered_when_the_class_is_over() -> None:
    booking, officer = confirmed(), factories.officer()
    assert (moves.possible(booking, officer, NOW), moves.possible(booking, officer, LATER)) == (set(), {Action.FINISH})


def test_a_class_has_a_seat_for_everybody() -> None:
    booking = accepted()

    def make(seats: int, booking: Booking) -> ClassRun:
        return ClassRunFactory(private_to=booking.enterprise, capacity=seats)

    with pytest.raises(BookingRefused) as refused:
        act(booking, Action.CONFIRM, schedule=partial(make, 34))
    assert [(problem.code, problem.field) for problem in refused.value.problems] == [("run_too_small", "capacity")]
    assert (ClassRun.objects.count(), Booking.objects.get().status) == (0, "accepted")
    assert act(booking, Action.CONFIRM, schedule=partial(make, 35)).status == "confirmed"


def test_the_history_says_who_when_and_why() -> None:
    booking = submitted()
    officer = factories.officer()
    act(booking, Action.DECLINE, actor=officer, reason="本月没有讲师")
    last = apps.get_model("bookings", "BookingEvent").objects.latest("pgh_id")
    at = (NOW + timedelta(hours=1)).isoformat()
    assert (last.status, last.pgh_context.metadata) == (
        "declined",
        {"actor": officer.pk, "reason": "本月没有讲师", "at": at},
    )
    assert "本月没有讲师" in Message.objects.get(kind="booking_decline").body


def test_owners_and_bookers_are_told_and_viewers_are_not() -> None:
    booking = draft()
    booker, _viewer = booker_of(booking), booker_of(booking, MembershipRole.VIEWER)
    act(booking, Action.SUBMIT)
    told = set(Message.objects.filter(kind="booking_submit").values_list("person", flat=True))
    assert told == {booking.contact_id, booker.pk}
