"""The door through which people are told things, and through which what is no longer true is called off."""

from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from messaging.models import Channel, Message


def tell(  # noqa: PLR0913 -- a message has this many parts
    *,
    person: AbstractBaseUser,
    key: str,
    kind: str,
    subject: str,
    title: str,
    body: str,
    sms: str = "",
    path: str = "",
    channels: Iterable[Channel] = (Channel.SMS,),
    due_at: datetime,
    use_by: datetime,
    now: datetime,
) -> None:
    """Put a rendered message into the person's inbox, and into the courier's hands for each channel.

    Call it in the transaction that causes it. A key that is known already changes nothing. Without an `sms` text
    nothing goes out by SMS. Nothing is sent before `due_at` nor from `use_by` on.
    """
    message = Message(
        person_id=person.pk,
        key=key,
        kind=kind,
        subject=subject,
        title=title,
        body=body,
        sms=sms,
        path=path,
        channels=[channel for channel in channels if sms or channel != Channel.SMS],
        due_at=due_at,
        use_by=use_by,
        created_at=now,
    )
    Message.objects.bulk_create([message], ignore_conflicts=True)


@transaction.atomic
def call_off(*, subject: str, now: datetime) -> int:
    """Stop everything about the subject that has not gone out yet, and return how many messages that were.

    `enrollment/7` also stops `enrollment/7/…`, never `enrollment/77`. What was dispatched before stays in the inbox.
    Call it after the change that ends the subject, in the same transaction.
    """
    # Locked first and judged by a later statement: the courier may be dispatching one of them right now, and only a
    # new snapshot shows the deliveries that it wrote.
    about = Message.objects.about(subject).filter(cancelled_at=None).order_by("pk")
    locked = list(about.select_for_update(no_key=True).values_list("pk", flat=True))
    return Message.objects.filter(pk__in=locked).on_the_way().update(cancelled_at=now)
