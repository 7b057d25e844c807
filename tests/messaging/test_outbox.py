from datetime import timedelta
from typing import Any

import pytest

from messaging import outbox
from messaging.models import Channel, DeliveryStatus, Message
from tests.conftest import NOW
from tests.factories import UserFactory
from tests.messaging.factories import DeliveryFactory, MessageFactory

pytestmark = pytest.mark.django_db


def tell(**changes: object) -> Message:
    parts: dict[str, Any] = {
        "person": UserFactory(),
        "key": "enrolled:enrollment/7",
        "kind": "enrolled",
        "subject": "enrollment/7",
        "title": "报名成功",
        "body": "您已录取。",
        "sms": "您已录取。",
        "due_at": NOW,
        "use_by": NOW + timedelta(days=1),
        "now": NOW,
    } | changes
    outbox.tell(**parts)
    return Message.objects.get(key=parts["key"])


def test_what_is_told_is_in_the_inbox_and_waits_for_the_courier() -> None:
    message = tell()

    assert list(Message.objects.inbox(NOW)) == [message]
    assert list(Message.objects.to_dispatch(NOW)) == [message]
    assert message.channels == [Channel.SMS]


def test_the_same_key_is_told_once() -> None:
    tell(title="第一次")
    tell(title="第二次")

    assert [message.title for message in Message.objects.all()] == ["第一次"]


def test_without_an_sms_text_nothing_goes_out_by_sms() -> None:
    assert tell(sms="").channels == []


def test_what_is_not_due_yet_is_not_in_the_inbox() -> None:
    tell(due_at=NOW + timedelta(seconds=1))

    assert list(Message.objects.inbox(NOW)) == []
    assert list(Message.objects.to_dispatch(NOW)) == []


def test_what_has_lost_its_use_is_not_sent_any_more() -> None:
    tell(use_by=NOW)

    assert list(Message.objects.to_dispatch(NOW)) == []


def test_calling_off_stops_what_has_not_gone_out() -> None:
    message = tell()

    assert outbox.call_off(subject="enrollment/7", now=NOW) == 1
    assert list(Message.objects.to_dispatch(NOW)) == []
    assert list(Message.objects.inbox(NOW)) == []
    message.refresh_from_db()
    assert message.cancelled_at == NOW


def test_calling_off_twice_counts_once() -> None:
    tell()
    outbox.call_off(subject="enrollment/7", now=NOW)

    assert outbox.call_off(subject="enrollment/7", now=NOW) == 0


@pytest.mark.parametrize(
    ("subject", "stopped"),
    [("enrollment/7", 1), ("enrollment/7/lesson/1", 1), ("enrollment/77", 0), ("enrollment", 0)],
)
def test_calling_off_reaches_the_subject_and_its_parts_only(subject: str, stopped: int) -> None:
    MessageFactory(subject=subject)

    assert outbox.call_off(subject="enrollment/7", now=NOW) == stopped


def test_what_has_gone_out_stays_in_the_inbox() -> None:
    delivery = DeliveryFactory(status=DeliveryStatus.SENT)

    assert outbox.call_off(subject=delivery.message.subject, now=NOW) == 0
    assert list(Message.objects.inbox(NOW)) == [delivery.message]


def test_what_is_still_on_the_way_is_stopped_and_stays_in_the_inbox() -> None:
    delivery = DeliveryFactory(status=DeliveryStatus.QUEUED)

    assert outbox.call_off(subject=delivery.message.subject, now=NOW) == 1
    assert list(Message.objects.inbox(NOW)) == [delivery.message]
