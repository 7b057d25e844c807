"""The doors to enterprises: register one, and an officer's yes or no to it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as mark

from accounts.models import Enterprise, EnterpriseKind, Membership, MembershipRole, RoleKind, Union, User
from messaging import outbox
from policy.constraints import refused_by
from policy.history import recorded
from policy.problems import Problem, Refused

# So many registrations of one person may wait for an officer.
MOST_UNANSWERED = 5
NEWS_IS_OF_USE = timedelta(days=30)
CODE_ONCE = "enterprise_verified_once_per_code"


class EnterpriseRefused(Refused):
    """A door to enterprises said no; the problems say why and how to mend it."""


@dataclass(frozen=True)
class Application:
    """What is said of an enterprise when it registers; the credit code is checked and in capitals, or empty."""

    name: str
    kind: EnterpriseKind
    credit_code: str
    town: Union
    title: str = ""


@transaction.atomic
def register(*, person: User, application: Application, now: datetime) -> Enterprise:
    """Make an unverified enterprise whose owner is the person; sent twice, return the first one.

    Raises EnterpriseRefused when another verified enterprise has the code, or too many of the person's wait.
    """
    User.objects.select_for_update(no_key=True).get(pk=person.pk)
    mine = Enterprise.objects.of(person).filter(declined_at=None)
    same = mine.filter(name=application.name, credit_code=application.credit_code, kind=application.kind).first()
    if same:
        return same
    _refuse_registering(mine.to_verify().count(), application.credit_code)
    with recorded(actor=person, reason="", at=now):
        enterprise = Enterprise.objects.create(
            name=application.name,
            kind=application.kind,
            credit_code=application.credit_code,
            town=application.town,
            created_at=now,
        )
        Membership.objects.create(
            user=person, enterprise=enterprise, role=MembershipRole.OWNER, title=application.title, created_at=now
        )
    return enterprise


@transaction.atomic
def verify(*, enterprise_id: int, actor: User, now: datetime) -> Enterprise:
    """Confirm that the enterprise is what it says, and tell its people. Again: nothing happens.

    Raises EnterpriseRefused for its own people, after a no, or when the code is another verified enterprise's.
    """
    enterprise = _lock(enterprise_id)
    _refuse_judging(enterprise, actor=actor, now=now)
    if enterprise.verified_at:
        return enterprise
    if enterprise.declined_at:
        raise EnterpriseRefused([Problem("enterprise_declined", _("这个单位已经退回，不能再核验。"))])
    if _code_taken(enterprise.credit_code):
        raise EnterpriseRefused([_known_code(enterprise.credit_code)])
    enterprise.verified_at, enterprise.verified_by = now, actor
    try:
        # A point to go back to: another of the same code may be verified at this moment.
        with transaction.atomic(), recorded(actor=actor, reason="", at=now):
            enterprise.save(update_fields=["verified_at", "verified_by"])
    except IntegrityError as error:
        if refused_by(error) != CODE_ONCE:
            raise
        raise EnterpriseRefused([_known_code(enterprise.credit_code)]) from error
    _tell(enterprise, "verified", mark("单位已核验：%(name)s"), mark("“%(name)s”已通过核验，可以点单了。"), now=now)
    return enterprise


@transaction.atomic
def decline(*, enterprise_id: int, actor: User, reason: str, now: datetime) -> Enterprise:
    """Say no to a registration, with the reason its people read. Again: nothing happens.

    Raises EnterpriseRefused for its own people, or once it was verified.
    """
    enterprise = _lock(enterprise_id)
    _refuse_judging(enterprise, actor=actor, now=now)
    if enterprise.declined_at:
        return enterprise
    if enterprise.verified_at:
        raise EnterpriseRefused([Problem("enterprise_verified", _("这个单位已经核验，不能再退回。"))])
    if not reason:
        raise EnterpriseRefused([Problem("reason_missing", _("请写明退回的原因，单位会看到。"), field="reason")])
    enterprise.declined_at, enterprise.decline_reason = now, reason
    with recorded(actor=actor, reason=reason, at=now):
        enterprise.save(update_fields=["declined_at", "decline_reason"])
    body = mark("“%(name)s”没有通过核验：%(reason)s。改正后可以重新登记。")
    _tell(enterprise, "declined", mark("单位未通过核验：%(name)s"), body, now=now)
    return enterprise


def _lock(enterprise_id: int) -> Enterprise:
    return Enterprise.objects.select_for_update(no_key=True).get(pk=enterprise_id)


def _refuse_registering(unanswered: int, code: str) -> None:
    if _code_taken(code):
        raise EnterpriseRefused([_known_code(code)])
    if unanswered >= MOST_UNANSWERED:
        sentence = _("您已有 %(count)s 个单位等待核验。") % {"count": unanswered}
        raise EnterpriseRefused([Problem("too_many_unanswered", sentence, _("请等工会核验后再登记。"))])


def _refuse_judging(enterprise: Enterprise, *, actor: User, now: datetime) -> None:
    """Let nobody but an officer judge, and no officer the enterprise he belongs to."""
    if not actor.holds(RoleKind.OFFICER, now):
        raise EnterpriseRefused([Problem("not_an_officer", _("只有区总工会经办人可以核验单位。"))])
    if enterprise.memberships.filter(user=actor).exists():
        sentence = _("您是这个单位的人，不能核验它。")
        raise EnterpriseRefused([Problem("own_enterprise", sentence, _("请另一位经办人核验。"))])


def _code_taken(code: str) -> bool:
    return bool(code) and Enterprise.objects.filter(credit_code=code, verified_at__isnull=False).exists()


def _known_code(code: str) -> Problem:
    sentence = _("统一社会信用代码 %(code)s 的单位已经登记。") % {"code": code}
    return Problem("code_taken", sentence, _("请联系本单位的负责人，或致电区总工会。"), field="credit_code")


def _tell(enterprise: Enterprise, kind: str, title: str, body: str, *, now: datetime) -> None:
    subject = f"enterprise/{enterprise.pk}"
    values = {"name": enterprise.name, "reason": enterprise.decline_reason}
    for membership in enterprise.memberships.select_related("user"):
        with translation.override(membership.user.language):
            outbox.tell(
                person=membership.user,
                key=f"enterprise_{kind}:{subject}:user/{membership.user_id}",
                kind=f"enterprise_{kind}",
                subject=subject,
                title=(_(title) % values)[:80],
                body=_(body) % values,
                path=reverse("portal:enterprises"),
                due_at=now,
                use_by=now + NEWS_IS_OF_USE,
                now=now,
            )
