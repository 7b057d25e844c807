"""Bad input to the sign-in (reliability.md section 6; the numbers are those of its table)."""

import io
import logging
from ipaddress import ip_network

import pytest
from django.test import Client, RequestFactory, override_settings
from pytest_django import Settings

from accounts import phones
from accounts.models import SignInCode, User
from accounts.views.session import client_address
from config.logs import OneLine
from tests.accounts.steps import PHONE, STORED, answer, ask, last_digits, sign_in, wrong
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

PAGES = ["/login/", "/login/staff/", "/login/code/", "/privacy/"]
HOSTILE_NEXT = [
    "//evil.example",
    "/\\evil.example",
    "https:///evil.example",
    "\x08//evil.example",
    "https://evil.example/",
    "javascript:alert(1)",
    "http:///evil.example",
    "///evil.example",
    "https://testserver@evil.example/",
    "my",
    "portal:nothing",
    "?page=2",
]


@pytest.fixture(autouse=True)
def memory_gateway(settings: Settings) -> None:
    settings.SMS_BACKEND = "memory"


# 1-3: one stored form
@pytest.mark.parametrize(
    "typed",
    [
        "19900001234\n",
        "\t19900001234 ",
        "199００００1234",
        "１９９００００１２３４",
        "+86 199-0000-1234",
        "0086 199 0000 1234",
        "86 19900001234",
        "+86(199)0000.1234",
        "199\u200b0000\u200b1234",
        "199\u00a00000\u00a01234",
        "\ufeff19900001234\u2060",
        "199—0000–1234",
        "＋8619900001234",
    ],
)
def test_every_spelling_of_a_number_is_one_account(client: Client, typed: str) -> None:
    UserFactory(phone=STORED)
    assert phones.normalise(typed) == STORED
    assert ask(client, typed).status_code == 302
    assert User.objects.count() == 1


# 4
@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "10086",
        "12345678901",
        "1990000123",
        "199000012345",
        "19900001234a",
        "a19900001234",
        "٠١٩٩٠٠٠٠١٢٣٤",
        "१९९००००१२३४",
        "+1 19900001234",
        "+85219900001234",
        "19900001234\n19900005678",
        "' or 1=1--",
        "1" * 10_000,
        "1.99E+10",
    ],
)
def test_what_is_no_mobile_number_is_refused_with_a_reason(client: Client, typed: str) -> None:
    response = ask(client, typed)
    assert (response.status_code, User.objects.count()) == (422, 0)
    assert any(word in response.content.decode() for word in ("请输入 11 位大陆手机号", "请输入手机号"))


# 10
@pytest.mark.parametrize("field", ["phone", "next", "anything"])
def test_a_nul_byte_in_a_field_is_400(client: Client, field: str) -> None:
    assert client.post("/login/", {"phone": PHONE, field: "a\x00b"}).status_code == 400
    assert client.get("/login/", {field: "\x00"}).status_code == 400
    assert User.objects.count() == 0


@pytest.mark.parametrize("path", ["/login/code/", "/login/staff/", "/login/welcome/", "/language/", "/display/"])
def test_a_nul_byte_in_any_form_is_400(client: Client, path: str) -> None:
    assert client.post(path, {"code": "\x00", "password": "\x00"}).status_code == 400


# 12
@pytest.mark.parametrize("query", ["__regex=(", "__foo=1", "ordering=password", "phone__regex=(", "next[]=1"])
def test_unknown_parameters_are_ignored(client: Client, query: str) -> None:
    assert client.get(f"/login/?{query}").status_code == 200


# 13
@pytest.mark.parametrize("token", ["99999999999999999999", "-1", "1e5", "１２", "1:", ":", "%00", "..%2f"])
def test_odd_tokens_open_nothing(client: Client, token: str) -> None:
    assert client.post(f"/login/once/{token}/").status_code in {400, 404, 422}


# 45
@pytest.mark.parametrize("wanted", HOSTILE_NEXT)
def test_no_way_leads_to_another_site(client: Client, wanted: str) -> None:
    UserFactory(phone=STORED)
    assert sign_in(client, next=wanted).headers["Location"] == "/login/welcome/"
    assert client.post("/login/welcome/", {"name": "工友", "consent": "on"}).headers["Location"] == "/my/"
    assert client.get("/login/", {"next": wanted}).headers["Location"] == "/my/"
    for send in (client.get, client.post):
        assert send("/language/", {"language": "en", "next": wanted}).headers["Location"] == "/"


# 46
def test_a_foreign_host_is_400(client: Client) -> None:
    assert client.get("/login/", HTTP_HOST="evil.example").status_code == 400
    assert client.get("/login/", HTTP_HOST="127.0.0.1,evil.example").status_code == 400


def test_forwarded_headers_of_strangers_are_ignored(client: Client) -> None:
    from_evil = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"}
    assert "evil" not in client.get("/login/", headers=from_evil).content.decode()
    assert client.get("/my/", headers=from_evil).headers["Location"] == "/login/?next=/my/"


@pytest.mark.parametrize(
    ("proxies", "forwarded", "counted"),
    [
        ([], "127.0.0.1", "198.51.100.7"),
        (["198.51.100.0/24"], "127.0.0.1", "127.0.0.1"),
        (["198.51.100.0/24"], "10.0.0.1, 203.0.113.5", "203.0.113.5"),
        (["198.51.100.7", "203.0.113.5"], "10.0.0.1, 203.0.113.5", "10.0.0.1"),
        (["198.51.100.7"], "nonsense", "198.51.100.7"),
        (["198.51.100.7"], "", "198.51.100.7"),
        (["198.51.100.7"], "2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        (["198.51.100.7"], "::ffff:203.0.113.5", "203.0.113.5"),
    ],
)
def test_an_address_counts_as_far_as_proxies_are_trusted(proxies: list[str], forwarded: str, counted: str) -> None:
    request = RequestFactory().get("/", REMOTE_ADDR="198.51.100.7", HTTP_X_FORWARDED_FOR=forwarded)
    with override_settings(TRUSTED_PROXIES=[ip_network(name) for name in proxies]):
        assert client_address(request) == counted


# 52
def test_a_form_without_its_token_is_403() -> None:
    client = Client(enforce_csrf_checks=True)
    for path in ("/login/", "/login/staff/", "/logout/", "/language/", "/display/", "/login/code/again/"):
        assert client.post(path, {"phone": PHONE}).status_code == 403, path
    assert User.objects.count() == 0


def test_a_form_with_the_token_of_another_session_is_403() -> None:
    mine, other = Client(enforce_csrf_checks=True), Client(enforce_csrf_checks=True)
    mine.get("/login/")
    token = other.get("/login/").context["csrf_token"]
    assert mine.post("/login/", {"phone": PHONE, "csrfmiddlewaretoken": token}).status_code == 403
    assert other.post("/login/", {"phone": PHONE, "csrfmiddlewaretoken": token}).status_code == 302


# 56
def test_a_code_of_another_phone_is_refused(client: Client) -> None:
    other = Client()
    ask(other, "19900005678")
    theirs = last_digits()
    ask(client)
    if theirs != last_digits():
        assert answer(client, theirs).status_code == 422
    assert "_auth_user_id" not in client.session


def test_a_hundred_tries_are_no_way_in(client: Client) -> None:
    ask(client)
    digits = last_digits()
    statuses = [answer(client, wrong(digits)).status_code for _try in range(100)]
    assert (set(statuses), SignInCode.objects.get().tries) == ({422}, 5)
    assert answer(client, digits).status_code == 422


def test_a_hundred_requests_for_codes_send_one(client: Client) -> None:
    statuses = [ask(client).status_code for _try in range(100)]
    assert (statuses.count(302), statuses.count(429)) == (1, 99)
    assert SignInCode.objects.count() == 1


# 60
def test_hostile_log_lines_stay_one_line_and_name_no_phone() -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(OneLine("%(message)s"))
    record = logging.LogRecord("x", logging.INFO, "", 0, "%s", (f"\x1b[31m{PHONE}\nfake {STORED}",), None)
    handler.handle(record)
    assert stream.getvalue() == "\\x1b[31m199****1234\\nfake +199****1234\n"


@pytest.mark.parametrize("agent", ["Mozilla\x1b[31m", "x" * 8192])
def test_a_hostile_user_agent_is_served(client: Client, agent: str) -> None:
    assert client.get("/login/", HTTP_USER_AGENT=agent).status_code == 200


def test_a_whole_sign_in_leaves_no_phone_in_logs_and_addresses(
    client: Client, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG):
        answers = [ask(client), answer(client, "000"), ask(client, "199000012"), answer(client, last_digits())]
        client.post("/login/staff/", {"phone": PHONE, "password": "x"})
    addresses = [response.headers.get("Location", "") for response in answers]
    logged = caplog.text + "".join(capsys.readouterr())
    assert [word for word in ("19900001234", last_digits()) if word in logged + "".join(addresses)] == []


@pytest.mark.parametrize("path", PAGES)
def test_odd_methods_are_refused(client: Client, path: str) -> None:
    assert {client.put(path).status_code, client.delete(path).status_code} == {405}
