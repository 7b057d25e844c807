"""Language, size, ways back."""

from urllib.parse import quote

import pytest
from django.test import Client

from accounts.models import User
from tests.accounts.steps import sign_in
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("path", "choice", "cookie"),
    [
        ("/language/", {"language": "en"}, ("language", "en")),
        ("/language/", {"language": "zh-hans"}, ("language", "zh-hans")),
        ("/display/", {"size": "lg"}, ("size", "lg")),
        ("/display/", {"size": "normal"}, ("size", "normal")),
    ],
)
def test_a_choice_is_a_cookie_and_leads_back(
    client: Client, path: str, choice: dict[str, str], cookie: tuple[str, str]
) -> None:
    for send in (client.get, client.post):
        response = send(path, {**choice, "next": "/courses/?q=AI"})
        kept = response.cookies[cookie[0]]
        assert (response.headers["Location"], kept.value, kept["samesite"]) == ("/courses/?q=AI", cookie[1], "Lax")
        assert "sessionid" not in response.cookies


@pytest.mark.parametrize(
    ("path", "choice"), [("/language/", {"language": "xx"}), ("/display/", {"size": "9"}), ("/display/", {})]
)
def test_an_unknown_choice_changes_nothing(client: Client, path: str, choice: dict[str, str]) -> None:
    response = client.post(path, choice)
    assert (response.status_code, response.headers["Location"]) == (302, "/")
    assert {"language", "size"} & set(response.cookies) == set()


def test_a_persons_choices_are_kept_for_messages(client: Client) -> None:
    client.force_login(UserFactory())
    client.post("/language/", {"language": "en"})
    client.post("/display/", {"size": "lg"})
    person = User.objects.get()
    assert (person.language, person.large_text) == ("en", True)


def test_a_link_changes_this_browser_and_not_the_person(client: Client) -> None:
    client.force_login(UserFactory())
    client.get("/language/", {"language": "en"})
    client.get("/display/", {"size": "lg"})
    person = User.objects.get()
    assert (person.language, person.large_text) == ("zh-hans", False)
    assert {name: client.cookies[name].value for name in ("language", "size")} == {"language": "en", "size": "lg"}


@pytest.mark.parametrize(("cookie", "kept"), [("en", "en"), ("xx", "zh-hans"), ("", "zh-hans")])
def test_a_language_chosen_before_the_sign_in_is_kept_for_messages(client: Client, cookie: str, kept: str) -> None:
    client.cookies["language"] = cookie
    sign_in(client)
    assert User.objects.get().language == kept


@pytest.mark.parametrize(("length", "is_kept"), [(500, True), (501, False)])
def test_an_overlong_way_back_is_dropped(client: Client, length: int, *, is_kept: bool) -> None:
    wanted = "/courses/?q=".ljust(length, "x")
    sign_in(client, next=wanted)
    answer = client.post("/login/welcome/", {"name": "甲", "consent": "on"})
    assert (answer.status_code, answer.headers["Location"]) == (302, wanted if is_kept else "/my/")


@pytest.mark.parametrize("path", ["/logout/", "/login/code/again/"])
def test_what_changes_something_needs_a_post(client: Client, path: str) -> None:
    answer = client.get(path)
    page = answer.content.decode()
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    assert "这个地址不能直接打开" in page
    assert page.count('&amp;next=" rel="nofollow"') == 2


@pytest.mark.parametrize(
    ("referrer", "here"),
    [("http://testserver/login/?next=/my/", "/login/?next=/my/"), ("http://evil.test/x", ""), ("", "")],
)
def test_after_a_form_a_choice_leads_back_to_the_page_it_was_on(client: Client, referrer: str, here: str) -> None:
    page = client.post("/login/", {"phone": "1"}, headers={"referer": referrer}).content.decode()
    assert page.count(f'&amp;next={quote(here, safe="")}" rel="nofollow"') == 2
