"""What happens to a request before and after its view: odd text, lost databases, languages, private pages."""

import logging
import sys

import pytest
from django.db import OperationalError
from django.test import Client, RequestFactory

from accounts import phones
from config import errors
from config.logs import OneLine
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("address", ["/courses/?q=%00", "/courses/?%00=1", "/courses/%00/"])
def test_what_the_database_cannot_store_is_a_bad_request(client: Client, address: str) -> None:
    answer = client.get(address)

    assert answer.status_code == 400
    assert "<html" in answer.content.decode()


def test_a_nul_in_a_cookie_is_a_bad_request(client: Client) -> None:
    client.cookies["sessionid"] = "\x00" * 12

    assert client.get("/my/").status_code == 400


def test_a_nul_in_a_form_is_a_bad_request(client: Client) -> None:
    assert client.post("/login/", {"phone": "199\x0000001234"}).status_code == 400


def test_a_lost_database_is_503_and_a_mistake_is_500() -> None:
    request = RequestFactory().get("/")
    statuses = []
    for mistake in (OperationalError("gone"), KeyError("x")):
        try:
            raise mistake
        except (OperationalError, KeyError):
            statuses.append(errors.server_error(request).status_code)

    assert statuses == [503, 500]


def test_unknown_pages_are_ours(client: Client) -> None:
    answer = client.get("/nowhere/")

    assert (answer.status_code, "找不到" in answer.content.decode() or "没有" in answer.content.decode()) == (404, True)


def test_the_language_comes_from_the_cookie_and_nowhere_else(client: Client) -> None:
    asked = client.get("/login/", headers={"accept-language": "en"})
    client.cookies["language"] = "en"
    chosen = client.get("/login/")
    client.cookies["language"] = "tlh"
    unknown = client.get("/login/")

    languages = [answer.headers["Content-Language"] for answer in (asked, chosen, unknown)]
    assert languages == ["zh-hans", "en", "zh-hans"]
    assert '<html lang="zh-Hans"' in asked.content.decode()
    assert '<html lang="en"' in chosen.content.decode()


def test_a_page_of_a_signed_in_person_is_never_stored(client: Client) -> None:
    visitor = client.get("/courses/")
    client.force_login(UserFactory())
    person = client.get("/courses/")

    assert "no-store" not in visitor.headers.get("Cache-Control", "")
    assert person.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("logged", "line"),
    [
        ("login of 13800138000", "login of 138****8000"),
        ("login of +8613800138000", "login of +138****8000"),
        ("order 12345678901234", "order 12345678901234"),
        ("a\nb\x1b[31m", "a\\nb\\x1b[31m"),
        ("\x0013800138000", "\\x00138****8000"),
    ],
)
def test_a_log_line_holds_no_number_and_is_one_line(logged: str, line: str) -> None:
    record = logging.LogRecord("x", logging.INFO, "f", 1, logged, None, None)

    assert OneLine("%(message)s").format(record) == line


def test_a_traceback_holds_no_number() -> None:
    try:
        phones.decrypt(b"+8619900001234:x")
    except KeyError:
        record = logging.LogRecord("x", logging.ERROR, "f", 1, "lost", None, sys.exc_info())

    line = OneLine("%(message)s").format(record)

    assert (line.endswith("KeyError: '+199****1234'"), "\n" in line) == (True, False)
