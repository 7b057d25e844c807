"""Terms, immutable policy versions, number series, drafts, files and the demonstration's clock."""

from datetime import date, datetime
from typing import Self

import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from policy import defaults


class Allocation(models.TextChoices):
    """How the seats of a class run are given."""

    FIRST_COME = "first_come", _("先到先得")


class TermQuerySet(models.QuerySet["Term"]):
    """What one may ask about terms."""

    def covering(self, day: date) -> "Term | None":
        """Return the term a local day belongs to."""
        return self.touching(day, day).first()

    def touching(self, first: date, last: date) -> Self:
        """Keep terms that share a day with the days from `first` to `last`."""
        return self.filter(starts_on__lte=last, ends_on__gte=first)


class Term(models.Model):
    """A round of the programme (轮次). Terms never overlap; both days belong to it."""

    code = models.SlugField(unique=True)
    name = models.CharField(max_length=40)
    starts_on = models.DateField()
    ends_on = models.DateField()

    objects = TermQuerySet.as_manager()

    class Meta:
        ordering = ["starts_on", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="term_ends_after_it_starts"),
            ExclusionConstraint(
                name="term_never_overlaps",
                expressions=[
                    (
                        Func("starts_on", "ends_on", Value("[]"), function="daterange", output_field=DateRangeField()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PolicyQuerySet(models.QuerySet["Policy"]):
    """What one may ask about the rules."""

    def current(self, *, now: datetime) -> "Policy":
        """Return the version in force at `now`; the first call writes the default one."""
        version = self.filter(valid_from__lte=now).order_by("-valid_from", "-pk").first()
        return version or self.create(valid_from=now, reason="默认规则")


class Policy(models.Model):
    """One version of the programme's rules. Never changed: a new rule is a new row, and a run keeps its own."""

    valid_from = models.DateTimeField()
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=200)
    allocation = models.CharField(max_length=20, choices=Allocation, default=Allocation.FIRST_COME)
    open_at = models.TimeField(default=defaults.OPEN_AT)
    max_live_enrollments = models.PositiveSmallIntegerField(default=defaults.MAX_LIVE_ENROLLMENTS)
    one_per_course_per_term = models.BooleanField(default=True)
    cancel_cutoff_hours = models.PositiveSmallIntegerField(default=defaults.CANCEL_CUTOFF_HOURS)
    min_open = models.PositiveSmallIntegerField(default=defaults.MIN_OPEN)
    max_seats = models.PositiveSmallIntegerField(default=defaults.MAX_SEATS)

    objects = PolicyQuerySet.as_manager()

    class Meta:
        ordering = ["valid_from", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(allocation__in=Allocation.values), name="policy_allocation_known"),
            models.CheckConstraint(condition=Q(max_live_enrollments__gte=1), name="policy_allows_one_seat"),
            models.CheckConstraint(
                condition=Q(min_open__gte=1, max_seats__gte=F("min_open")),
                name="policy_seats_reach_min_open",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="policy_is_immutable", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.valid_from:%Y-%m-%d} {self.reason}"


class NumberSeriesQuerySet(models.QuerySet["NumberSeries"]):
    """What one may ask of number series."""

    def take(self, *, series: str, year: int) -> int:
        """Raise the series' last number of the year by one and return it; concurrent callers wait for each other."""
        self.bulk_create([NumberSeries(series=series, year=year)], ignore_conflicts=True)
        row = self.select_for_update().get(series=series, year=year)
        row.last += 1
        row.save(update_fields=["last"])
        return row.last


class NumberSeries(models.Model):
    """The last running number given in a year, for one kind of thing."""

    series = models.CharField(max_length=20)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    objects = NumberSeriesQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "number series"
        constraints = [models.UniqueConstraint(fields=["series", "year"], name="number_series_once_a_year")]

    def __str__(self) -> str:
        return f"{self.series} {self.year}: {self.last}"


class ClockOffset(models.Model):
    """How far a demonstration's clock runs ahead. One row at most; read only when DEMO is on."""

    only = models.BooleanField(primary_key=True, default=True)
    offset = models.DurationField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(only=True), name="clock_offset_is_one_row")]

    def __str__(self) -> str:
        return str(self.offset)


class DraftQuerySet(models.QuerySet["Draft"]):
    """What one may ask about drafts."""

    def unclaimed(self, since: datetime) -> Self:
        """Keep those that were written after `since` by somebody who was not signed in, and belong to nobody yet."""
        return self.filter(owner=None, created_at__gt=since)


class Draft(models.Model):
    """A long form as it was typed, unchecked (policy/drafts.py). `version` counts what was saved.

    Without an owner it was sent by somebody whose sign-in had ended. `subject` is what it corrects, if anything.
    """

    public_id = models.CharField(max_length=12, unique=True, editable=False)
    kind = models.CharField(max_length=20)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="drafts")
    subject = models.CharField(max_length=80, blank=True)
    data = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects = DraftQuerySet.as_manager()

    class Meta:
        ordering = ["-updated_at", "-pk"]
        indexes = [models.Index(fields=["created_at"], condition=Q(owner=None), name="draft_unclaimed")]

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id} v{self.version}"


class ScanResult(models.TextChoices):
    """What the virus scanner said of a file; one that it refused is not kept."""

    UNSCANNED = "unscanned", _("未扫描")
    CLEAN = "clean", _("已扫描")


class Attachment(models.Model):
    """A file somebody handed in (policy/attachments.py). Its bytes lie under a random name that no URL shows.

    `subject` is what it belongs to (`honor/…`): who may read it, the app of the subject says.
    """

    public_id = models.CharField(max_length=12, unique=True, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="attachments")
    subject = models.CharField(max_length=80)
    name = models.CharField(max_length=100)
    stored_as = models.CharField(max_length=40, unique=True, editable=False)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    content_type = models.CharField(max_length=40)
    scan = models.CharField(max_length=20, choices=ScanResult)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["created_at", "pk"]
        indexes = [models.Index(fields=["subject"], name="attachment_subject")]
        constraints = [
            models.CheckConstraint(condition=Q(size__gt=0), name="attachment_is_not_empty"),
            models.CheckConstraint(condition=Q(scan__in=ScanResult.values), name="attachment_scan_known"),
        ]

    def __str__(self) -> str:
        return self.name
