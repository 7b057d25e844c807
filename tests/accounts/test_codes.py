"""One-time codes and sign-in addresses."""

from datetime import timedelta

import pytest
from pytest_django import Settings

from accounts import codes, limits
from accounts.models import SignInCode, User
from messaging import channels
from messaging.channels import Backend, Kept, Outcome, Result
from tests.accounts.steps import STORED, wrong
from tests.factories import NOW, UserFactory

pytestmark = pytest.mark.django_db


def tried(code: SignInCode, typed: str, *, minutes: float = 0) -> codes.Attempt:
    return codes.try_digits(code_id=code.pk, typed=typed, now=NOW + timedelta(minutes=minutes))


def test_an_unknown_phone_gets_an_unverified_person_and_a_text(texts: list[Kept]) -> None:
    code = codes.send(phone=STORED, now=NOW)
    person = User.objects.get()
    assert (person.phone, person.verified_at, person.has_usable_password()) == (STORED, None, False)
    assert [(text.number, codes.digits(code) in text.text) for text in texts] == [(STORED, True)]


def test_a_known_phone_keeps_its_person() -> None:
    person = UserFactory(phone=STORED)
    assert codes.send(phone=STORED, now=NOW).person == person
    assert User.objects.count() == 1


def test_the_right_digits_sign_in_once_and_verify_the_phone() -> None:
    code = codes.send(phone=STORED, now=NOW)
    digits = codes.digits(code)
    assert tried(code, digits, minutes=9.9).person == code.person
    assert tried(code, digits, minutes=9.9) == codes.Attempt()
    assert User.objects.get().verified_at == NOW + timedelta(minutes=9.9)


def test_the_first_proof_of_the_phone_is_remembered() -> None:
    person = UserFactory(phone=STORED, verified_at=NOW - timedelta(days=9))
    code = codes.send(phone=STORED, now=NOW)
    tried(code, codes.digits(code))
    person.refresh_from_db()
    assert person.verified_at == NOW - timedelta(days=9)


def test_a_code_ends_after_ten_minutes() -> None:
    code = codes.send(phone=STORED, now=NOW)
    assert tried(code, codes.digits(code), minutes=10) == codes.Attempt()


def test_five_wrong_tries_end_a_code_for_the_right_digits_too() -> None:
    code = codes.send(phone=STORED, now=NOW)
    digits = codes.digits(code)
    assert [tried(code, wrong(digits)).tries_left for _try in range(5)] == [4, 3, 2, 1, 0]
    assert tried(code, digits) == codes.Attempt()


def test_the_fifth_try_may_be_the_right_one() -> None:
    code = codes.send(phone=STORED, now=NOW)
    for _try in range(4):
        tried(code, wrong(codes.digits(code)))
    assert tried(code, codes.digits(code)).person == code.person


def test_the_code_of_another_phone_does_not_fit() -> None:
    mine = codes.send(phone=STORED, now=NOW)
    other = codes.send(phone="+8619900005678", now=NOW)
    assert codes.digits(mine) != codes.digits(other)
    assert tried(mine, codes.digits(other)).person is None


def test_a_code_dies_with_the_phone_it_was_sent_to() -> None:
    code = codes.send(phone=STORED, now=NOW)
    digits = codes.digits(code)
    code.person.phone = "+8619900005678"
    code.person.save()
    assert tried(code, digits).person is None


def test_a_disabled_account_gets_no_text_and_no_session(texts: list[Kept]) -> None:
    UserFactory(phone=STORED, is_active=False)
    code = codes.send(phone=STORED, now=NOW)
    assert texts == []
    assert tried(code, codes.digits(code)) == codes.Attempt()


def test_a_gateway_that_fails_is_not_hidden(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = Backend(lambda **_sms: Outcome(Result.TEMPORARY), reaches_telephones=False)
    monkeypatch.setitem(channels.BACKENDS, "broken", broken)
    settings.SMS_BACKEND = "broken"
    with pytest.raises(codes.NotSent, match="短信没有发出"):
        codes.send(phone=STORED, now=NOW)


def test_expired_codes_go_when_a_new_one_is_made() -> None:
    codes.send(phone=STORED, now=NOW)
    new = codes.send(phone=STORED, now=NOW + timedelta(minutes=10))
    assert list(SignInCode.objects.all()) == [new]


def test_the_database_tells_no_digits() -> None:
    code = codes.send(phone=STORED, now=NOW)
    row = SignInCode.objects.filter(pk=code.pk).values_list("secret", "tries", "used_at").get()
    assert codes.digits(code) not in str(row)


def test_digits_depend_on_the_servers_key(settings: Settings) -> None:
    code = codes.send(phone=STORED, now=NOW)
    before = codes.digits(code)
    settings.SECRET_KEY = "another"
    assert codes.digits(code) != before


@pytest.mark.parametrize("typed", ["123456", "123-456", "123 456", " 1 2 3 4 5 6\n", "１２３４５６", "123－456"])
def test_digits_may_be_typed_in_many_ways(typed: str) -> None:
    assert codes.tidy(typed) == "123456"


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "12345a", "١٢٣٤٥٦", "abcdef"])
def test_what_is_not_six_digits_is_nothing(typed: str) -> None:
    assert codes.tidy(typed) == ""


def test_one_code_a_minute_five_an_hour_ten_a_day() -> None:
    def send(minutes: float) -> timedelta | None:
        try:
            codes.send(phone=STORED, now=NOW + timedelta(minutes=minutes))
        except limits.TooMany as refusal:
            return refusal.wait
        return None

    assert send(0) is None
    assert send(0.9) == timedelta(seconds=6)
    assert [send(minute) for minute in range(1, 5)] == [None] * 4
    assert send(5) == timedelta(minutes=55)
    assert [send(minute) for minute in range(60, 65)] == [None] * 5
    assert send(120) == timedelta(hours=22)
    assert send(24 * 60) is None


def test_one_phones_limit_is_not_anothers() -> None:
    codes.send(phone=STORED, now=NOW)
    assert codes.send(phone="+8619900005678", now=NOW).person.phone == "+8619900005678"


def test_a_sign_in_address_works_once() -> None:
    person = UserFactory()
    token = codes.make_link(person=person, now=NOW)
    assert codes.use_link(token=token, now=NOW) == person
    assert codes.use_link(token=token, now=NOW) is None


def test_a_sign_in_address_ends_after_ten_minutes() -> None:
    token = codes.make_link(person=UserFactory(), now=NOW)
    assert codes.use_link(token=token, now=NOW + timedelta(minutes=10)) is None


@pytest.mark.parametrize("token", ["", "1", "1:abc", "１:abc", "99999999999999999999:x"])
def test_a_made_up_address_opens_nothing(token: str) -> None:
    assert codes.use_link(token=token, now=NOW) is None
