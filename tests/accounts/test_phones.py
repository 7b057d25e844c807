"""What is stored of a phone number."""

import pytest
from pytest_django import Settings

from accounts import phones
from accounts.models import User
from tests.factories import UserFactory

OTHER_KEY = bytes(range(32))


def test_a_number_comes_back_from_its_cipher() -> None:
    assert phones.decrypt(phones.encrypt("+8619900001234")) == "+8619900001234"


def test_the_same_number_never_has_the_same_cipher() -> None:
    assert phones.encrypt("+8619900001234") != phones.encrypt("+8619900001234")


def test_a_new_key_in_front_leaves_old_ciphers_and_hashes_alone(settings: Settings) -> None:
    cipher, digest = phones.encrypt("+8619900001234"), phones.digest("+8619900001234")
    settings.FIELD_KEYS = {"new": OTHER_KEY, **settings.FIELD_KEYS}
    assert (phones.decrypt(cipher), phones.digest("+8619900001234")) == ("+8619900001234", digest)
    assert phones.encrypt("+8619900001234").startswith(b"new:")


def test_a_cipher_of_an_unknown_key_is_an_error(settings: Settings) -> None:
    cipher = phones.encrypt("+8619900001234")
    settings.FIELD_KEYS = {"other": OTHER_KEY}
    with pytest.raises(KeyError):
        phones.decrypt(cipher)


def test_people_see_the_last_four_digits() -> None:
    assert phones.mask("+8619900001234") == "199****1234"


@pytest.mark.django_db
def test_a_person_is_found_by_phone_and_the_row_holds_no_number() -> None:
    person = UserFactory(phone="+8619900001234")
    stored = User.objects.get(pk=person.pk)
    assert User.objects.with_phone("+8619900001234").get() == person
    assert person.masked_phone == "尾号1234"
    assert b"19900001234" not in bytes(stored.phone_cipher or b"")
    assert "19900001234" not in str(stored.phone_hash)
    assert stored.phone_last4 == "1234"
