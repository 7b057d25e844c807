"""One use of a code, one account of a phone, no try uncounted: threads at the same moment."""

import time
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from accounts import codes, limits, people
from accounts.models import SignInCode, User
from messaging.channels import MEMORY
from tests.accounts.steps import PHONE, STORED, answer, ask, last_digits, wrong
from tests.factories import NOW

if TYPE_CHECKING:
    from pytest_django import Settings

    from tests.races.conftest import Race

pytestmark = pytest.mark.django_db(transaction=True)

AT_ONCE = 8


@pytest.fixture(autouse=True)
def memory_gateway(settings: "Settings") -> None:
    settings.SMS_BACKEND = "memory"
    MEMORY.clear()


def with_session_of(client: Client) -> Client:
    twin = Client()
    twin.cookies["sessionid"] = client.cookies["sessionid"].value
    return twin


def test_of_parallel_uses_of_one_code_one_signs_in(race: "Race[Client, str]") -> None:
    client = Client()
    ask(client)
    digits = last_digits()

    def use(twin: Client) -> str:
        response = answer(twin, digits)
        return response.headers.get("Location", "") or f"{response.status_code}"

    # Who comes when the winner has ended the old session is sent back to the phone page.
    answers = Counter(race(use, [with_session_of(client) for _twin in range(AT_ONCE)]))
    assert answers.pop("/login/welcome/") == 1
    assert set(answers) <= {"422", "/login/"}
    assert SignInCode.objects.get().tries == 1


def test_looking_first_and_writing_then_uses_a_code_twice(race: "Race[int, bool]") -> None:
    """Try the negative control: what allauth's session does, or any read without the lock."""
    code = codes.send(phone=STORED, now=NOW)

    def use(_try: int) -> bool:
        found = SignInCode.objects.open_at(NOW, tries=codes.TRIES).filter(pk=code.pk).exists()
        time.sleep(0.05)
        SignInCode.objects.filter(pk=code.pk).update(used_at=NOW)
        return found

    assert race(use, range(AT_ONCE)).count(True) > 1


def test_parallel_wrong_tries_are_all_counted(race: "Race[int, codes.Attempt]") -> None:
    code = codes.send(phone=STORED, now=NOW)
    typed = wrong(codes.digits(code))
    attempts = race(lambda _try: codes.try_digits(code_id=code.pk, typed=typed, now=NOW), range(AT_ONCE))
    assert sorted(attempt.tries_left for attempt in attempts) == [0, 0, 0, 0, 1, 2, 3, 4]
    assert SignInCode.objects.get().tries == codes.TRIES


def test_of_parallel_registrations_of_one_phone_one_account_comes(race: "Race[Client, int]") -> None:
    statuses = race(lambda client: ask(client, PHONE).status_code, [Client() for _client in range(AT_ONCE)])
    assert Counter(statuses) == {302: 1, 429: AT_ONCE - 1}
    assert User.objects.count() == len(MEMORY) == 1


def test_an_account_is_made_once_whoever_asks(race: "Race[int, int]") -> None:
    found = race(lambda _call: people.find_or_create(phone=STORED, now=NOW).pk, range(AT_ONCE))
    assert set(found) == set(User.objects.values_list("pk", flat=True))
    assert User.objects.count() == 1


def test_no_parallel_try_slips_through_a_limit(race: "Race[int, bool]") -> None:
    def spend(_try: int) -> bool:
        try:
            limits.spend(action="test", whose="x", limits=[limits.Limit(3, limits.MINUTE)], now=NOW)
        except limits.TooMany:
            return False
        return True

    assert Counter(race(spend, range(AT_ONCE))) == {True: 3, False: AT_ONCE - 3}


def test_a_sign_in_address_is_used_once(race: "Race[int, User | None]") -> None:
    token = codes.make_link(person=people.find_or_create(phone=STORED, now=NOW), now=NOW)
    used = race(lambda _try: codes.use_link(token=token, now=NOW), range(AT_ONCE))
    assert len([person for person in used if person]) == 1
