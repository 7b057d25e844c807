"""The doors to enterprises: who registers, who judges, who is told."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction

from accounts import enterprises
from accounts.enterprises import MOST_UNANSWERED, Application, EnterpriseRefused
from accounts.models import Enterprise, EnterpriseKind, Membership, MembershipRole
from messaging.models import Message
from tests import factories
from tests.accounts.factories import CODE, EnterpriseFactory, MembershipFactory, contact_of, verified_enterprise
from tests.factories import NOW, TownFactory, UserFactory

pytestmark = pytest.mark.django_db


def said(**other: object) -> Application:
    said: dict[str, object] = {"name": "演示机械厂", "kind": EnterpriseKind.NON_PUBLIC, "credit_code": CODE}
    return Application(**{**said, "town": TownFactory(), "title": "工会主席", **other})  # type: ignore[arg-type]


def codes(refused: pytest.ExceptionInfo[EnterpriseRefused]) -> list[str]:
    return [problem.code for problem in refused.value.problems]


def test_who_registers_becomes_the_owner_of_an_unverified_enterprise() -> None:
    person = UserFactory()
    made = enterprises.register(person=person, application=said(), now=NOW)
    row = Membership.objects.get()
    assert (row.user, row.enterprise, row.role, row.title) == (person, made, MembershipRole.OWNER, "工会主席")
    assert (made.verified_at, made.credit_code, made.created_at) == (None, CODE, NOW)


def test_sent_twice_it_is_registered_once() -> None:
    person = UserFactory()
    first = enterprises.register(person=person, application=said(), now=NOW)
    assert enterprises.register(person=person, application=said(), now=NOW + timedelta(hours=1)) == first
    assert (Enterprise.objects.count(), Membership.objects.count()) == (1, 1)


def test_the_code_of_a_verified_enterprise_is_taken_and_of_a_claimed_one_is_not() -> None:
    EnterpriseFactory(credit_code=CODE, kind=EnterpriseKind.NON_PUBLIC)
    enterprises.register(person=UserFactory(), application=said(), now=NOW)
    verified_enterprise(credit_code=CODE, kind=EnterpriseKind.NON_PUBLIC)
    with pytest.raises(EnterpriseRefused) as refused:
        enterprises.register(person=UserFactory(), application=said(name="另一家"), now=NOW)
    assert codes(refused) == ["code_taken"]


def test_a_person_does_not_flood_the_desk() -> None:
    person = UserFactory()
    for number in range(MOST_UNANSWERED):
        enterprises.register(person=person, application=said(name=f"演示{number}厂"), now=NOW)
    with pytest.raises(EnterpriseRefused) as refused:
        enterprises.register(person=person, application=said(name="再一家"), now=NOW)
    assert codes(refused) == ["too_many_unanswered"]


def test_verifying_tells_its_people_once_and_is_remembered() -> None:
    officer, firm = factories.officer(), EnterpriseFactory()
    owner, booker = contact_of(firm), contact_of(firm, MembershipRole.BOOKER)
    enterprises.verify(enterprise_id=firm.pk, actor=officer, now=NOW)
    enterprises.verify(enterprise_id=firm.pk, actor=officer, now=NOW + timedelta(days=1))
    firm.refresh_from_db()
    assert (firm.verified_at, firm.verified_by) == (NOW, officer)
    assert set(Message.objects.values_list("person", "title")) == {
        (person.pk, f"单位已核验：{firm.name}") for person in (owner, booker)
    }
    event = apps.get_model("accounts", "EnterpriseEvent").objects.latest("pgh_id")
    assert event.pgh_context.metadata == {"actor": officer.pk, "reason": "", "at": NOW.isoformat()}


def test_declining_says_why() -> None:
    officer, firm = factories.officer(), EnterpriseFactory()
    owner = contact_of(firm)
    enterprises.decline(enterprise_id=firm.pk, actor=officer, reason="代码与名称不符", now=NOW)
    firm.refresh_from_db()
    assert (firm.declined_at, firm.decline_reason, firm.verified_at) == (NOW, "代码与名称不符", None)
    assert Message.objects.get().person == owner
    assert "代码与名称不符" in Message.objects.get().body
    with pytest.raises(EnterpriseRefused) as refused:
        enterprises.verify(enterprise_id=firm.pk, actor=officer, now=NOW)
    assert codes(refused) == ["enterprise_declined"]


def test_a_no_needs_a_reason_and_comes_before_a_yes() -> None:
    officer, firm = factories.officer(), EnterpriseFactory()
    with pytest.raises(EnterpriseRefused) as silent:
        enterprises.decline(enterprise_id=firm.pk, actor=officer, reason="", now=NOW)
    enterprises.verify(enterprise_id=firm.pk, actor=officer, now=NOW)
    with pytest.raises(EnterpriseRefused) as late:
        enterprises.decline(enterprise_id=firm.pk, actor=officer, reason="晚了", now=NOW)
    assert (codes(silent), codes(late)) == (["reason_missing"], ["enterprise_verified"])


def test_nobody_judges_the_own_enterprise_and_only_officers_judge() -> None:
    firm, officer = EnterpriseFactory(), factories.officer()
    MembershipFactory(user=officer, enterprise=firm, role=MembershipRole.VIEWER)
    owner = contact_of(firm)
    with pytest.raises(EnterpriseRefused) as own:
        enterprises.verify(enterprise_id=firm.pk, actor=officer, now=NOW)
    with pytest.raises(EnterpriseRefused) as owners:
        enterprises.verify(enterprise_id=firm.pk, actor=owner, now=NOW)
    with pytest.raises(EnterpriseRefused):
        enterprises.decline(enterprise_id=firm.pk, actor=officer, reason="x", now=NOW)
    assert (codes(own), codes(owners)) == (["own_enterprise"], ["not_an_officer"])
    firm.refresh_from_db()
    assert (firm.verified_at, firm.declined_at) == (None, None)


def test_two_are_not_verified_with_one_code() -> None:
    verified_enterprise(credit_code=CODE, kind=EnterpriseKind.NON_PUBLIC)
    second = EnterpriseFactory(credit_code=CODE, kind=EnterpriseKind.NON_PUBLIC)
    with pytest.raises(EnterpriseRefused) as refused:
        enterprises.verify(enterprise_id=second.pk, actor=factories.officer(), now=NOW)
    assert codes(refused) == ["code_taken"]
    with pytest.raises(IntegrityError, match="enterprise_verified_once_per_code"), transaction.atomic():
        verified_enterprise(credit_code=CODE, kind=EnterpriseKind.NON_PUBLIC)


def test_a_firm_without_a_code_is_no_row() -> None:
    with pytest.raises(IntegrityError, match="enterprise_has_a_credit_code"):
        EnterpriseFactory(kind=EnterpriseKind.NON_PUBLIC)
