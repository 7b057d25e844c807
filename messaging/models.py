"""The outbox (Message) and every try to carry it (Delivery)."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _


class Channel(models.TextChoices):
    """A way out of the house. The in-site inbox is the message itself and needs no delivery."""

    SMS = "sms", _("短信")


class MessageQuerySet(models.QuerySet["Message"]):
    """What one may ask about messages."""

    def inbox(self, now: datetime) -> Self:
        """Keep what its reader may see now: due, and not called off before it went out; newest first."""
        told = Q(cancelled_at=None) | Q(dispatched_at__isnull=False)
        return self.filter(told, due_at__lte=now).order_by("-due_at", "-pk")

    def unread(self) -> Self:
        """Keep what has not been opened."""
        return self.filter(read_at=None)

    def mark_read(self, now: datetime) -> int:
        """Note that their reader has seen those not read yet; return how many."""
        return self.unread().update(read_at=now)

    def about(self, subject: str) -> Self:
        """Keep what is about the subject or a part of it: `enrollment/7` and `enrollment/7/…`, not `enrollment/77`."""
        return self.filter(Q(subject=subject) | Q(subject__startswith=f"{subject}/"))

    def to_dispatch(self, now: datetime) -> Self:
        """Keep what has come due, is still of use and has no deliveries yet."""
        waiting = self.filter(dispatched_at=None, cancelled_at=None, due_at__lte=now, use_by__gt=now)
        return waiting.order_by("due_at", "pk")

    def on_the_way(self) -> Self:
        """Keep what has not gone out, or not by all its channels."""
        deliveries = Delivery.objects.under_way().filter(message=OuterRef("pk"))
        return self.filter(Q(dispatched_at=None) | Exists(deliveries))


class Message(models.Model):
    """One thing told to one person, text already rendered. Written in the transaction that causes it.

    `key` makes it unique: `enrolled:enrollment/7`, `reminder_1d:enrollment/7:lesson/3:at/…`. `subject` is what it is
    about (`enrollment/7`), so that whoever ends a subject can call its messages off.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="messages")
    key = models.CharField(max_length=160, unique=True)
    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=80)
    title = models.CharField(max_length=80)
    body = models.TextField()
    sms = models.CharField(max_length=140, blank=True)
    path = models.CharField(max_length=200, blank=True)
    channels = ArrayField(models.CharField(max_length=20, choices=Channel), default=list, blank=True)
    due_at = models.DateTimeField()
    use_by = models.DateTimeField()
    created_at = models.DateTimeField()
    dispatched_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "pk"]
        indexes = [
            models.Index(fields=["person", "-due_at"], name="message_inbox"),
            models.Index(
                fields=["due_at"], condition=Q(dispatched_at=None, cancelled_at=None), name="message_to_dispatch"
            ),
            models.Index(fields=["subject"], name="message_subject", opclasses=["text_pattern_ops"]),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(channels__contained_by=Channel.values), name="message_channels_known"),
        ]

    def __str__(self) -> str:
        return self.key


class DeliveryStatus(models.TextChoices):
    """Where a try stands. `claimed` has not reached the gateway; `sending` may have: it is never repeated blindly."""

    QUEUED = "queued", _("待发送")
    CLAIMED = "claimed", _("已领取")
    SENDING = "sending", _("发送中")
    SENT = "sent", _("已发送")
    FAILED = "failed", _("未送达")
    UNKNOWN = "unknown", _("结果不明")
    EXPIRED = "expired", _("已过期")


UNDER_WAY = [DeliveryStatus.QUEUED, DeliveryStatus.CLAIMED, DeliveryStatus.SENDING]


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    """What one may ask about deliveries."""

    def under_way(self) -> Self:
        """Keep tries that have not ended."""
        return self.filter(status__in=UNDER_WAY)

    def to_send(self, now: datetime) -> Self:
        """Keep tries that have come due and belong to nobody yet, the oldest first."""
        return self.filter(status=DeliveryStatus.QUEUED, due_at__lte=now).order_by("due_at", "pk")

    def still_wanted(self, now: datetime) -> Self:
        """Keep tries whose message was not called off and is still of use.

        No join: an UPDATE over a join looks its rows up in a subquery, and one that had to wait for another's lock
        would not see that the status has moved.
        """
        return self.filter(Exists(Message.objects.filter(pk=OuterRef("message"), cancelled_at=None, use_by__gt=now)))


class Delivery(models.Model):
    """One try to carry a message by one channel. A temporary failure is followed by another row."""

    message = models.ForeignKey(Message, models.PROTECT, related_name="deliveries")
    channel = models.CharField(max_length=20, choices=Channel)
    attempt = models.PositiveSmallIntegerField(default=1)
    status = models.CharField(max_length=20, choices=DeliveryStatus, default=DeliveryStatus.QUEUED)
    due_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    receipt = models.CharField(max_length=80, blank=True)
    reason = models.CharField(max_length=200, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        ordering = ["due_at", "pk"]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(status="queued"), name="delivery_queued"),
            models.Index(
                fields=["claimed_at"], condition=Q(status__in=["claimed", "sending"]), name="delivery_under_way"
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["message", "channel", "attempt"], name="delivery_once_per_try"),
            models.CheckConstraint(condition=Q(status__in=DeliveryStatus.values), name="delivery_status_known"),
            models.CheckConstraint(condition=Q(channel__in=Channel.values), name="delivery_channel_known"),
        ]

    def __str__(self) -> str:
        return f"{self.message_id} {self.channel} #{self.attempt}: {self.status}"

    @property
    def key(self) -> str:
        """What the gateway is told this try by: the same try, the same key."""
        return f"{self.message.key}:{self.channel}:{self.attempt}"
