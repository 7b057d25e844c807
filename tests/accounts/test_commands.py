"""manage.py add_staff and login_url."""

import io
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings

from accounts import people, staff
from accounts.models import Role, User
from accounts.people import Facts
from policy import clock
from tests.accounts.steps import PASSWORD, PHONE, STORED, app_digits
from tests.factories import NOW, DistrictFactory, SiteFactory, UserFactory, officer

pytestmark = pytest.mark.django_db


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Type PASSWORD on the standard input."""
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


@pytest.mark.usefixtures("typed")
def test_an_officer_is_added(client: Client) -> None:
    DistrictFactory()
    assert run("add_staff", PHONE, "经办", "--role", "officer") == "已添加：经办，区总工会经办人。\n"
    assert people.staff_by_password(phone=STORED, password=PASSWORD, now=NOW) == User.objects.get()


@pytest.mark.usefixtures("typed")
def test_a_lost_authenticator_app_can_be_set_up_again() -> None:
    person = officer(phone=STORED)
    secret = staff.new_secret()
    assert staff.set_up(person=person, secret=secret, typed=app_digits(secret), now=NOW)
    run("add_staff", PHONE, "经办", "--role", "officer", "--new-app")
    assert not staff.has_second_factor(person)


@pytest.mark.usefixtures("typed")
def test_a_site_manager_is_added() -> None:
    site = SiteFactory(slug="xinzhuang", short_name="莘庄")
    assert run("add_staff", PHONE, "管理", "--role", "site_manager", "--site", "xinzhuang") == (
        "已添加：管理，学堂管理员（莘庄）。\n"
    )
    assert Role.objects.get().site == site


@pytest.mark.usefixtures("typed")
@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("10086", "--role", "officer"), "请输入 11 位大陆手机号"),
        ((PHONE, "--role", "site_manager"), "要用 --site 指明学堂"),
        ((PHONE, "--role", "officer", "--site", "x"), "要用 --site 指明学堂"),
        ((PHONE, "--role", "site_manager", "--site", "x"), "没有代号为“x”的学堂"),
    ],
)
def test_staff_that_cannot_be_added(arguments: tuple[str, ...], sentence: str) -> None:
    phone, *rest = arguments
    with pytest.raises(CommandError, match=sentence):
        run("add_staff", phone, "经办", *rest)
    assert User.objects.count() == 0


@pytest.mark.parametrize(
    ("password", "sentences"),
    [
        ("", "密码至少要 12 个字符。"),
        ("elephant-11", "密码至少要 12 个字符。"),
        ("918273645546", "密码不能全是数字。"),
        ("1qaz2wsx3edc", "这个密码太常见，请换一个。"),
        ("123456", "密码至少要 12 个字符。这个密码太常见，请换一个。密码不能全是数字。"),
    ],
)
def test_a_weak_password_is_refused(monkeypatch: pytest.MonkeyPatch, password: str, sentences: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{password}\n"))
    with pytest.raises(CommandError, match=f"^{sentences}$"):
        run("add_staff", PHONE, "经办", "--role", "officer")
    assert User.objects.count() == 0


def test_a_sign_in_address_opens_by_its_button_once(client: Client, settings: Settings) -> None:
    person = UserFactory(phone=STORED)
    people.welcome(person=person, facts=Facts(name="工友"), now=NOW)
    address = run("login_url", PHONE).strip()
    assert address.startswith(f"{settings.SITE_URL}/login/once/")
    path = address.removeprefix(settings.SITE_URL)
    assert client.get(path).status_code == 200
    assert "_auth_user_id" not in client.session
    assert client.post(path).headers["Location"] == "/my/"
    assert Client().post(path).status_code == 422


def test_a_sign_in_address_of_staff_opens_the_desk(client: Client, settings: Settings) -> None:
    officer(phone=STORED)
    client.post(run("login_url", PHONE).strip().removeprefix(settings.SITE_URL))
    assert client.get("/desk/").status_code == 200


def test_a_sign_in_address_ends_and_is_not_guessed(client: Client, settings: Settings) -> None:
    UserFactory(phone=STORED)
    path = run("login_url", PHONE).strip().removeprefix(settings.SITE_URL)
    with clock.frozen_at(NOW + timedelta(minutes=10)):
        assert client.post(path).status_code == 422
    assert client.post("/login/once/1:x/").status_code == 422


def test_only_a_demonstration_has_sign_in_addresses(client: Client, settings: Settings) -> None:
    UserFactory(phone=STORED)
    path = run("login_url", PHONE).strip().removeprefix(settings.SITE_URL)
    settings.DEMO = False
    assert (client.get(path).status_code, client.post(path).status_code) == (404, 404)
    with pytest.raises(CommandError, match="只能在演示模式"):
        run("login_url", PHONE)


@pytest.mark.parametrize("phone", ["10086", "19900009999"])
def test_an_address_for_nobody_is_one_sentence(phone: str) -> None:
    with pytest.raises(CommandError, match="手机号"):
        run("login_url", phone)
