"""Sessions: a new id at sign-in, and an end when the right to them ends (S4, inputs 50, 51)."""

import pytest
from django.test import Client

from accounts.models import Role, User
from tests.accounts.steps import PERSON, PHONE, STAFF, STORED, sign_in, staff_login, with_password
from tests.factories import NOW, UserFactory, officer

pytestmark = pytest.mark.django_db


def signed_in(client: Client, person: User, backend: str = PERSON) -> None:
    client.force_login(person, backend=backend)


def test_a_planted_session_id_is_not_kept(client: Client) -> None:
    client.get("/login/")
    planted = client.session
    planted["planted"] = True
    planted.save()
    client.cookies["sessionid"] = str(planted.session_key)
    sign_in(client)
    assert client.cookies["sessionid"].value != planted.session_key
    assert "planted" not in client.session
    other = Client()
    other.cookies["sessionid"] = str(planted.session_key)
    assert other.get("/my/").headers["Location"] == "/login/?next=/my/"


def test_staff_get_a_new_id_when_they_pass_the_second_door(client: Client) -> None:
    signed_in(client, with_password(officer(phone=STORED)))
    before = client.cookies["sessionid"].value
    staff_login(client, PHONE)
    assert client.cookies["sessionid"].value != before


def test_an_old_cookie_is_dead_after_sign_out(client: Client) -> None:
    signed_in(client, UserFactory())
    cookie = client.cookies["sessionid"].value
    response = client.post("/logout/")
    assert (response.headers["Location"], response.headers["Clear-Site-Data"]) == ("/", '"cache", "storage"')
    other = Client()
    other.cookies["sessionid"] = cookie
    assert other.get("/my/").status_code == 302


def test_signing_out_needs_a_post(client: Client) -> None:
    signed_in(client, UserFactory())
    assert client.get("/logout/").status_code == 405
    assert client.get("/my/").status_code == 200


def test_two_devices_are_two_sessions() -> None:
    person = UserFactory()
    phone, desk = Client(), Client()
    signed_in(phone, person)
    signed_in(desk, person)
    phone.post("/logout/")
    assert (phone.get("/my/").status_code, desk.get("/my/").status_code) == (302, 200)


def test_a_disabled_account_is_out_at_the_next_request(client: Client) -> None:
    person = UserFactory()
    signed_in(client, person)
    User.objects.filter(pk=person.pk).update(is_active=False)
    assert client.get("/my/").headers["Location"] == "/login/?next=/my/"


def test_an_erased_account_is_out_at_the_next_request(client: Client) -> None:
    person = UserFactory()
    signed_in(client, person)
    User.objects.filter(pk=person.pk).update(erased_at=NOW)
    assert client.get("/my/").headers["Location"] == "/login/?next=/my/"


def test_a_changed_phone_ends_every_session(client: Client) -> None:
    person = UserFactory()
    signed_in(client, person)
    person.phone = "+8619900009999"
    person.save()
    assert client.get("/my/").headers["Location"] == "/login/?next=/my/"


def test_a_changed_password_ends_every_session(client: Client) -> None:
    person = with_password(officer())
    signed_in(client, person, STAFF)
    with_password(person)
    assert client.get("/desk/").headers["Location"] == "/login/staff/?next=/desk/"


def test_a_role_taken_away_is_gone_at_the_next_request(client: Client) -> None:
    person = officer()
    signed_in(client, person, STAFF)
    assert client.get("/desk/").status_code == 200
    Role.objects.filter(user=person).update(ends_at=NOW)
    assert client.get("/desk/").status_code == 404
