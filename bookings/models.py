"""Enterprises' orders for a class (点单)."""

from datetime import datetime
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Self

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalogue.models import Band
from policy import ids

if TYPE_CHECKING:
    from accounts.models import User


class BookingStatus(models.TextChoices):
    """Where an order stands; bookings/moves.py says how it gets from one to the other."""

    DRAFT = "draft", _("草稿")
    SUBMITTED = "submitted", _("已提交")
    ACCEPTED = "accepted", _("已受理")
    CONFIRMED = "confirmed", _("已确认")
    DONE = "done", _("已完成")
    DECLINED = "declined", _("婉拒")
    CANCELLED_BY_ENTERPRISE = "cancelled_by_enterprise", _("单位取消")
    CANCELLED_BY_UNION = "cancelled_by_union", _("工会取消")


# Nobody has a number for these: a draft may be thrown away before it was sent.
UNNUMBERED = [BookingStatus.DRAFT, BookingStatus.CANCELLED_BY_ENTERPRISE]
SCHEDULED = [BookingStatus.CONFIRMED, BookingStatus.DONE]


class Channel(models.TextChoices):
    """By which way an order came (来源)."""

    WEB = "web", _("网页")
    PHONE = "phone", _("电话")
    COUNTER = "counter", _("现场")
    TOWN = "town", _("街镇转交")


class BookingQuerySet(models.QuerySet["Booking"]):
    """What one may ask about orders."""

    def of(self, person: "User") -> Self:
        """Keep those of the enterprises the person belongs to, the newest first."""
        return self.filter(enterprise__memberships__user=person).order_by("-created_at", "-pk")

    def listed(self) -> Self:
        """Keep what an enterprise looks for in its list: not what was thrown away before it was sent."""
        return self.exclude(status=BookingStatus.CANCELLED_BY_ENTERPRISE, number=None)

    def sent(self) -> Self:
        """Keep those that reached the union: not drafts, nor what was thrown away as one."""
        return self.exclude(number=None)

    def newest_first(self) -> Self:
        """Put those that were sent last before the others."""
        return self.order_by("-submitted_at", "-pk")

    def about(self, words: str) -> Self:
        """Keep those whose number or enterprise holds each of the words."""
        places = ("number", "enterprise__name")
        every_word = (reduce(or_, (Q(**{f"{place}__icontains": word}) for place in places)) for word in words.split())
        return self.filter(*every_word)

    def before(self, number: str) -> Self:
        """Keep what was sent before the order of this number; everything when there is no such order."""
        last = self.model.objects.filter(number=number).first() if number else None
        if last is None:
            return self
        same_moment = Q(submitted_at=last.submitted_at, pk__lt=last.pk)
        return self.filter(Q(submitted_at__lt=last.submitted_at) | same_moment)

    def to_answer(self) -> Self:
        """Keep those that wait for a yes or no, the oldest first."""
        return self.filter(status=BookingStatus.SUBMITTED).order_by("submitted_at", "pk")

    def to_schedule(self) -> Self:
        """Keep those that wait for a room and an instructor, the oldest first."""
        return self.filter(status=BookingStatus.ACCEPTED).order_by("submitted_at", "pk")

    def to_finish(self, now: datetime) -> Self:
        """Keep those whose class is over and that nobody has closed, the oldest first."""
        over = self.filter(status=BookingStatus.CONFIRMED, class_run__ends_at__lte=now)
        return over.order_by("submitted_at", "pk")

    def for_page(self) -> Self:
        """Fetch with each order what its page shows."""
        rows = self.select_related("enterprise__town", "contact", "entered_by", "class_run__course", "class_run__site")
        return rows.prefetch_related("course_wishes__course", "date_wishes")


@pghistory.track(append_only=True, model_name="BookingEvent", fields=["status", "class_run"])
class Booking(models.Model):
    """An enterprise's order for a class (点单). Its status is written only by bookings/moves.py.

    `key` is the form's, and its draft's public id: the same form sent twice is the same order. `checked_version` is
    the draft's version that was checked. `reply_by` is the last day of the first answer. `instructor_word` is what the
    instructor said, and when, before the class was confirmed.
    """

    public_id = models.CharField(max_length=12, unique=True, default=ids.public_id, editable=False)
    key = models.CharField(max_length=12)
    number = models.CharField(max_length=12, unique=True, null=True, blank=True)
    enterprise = models.ForeignKey("accounts.Enterprise", models.PROTECT, related_name="bookings")
    contact = models.ForeignKey("accounts.User", models.PROTECT, related_name="bookings")
    status = models.CharField(max_length=24, choices=BookingStatus, default=BookingStatus.DRAFT)
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.WEB)
    entered_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    headcount = models.PositiveSmallIntegerField()
    frontline = models.PositiveSmallIntegerField(null=True, blank=True)
    management = models.PositiveSmallIntegerField(null=True, blank=True)
    new_form = models.PositiveSmallIntegerField(null=True, blank=True)
    migrant = models.PositiveSmallIntegerField(null=True, blank=True)
    place = models.CharField(max_length=120)
    purpose = models.CharField(max_length=500)
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    reply_by = models.DateField(null=True, blank=True)
    class_run = models.OneToOneField(
        "timetable.ClassRun", models.PROTECT, null=True, blank=True, related_name="booking"
    )
    instructor_word = models.CharField(max_length=200, blank=True)
    checked_version = models.PositiveIntegerField(null=True, blank=True)

    objects = BookingQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "pk"]
        indexes = [models.Index(fields=["status", "submitted_at"], name="booking_by_status")]
        constraints = [
            models.UniqueConstraint(fields=["enterprise", "key"], name="booking_once_per_form"),
            models.CheckConstraint(condition=Q(status__in=BookingStatus.values), name="booking_status_known"),
            models.CheckConstraint(condition=Q(channel__in=Channel.values), name="booking_channel_known"),
            models.CheckConstraint(
                condition=Q(channel="web", entered_by=None) | (~Q(channel="web") & Q(entered_by__isnull=False)),
                name="booking_entered_by_staff_has_a_name",
            ),
            models.CheckConstraint(
                condition=Q(status__in=UNNUMBERED)
                | Q(number__isnull=False, submitted_at__isnull=False, reply_by__isnull=False),
                name="booking_sent_has_number_and_promise",
            ),
            models.CheckConstraint(
                condition=Q(status__in=SCHEDULED, class_run__isnull=False) & ~Q(instructor_word="")
                | (~Q(status__in=SCHEDULED) & Q(class_run=None)),
                name="booking_has_a_run_once_confirmed",
            ),
            models.CheckConstraint(condition=Q(headcount__gte=1), name="booking_for_somebody"),
        ]

    def __str__(self) -> str:
        return self.number or self.public_id


class CourseWish(models.Model):
    """A course an order asks for; the first is the dearest."""

    booking = models.ForeignKey(Booking, models.CASCADE, related_name="course_wishes")
    position = models.PositiveSmallIntegerField()
    course = models.ForeignKey("catalogue.Course", models.PROTECT, related_name="+")

    class Meta:
        verbose_name_plural = "course wishes"
        ordering = ["booking", "position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["booking", "position"], name="course_wish_position_once"),
            models.UniqueConstraint(fields=["booking", "course"], name="course_wish_once"),
            models.CheckConstraint(condition=Q(position__gte=1, position__lte=3), name="course_wish_up_to_three"),
        ]

    def __str__(self) -> str:
        return f"{self.booking_id} #{self.position}: {self.course_id}"


class DateWish(models.Model):
    """A day, and the time of day, an order asks for; the first is the dearest."""

    booking = models.ForeignKey(Booking, models.CASCADE, related_name="date_wishes")
    position = models.PositiveSmallIntegerField()
    day = models.DateField()
    band = models.CharField(max_length=20, choices=Band)

    class Meta:
        verbose_name_plural = "date wishes"
        ordering = ["booking", "position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["booking", "position"], name="date_wish_position_once"),
            models.UniqueConstraint(fields=["booking", "day", "band"], name="date_wish_once"),
            models.CheckConstraint(condition=Q(position__gte=1, position__lte=3), name="date_wish_up_to_three"),
            models.CheckConstraint(condition=Q(band__in=Band.values), name="date_wish_band_known"),
        ]

    def __str__(self) -> str:
        return f"{self.booking_id} #{self.position}: {self.day} {self.band}"


class RosterEntry(models.Model):
    """A person an enterprise named (名单), by the name it gave: what the account is called is not its business."""

    booking = models.ForeignKey(Booking, models.PROTECT, related_name="roster")
    enrollment = models.OneToOneField("enrollment.Enrollment", models.PROTECT, related_name="roster_entry")
    name = models.CharField(max_length=40)
    added_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "roster entries"
        ordering = ["added_at", "pk"]

    def __str__(self) -> str:
        return f"{self.booking_id} {self.enrollment_id}"
