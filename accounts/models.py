"""Who: people, workers' facts, unions, roles and consent."""

from datetime import datetime, timedelta
from typing import ClassVar, Self

import pghistory
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import connection, models, transaction
from django.db.models import F, Q
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts import phones
from policy import ids


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
        """The normalised number (+86…) in clear. Only the courier of messages and the person's own pages ask for it."""
        return phones.decrypt(bytes(self.phone_cipher)) if self.phone_cipher else ""

    @phone.setter
    def phone(self, number: str) -> None:
        """Set cipher, hash and last four digits together from a normalised number."""
        self.phone_cipher = phones.encrypt(number)
        self.phone_hash = phones.digest(number)
        self.phone_last4 = number[-4:]

    def get_session_auth_hash(self) -> str:
        """Return what a session must still match: a new password or a new phone ends the old sessions."""
        proof = f"{self.password}:{self.phone_hash}"
        return salted_hmac("accounts.User.session", proof, algorithm="sha256").hexdigest()

    @property
    def masked_phone(self) -> str:
        """What staff see: 尾号 and the last four digits."""
        return _("尾号%(digits)s") % {"digits": self.phone_last4} if self.phone_last4 else ""


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
    town = models.ForeignKey(Union, models.PROTECT, null=True, blank=True, related_name="+")
    employer = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=Q(kind__in=WorkerKind.values), name="worker_kind_known")]

    def __str__(self) -> str:
        return str(self.user)


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


class SignInCodeQuerySet(models.QuerySet["SignInCode"]):
    """What one may ask about codes."""

    def open_at(self, now: datetime, *, tries: int) -> Self:
        """Keep codes that may be tried at `now`: unused, not expired, with fewer than `tries` tries."""
        return self.filter(used_at=None, expires_at__gt=now, tries__lt=tries)


class SignInCode(models.Model):
    """A one-time code or sign-in address of a person. The digits are computed, never stored (accounts/codes.py)."""

    person = models.ForeignKey(User, models.CASCADE, related_name="sign_in_codes")
    secret = models.CharField(max_length=32)
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)

    objects = SignInCodeQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.pk}"


class TallyQuerySet(models.QuerySet["Tally"]):
    """What one may ask of tallies."""

    def count_one(self, *, key: str, period: timedelta, now: datetime) -> "Tally":
        """Count one more try, in one statement, and return the tally. A period that is over begins anew."""
        sql = """
            INSERT INTO accounts_tally AS tally (key, started_at, hits) VALUES (%(key)s, %(now)s, 1)
            ON CONFLICT (key) DO UPDATE SET
                hits = CASE WHEN tally.started_at > %(over)s THEN tally.hits + 1 ELSE 1 END,
                started_at = CASE WHEN tally.started_at > %(over)s THEN tally.started_at ELSE %(now)s END
            RETURNING key, started_at, hits
        """
        with connection.cursor() as cursor:
            cursor.execute(sql, {"key": key, "now": now, "over": now - period})
            return Tally(*cursor.fetchone())

    def sweep(self, *, now: datetime) -> None:
        """Delete up to a hundred tallies whose longest period, a day, is over."""
        with transaction.atomic():
            old = self.filter(started_at__lte=now - timedelta(days=1)).select_for_update(skip_locked=True)
            self.filter(pk__in=list(old.order_by("pk").values_list("pk", flat=True)[:100])).delete()


class Tally(models.Model):
    """How often something was tried since `started_at` (accounts/limits.py)."""

    key = models.CharField(max_length=80, primary_key=True)
    started_at = models.DateTimeField(db_index=True)
    hits = models.PositiveIntegerField()

    objects = TallyQuerySet.as_manager()

    class Meta:
        ordering = ["key"]
        verbose_name_plural = "tallies"

    def __str__(self) -> str:
        return f"{self.key}: {self.hits}"


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
