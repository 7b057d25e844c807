"""What instructors propose, each submission of it, and every move it makes."""

from datetime import datetime
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Self

import pghistory
import pgtrigger
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from policy import ids

if TYPE_CHECKING:
    from accounts.models import User


class Status(models.TextChoices):
    """Where a proposal stands (product.md 2.2)."""

    DRAFT = "draft", _("草稿")
    SUBMITTED = "submitted", _("已提交")
    FIRST_REVIEW = "first_review", _("初审")
    SECOND_REVIEW = "second_review", _("复审")
    RETURNED = "returned", _("退回补正")
    PUBLICITY = "publicity", _("公示")
    APPROVED = "approved", _("通过")
    DECLINED = "declined", _("不予采纳")
    WITHDRAWN = "withdrawn", _("撤回")


EDITABLE = (Status.DRAFT, Status.RETURNED)
UNDER_REVIEW = (Status.SUBMITTED, Status.FIRST_REVIEW, Status.SECOND_REVIEW, Status.PUBLICITY)


class Action(models.TextChoices):
    """What may be done with a proposal."""

    SUBMIT = "submit", _("提交")
    TAKE = "take", _("开始初审")
    PASS = "pass", _("审核通过")
    RETURN = "return", _("退回补正")
    APPROVE = "approve", _("批准")
    DECLINE = "decline", _("不予采纳")
    WITHDRAW = "withdraw", _("撤回")


class ProposalQuerySet(models.QuerySet["Proposal"]):
    """What one may ask about proposals."""

    def under_review(self) -> Self:
        """Keep what reviewers have to do with, what was sent first comes first."""
        return self.filter(status__in=UNDER_REVIEW).order_by("submitted_at", "pk")

    def newest_first(self) -> Self:
        """Put what was sent last before what was sent earlier."""
        return self.order_by("-submitted_at", "-pk")

    def about(self, words: str) -> Self:
        """Keep proposals whose title, author, organisation or course code holds each of the words."""
        places = ("title", "author__name", "author__instructor__organisation", "course__code")
        every_word = (reduce(or_, (Q(**{f"{place}__icontains": word}) for place in places)) for word in words.split())
        return self.filter(*every_word)

    def sent_after(self, public_id: str) -> Self:
        """Keep what was sent after that proposal; everything when there is no such proposal."""
        return self._beyond(public_id, "gt")

    def sent_before(self, public_id: str) -> Self:
        """Keep what was sent before that proposal; everything when there is no such proposal."""
        return self._beyond(public_id, "lt")

    def _beyond(self, public_id: str, side: str) -> Self:
        last = self.model.objects.sent().filter(public_id=public_id).first() if public_id else None
        if last is None:
            return self
        at, pk = f"submitted_at__{side}", f"pk__{side}"
        return self.filter(Q(**{at: last.submitted_at}) | Q(submitted_at=last.submitted_at, **{pk: last.pk}))

    def sent(self) -> Self:
        """Keep what reviewers may look at: everything that was submitted and not withdrawn."""
        return self.filter(submitted_at__isnull=False).exclude(status=Status.WITHDRAWN)

    def reviewable_by(self, user: "User") -> Self:
        """Keep what this reviewer may look at: what was sent, and is not the own proposal."""
        return self.sent().exclude(author=user)

    def waiting_for(self, user: "User", now: datetime) -> Self:
        """Keep what this reviewer can do something about now: no own one, no second review after the own first one."""
        firsts = Review.objects.filter(
            proposal=OuterRef("pk"), came_from=Status.FIRST_REVIEW, action=Action.PASS
        ).order_by("-position")
        found = self.reviewable_by(user).under_review().annotate(first=Subquery(firsts.values("actor")[:1]))
        other_second = ~Q(status=Status.SECOND_REVIEW) | Q(first=None) | ~Q(first=user.pk)
        return found.filter(other_second, ~Q(status=Status.PUBLICITY) | Q(publicity_ends_at__lte=now))

    def in_publicity(self, now: datetime) -> Self:
        """Keep what the public may object to at `now`, what ends first comes first."""
        return self.filter(status=Status.PUBLICITY, publicity_ends_at__gt=now).order_by("publicity_ends_at", "pk")

    def for_rows(self) -> Self:
        """Fetch what a list shows."""
        return self.select_related("author", "author__instructor", "course")


@pghistory.track(append_only=True, model_name="ProposalEvent", fields=["status", "publicity_ends_at", "course"])
class Proposal(models.Model):
    """A course that an instructor proposes (课程申报). Its state is written by proposals/moves.py only.

    `draft` is the author's working copy, `press` makes a form sent twice one proposal, `moves` counts the reviews.
    """

    public_id = models.CharField(max_length=12, unique=True, default=ids.public_id, editable=False)
    author = models.ForeignKey("accounts.User", models.PROTECT, related_name="proposals")
    press = models.CharField(max_length=12, editable=False)
    draft = models.OneToOneField("policy.Draft", models.PROTECT, related_name="+")
    title = models.CharField(max_length=60, blank=True)
    status = models.CharField(max_length=20, choices=Status, default=Status.DRAFT)
    moves = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    publicity_ends_at = models.DateTimeField(null=True, blank=True)
    course = models.OneToOneField("catalogue.Course", models.PROTECT, null=True, blank=True, related_name="+")

    objects = ProposalQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["submitted_at"], condition=Q(status__in=UNDER_REVIEW), name="proposal_under_review")
        ]
        constraints = [
            models.UniqueConstraint(fields=["author", "press"], name="proposal_once_per_press"),
            models.CheckConstraint(condition=Q(status__in=Status.values), name="proposal_status_known"),
            models.CheckConstraint(
                condition=Q(status=Status.APPROVED, course__isnull=False) | ~Q(status=Status.APPROVED) & Q(course=None),
                name="proposal_approved_is_a_course",
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.PUBLICITY) | Q(publicity_ends_at__isnull=False),
                name="proposal_publicity_has_an_end",
            ),
        ]

    def __str__(self) -> str:
        return self.title or str(_("未命名的课程"))


class ProposalVersion(models.Model):
    """What a proposal said at one submission (proposals/content.py). Never changed."""

    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    content = models.JSONField()
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["proposal", "number"]
        constraints = [models.UniqueConstraint(fields=["proposal", "number"], name="proposal_version_once")]
        triggers = [pgtrigger.Protect(name="version_is_immutable", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.proposal} v{self.number}"


class Review(models.Model):
    """One move of a proposal (审核记录): who, when, from where to where, why, remarks per field. Never changed."""

    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="reviews")
    position = models.PositiveIntegerField()
    action = models.CharField(max_length=20, choices=Action)
    came_from = models.CharField(max_length=20, choices=Status)
    led_to = models.CharField(max_length=20, choices=Status)
    actor = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    version = models.ForeignKey(ProposalVersion, models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=500, blank=True)
    remarks = models.JSONField(default=dict, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["proposal", "position"]
        constraints = [models.UniqueConstraint(fields=["proposal", "position"], name="review_once_per_move")]
        triggers = [pgtrigger.Protect(name="review_is_immutable", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.proposal} {self.position} {self.action}"
