"""What must always be true of the outbox."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Count

from messaging.models import Delivery, DeliveryStatus, Message

LATEST = timedelta(minutes=10)


def disagreements(*, now: datetime) -> Iterator[str]:
    """Yield one Chinese sentence for everything sent twice or left lying."""
    sent = Delivery.objects.filter(status=DeliveryStatus.SENT).values("message", "channel")
    for row in sent.annotate(times=Count("pk")).filter(times__gt=1).order_by("message", "channel"):
        yield f"消息 {row['message']}：同一渠道发了 {row['times']} 次。"
    for message in Message.objects.to_dispatch(now - LATEST).filter(use_by__gt=now):
        yield f"消息 {message.pk}：到时已超过 10 分钟还没有交付发送。"
    waiting = Delivery.objects.filter(status=DeliveryStatus.QUEUED, due_at__lte=now - LATEST)
    for delivery in waiting:
        yield f"消息 {delivery.message_id}：第 {delivery.attempt} 次发送已逾期 10 分钟。"
