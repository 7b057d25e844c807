"""Several couriers, planners and cancellations at once, each with the version that gets it wrong."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection, transaction
from pytest_django import Settings

from enrollment import reminders
from enrollment.models import Enrollment, EnrollmentStatus
from messaging import courier, outbox
from messaging.channels import MEMORY, Kept, carry
from messaging.models import Channel, Delivery, DeliveryStatus, Message
from tests.conftest import NOW
from tests.factories import ClassRunFactory, EnrollmentFactory
from tests.messaging.factories import DeliveryFactory, MessageFactory
from tests.races.conftest import Race

pytestmark = pytest.mark.django_db(transaction=True)
COURIERS = 4
MESSAGES = 30


@pytest.fixture
def sent(settings: Settings) -> list[Kept]:
    settings.SMS_BACKEND = "memory"
    MEMORY.clear()
    return MEMORY


def test_four_couriers_at_once_send_each_message_once(race: Race[int, int], sent: list[Kept]) -> None:
    keys = {f"{message.key}:sms:1" for message in MessageFactory.create_batch(MESSAGES)}

    race(lambda _courier: courier.run_round(), range(COURIERS))
    courier.run_round()

    assert sorted(sms.key for sms in sent) == sorted(keys)
    assert Delivery.objects.filter(status=DeliveryStatus.SENT).count() == MESSAGES


def test_reading_first_and_writing_then_sends_twice(race: Race[int, None], sent: list[Kept]) -> None:
    """The negative control: a courier without locks and conditions."""
    DeliveryFactory()
    both_have_read = threading.Barrier(2)

    def careless_courier(_courier: int) -> None:
        for delivery in list(Delivery.objects.filter(status=DeliveryStatus.QUEUED).select_related("message__person")):
            both_have_read.wait()
            carry(message=delivery.message, channel=Channel.SMS, key=delivery.key)
            delivery.status = DeliveryStatus.SENT
            delivery.save(update_fields=["status"])

    race(careless_courier, range(2))

    assert len(sent) == 2


def test_a_claim_held_by_two_is_sent_by_one(race: Race[int, bool]) -> None:
    """The sweep gave a slow courier's claim to another one, and now both come to the gateway."""
    delivery = DeliveryFactory(status=DeliveryStatus.CLAIMED, claimed_at=NOW)

    answers = race(lambda _courier: courier._start(delivery, NOW), range(8))  # noqa: SLF001 -- the moment of truth

    assert sorted(answers) == [False] * 7 + [True]


def in_thread(act: Callable[[], object]) -> threading.Thread:
    def run() -> None:
        try:
            act()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_calling_off_waits_for_a_dispatch_and_stops_what_it_queued(sent: list[Kept]) -> None:
    message = MessageFactory()

    with transaction.atomic():
        courier.dispatch(now=NOW)
        calling_off = in_thread(lambda: outbox.call_off(subject=message.subject, now=NOW))
        calling_off.join(timeout=0.5)
        assert calling_off.is_alive()
    calling_off.join()
    courier.deliver(now=NOW)

    message.refresh_from_db()
    assert message.cancelled_at == NOW
    assert sent == []


def plan_while_somebody_cancels() -> list[str]:
    """Return the reminders that stand after a plan was made in the middle of a cancellation."""
    enrollment = EnrollmentFactory(class_run=ClassRunFactory(starts_at=NOW + timedelta(hours=20)))
    with transaction.atomic():
        changed = Enrollment.objects.filter(pk=enrollment.pk)
        changed.update(status=EnrollmentStatus.CANCELLED, cancelled_at=NOW)
        outbox.call_off(subject=f"enrollment/{enrollment.pk}", now=NOW)
        in_thread(lambda: reminders.plan_due(now=NOW)).join()
    reminders.plan_due(now=NOW)
    return list(Message.objects.filter(cancelled_at=None).values_list("kind", flat=True))


def test_nobody_is_reminded_who_cancels_while_reminders_are_planned() -> None:
    assert plan_while_somebody_cancels() == []


def test_a_plan_without_the_lock_reminds_somebody_who_cancels(monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control."""
    lock = "FOR SHARE OF enrollment SKIP LOCKED"
    assert lock in reminders.PLAN
    monkeypatch.setattr(reminders, "PLAN", reminders.PLAN.replace(lock, ""))

    assert plan_while_somebody_cancels() == ["reminder_1d"]


def test_several_planners_at_once_plan_once(race: Race[int, int]) -> None:
    run = ClassRunFactory(starts_at=NOW + timedelta(hours=20))
    EnrollmentFactory.create_batch(20, class_run=run)

    race(lambda _planner: reminders.plan_due(now=NOW), range(COURIERS))
    reminders.plan_due(now=NOW)

    assert Message.objects.count() == 20
