from collections.abc import Callable
from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from messaging import courier, outbox, tasks
from messaging.channels import Kept, Result
from messaging.models import Channel, Delivery, DeliveryStatus
from tests.conftest import NOW
from tests.messaging.factories import DeliveryFactory, MessageFactory
from tests.messaging.gateways import Scripted

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def tries() -> list[tuple[int, str]]:
    return list(Delivery.objects.order_by("message", "attempt").values_list("attempt", "status"))


def test_a_due_message_is_sent_once_in_one_round(sent: list[Kept]) -> None:
    message = MessageFactory(key="enrolled:enrollment/7", sms="您已录取。")

    tasks.send_due()
    tasks.send_due()

    assert sent == [Kept(number=message.person.phone, text="您已录取。", key="enrolled:enrollment/7:sms:1")]
    assert tries() == [(1, DeliveryStatus.SENT)]


def test_a_message_without_channels_is_dispatched_and_goes_nowhere(sent: list[Kept]) -> None:
    message = MessageFactory(channels=[])

    assert courier.dispatch(now=NOW) == 1
    assert courier.dispatch(now=NOW) == 0
    message.refresh_from_db()
    assert message.dispatched_at == NOW
    assert courier.deliver(now=NOW) == 0
    assert sent == []


@pytest.mark.parametrize(
    "changes",
    [{"due_at": NOW + timedelta(seconds=1)}, {"use_by": NOW}, {"cancelled_at": NOW}, {"dispatched_at": NOW}],
)
def test_what_is_early_late_called_off_or_done_is_not_dispatched(changes: dict[str, object]) -> None:
    MessageFactory(**changes)

    assert courier.dispatch(now=NOW) == 0
    assert tries() == []


@pytest.mark.parametrize(
    ("answer", "status", "receipt", "reason"),
    [
        (Result.SENT, DeliveryStatus.SENT, "r1", "script: sent"),
        (Result.PERMANENT, DeliveryStatus.FAILED, "", "script: permanent"),
        (Result.UNKNOWN, DeliveryStatus.UNKNOWN, "", "script: unknown"),
    ],
)
def test_an_answer_ends_the_try(gateway: Scripted, answer: Result, status: str, receipt: str, reason: str) -> None:
    delivery = DeliveryFactory()
    gateway.script = [answer]

    assert courier.deliver(now=NOW) == 1
    assert courier.deliver(now=NOW + timedelta(days=1)) == 0

    delivery.refresh_from_db()
    assert (delivery.status, delivery.receipt, delivery.reason) == (status, receipt, reason)
    assert (delivery.claimed_at, delivery.finished_at) == (NOW, NOW)
    assert Delivery.objects.count() == 1
    assert len(gateway.keys) == 1


def test_a_temporary_failure_is_tried_four_times_with_pauses(gateway: Scripted) -> None:
    delivery = DeliveryFactory()
    gateway.script = [Result.TEMPORARY] * 4

    calls = [(minute, courier.deliver(now=NOW + minute * MINUTE)) for minute in range(60)]

    assert [minute for minute, count in calls if count] == [0, 1, 6, 21]
    assert gateway.keys == [f"{delivery.message.key}:sms:{attempt}" for attempt in (1, 2, 3, 4)]
    assert tries() == [(attempt, DeliveryStatus.FAILED) for attempt in (1, 2, 3, 4)]


def test_the_second_try_may_succeed(gateway: Scripted) -> None:
    DeliveryFactory()
    gateway.script = [Result.TEMPORARY, Result.SENT]

    courier.deliver(now=NOW)
    courier.deliver(now=NOW + MINUTE)

    assert tries() == [(1, DeliveryStatus.FAILED), (2, DeliveryStatus.SENT)]


def test_no_try_is_made_after_the_use_by(gateway: Scripted) -> None:
    DeliveryFactory(message__use_by=NOW + MINUTE)
    gateway.script = [Result.TEMPORARY]

    courier.deliver(now=NOW)
    courier.deliver(now=NOW + MINUTE)

    assert tries() == [(1, DeliveryStatus.FAILED), (2, DeliveryStatus.EXPIRED)]
    assert len(gateway.keys) == 1


def test_what_is_called_off_between_two_tries_is_not_sent(gateway: Scripted) -> None:
    delivery = DeliveryFactory()
    gateway.script = [Result.TEMPORARY]

    courier.deliver(now=NOW)
    assert outbox.call_off(subject=delivery.message.subject, now=NOW) == 1
    courier.deliver(now=NOW + MINUTE)

    assert tries() == [(1, DeliveryStatus.FAILED), (2, DeliveryStatus.EXPIRED)]
    assert len(gateway.keys) == 1


def test_what_is_called_off_after_its_dispatch_is_not_sent(sent: list[Kept]) -> None:
    message = MessageFactory()
    courier.dispatch(now=NOW)
    outbox.call_off(subject=message.subject, now=NOW)

    courier.deliver(now=NOW)

    assert sent == []
    assert tries() == [(1, DeliveryStatus.EXPIRED)]


@pytest.mark.parametrize(
    ("status", "age", "becomes"),
    [
        (DeliveryStatus.CLAIMED, 2 * MINUTE, DeliveryStatus.CLAIMED),
        (DeliveryStatus.CLAIMED, 3 * MINUTE, DeliveryStatus.QUEUED),
        (DeliveryStatus.SENDING, 5 * MINUTE, DeliveryStatus.SENDING),
        (DeliveryStatus.SENDING, 6 * MINUTE, DeliveryStatus.UNKNOWN),
        (DeliveryStatus.SENT, 9 * MINUTE, DeliveryStatus.SENT),
        (DeliveryStatus.FAILED, 9 * MINUTE, DeliveryStatus.FAILED),
    ],
)
def test_the_sweep_frees_what_a_dead_courier_left(status: str, age: timedelta, becomes: str) -> None:
    delivery = DeliveryFactory(status=status, claimed_at=NOW - age)

    courier.sweep(now=NOW)

    delivery.refresh_from_db()
    assert delivery.status == becomes


def test_a_claim_given_back_is_sent_and_an_unknown_try_is_not(gateway: Scripted) -> None:
    claimed = DeliveryFactory(status=DeliveryStatus.CLAIMED, claimed_at=NOW - 10 * MINUTE)
    lost = DeliveryFactory(status=DeliveryStatus.SENDING, claimed_at=NOW - 10 * MINUTE)

    courier.run_round()

    assert gateway.keys == [f"{claimed.message.key}:{Channel.SMS}:1"]
    lost.refresh_from_db()
    assert (lost.status, lost.finished_at) == (DeliveryStatus.UNKNOWN, NOW)


def test_a_gateway_that_breaks_is_not_called_again_for_the_same_try(
    sent: list[Kept], break_sms: Callable[[], None]
) -> None:
    DeliveryFactory()
    break_sms()

    with pytest.raises(ZeroDivisionError):
        courier.deliver(now=NOW)

    courier.sweep(now=NOW + 6 * MINUTE)
    assert tries() == [(1, DeliveryStatus.UNKNOWN)]
    assert courier.deliver(now=NOW + 6 * MINUTE) == 0
    assert sent == []


@pytest.mark.parametrize("people", [1, 20])
def test_a_batch_is_dispatched_and_claimed_by_set(
    people: int, sent: list[Kept], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    MessageFactory.create_batch(people)

    # A savepoint, three statements, its release.
    with django_assert_num_queries(5):
        courier.dispatch(now=NOW)
    # Claim: a savepoint, two statements, its release. Each try: two short transactions of one statement.
    with django_assert_num_queries(4 + 6 * people):
        courier.deliver(now=NOW)
    assert len(sent) == people
