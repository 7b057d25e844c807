"""kill -9 of worker and beat around a reminder, and a broker that forgets everything: told once, and told."""

import fcntl
from datetime import timedelta

import pytest

from messaging import outbox
from messaging.models import Delivery, DeliveryStatus, Message
from tests.conftest import NOW
from tests.factories import ClassRunFactory, EnrollmentFactory, UserFactory
from tests.faults.conftest import House

pytestmark = pytest.mark.django_db(transaction=True)


def tell(key: str) -> Message:
    outbox.tell(
        person=UserFactory(),
        key=key,
        kind="test",
        subject="test",
        title="测试",
        body="测试",
        sms="测试",
        due_at=NOW,
        use_by=NOW + timedelta(days=1),
        now=NOW,
    )
    return Message.objects.get(key=key)


def test_a_reminder_is_sent_once_whoever_dies(house: House) -> None:
    worker = EnrollmentFactory(class_run=ClassRunFactory(starts_at=NOW + timedelta(hours=20))).worker

    # The reminder is due, nobody is there to plan it, and what beat asks for is forgotten by the broker.
    house.start("beat")
    house.wait_for(lambda: house.queue_length() > 0)
    house.kill("beat")
    house.flush()
    assert Message.objects.count() == 0

    # Both die as soon as it is sent.
    house.start("worker", "beat")
    house.wait_for(house.sms)
    house.kill("worker", "beat")

    # The broker forgets while both are there: they go on, and plan once more.
    house.start("worker", "beat")
    tell("up again")
    house.wait_for(lambda: "up again:sms:1" in house.sms())
    house.flush()
    planned = house.log.count("plan_reminders[")
    house.wait_for(lambda: house.log.count("plan_reminders[") > planned + 1)
    tell("up after all")
    house.wait_for(lambda: "up after all:sms:1" in house.sms())

    [reminder] = Message.objects.inbox(NOW + timedelta(hours=1)).filter(person=worker)
    assert reminder.kind == "reminder_1d"
    assert house.sms() == [f"{key}:sms:1" for key in [reminder.key, "up again", "up after all"]]
    assert worker.phone.removeprefix("+86") not in house.log


def test_a_courier_killed_at_the_gateway_repeats_nothing_blindly(house: House) -> None:
    at_the_gateway, behind_it = tell("first"), tell("second")
    house.start("worker", "beat")
    # The gateway hangs: the file is locked.
    with house.sms_log.open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        sending = Delivery.objects.filter(message=at_the_gateway, status=DeliveryStatus.SENDING)
        house.wait_for(sending.exists)
        assert Delivery.objects.get(message=behind_it).status == DeliveryStatus.CLAIMED
        house.kill("worker", "beat")

    house.start("worker", "beat")
    house.set_clock(NOW + timedelta(minutes=3))
    house.wait_for(lambda: house.sms() == ["second:sms:1"])
    house.set_clock(NOW + timedelta(minutes=6))
    house.wait_for(Delivery.objects.filter(message=at_the_gateway, status=DeliveryStatus.UNKNOWN).exists)
    tell("third")
    house.wait_for(lambda: "third:sms:1" in house.sms())

    assert house.sms() == ["second:sms:1", "third:sms:1"]
    assert list(Delivery.objects.values_list("message__key", "status").order_by("message")) == [
        ("first", DeliveryStatus.UNKNOWN),
        ("second", DeliveryStatus.SENT),
        ("third", DeliveryStatus.SENT),
    ]
