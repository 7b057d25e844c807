"""The courier: brings due messages to their channels, and each of them once.

A try goes queued -> claimed -> sending -> sent, failed, unknown or expired. Every arrow is one conditional UPDATE in a
transaction of its own, so any number of couriers may run at once, and each may be killed anywhere:

- `claimed` has not reached the gateway. The sweep gives it back to the queue.
- `sending` may have. The sweep calls it unknown, and it is never repeated blindly: twice is worse than a look by staff.
"""

from datetime import datetime, timedelta
from time import monotonic

from django.db import transaction
from django.utils.translation import gettext as _

from messaging import channels
from messaging.channels import Outcome, Result
from messaging.models import Channel, Delivery, DeliveryStatus, Message
from policy import clock

DISPATCH_BATCH = 500
# A gateway answers within three seconds or not at all: a batch is through long before its claims go stale.
SEND_BATCH = 20
# Shorter than the time between two beats, so that couriers do not take all workers.
ROUND_SECONDS = 10
CLAIM_IS_STALE = timedelta(minutes=2)
SENDING_IS_LOST = timedelta(minutes=5)
PAUSES = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15))
REASON_LENGTH = 200
RECEIPT_LENGTH = 80

ENDED_AS = {
    Result.SENT: DeliveryStatus.SENT,
    Result.TEMPORARY: DeliveryStatus.FAILED,
    Result.PERMANENT: DeliveryStatus.FAILED,
    Result.UNKNOWN: DeliveryStatus.UNKNOWN,
}


def run_round() -> int:
    """Do everything that is due now, for ROUND_SECONDS at most; return how many tries were taken up."""
    stop_at = monotonic() + ROUND_SECONDS
    sweep(now=clock.now())
    while monotonic() < stop_at and dispatch(now=clock.now()):
        pass
    done = 0
    while monotonic() < stop_at and (batch := deliver(now=clock.now())):
        done += batch
    return done


def sweep(*, now: datetime) -> None:
    """Free what couriers left behind when they died."""
    claimed = Delivery.objects.filter(status=DeliveryStatus.CLAIMED, claimed_at__lt=now - CLAIM_IS_STALE)
    claimed.update(status=DeliveryStatus.QUEUED, claimed_at=None)
    sending = Delivery.objects.filter(status=DeliveryStatus.SENDING, claimed_at__lt=now - SENDING_IS_LOST)
    sending.update(status=DeliveryStatus.UNKNOWN, finished_at=now, reason=_("发送途中中断，结果不明"))


@transaction.atomic
def dispatch(*, now: datetime) -> int:
    """Queue the first try of each channel for a batch of due messages; return how many messages that were."""
    due = Message.objects.to_dispatch(now).select_for_update(skip_locked=True, no_key=True)
    messages = list(due[:DISPATCH_BATCH])
    wanted = ((message, channel) for message in messages for channel in message.channels)
    tries = [Delivery(message=message, channel=channel, due_at=now) for message, channel in wanted]
    Delivery.objects.bulk_create(tries, ignore_conflicts=True)
    Message.objects.filter(pk__in=[message.pk for message in messages]).update(dispatched_at=now)
    return len(messages)


def deliver(*, now: datetime) -> int:
    """Claim a batch of due tries and send them one by one; return how many were claimed.

    Call it outside of any transaction: each step must be stored before the next one is taken.
    """
    deliveries = _claim(now)
    for delivery in deliveries:
        if _start(delivery, now):
            outcome = channels.carry(message=delivery.message, channel=Channel(delivery.channel), key=delivery.key)
            _finish(delivery, outcome, now)
    return len(deliveries)


@transaction.atomic(durable=True)
def _claim(now: datetime) -> list[Delivery]:
    free = Delivery.objects.to_send(now).select_related("message__person")
    deliveries = list(free.select_for_update(of=("self",), skip_locked=True, no_key=True)[:SEND_BATCH])
    claimed = Delivery.objects.filter(pk__in=[delivery.pk for delivery in deliveries])
    claimed.update(status=DeliveryStatus.CLAIMED, claimed_at=now)
    return deliveries


@transaction.atomic(durable=True)
def _start(delivery: Delivery, now: datetime) -> bool:
    """Write down that the gateway is about to be called; tell whether it may be.

    Not when the sweep gave the claim to somebody else who was faster, nor when the message was called off or has
    lost its use meanwhile.
    """
    mine = Delivery.objects.filter(pk=delivery.pk, status=DeliveryStatus.CLAIMED)
    if mine.still_wanted(now).update(status=DeliveryStatus.SENDING):
        return True
    mine.update(status=DeliveryStatus.EXPIRED, finished_at=now)
    return False


@transaction.atomic(durable=True)
def _finish(delivery: Delivery, outcome: Outcome, now: datetime) -> None:
    """Write down how the try ended; after a temporary failure queue the next one, if any is left.

    An answer that comes after the sweep lost patience is still better than none.
    """
    open_tries = Delivery.objects.filter(pk=delivery.pk, status__in=[DeliveryStatus.SENDING, DeliveryStatus.UNKNOWN])
    ended = open_tries.update(
        status=ENDED_AS[outcome.result],
        finished_at=now,
        receipt=outcome.receipt[:RECEIPT_LENGTH],
        reason=outcome.reason[:REASON_LENGTH],
    )
    if ended and outcome.result == Result.TEMPORARY and delivery.attempt <= len(PAUSES):
        _queue_next(delivery, due_at=now + PAUSES[delivery.attempt - 1])


def _queue_next(delivery: Delivery, *, due_at: datetime) -> None:
    following = Delivery(
        message_id=delivery.message_id, channel=delivery.channel, attempt=delivery.attempt + 1, due_at=due_at
    )
    Delivery.objects.bulk_create([following], ignore_conflicts=True)
