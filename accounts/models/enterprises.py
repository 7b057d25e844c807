"""Enterprises, and who belongs to them."""

from typing import Self

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models.people import User
from accounts.models.unions import Union
from policy import ids


class EnterpriseKind(models.TextChoices):
    """What kind of unit an enterprise is (单位类型)."""

    STATE_OWNED = "state_owned", _("国有企业")
    NON_PUBLIC = "non_public", _("非公企业")
    PUBLIC_BODY = "public_body", _("机关事业单位")
    PARK = "park", _("园区联合")
    PLATFORM = "platform", _("平台站点")
    SCHOOL = "school", _("学校")


# Several firms together, or a station of a platform: they have no credit code of their own.
WITHOUT_CREDIT_CODE = [EnterpriseKind.PARK, EnterpriseKind.PLATFORM]


class EnterpriseQuerySet(models.QuerySet["Enterprise"]):
    """What one may ask about enterprises."""

    def of(self, person: User, *roles: "MembershipRole") -> Self:
        """Keep those the person belongs to, in any of the roles where some are named."""
        mine = Membership.objects.filter(user=person, **({"role__in": roles} if roles else {}))
        return self.filter(pk__in=mine.values("enterprise"))

    def about(self, words: str) -> Self:
        """Keep those whose name holds each of the words, by name."""
        every_word = [Q(name__icontains=word) for word in words.split()]
        return self.filter(*every_word).order_by("name", "pk")

    def to_verify(self) -> Self:
        """Keep those no officer has answered, the oldest first."""
        return self.filter(verified_at=None, declined_at=None).order_by("created_at", "pk")


@pghistory.track(
    append_only=True,
    model_name="EnterpriseEvent",
    fields=["kind", "credit_code", "verified_at", "verified_by", "declined_at"],
)
class Enterprise(models.Model):
    """A unit that orders classes for its people (单位). It may order once an officer has verified it."""

    public_id = models.CharField(max_length=12, unique=True, default=ids.public_id, editable=False)
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=12, choices=EnterpriseKind)
    credit_code = models.CharField(max_length=18, blank=True)
    town = models.ForeignKey(Union, models.PROTECT, related_name="enterprises")
    created_at = models.DateTimeField()
    verified_at = models.DateTimeField(null=True, blank=True)
    verified_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    declined_at = models.DateTimeField(null=True, blank=True)
    decline_reason = models.CharField(max_length=200, blank=True)

    objects = EnterpriseQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=EnterpriseKind.values), name="enterprise_kind_known"),
            models.CheckConstraint(
                condition=~Q(credit_code="") | Q(kind__in=WITHOUT_CREDIT_CODE), name="enterprise_has_a_credit_code"
            ),
            # Anybody may write any code into the form; two may not be verified with the same one.
            models.UniqueConstraint(
                fields=["credit_code"],
                condition=Q(verified_at__isnull=False) & ~Q(credit_code=""),
                name="enterprise_verified_once_per_code",
            ),
            models.CheckConstraint(
                condition=Q(verified_at=None, verified_by=None)
                | Q(verified_at__isnull=False, verified_by__isnull=False, declined_at=None),
                name="enterprise_verified_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(declined_at=None, decline_reason="")
                | (Q(declined_at__isnull=False) & ~Q(decline_reason="")),
                name="enterprise_declined_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class MembershipRole(models.TextChoices):
    """What a person may do for an enterprise."""

    OWNER = "owner", _("负责人")
    BOOKER = "booker", _("点单人")
    VIEWER = "viewer", _("查看人")


# Who may order, and send a roster.
BOOKERS = (MembershipRole.OWNER, MembershipRole.BOOKER)


@pghistory.track(append_only=True, model_name="MembershipEvent", fields=["user", "enterprise", "role"])
class Membership(models.Model):
    """A person of an enterprise (单位联系人). `title` is the post: 工会主席."""

    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=10, choices=MembershipRole)
    title = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["created_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["user", "enterprise"], name="membership_once"),
            models.CheckConstraint(condition=Q(role__in=MembershipRole.values), name="membership_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.enterprise_id} {self.role}"
