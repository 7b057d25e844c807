"""Who has a seat, who is in line."""

from datetime import datetime
from typing import TYPE_CHECKING, Self

import pghistory
from django.db import models
from django.db.models import Count, OuterRef, Prefetch, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from policy import ids
from timetable.models import Lesson

if TYPE_CHECKING:
    from accounts.models import User
    from timetable.models import ClassRun


class EnrollmentStatus(models.TextChoices):
    """Where an enrollment stands, in the words of product.md section 2.3."""

    APPLIED = "applied", _("已申请")
    WAITING = "waiting", _("候补")
    OFFERED = "offered", _("待确认")
    ENROLLED = "enrolled", _("已录取")
    COMPLETED = "completed", _("结业")
    NOT_COMPLETED = "not_completed", _("未结业")
    CANCELLED = "cancelled", _("已取消")
    CANCELLED_LATE = "cancelled_late", _("已取消（逾期）")
    WITHDRAWN = "withdrawn", _("被取消")
    MOVED = "moved", _("已转班")


LIVE = [EnrollmentStatus.APPLIED, EnrollmentStatus.WAITING, EnrollmentStatus.OFFERED, EnrollmentStatus.ENROLLED]
SEATED = [
    EnrollmentStatus.OFFERED,
    EnrollmentStatus.ENROLLED,
    EnrollmentStatus.COMPLETED,
    EnrollmentStatus.NOT_COMPLETED,
]
ENDED = [
    EnrollmentStatus.CANCELLED,
    EnrollmentStatus.CANCELLED_LATE,
    EnrollmentStatus.WITHDRAWN,
    EnrollmentStatus.MOVED,
]


class Via(models.TextChoices):
    """By which way somebody asked for the seat."""

    WEB = "web", _("网页")
    PHONE = "phone", _("电话")
    COUNTER = "counter", _("现场")
    ROSTER = "roster", _("单位名单")


class EnrollmentQuerySet(models.QuerySet["Enrollment"]):
    """What one may ask about enrollments."""

    def of(self, worker: "User") -> Self:
        """Keep one worker's own."""
        return self.filter(worker=worker)

    def live(self) -> Self:
        """Keep those with a seat, an offer, an application or a place in line."""
        return self.filter(status__in=LIVE)

    def seated(self) -> Self:
        """Keep those that take a seat of their run."""
        return self.filter(status__in=SEATED)

    def in_line(self) -> Self:
        """Keep those who wait, the first to be served first."""
        return self.filter(status=EnrollmentStatus.WAITING).order_by("queued_at", "pk")

    def coming(self, now: datetime) -> Self:
        """Keep live ones whose run has not ended, soonest first."""
        return self.live().filter(class_run__ends_at__gt=now).order_by("class_run__starts_at", "pk")

    def past(self, now: datetime) -> Self:
        """Keep those that ended, by a cancel or by the end of their run; the latest first."""
        return self.exclude(status__in=LIVE, class_run__ends_at__gt=now).order_by("-class_run__starts_at", "-pk")

    def for_run(self, run: "ClassRun") -> Self:
        """Keep those of one class run."""
        return self.filter(class_run=run)

    def with_ahead(self) -> Self:
        """Add `ahead`: how many people in the same line are served before."""
        earlier = Q(queued_at__lt=OuterRef("queued_at")) | Q(queued_at=OuterRef("queued_at"), pk__lt=OuterRef("pk"))
        line = Enrollment.objects.filter(earlier, class_run=OuterRef("class_run"), status=EnrollmentStatus.WAITING)
        counted = line.order_by().values("class_run").annotate(people=Count("pk")).values("people")
        return self.annotate(ahead=Coalesce(Subquery(counted), 0))

    def for_cards(self) -> Self:
        """Fetch with each enrollment what a row of it shows: course, site, lessons and rooms."""
        lessons = Lesson.objects.select_related("room", "instructor")
        runs = self.select_related("class_run__course__category", "class_run__site", "class_run__policy")
        return runs.prefetch_related(Prefetch("class_run__lessons", lessons))


@pghistory.track(
    append_only=True,
    model_name="EnrollmentEvent",
    fields=["class_run", "worker", "status", "via", "entered_by", "queued_at"],
)
class Enrollment(models.Model):
    """A worker's seat, or place in line, on one class run (报名). Written only by enrollment/seats.py.

    `queued_at` is when a place in line was taken; it stays when the line has served its bearer.
    """

    public_id = models.CharField(max_length=12, unique=True, default=ids.public_id, editable=False)
    class_run = models.ForeignKey("timetable.ClassRun", models.PROTECT, related_name="enrollments")
    worker = models.ForeignKey("accounts.User", models.PROTECT, related_name="enrollments")
    status = models.CharField(max_length=20, choices=EnrollmentStatus)
    via = models.CharField(max_length=10, choices=Via, default=Via.WEB)
    entered_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField()
    queued_at = models.DateTimeField(null=True, blank=True)
    seated_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    objects = EnrollmentQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "pk"]
        indexes = [
            models.Index(
                fields=["class_run", "queued_at", "id"], condition=Q(status="waiting"), name="enrollment_line"
            ),
            models.Index(fields=["worker", "-created_at"], name="enrollment_of_worker"),
            models.Index(fields=["class_run", "status"], name="enrollment_of_run"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["class_run", "worker"], condition=Q(status__in=LIVE), name="enrollment_live_once_per_worker"
            ),
            models.CheckConstraint(condition=Q(status__in=EnrollmentStatus.values), name="enrollment_status_known"),
            models.CheckConstraint(condition=Q(via__in=Via.values), name="enrollment_via_known"),
            models.CheckConstraint(
                condition=Q(status__in=ENDED, cancelled_at__isnull=False)
                | (~Q(status__in=ENDED) & Q(cancelled_at=None)),
                name="enrollment_ended_has_its_time",
            ),
            models.CheckConstraint(
                condition=~Q(status="waiting") | Q(queued_at__isnull=False), name="enrollment_in_line_since"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=SEATED) | Q(seated_at__isnull=False), name="enrollment_seated_since"
            ),
            models.CheckConstraint(
                condition=Q(via="web", entered_by=None) | (~Q(via="web") & Q(entered_by__isnull=False)),
                name="enrollment_entered_by_staff_has_a_name",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.class_run_id} {self.worker_id} {self.status}"

    @property
    def standing(self) -> str:
        """The status in words; who gave back a place in line never had a seat to cancel."""
        if self.status == EnrollmentStatus.CANCELLED and self.seated_at is None:
            return gettext("已退出候补")
        return self.get_status_display()
