"""Password, then the digits of an authenticator app."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from accounts import staff
from accounts.models import Role, User
from policy import clock
from tests.accounts.steps import PASSWORD, PHONE, STORED, app_digits, sign_in, staff_login, with_password, wrong
from tests.factories import NOW, UserFactory, officer

pytestmark = pytest.mark.django_db

DESK = "/desk/"


@pytest.fixture
def person() -> User:
    return with_password(officer(phone=STORED))


@pytest.fixture
def secret(person: User) -> str:
    """The secret of the person's authenticator app, set up already."""
    secret = staff.new_secret()
    assert staff.set_up(person=person, secret=secret, typed=app_digits(secret), now=NOW - timedelta(hours=1))
    return secret


def second(client: Client, digits: str) -> int:
    return client.post("/login/staff/code/", {"code": digits}).status_code


def has_session(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_a_demonstration_asks_for_the_password_only(client: Client, person: User) -> None:
    assert staff_login(client, PHONE).headers["Location"] == DESK
    assert client.session["_auth_user_id"] == str(person.pk)
    assert client.session["_auth_user_backend"] == "accounts.backends.StaffBackend"


def test_the_page_wanted_comes_after_if_it_is_ours(client: Client, person: User) -> None:
    assert staff_login(client, PHONE, next="/desk/courses/").headers["Location"] == "/desk/courses/"
    assert staff_login(Client(), PHONE, next="https://evil.example/").headers["Location"] == DESK


@pytest.mark.usefixtures("no_demo")
def test_the_password_alone_is_no_session(client: Client, secret: str) -> None:
    assert staff_login(client, PHONE).headers["Location"] == "/login/staff/code/"
    assert not has_session(client)
    assert client.get(DESK).headers["Location"] == "/login/staff/?next=/desk/"


@pytest.mark.usefixtures("no_demo")
def test_password_and_digits_open_the_session(client: Client, secret: str) -> None:
    staff_login(client, PHONE)
    response = client.post("/login/staff/code/", {"code": app_digits(secret)})
    assert (response.status_code, response.headers["Location"]) == (302, DESK)
    assert has_session(client)
    assert 12 * 60 * 60 - client.session.get_expiry_age() < 10


@pytest.mark.usefixtures("no_demo")
def test_digits_work_once(client: Client, secret: str) -> None:
    digits = app_digits(secret)
    staff_login(client, PHONE)
    assert second(client, digits) == 302
    other = Client()
    staff_login(other, PHONE)
    assert (second(other, digits), has_session(other)) == (422, False)


@pytest.mark.usefixtures("no_demo")
def test_five_wrong_digits_end_in_429(client: Client, secret: str) -> None:
    staff_login(client, PHONE)
    assert [second(client, wrong(app_digits(secret))) for _try in range(6)] == [422] * 5 + [429]
    assert second(client, app_digits(secret)) == 429
    assert not has_session(client)


@pytest.mark.usefixtures("no_demo")
def test_half_a_sign_in_lasts_ten_minutes(client: Client, secret: str) -> None:
    staff_login(client, PHONE)
    with clock.frozen_at(NOW + timedelta(minutes=10, seconds=1)):
        response = client.post("/login/staff/code/", {"code": app_digits(secret)})
    assert response.headers["Location"] == "/login/staff/"


@pytest.mark.usefixtures("no_demo")
def test_half_a_sign_in_ends_with_a_new_password(client: Client, person: User, secret: str) -> None:
    staff_login(client, PHONE)
    person.set_password("another long password")
    person.save()
    assert client.get("/login/staff/code/").headers["Location"] == "/login/staff/"


@pytest.mark.usefixtures("no_demo", "person")
def test_the_first_sign_in_sets_up_an_app(client: Client) -> None:
    assert staff_login(client, PHONE).headers["Location"] == "/login/staff/setup/"
    page = client.get("/login/staff/setup/")
    secret = page.context["enrolment"].secret
    text = page.content.decode()
    assert f'<b class="num">{secret}</b>' in text
    assert "otpauth://totp/" in text
    assert 'src="data:image/svg+xml;base64,' in text
    assert PHONE not in text
    assert client.get("/login/staff/code/").headers["Location"] == "/login/staff/setup/"
    assert client.post("/login/staff/setup/", {"code": wrong(app_digits(secret))}).status_code == 422
    assert client.post("/login/staff/setup/", {"code": app_digits(secret)}).headers["Location"] == DESK
    assert secret not in str(Authenticator.objects.get().data)


@pytest.mark.usefixtures("no_demo")
def test_a_set_up_app_is_not_replaced_by_password_alone(client: Client, secret: str) -> None:
    staff_login(client, PHONE)
    assert client.get("/login/staff/setup/").headers["Location"] == "/login/staff/code/"
    response = client.post("/login/staff/setup/", {"code": "123456"})
    assert response.headers["Location"] == "/login/staff/code/"
    assert Authenticator.objects.count() == 1


@pytest.mark.usefixtures("no_demo")
def test_the_secret_in_the_session_is_encrypted(client: Client, person: User) -> None:
    staff_login(client, PHONE)
    secret = client.get("/login/staff/setup/").context["enrolment"].secret
    assert secret not in str(dict(client.session))


def test_all_failures_read_the_same(client: Client, person: User) -> None:
    with_password(UserFactory(phone="+8619900000001"))  # no role
    with_password(officer(phone="+8619900000002", is_active=False))
    Role.objects.update_or_create(user=with_password(officer(phone="+8619900000003")), defaults={"ends_at": NOW})
    phones = [PHONE, "19900000001", "19900000002", "19900000003", "19900009999", "10086"]
    pages = {}
    for phone in phones:
        response = staff_login(Client(), phone, "wrong" if phone == PHONE else PASSWORD)
        assert response.status_code == 422
        pages[phone] = [str(error) for error in response.context["form"].non_field_errors()]
    assert pages == {phone: ["手机号或密码不对。"] for phone in phones}


def test_five_wrong_passwords_end_in_429_even_for_the_right_one(client: Client, person: User) -> None:
    statuses = [staff_login(client, PHONE, "wrong").status_code for _try in range(6)]
    assert statuses == [422] * 5 + [429]
    assert staff_login(client, "+86 199-0000-1234").status_code == 429
    with clock.frozen_at(NOW + timedelta(minutes=15)):
        assert staff_login(client, PHONE).status_code == 302


def test_a_success_forgets_wrong_passwords(client: Client, person: User) -> None:
    for _round in range(3):
        for _try in range(4):
            staff_login(client, PHONE, "wrong")
        assert staff_login(client, PHONE).status_code == 302


def test_typing_errors_in_the_phone_block_no_other_address(client: Client, person: User) -> None:
    assert [staff_login(client, "10086").status_code for _try in range(6)] == [422] * 5 + [429]
    elsewhere = {"phone": "10086", "password": PASSWORD}
    assert client.post("/login/staff/", elsewhere, REMOTE_ADDR="198.51.100.9").status_code == 422
    assert staff_login(client, PHONE).status_code == 302


def test_passwords_are_hashed_with_scrypt(person: User) -> None:
    assert person.password.startswith("scrypt$")


def test_a_workers_session_of_an_officer_opens_no_desk(client: Client, person: User) -> None:
    sign_in(client)
    client.post("/login/welcome/", {"name": "经办", "consent": "on"})
    assert client.get("/my/").status_code == 200
    assert client.get(DESK).headers["Location"] == "/login/staff/?next=/desk/"
    assert staff_login(client, PHONE, next=DESK).headers["Location"] == DESK
    assert client.get(DESK).status_code == 200
