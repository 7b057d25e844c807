"""What must always be true of messages. Each check names what disagrees."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Count, F

from messaging.courier import CLAIM_IS_STALE, SENDING_IS_LOST
from messaging.models import Delivery, DeliveryStatus, Message

# Some beats are missed at every restart; after this long nobody carries messages any more.
PATIENCE = timedelta(minutes=3)


def disagreements(*, now: datetime) -> Iterator[str]:
    """Yield one Chinese sentence for everything that was told twice, lost on the way or left lying."""
    yield from _sent_twice()
    yield from _without_deliveries()
    yield from _left_lying(now)


def _sent_twice() -> Iterator[str]:
    sent = Delivery.objects.filter(status=DeliveryStatus.SENT).values("message__key", "channel")
    for row in sent.annotate(times=Count("pk")).filter(times__gt=1).order_by("message__key", "channel"):
        yield f"消息 {row['message__key']}：用 {row['channel']} 发送了 {row['times']} 次。"


def _without_deliveries() -> Iterator[str]:
    dispatched = Message.objects.filter(dispatched_at__isnull=False)
    counted = dispatched.annotate(channels_used=Count("deliveries__channel", distinct=True))
    wrong = counted.exclude(channels__len=F("channels_used")).order_by("pk")
    for key, channels, used in wrong.values_list("key", "channels", "channels_used"):
        yield f"消息 {key}：应走 {len(channels)} 个渠道，实有 {used} 个。"


def _left_lying(now: datetime) -> Iterator[str]:
    for message in Message.objects.to_dispatch(now - PATIENCE).filter(use_by__gt=now):
        yield f"消息 {message.key}：到时 {PATIENCE.seconds // 60} 分钟后仍未处理。"
    forgotten = now - max(CLAIM_IS_STALE, SENDING_IS_LOST) - PATIENCE
    held = Delivery.objects.under_way().filter(claimed_at__lt=forgotten)
    for delivery in held.select_related("message").order_by("pk"):
        status = DeliveryStatus(delivery.status).label
        yield f"消息 {delivery.message.key}：第 {delivery.attempt} 次发送停在“{status}”。"
