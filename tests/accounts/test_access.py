"""The middleware that asks the rules, and the check that every URL has one."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import clear_url_caches, path, set_urlconf
from pytest_django import Settings

from accounts import checks, middleware
from tests.accounts.steps import PERSON, STAFF
from tests.factories import UserFactory, officer

pytestmark = pytest.mark.django_db


def silent(_request: HttpRequest) -> HttpResponse:
    return HttpResponse()


class UrlsWithASilentView:
    urlpatterns = [path("silent/", silent)]


@pytest.fixture
def silent_urls(settings: Settings) -> object:
    settings.ROOT_URLCONF = UrlsWithASilentView
    clear_url_caches()
    set_urlconf(None)
    yield
    clear_url_caches()


def test_every_url_of_the_project_says_who() -> None:
    assert checks.every_url_says_who() == []


@pytest.mark.usefixtures("silent_urls")
def test_a_url_without_a_rule_is_an_error_and_stops_the_start() -> None:
    assert [(error.id, error.msg) for error in checks.every_url_says_who()] == [
        ("access.E001", "/silent/ has no access rule."),
    ]
    with pytest.raises(ImproperlyConfigured, match=r"access\.E001.*/silent/"):
        middleware.require_access(silent)


def test_visitors_are_led_to_the_sign_in_and_back(client: Client) -> None:
    assert client.get("/my/?tab=past").headers["Location"] == "/login/?next=/my/%3Ftab%3Dpast"
    assert client.get("/desk/").headers["Location"] == "/login/staff/?next=/desk/"


def test_a_form_sent_too_late_leads_back_to_its_page(client: Client) -> None:
    page = "http://testserver/classes/26-00001/confirm/?line=1"
    response = client.post("/classes/26-00001/enroll/", HTTP_REFERER=page)
    assert response.headers["Location"] == "/login/?next=/classes/26-00001/confirm/%3Fline%3D1"


@pytest.mark.parametrize("referrer", ["", "https://evil.example/x", "//evil.example/x", "http://testserver.evil/x"])
def test_a_form_of_nowhere_leads_back_to_nothing(client: Client, referrer: str) -> None:
    response = client.post("/classes/26-00001/enroll/", HTTP_REFERER=referrer)
    assert response.headers["Location"] == "/login/"


def test_who_may_not_finds_nothing(client: Client) -> None:
    client.force_login(UserFactory(), backend=STAFF)
    assert client.get("/desk/").status_code == 404


def test_an_officer_signed_in_as_a_worker_is_led_to_the_staff_door(client: Client) -> None:
    client.force_login(officer(), backend=PERSON)
    assert client.get("/desk/").headers["Location"] == "/login/staff/?next=/desk/"


def test_an_unknown_url_is_404_for_everybody(client: Client) -> None:
    assert client.get("/nowhere/").status_code == 404
    client.force_login(officer())
    assert client.get("/nowhere/").status_code == 404


def test_a_public_page_starts_no_session(client: Client) -> None:
    assert client.get("/courses/").status_code == 200
    assert "sessionid" not in client.cookies
