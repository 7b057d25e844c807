"""Registering an enterprise on its page, and the desk's answer to it."""

from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import Enterprise, EnterpriseKind, Membership, User
from policy import clock
from tests import factories
from tests.accounts.factories import CODE, EnterpriseFactory, contact_of, verified_enterprise
from tests.factories import NOW, TownFactory, UserFactory
from tests.portal.pages import signed_in, words_of

pytestmark = pytest.mark.django_db

STAFF = "accounts.backends.StaffBackend"


@pytest.fixture
def person() -> User:
    return UserFactory(name="联系人")


@pytest.fixture
def officer() -> User:
    return factories.officer(name="经办员")


@pytest.fixture
def desk(officer: User) -> Client:
    client = Client()
    client.force_login(officer, backend=STAFF)
    return client


def filled(**other: str) -> dict[str, str]:
    TownFactory()
    form = {"name": "演示机械厂", "kind": "non_public", "credit_code": CODE, "town": "xinzhuangzhen", "title": "人事"}
    return form | other


@pytest.mark.parametrize("code", [CODE, CODE.lower(), " 91350100-M000100Y43 ", "９１３５０１００Ｍ０００１００Ｙ４３"])
def test_a_registered_enterprise_stands_on_the_page(person: User, code: str) -> None:  # 6, 7
    client = signed_in(person)
    answer = client.post("/enterprise/register/", filled(credit_code=code))
    assert (answer.status_code, answer.headers["Location"]) == (302, "/enterprise/")
    made = Enterprise.objects.get()
    assert (made.name, made.credit_code, made.verified_at) == ("演示机械厂", CODE, None)
    assert "演示机械厂" in words_of(client.get("/enterprise/"))
    assert "待核验" in words_of(client.get("/enterprise/"))


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("91350100M000100Y44", "最后一位对不上"),
        ("9135010OM000100Y43", "没有字母 I、O、Z、S、V"),
        ("91350100M000100Y4", "是 18 位"),
        ("91350100M000100Y433", "是 18 位"),
        ("310112000123456", "旧的 15 位注册号不能用"),
        ("9" * 500, "是 18 位"),
        ("", "请填写统一社会信用代码"),
        ("91350100M000100Y4中", "请填写正确的统一社会信用代码"),
    ],
)
def test_an_odd_credit_code_is_refused_with_a_sentence(person: User, typed: str, sentence: str) -> None:  # 6, 7
    answer = signed_in(person).post("/enterprise/register/", filled(credit_code=typed))
    assert answer.status_code == 422
    assert sentence in words_of(answer)
    assert Enterprise.objects.count() == 0


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [("厂" * 500, "最多 80 个字"), ("   ", "请填写单位全称"), ("\u202e\u200b", "请填写单位全称")],
)
def test_an_odd_name_is_refused_with_a_sentence(person: User, typed: str, sentence: str) -> None:  # 8
    answer = signed_in(person).post("/enterprise/register/", filled(name=typed))
    assert (answer.status_code, sentence in words_of(answer)) == (422, True)


def test_emoji_are_kept_and_direction_marks_are_not(person: User) -> None:  # 8
    signed_in(person).post("/enterprise/register/", filled(name=" 演示\u202e 机械厂🏭 "))
    assert Enterprise.objects.get().name == "演示 机械厂🏭"


def test_a_script_in_the_name_is_text(person: User, desk: Client) -> None:  # 40
    signed_in(person).post("/enterprise/register/", filled(name="<script>alert(1)</script>"))
    for page in (desk.get("/desk/"), desk.get(f"/desk/enterprises/{Enterprise.objects.get().public_id}/")):
        assert "<script>alert" not in page.content.decode()
        assert "&lt;script&gt;" in page.content.decode()


@pytest.mark.parametrize("kind", ["park", "platform"])
def test_several_firms_together_need_no_code(person: User, kind: str) -> None:
    answer = signed_in(person).post("/enterprise/register/", filled(kind=kind, credit_code=""))
    assert (answer.status_code, Enterprise.objects.get().credit_code) == (302, "")


def test_fields_nobody_asked_for_change_nothing(person: User) -> None:  # 49
    more = {"verified_at": "2026-01-01", "verified_by": str(person.pk), "role": "viewer", "is_staff": "1"}
    signed_in(person).post("/enterprise/register/", filled(**more))
    assert Enterprise.objects.get().verified_at is None
    assert Membership.objects.get().role == "owner"


def test_the_code_of_a_verified_enterprise_is_answered_with_what_to_do(person: User) -> None:
    verified_enterprise(credit_code=CODE, kind=EnterpriseKind.NON_PUBLIC)
    answer = signed_in(person).post("/enterprise/register/", filled())
    assert answer.status_code == 422
    assert "请联系本单位的负责人" in words_of(answer)


def test_one_sees_the_own_enterprises_only(person: User) -> None:
    mine, other = EnterpriseFactory(), EnterpriseFactory()
    shown = words_of(signed_in(contact_of(mine)).get("/enterprise/"))
    assert (mine.name in shown, other.name in shown) == (True, False)


def test_the_desk_lists_what_waits_and_says_how_long(desk: Client) -> None:
    late, fresh = EnterpriseFactory(created_at=NOW - timedelta(days=8)), EnterpriseFactory()
    verified_enterprise(name="已核验厂")
    shown = words_of(desk.get("/desk/"))
    assert shown.index(late.name) < shown.index(fresh.name)
    assert "已等 8 天 · 2026-11-26 前答复 · 已过期" in shown
    assert "今天收到 · 2026-12-04 前答复" in shown
    assert "已核验厂" not in shown


def test_an_officer_verifies(desk: Client, officer: User) -> None:
    firm = EnterpriseFactory()
    contact_of(firm)
    answer = desk.post(f"/desk/enterprises/{firm.public_id}/verify/")
    assert answer.headers["Location"] == f"/desk/enterprises/{firm.public_id}/"
    firm.refresh_from_db()
    assert firm.verified_by == officer
    shown = words_of(desk.get(f"/desk/enterprises/{firm.public_id}/"))
    assert "核验通过 经办员 12月1日 周二 09:00" in shown
    assert firm.name not in words_of(desk.get("/desk/"))


def test_an_officer_declines_with_a_reason(desk: Client) -> None:
    firm = EnterpriseFactory()
    silent = desk.post(f"/desk/enterprises/{firm.public_id}/decline/", {"reason": " "})
    assert (silent.status_code, "请写明原因" in words_of(silent)) == (422, True)
    with clock.frozen_at(NOW + timedelta(hours=1)):
        desk.post(f"/desk/enterprises/{firm.public_id}/decline/", {"reason": "请补名称"})
    assert "退回 经办员 请补名称 12月1日 周二 10:00" in words_of(desk.get(f"/desk/enterprises/{firm.public_id}/"))


def test_an_officer_who_belongs_to_it_is_refused(desk: Client, officer: User) -> None:  # 48
    firm = EnterpriseFactory()
    Membership.objects.create(user=officer, enterprise=firm, role="owner", created_at=NOW)
    answer = desk.post(f"/desk/enterprises/{firm.public_id}/verify/")
    assert (answer.status_code, "您是这个单位的人" in words_of(answer)) == (409, True)
    firm.refresh_from_db()
    assert firm.verified_at is None
