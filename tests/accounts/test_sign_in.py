"""Sign-in by phone and code, page by page."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from accounts import limits, people
from accounts.models import SignInCode, User
from accounts.people import Facts
from messaging.channels import Kept
from policy import clock
from tests.accounts.steps import PHONE, STORED, answer, ask, last_digits, sign_in, wrong
from tests.factories import NOW, UserFactory

pytestmark = pytest.mark.django_db


def known(phone: str = STORED) -> User:
    person = UserFactory(phone=phone)
    people.welcome(person=person, facts=Facts(name="老工友"), now=NOW)
    return person


def test_known_and_unknown_phones_get_the_same_answer(client: Client) -> None:
    known()
    pages = []
    for phone in (PHONE, "19900005678"):
        asked = ask(client, phone)
        page = client.get("/login/code/").content.decode()
        pages.append((asked.status_code, asked.headers["Location"], _without_what_varies(page, phone)))
    assert pages[0] == pages[1]


def _without_what_varies(page: str, phone: str) -> list[str]:
    page = page.replace(last_digits(), "CODE").replace(f"{phone[:3]}****{phone[-4:]}", "PHONE")
    return [line for line in page.splitlines() if "csrfmiddlewaretoken" not in line]


def test_a_known_person_goes_on_to_the_page_wanted(client: Client) -> None:
    person = known()
    response = sign_in(client, next="/courses/?q=AI")
    assert (response.status_code, response.headers["Location"]) == (302, "/courses/?q=AI")
    assert client.session["_auth_user_id"] == str(person.pk)


def test_the_phone_page_keeps_the_page_wanted(client: Client) -> None:
    page = client.get("/login/?next=/courses/").content.decode()
    assert '<input type="hidden" name="next" value="/courses/"' in page


def test_who_is_signed_in_is_not_asked_again(client: Client) -> None:
    client.force_login(known())
    assert client.get("/login/?next=/courses/").headers["Location"] == "/courses/"
    assert client.get("/login/?next=//evil").headers["Location"] == "/my/"


def test_neither_code_nor_phone_is_in_any_session(client: Client) -> None:
    known()
    ask(client)
    digits = last_digits()
    asked = Session.objects.get().get_decoded()
    answer(client, digits)
    kept = Session.objects.get().get_decoded()
    for texts in (str(asked), str(kept)):
        assert (digits in texts, "1234" in texts.replace(str(SignInCode.objects.get().pk), "")) == (False, False)
    assert set(kept) == {"_auth_user_id", "_auth_user_backend", "_auth_user_hash"}


def test_a_wrong_code_says_how_many_tries_are_left(client: Client) -> None:
    ask(client)
    digits = last_digits()
    first = answer(client, wrong(digits))
    assert first.status_code == 422
    assert "验证码不对，还可以再试 4 次。" in first.content.decode()
    for _try in range(3):
        answer(client, wrong(digits))
    assert "这个验证码不能再用了" in answer(client, wrong(digits)).content.decode()
    sixth = answer(client, digits)
    assert (sixth.status_code, "_auth_user_id" in client.session) == (422, False)


def test_a_code_that_is_no_code_costs_no_try(client: Client) -> None:
    ask(client)
    response = answer(client, "12345")
    assert (response.status_code, SignInCode.objects.get().tries) == (422, 0)
    assert "请输入 6 位数字。" in response.content.decode()


def test_an_expired_code_is_refused(client: Client) -> None:
    ask(client)
    with clock.frozen_at(NOW + timedelta(minutes=10)):
        response = answer(client, last_digits())
    assert (response.status_code, "_auth_user_id" in client.session) == (422, False)


def test_a_used_code_does_not_open_a_second_session(client: Client) -> None:
    known()
    ask(client)
    thief = Client()
    thief.cookies.update(client.cookies)
    digits = last_digits()
    session = dict(client.session)
    assert answer(client, digits).status_code == 302
    store = thief.session
    store.update(session)
    store.save()
    thief.cookies["sessionid"] = str(store.session_key)
    assert answer(thief, digits).status_code == 422


def test_the_code_page_alone_leads_to_the_phone_page(client: Client) -> None:
    assert client.get("/login/code/").headers["Location"] == "/login/"
    assert answer(client, "123456").headers["Location"] == "/login/"
    assert client.post("/login/code/again/").headers["Location"] == "/login/"


def test_a_second_code_within_a_minute_is_429_in_chinese(client: Client, texts: list[Kept]) -> None:
    ask(client)
    for response in (ask(client), client.post("/login/code/again/")):
        assert (response.status_code, response.headers["Retry-After"]) == (429, "60")
        assert "操作太频繁，请 1 分钟后再试。" in response.content.decode()
    assert len(texts) == 1


def test_a_new_code_after_a_minute_takes_the_place_of_the_first(client: Client, texts: list[Kept]) -> None:
    known()
    ask(client, next="/courses/")
    first = last_digits()
    with clock.frozen_at(NOW + timedelta(minutes=1)):
        assert client.post("/login/code/again/").headers["Location"] == "/login/code/"
        assert answer(client, first).status_code == 422
        assert answer(client, last_digits()).headers["Location"] == "/courses/"
    assert [text.number for text in texts] == [STORED, STORED]


def test_forty_sign_ups_of_a_minute_from_one_address_succeed() -> None:
    answers = [sign_in(Client(), f"199{number:08d}").headers["Location"] for number in range(40)]
    assert answers == ["/login/welcome/"] * 40


def test_an_address_has_a_limit_of_its_own(client: Client) -> None:
    for _try in range(600):
        limits.spend(action="code-asked", whose="127.0.0.1", limits=limits.PER_ADDRESS, now=NOW)
    assert ask(client).status_code == 429
    assert client.post("/login/", {"phone": PHONE}, REMOTE_ADDR="198.51.100.9").status_code == 302


def test_a_demonstration_shows_the_code(client: Client, settings: Settings) -> None:
    ask(client)
    assert last_digits() in client.get("/login/code/").content.decode()
    settings.DEMO = False
    page = client.get("/login/code/").content.decode()
    assert (last_digits() in page, "199****1234" in page) == (False, True)


def test_sign_in_pages_are_kept_nowhere(client: Client) -> None:
    ask(client)
    kept = {path: client.get(path).headers["Cache-Control"] for path in ("/login/", "/login/code/", "/login/staff/")}
    assert all("no-store" in value for value in kept.values()), kept


def test_known_and_unknown_phones_take_the_same_statements() -> None:
    known()
    ask(Client(), "19900009999")  # the address has its tally, Django its content types
    counts = []
    for phone in (PHONE, "19900005678"):
        with CaptureQueriesContext(connection) as queries:
            ask(Client(), phone)
        counts.append([query["sql"][:24] for query in queries])
    assert counts[0] == counts[1]
