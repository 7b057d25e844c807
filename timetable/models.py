"""Where and when: class runs, their lessons, and who or what is taken for how long."""

from datetime import datetime
from functools import reduce
from operator import or_
from typing import Self

import pghistory
from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Deferrable, Exists, F, Prefetch, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Enterprise, RoleKind, User
from catalogue.version import moves_catalogue


class RunState(models.TextChoices):
    """Where a run stands for a passer-by, told from its row and the time; nothing of this is stored."""

    OPEN = "open", _("报名中")
    FEW = "few", _("名额不多")
    WAITING = "waiting", _("已满可候补")
    SOON = "soon", _("即将报名")
    STARTED = "started", _("已开课")
    CANCELLED = "cancelled", _("已取消")


# From here on the seats left are said with an "only".
FEW_SEATS = 5


class ClassRunQuerySet(models.QuerySet["ClassRun"]):
    """What one may ask about class runs. Each word is one rule; words chain."""

    def visible_to(self, user: User | AnonymousUser | None) -> Self:
        """Keep what this person may see: public runs, and those of the own enterprises. None is a visitor.

        Staff look at private runs at the desk, through managed_by.
        """
        if not isinstance(user, User):
            return self.filter(private_to=None)
        return self.filter(Q(private_to=None) | Q(private_to__in=Enterprise.objects.of(user)))

    def upcoming(self, now: datetime) -> Self:
        """Keep runs that have not started, soonest first."""
        return self.filter(starts_at__gt=now).order_by("starts_at", "pk")

    def standing(self) -> Self:
        """Keep runs that were not cancelled."""
        return self.filter(cancelled_at=None)

    def on_offer(self, now: datetime) -> Self:
        """Keep what the public pages offer: public runs to come, not cancelled, of courses that are on the menu."""
        return self.visible_to(None).standing().upcoming(now).filter(course__retired_at=None)

    def owing_a_seat(self) -> Self:
        """Keep runs where somebody waits although a seat is free; the line's sweep looks here."""
        return self.filter(waiting__gt=0, seats_taken__lt=F("capacity"))

    def managed_by(self, user: User, now: datetime) -> Self:
        """Keep what a member of staff looks after at `now`: an officer all runs, a manager those of the own site."""
        roles = user.roles.in_force(now)
        of_own_sites = Q(site__in=roles.filter(kind=RoleKind.SITE_MANAGER).values("site"))
        return self.filter(Exists(roles.filter(kind=RoleKind.OFFICER)) | of_own_sites)

    def not_over(self, now: datetime) -> Self:
        """Keep runs that have a lesson to come or in progress, soonest first."""
        return self.filter(ends_at__gt=now).order_by("starts_at", "pk")

    def about(self, words: str) -> Self:
        """Keep runs whose number, course or site holds each of the words."""
        places = ("number", "course__title", "course__code", "site__name", "site__short_name")
        every_word = (reduce(or_, (Q(**{f"{place}__icontains": word}) for place in places)) for word in words.split())
        return self.filter(*every_word)

    def after(self, number: str) -> Self:
        """Keep what follows the run of this number in the order of starts; everything when there is no such run."""
        last = self.model.objects.filter(number=number).first()
        return (
            self.filter(Q(starts_at__gt=last.starts_at) | Q(starts_at=last.starts_at, pk__gt=last.pk)) if last else self
        )

    def for_rows(self) -> Self:
        """Fetch with each run what a row or a confirmation shows of it."""
        lessons = Lesson.objects.select_related("room", "instructor")
        return self.select_related("course__category", "site", "policy").prefetch_related(Prefetch("lessons", lessons))


@pghistory.track(append_only=True, model_name="ClassRunEvent", exclude=["seats_taken", "waiting"])
class ClassRun(models.Model):
    """One run of a course, with seats (班次). `seats_taken` and `waiting` are written only by enrollment/seats.py.

    `starts_at` and `ends_at` repeat the first lesson's start and the last one's end, for lists and rules. A run that is
    `private_to` an enterprise was ordered by it: only its roster gives seats.
    """

    number = models.CharField(max_length=10, unique=True)
    course = models.ForeignKey("catalogue.Course", models.PROTECT, related_name="runs")
    site = models.ForeignKey("catalogue.Site", models.PROTECT, related_name="runs")
    term = models.ForeignKey("policy.Term", models.PROTECT, related_name="runs")
    policy = models.ForeignKey("policy.Policy", models.PROTECT, related_name="runs")
    private_to = models.ForeignKey(
        "accounts.Enterprise", models.PROTECT, null=True, blank=True, related_name="class_runs"
    )
    capacity = models.PositiveSmallIntegerField()
    min_size = models.PositiveSmallIntegerField()
    seats_taken = models.PositiveSmallIntegerField(default=0)
    waiting = models.PositiveSmallIntegerField(default=0)
    opens_at = models.DateTimeField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    created_at = models.DateTimeField()
    created_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancel_reason = models.CharField(max_length=200, blank=True)

    objects = ClassRunQuerySet.as_manager()

    class Meta:
        # The seats are left out: they change all the time, and whoever shows them asks again within seconds.
        triggers = [moves_catalogue("course_id", "site_id", "private_to_id", "opens_at", "starts_at", "cancelled_at")]
        ordering = ["starts_at", "pk"]
        indexes = [
            models.Index(fields=["course", "starts_at"], name="class_run_by_course"),
            models.Index(fields=["starts_at", "id"], name="class_run_by_start"),
            models.Index(fields=["site", "starts_at"], name="class_run_by_site"),
            models.Index(
                fields=["id"], condition=Q(waiting__gt=0, seats_taken__lt=F("capacity")), name="class_run_owes_a_seat"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(seats_taken__gte=0, seats_taken__lte=F("capacity")), name="class_run_never_overfull"
            ),
            models.CheckConstraint(condition=Q(waiting__gte=0), name="class_run_line_not_negative"),
            models.CheckConstraint(
                condition=Q(min_size__gte=1, capacity__gte=F("min_size")), name="class_run_sizes_in_order"
            ),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="class_run_ends_after_it_starts"),
            models.CheckConstraint(condition=Q(opens_at__lt=F("starts_at")), name="class_run_opens_before_it_starts"),
            models.CheckConstraint(
                condition=Q(cancelled_at=None, cancel_reason="")
                | (Q(cancelled_at__isnull=False) & ~Q(cancel_reason="")),
                name="class_run_cancelled_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.course}"

    @property
    def seats_left(self) -> int:
        """Seats a passer-by may press for: none while somebody is in line, for a free seat belongs to the line."""
        return 0 if self.waiting else self.capacity - self.seats_taken

    def is_open(self, now: datetime) -> bool:
        """Tell whether one may enroll, or join the line, at `now`."""
        return self.cancelled_at is None and self.opens_at <= now < self.starts_at

    def state_at(self, now: datetime) -> RunState:
        """Return where the run stands."""
        if self.cancelled_at is not None:
            return RunState.CANCELLED
        if now >= self.starts_at:
            return RunState.STARTED
        if now < self.opens_at:
            return RunState.SOON
        if not self.seats_left:
            return RunState.WAITING
        return RunState.FEW if self.seats_left <= FEW_SEATS else RunState.OPEN


@pghistory.track(append_only=True)
class Lesson(models.Model):
    """One meeting of a class run (课次): a time, a room, an instructor. The time is half-open."""

    class_run = models.ForeignKey(ClassRun, models.PROTECT, related_name="lessons")
    position = models.PositiveSmallIntegerField()
    room = models.ForeignKey("catalogue.Room", models.PROTECT, null=True, blank=True, related_name="lessons")
    instructor = models.ForeignKey(
        "catalogue.Instructor", models.PROTECT, null=True, blank=True, related_name="lessons"
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        triggers = [moves_catalogue()]
        ordering = ["starts_at", "pk"]
        indexes = [models.Index(fields=["starts_at"], condition=Q(cancelled_at=None), name="lesson_by_start")]
        constraints = [
            models.UniqueConstraint(fields=["class_run", "position"], name="lesson_position_once"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="lesson_ends_after_it_starts"),
        ]

    def __str__(self) -> str:
        return f"{self.class_run_id} #{self.position}"


class Resource(models.Model):
    """What can be in one place at a time only: a room or an instructor."""

    room = models.OneToOneField("catalogue.Room", models.PROTECT, null=True, blank=True, related_name="resource")
    instructor = models.OneToOneField(
        "catalogue.Instructor", models.PROTECT, null=True, blank=True, related_name="resource"
    )

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(room__isnull=False, instructor=None) | Q(room=None, instructor__isnull=False),
                name="resource_is_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return str(self.room or self.instructor)


class Occupancy(models.Model):
    """A resource is taken by a lesson. The database refuses two at once (architecture.md rule 4).

    The range of a room ends ten minutes after the lesson, to clear it.
    """

    resource = models.ForeignKey(Resource, models.PROTECT, related_name="occupancies")
    lesson = models.ForeignKey(Lesson, models.CASCADE, related_name="occupancies")
    during = DateTimeRangeField()
    active = models.BooleanField(default=True)

    class Meta:
        verbose_name_plural = "occupancies"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["resource", "lesson"], name="occupancy_once_per_lesson"),
            ExclusionConstraint(
                name="occupancy_never_clashes",
                expressions=[("resource", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
                condition=Q(active=True),
                # Deferrable, so that two rooms may swap; checked at once otherwise.
                deferrable=Deferrable.IMMEDIATE,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.resource_id} {self.during}"
