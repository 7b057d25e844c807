"""Counting tries."""

from datetime import timedelta

import pytest

from accounts import limits
from accounts.limits import Limit, TooMany
from accounts.models import Tally
from tests.factories import NOW

pytestmark = pytest.mark.django_db

TWICE_A_MINUTE = (Limit(2, timedelta(minutes=1)),)


def allowed(seconds: int = 0, whose: str = "somebody", action: str = "test") -> bool:
    try:
        limits.spend(action=action, whose=whose, limits=TWICE_A_MINUTE, now=NOW + timedelta(seconds=seconds))
    except TooMany:
        return False
    return True


def test_a_period_begins_with_its_first_try_and_refused_tries_do_not_lengthen_it() -> None:
    assert [allowed(second) for second in (0, 10, 20, 59, 60, 61, 62)] == [True, True, False, False, True, True, False]


def test_people_and_actions_are_counted_apart() -> None:
    assert [allowed(), allowed()] == [True, True]
    assert [allowed(whose="another"), allowed(action="other"), allowed()] == [True, True, False]


def test_a_success_starts_again_from_zero() -> None:
    allowed()
    allowed()
    limits.forget(action="test", whose="somebody", limits=TWICE_A_MINUTE)
    assert allowed()


def test_the_refusal_says_how_long_to_wait() -> None:
    refusal = TooMany(timedelta(seconds=61))
    assert str(refusal) == "操作太频繁，请 2 分钟后再试。"


def test_a_tally_names_nobody() -> None:
    allowed(whose="192.0.2.7")
    assert "192.0.2.7" not in Tally.objects.get().key


def test_old_tallies_are_swept() -> None:
    allowed(0, whose="old")
    allowed(3600, whose="new")
    Tally.objects.sweep(now=NOW + timedelta(days=1))
    assert Tally.objects.get().started_at == NOW + timedelta(hours=1)
