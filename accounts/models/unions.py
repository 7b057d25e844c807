"""The unions of the district, and what a person may do for them or for a site."""

from datetime import datetime
from typing import Self

import pghistory
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models.people import User


class UnionKind(models.TextChoices):
    """Levels of the union inside the district."""

    DISTRICT = "district", _("区总工会")
    TOWN = "town", _("街镇工会")
    PARK = "park", _("园区工会")


class Union(models.Model):
    """A trade union of the district (工会). `area` is what people call the place: 莘庄镇."""

    kind = models.CharField(max_length=10, choices=UnionKind)
    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=60, unique=True)
    area = models.CharField(max_length=40, blank=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")

    class Meta:
        ordering = ["slug", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=UnionKind.values), name="union_kind_known"),
            models.CheckConstraint(
                condition=Q(kind="district", parent=None) | (~Q(kind="district") & Q(parent__isnull=False)),
                name="union_below_the_district_has_a_parent",
            ),
            models.UniqueConstraint(fields=["area"], condition=Q(kind="town"), name="union_one_per_town"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def place(self) -> str:
        """What people call where it is: the area, or the union's own name where it has none."""
        return self.area or self.name


class RoleKind(models.TextChoices):
    """What a person may do for the programme."""

    OFFICER = "officer", _("区总工会经办人")
    REVIEWER = "reviewer", _("审核人")
    SITE_MANAGER = "site_manager", _("学堂管理员")


class RoleQuerySet(models.QuerySet["Role"]):
    """What one may ask about roles."""

    def in_force(self, now: datetime) -> Self:
        """Keep roles that hold at `now`: a role taken away is gone with the next request."""
        return self.filter(starts_at__lte=now).filter(Q(ends_at=None) | Q(ends_at__gt=now))


@pghistory.track(append_only=True)
class Role(models.Model):
    """A right of a person, over a union or a site, for a time."""

    user = models.ForeignKey(User, models.PROTECT, related_name="roles")
    kind = models.CharField(max_length=20, choices=RoleKind)
    union = models.ForeignKey(Union, models.PROTECT, null=True, blank=True, related_name="roles")
    site = models.ForeignKey("catalogue.Site", models.PROTECT, null=True, blank=True, related_name="roles")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    deputy_of = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="deputies")

    objects = RoleQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=RoleKind.values), name="role_kind_known"),
            models.CheckConstraint(
                condition=Q(kind__in=["officer", "reviewer"], union__isnull=False, site=None)
                | Q(kind="site_manager", union=None, site__isnull=False),
                name="role_has_the_scope_of_its_kind",
            ),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gt=F("starts_at")),
                name="role_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.get_kind_display()}"
