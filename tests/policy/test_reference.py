"""The rules and terms that every installation starts with."""

from datetime import UTC, date, datetime

import pytest

from policy.models import Policy, Term
from policy.reference import reference_data

pytestmark = pytest.mark.django_db


def terms() -> list[tuple[str, date, date]]:
    return list(Term.objects.values_list("code", "starts_on", "ends_on"))


@pytest.mark.parametrize(
    ("now", "codes"),
    [
        (datetime(2026, 12, 1, tzinfo=UTC), ["2026-autumn", "2027-spring"]),
        (datetime(2027, 1, 31, 15, 59, tzinfo=UTC), ["2026-autumn", "2027-spring"]),
        # Midnight is Shanghai's.
        (datetime(2027, 1, 31, 16, 0, tzinfo=UTC), ["2027-spring", "2027-autumn"]),
        (datetime(2027, 7, 31, tzinfo=UTC), ["2027-spring", "2027-autumn"]),
    ],
)
def test_there_is_a_term_for_now_and_one_after_it(now: datetime, codes: list[str]) -> None:
    for _time in range(2):
        reference_data(now=now)

    assert [code for code, _first, _last in terms()] == codes
    assert Policy.objects.count() == 1


def test_no_day_is_between_two_terms() -> None:
    reference_data(now=datetime(2026, 12, 1, tzinfo=UTC))

    assert terms() == [
        ("2026-autumn", date(2026, 8, 1), date(2027, 1, 31)),
        ("2027-spring", date(2027, 2, 1), date(2027, 7, 31)),
    ]


def test_terms_of_the_union_s_own_are_left_alone() -> None:
    Term.objects.create(code="own", name="秋季一期", starts_on="2026-09-01", ends_on="2026-11-15")
    Term.objects.create(code="own-2", name="冬春", starts_on="2026-11-20", ends_on="2027-03-15")

    reference_data(now=datetime(2026, 11, 17, tzinfo=UTC))

    assert [code for code, _first, _last in terms()] == ["own", "own-2"]
