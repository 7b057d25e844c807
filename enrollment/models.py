"""Who has a seat, who is in line, who wants to learn what."""

from datetime import datetime
from typing import TYPE_CHECKING, Self

import pghistory
from django.db import models
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from policy import ids
from policy.defaults import BACKERS_FOR_A_TASK
from timetable.bands import LessonBand
from timetable.models import Lesson

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

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
WISH_LONGEST = 40


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


class WishStatus(models.TextChoices):
    """Where a wish stands (我想学)."""

    OPEN = "open", _("征集中")
    ARRANGED = "arranged", _("已安排")
    DECLINED = "declined", _("暂不安排")


class WishQuerySet(models.QuerySet["Wish"]):
    """What one may ask about wishes."""

    def open(self) -> Self:
        """Keep those nobody has answered."""
        return self.filter(status=WishStatus.OPEN)

    def backed_by(self, person: "User | AnonymousUser") -> Self:
        """Keep those the person backs."""
        return self.filter(Exists(Backing.objects.filter(wish=OuterRef("pk"), person=person.pk)))

    def visible_to(self, person: "User | AnonymousUser") -> Self:
        """Keep what this person may see: what is open, and the answers to what one backs."""
        return self.open() | self.backed_by(person) if person.pk else self.open()

    def for_rows(self) -> Self:
        """Fetch with each wish what a row of it shows; add `backers`: how many people want it."""
        return self.select_related("course", "class_run__course").annotate(backers=Count("backings"))

    def most_wanted(self) -> Self:
        """Keep the open ones that somebody wants and that can still be taught, the most wanted first."""
        wanted = self.open().filter(course__retired_at=None).for_rows().filter(backers__gt=0)
        return wanted.order_by("-backers", "created_at", "pk")

    def to_plan(self) -> Self:
        """Keep the open ones that so many people want that somebody has to plan; add `due_since`, the oldest first."""
        backings = Backing.objects.filter(wish=OuterRef("pk")).order_by("created_at", "pk").values("created_at")
        enough = Subquery(backings[BACKERS_FOR_A_TASK - 1 : BACKERS_FOR_A_TASK])
        due = self.open().for_rows().annotate(due_since=enough).filter(due_since__isnull=False)
        return due.order_by("due_since", "pk")


@pghistory.track(append_only=True, model_name="WishEvent", fields=["course", "words", "status", "class_run", "reason"])
class Wish(models.Model):
    """What people want to learn (我想学): a course of the menu, or `words` of their own. Open until it is answered.

    `key` is what makes the words of two people the same. Written only by enrollment/wishes.py and answers.py.
    """

    public_id = models.CharField(max_length=12, unique=True, default=ids.public_id, editable=False)
    course = models.ForeignKey("catalogue.Course", models.PROTECT, null=True, blank=True, related_name="wishes")
    words = models.CharField(max_length=WISH_LONGEST, blank=True)
    key = models.CharField(max_length=WISH_LONGEST, blank=True)
    status = models.CharField(max_length=10, choices=WishStatus, default=WishStatus.OPEN)
    created_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    class_run = models.ForeignKey("timetable.ClassRun", models.PROTECT, null=True, blank=True, related_name="wishes")
    reason = models.CharField(max_length=200, blank=True)

    objects = WishQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "wishes"
        ordering = ["created_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["course"], condition=Q(status="open"), name="wish_open_once_per_course"),
            models.UniqueConstraint(
                fields=["key"], condition=Q(status="open", course=None), name="wish_open_once_per_words"
            ),
            models.CheckConstraint(
                condition=Q(course__isnull=False, words="", key="") | (Q(course=None) & ~Q(words="") & ~Q(key="")),
                name="wish_is_a_course_or_words",
            ),
            models.CheckConstraint(
                condition=Q(status="open", answered_at=None, answered_by=None, class_run=None, reason="")
                | Q(status="arranged", answered_at__isnull=False, answered_by__isnull=False, class_run__isnull=False)
                | (
                    Q(status="declined", answered_at__isnull=False, answered_by__isnull=False, class_run=None)
                    & ~Q(reason="")
                ),
                name="wish_answered_with_what_it_takes",
            ),
        ]

    def __str__(self) -> str:
        return self.course.title if self.course else self.words


class Backing(models.Model):
    """That a person wants what a wish says, where and when it would suit. Once per person and wish; no history is kept.

    Who backs a wish is nobody's business: pages and staff see numbers.
    """

    wish = models.ForeignKey(Wish, models.PROTECT, related_name="backings")
    person = models.ForeignKey("accounts.User", models.PROTECT, related_name="backings")
    town = models.ForeignKey("accounts.Union", models.PROTECT, null=True, blank=True, related_name="+")
    band = models.CharField(max_length=20, choices=LessonBand, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["created_at", "pk"]
        indexes = [models.Index(fields=["wish", "created_at", "id"], name="backing_of_wish")]
        constraints = [
            models.UniqueConstraint(fields=["wish", "person"], name="backing_once_per_person"),
            models.CheckConstraint(condition=Q(band__in=["", *LessonBand.values]), name="backing_band_known"),
        ]

    def __str__(self) -> str:
        return f"{self.wish_id} {self.person_id}"
