"""The first sign-in's questions."""

from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import Consent, User, Worker
from policy import clock
from tests.accounts.steps import STORED, sign_in
from tests.factories import NOW, TownFactory, UserFactory, officer

pytestmark = pytest.mark.django_db

ENOUGH = {"name": "阿依古丽·买买提", "consent": "on"}


def welcome(client: Client, **answers: str) -> tuple[int, str]:
    response = client.post("/login/welcome/", answers)
    return response.status_code, response.headers.get("Location", "") or response.content.decode()


def test_a_new_person_answers_two_questions_and_goes_on(client: Client) -> None:
    assert sign_in(client, next="/courses/").headers["Location"] == "/login/welcome/"
    assert welcome(client, **ENOUGH) == (302, "/courses/")
    person = User.objects.get()
    assert (person.phone, person.name, person.worker.kind, person.worker.employer) == (
        STORED,
        ENOUGH["name"],
        "other",
        "",
    )
    assert Consent.objects.get().user == person


def test_a_rider_without_employer_is_welcome(client: Client) -> None:
    TownFactory()
    sign_in(client)
    facts = {"kind": "new_form", "town": "xinzhuangzhen", "employer": "灵活就业/平台"}
    assert welcome(client, **ENOUGH, **facts) == (302, "/my/")
    worker = Worker.objects.get()
    assert (worker.kind, worker.town and worker.town.area, worker.employer) == ("new_form", "莘庄镇", "灵活就业/平台")


def test_no_more_than_three_answers_are_required(client: Client) -> None:
    sign_in(client)
    form = client.get("/login/welcome/").context["form"]
    assert {name for name, field in form.fields.items() if field.required} == {"name", "consent"}


def test_name_and_consent_are_required_in_chinese(client: Client) -> None:
    sign_in(client)
    status, page = welcome(client, name=" \u202e ")
    assert status == 422
    assert "请输入姓名。" in page
    assert "请先阅读并同意个人信息保护说明。" in page
    assert Consent.objects.count() == Worker.objects.count() == 0


def test_the_notice_is_a_public_page_linked_from_the_question(client: Client) -> None:
    sign_in(client)
    assert 'href="/privacy/"' in client.get("/login/welcome/").content.decode()
    page = Client().get("/privacy/")
    assert (page.status_code, "我们收集什么" in page.content.decode()) == (200, True)


def test_nothing_of_ones_own_opens_before_the_answers(client: Client) -> None:
    sign_in(client, next="/courses/")
    assert client.get("/my/").headers["Location"] == "/login/welcome/"
    assert client.get("/courses/").status_code == 200
    welcome(client, **ENOUGH)
    assert client.get("/my/").status_code == 200


def test_the_second_sign_in_asks_nothing(client: Client) -> None:
    sign_in(client)
    welcome(client, **ENOUGH)
    with clock.frozen_at(NOW + timedelta(days=1)):
        other = Client()
        assert sign_in(other).headers["Location"] == "/my/"
        assert other.get("/login/welcome/").headers["Location"] == "/my/"


def test_a_person_from_a_roster_confirms_the_name(client: Client) -> None:
    UserFactory(phone=STORED, name="名单上的人", verified_at=None)
    assert sign_in(client).headers["Location"] == "/login/welcome/"
    assert 'value="名单上的人"' in client.get("/login/welcome/").content.decode()


def test_who_holds_a_role_agrees_but_keeps_the_name(client: Client) -> None:
    person = officer(phone=STORED, name="经办员")
    sign_in(client)
    assert " disabled" in client.get("/login/welcome/").content.decode()
    assert welcome(client, name="别人", consent="on") == (302, "/my/")
    person.refresh_from_db()
    assert (person.name, person.consents.count()) == ("经办员", 1)


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"name": "三" * 41}, "“姓名”最多 40 个字。"),
        ({"employer": "三" * 81}, "“所在单位”最多 80 个字。"),
        ({"kind": "emperor"}, "“职工类型”没有这个选项，请重新选择。"),
        ({"town": "nowhere"}, "“所在街镇”没有这个选项，请重新选择。"),
    ],
)
def test_a_refused_answer_is_named_in_our_own_words(client: Client, answers: dict[str, str], said: str) -> None:
    sign_in(client)
    status, page = welcome(client, **{**ENOUGH, **answers})
    assert (status, f">{said}<" in page) == (422, True)


def test_staff_are_told_which_field_is_missing(client: Client) -> None:
    page = client.post("/login/staff/", {}).content.decode()
    assert "请填写“手机号”。" in page
    assert "请填写“密码”。" in page


@pytest.mark.parametrize("name", ["·阿依古丽·买买提", "𠮷田", "李", "三" * 30])
def test_names_of_all_kinds_are_kept_and_shown(client: Client, name: str) -> None:
    sign_in(client)
    welcome(client, name=name, consent="on")
    assert User.objects.get().name == name


@pytest.mark.parametrize(
    ("typed", "stored"),
    [("工厂\u202e", "工厂"), ("  ", ""), ("工厂\t一\n班", "工厂 一 班"), ("工厂🏭", "工厂🏭"), ("工\u0007厂", "工厂")],
)
def test_an_employer_is_one_plain_line(client: Client, typed: str, stored: str) -> None:
    sign_in(client)
    welcome(client, **ENOUGH, employer=typed)
    assert Worker.objects.get().employer == stored


@pytest.mark.parametrize("more", [{"employer": "厂" * 500}, {"name": "名" * 41}, {"kind": "boss"}, {"town": "nowhere"}])
def test_answers_that_do_not_fit_are_refused(client: Client, more: dict[str, str]) -> None:
    sign_in(client)
    assert welcome(client, **{**ENOUGH, **more})[0] == 422
    assert Worker.objects.count() == 0


def test_no_other_field_is_taken(client: Client) -> None:
    sign_in(client)
    welcome(client, **ENOUGH, is_active="", verified_at="", is_staff="1", public_id="mine")
    person = User.objects.get()
    assert (person.is_active, person.public_id != "mine", person.roles.count()) == (True, True, 0)
