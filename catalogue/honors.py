"""Honours of instructors and what may be shown of them."""

from typing import Self

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalogue.version import moves_catalogue
from policy import ids


class HonorLevel(models.TextChoices):
    """Whose honour it is (荣誉级别)."""

    NATIONAL = "national", _("全国")
    CITY = "city", _("市级")
    DISTRICT = "district", _("区级")


class HonorQuerySet(models.QuerySet["Honor"]):
    """What one may ask about honours."""

    def public(self) -> Self:
        """Keep what a public page may show: honours that a named person has checked against their proof."""
        return self.filter(verified_at__isnull=False)


@pghistory.track(append_only=True, model_name="HonorEvent", exclude=["certificate_number", "created_at"])
class Honor(models.Model):
    """An honour of an instructor with its proof (荣誉证明). Public only once verified by somebody else."""

    public_id = models.CharField(max_length=12, unique=True, default=ids.public_id, editable=False)
    instructor = models.OneToOneField("catalogue.Instructor", models.PROTECT, related_name="honor")
    name = models.CharField(max_length=60)
    level = models.CharField(max_length=20, choices=HonorLevel)
    granted_by = models.CharField(max_length=60)
    year = models.PositiveSmallIntegerField()
    certificate_number = models.CharField(max_length=40, blank=True)
    proof = models.OneToOneField("policy.Attachment", models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    verified_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    verified_at = models.DateTimeField(null=True, blank=True)

    objects = HonorQuerySet.as_manager()

    class Meta:
        triggers = [moves_catalogue()]
        ordering = ["created_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(level__in=HonorLevel.values), name="honor_level_known"),
            models.CheckConstraint(condition=Q(year__range=(1949, 2100)), name="honor_year_possible"),
            models.CheckConstraint(
                condition=Q(verified_at=None, verified_by=None)
                | Q(verified_at__isnull=False, verified_by__isnull=False),
                name="honor_verified_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.name
