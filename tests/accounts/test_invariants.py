import pytest

from accounts import invariants
from accounts.models import Enterprise, EnterpriseKind, Membership, MembershipRole
from tests.accounts.factories import CODE, contact_of, verified_enterprise
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm() -> Enterprise:
    made = verified_enterprise(name="演示机械厂", kind=EnterpriseKind.NON_PUBLIC, credit_code=CODE)
    contact_of(made)
    contact_of(made, MembershipRole.VIEWER)
    return made


def test_an_enterprise_with_its_owner_and_code_is_in_order(firm: Enterprise) -> None:
    assert list(invariants.disagreements(now=NOW)) == []


def test_an_enterprise_without_an_owner_is_named(firm: Enterprise) -> None:
    Membership.objects.filter(role=MembershipRole.OWNER).update(role=MembershipRole.BOOKER)

    assert list(invariants.disagreements(now=NOW)) == [f"单位 演示机械厂（编号 {firm.pk}）：没有负责人。"]


def test_a_code_that_fails_its_check_is_named(firm: Enterprise) -> None:
    wrong = f"{CODE[:-1]}4"
    Enterprise.objects.update(credit_code=wrong)

    assert list(invariants.disagreements(now=NOW)) == [
        f"单位 演示机械厂（编号 {firm.pk}）：统一社会信用代码 {wrong} 对不上。"
    ]
