"""People: who they are, what the programme knows of them as workers, and what they agreed to."""

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.db.models import Q
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts import phones
from policy import ids

if TYPE_CHECKING:
    from accounts.models.unions import RoleKind


class UserQuerySet(models.QuerySet["User"]):
    """What one may ask about people."""

    def active(self) -> Self:
        """Keep people who may sign in."""
        return self.filter(is_active=True, erased_at=None)

    def with_phone(self, phone: str) -> Self:
        """Keep the person of a normalised phone number (+86…)."""
        return self.filter(phone_hash=phones.digest(phone))

    def get_by_natural_key(self, public_id: str) -> "User":
        """Return the person of a public id; Django's authentication asks for this."""
        return self.get(public_id=public_id)


class User(AbstractBaseUser):
    """A person: worker, contact, instructor or staff. The phone is encrypted; its keyed hash finds it again.

    A roster may create a person who has not signed in yet (`verified_at` is empty).
    """

    public_id = models.CharField(max_length=12, unique=True, default=ids.public_id, editable=False)
    name = models.CharField(max_length=40, blank=True)
    phone_cipher = models.BinaryField(null=True)
    phone_hash = models.CharField(max_length=64, unique=True, null=True)  # noqa: DJ001 -- unique where there is one
    phone_last4 = models.CharField(max_length=4, blank=True)
    language = models.CharField(max_length=10, default="zh-hans")
    large_text = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    verified_at = models.DateTimeField(null=True, blank=True)
    is_active = models.BooleanField(default=True)
    erased_at = models.DateTimeField(null=True, blank=True)

    objects = UserQuerySet.as_manager()

    USERNAME_FIELD = "public_id"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    # No column: whether the session of this request passed the staff sign-in (accounts/backends.py sets it).
    has_staff_session: bool = False

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["name", "phone_last4"], name="user_by_name_and_last4")]
        constraints = [
            models.CheckConstraint(
                condition=Q(phone_cipher=None, phone_hash=None, phone_last4="")
                | Q(phone_cipher__isnull=False, phone_hash__isnull=False, phone_last4__regex=r"^[0-9]{4}$"),
                name="user_phone_is_whole_or_absent",
            ),
            models.CheckConstraint(condition=Q(language__in=["zh-hans", "en"]), name="user_language_known"),
        ]

    def __str__(self) -> str:
        return self.name or self.masked_phone

    @property
    def phone(self) -> str:
        """The normalised number (+86…) in clear. The courier, the person's own pages and an order's desk ask for it."""
        return phones.decrypt(bytes(self.phone_cipher)) if self.phone_cipher else ""

    @phone.setter
    def phone(self, number: str) -> None:
        """Set cipher, hash and last four digits together from a normalised number."""
        self.phone_cipher = phones.encrypt(number)
        self.phone_hash = phones.digest(number)
        self.phone_last4 = number[-4:]

    def holds(self, kind: "RoleKind", now: datetime) -> bool:
        """Tell whether the person has a role of the kind that is in force."""
        return self.roles.in_force(now).filter(kind=kind).exists()

    def get_session_auth_hash(self) -> str:
        """Return what a session must still match: a new password or a new phone ends the old sessions."""
        proof = f"{self.password}:{self.phone_hash}"
        return salted_hmac("accounts.User.session", proof, algorithm="sha256").hexdigest()

    @property
    def masked_phone(self) -> str:
        """What staff see: 尾号 and the last four digits."""
        return _("尾号%(digits)s") % {"digits": self.phone_last4} if self.phone_last4 else ""


class WorkerKind(models.TextChoices):
    """What kind of work a person does (职工类型)."""

    FRONTLINE = "frontline", _("一线职工")
    MANAGEMENT = "management", _("管理人员")
    NEW_FORM = "new_form", _("新就业形态劳动者")
    MIGRANT = "migrant", _("农民工")
    OTHER = "other", _("其他")


class Worker(models.Model):
    """What the programme knows of a person as a worker. Nobody needs an employer or a seal to have one."""

    user = models.OneToOneField(User, models.PROTECT, related_name="worker")
    kind = models.CharField(max_length=12, choices=WorkerKind, default=WorkerKind.OTHER)
    town = models.ForeignKey("accounts.Union", models.PROTECT, null=True, blank=True, related_name="+")
    employer = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=Q(kind__in=WorkerKind.values), name="worker_kind_known")]

    def __str__(self) -> str:
        return str(self.user)


class Consent(models.Model):
    """A person's yes to one version of the notice on personal data (PIPL 13-15). Taking it back is one date."""

    user = models.ForeignKey(User, models.PROTECT, related_name="consents")
    version = models.CharField(max_length=20)
    text_hash = models.CharField(max_length=64)
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["given_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "version"],
                condition=Q(withdrawn_at=None),
                name="consent_once_per_version",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.version}"
