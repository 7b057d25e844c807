from datetime import timedelta

import pytest

from messaging import courier, invariants
from messaging.channels import Kept
from messaging.models import DeliveryStatus
from tests.conftest import NOW
from tests.messaging.factories import DeliveryFactory, MessageFactory

pytestmark = pytest.mark.django_db
LONG_AGO = NOW - timedelta(minutes=10)


def test_what_was_sent_and_what_has_just_come_due_is_in_order(sent: list[Kept]) -> None:
    MessageFactory()
    courier.run_round()
    MessageFactory(channels=[], dispatched_at=NOW)
    MessageFactory(due_at=NOW)
    MessageFactory(due_at=LONG_AGO, use_by=NOW)

    assert len(sent) == 1
    assert list(invariants.disagreements(now=NOW)) == []


def test_a_message_sent_twice_is_named() -> None:
    first = DeliveryFactory(message__key="k", status=DeliveryStatus.SENT)
    DeliveryFactory(message=first.message, attempt=2, status=DeliveryStatus.SENT)

    assert list(invariants.disagreements(now=NOW)) == ["消息 k：用 sms 发送了 2 次。"]


def test_a_message_that_lost_a_channel_is_named() -> None:
    MessageFactory(key="k", dispatched_at=NOW)

    assert list(invariants.disagreements(now=NOW)) == ["消息 k：应走 1 个渠道，实有 0 个。"]


def test_a_message_nobody_carries_is_named() -> None:
    MessageFactory(key="k", due_at=LONG_AGO)

    assert list(invariants.disagreements(now=NOW)) == ["消息 k：到时 3 分钟后仍未处理。"]


def test_a_try_nobody_ends_is_named() -> None:
    DeliveryFactory(message__key="k", status=DeliveryStatus.CLAIMED, claimed_at=LONG_AGO)

    assert list(invariants.disagreements(now=NOW)) == ["消息 k：第 1 次发送停在“已领取”。"]
