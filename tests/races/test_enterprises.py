"""Enterprises at the same moment: a credit code is one verified enterprise's, and the others read why."""

from collections import Counter
from typing import Any

import pytest
from django.test import Client

from accounts.models import Enterprise, EnterpriseKind
from tests import factories
from tests.accounts.factories import CODE, EnterpriseFactory
from tests.portal.pages import words_of
from tests.races.conftest import Race

pytestmark = pytest.mark.django_db(transaction=True)


def desk() -> Client:
    client = Client()
    client.force_login(factories.officer(), backend="accounts.backends.StaffBackend")
    return client


def test_of_six_enterprises_of_one_code_one_is_verified(race: Race[Any, Any]) -> None:
    firms = [EnterpriseFactory(credit_code=CODE, kind=EnterpriseKind.NON_PUBLIC) for _ in range(6)]
    desks = [desk() for _ in firms]

    answers = race(lambda number: desks[number].post(f"/desk/enterprises/{firms[number].public_id}/verify/"), range(6))

    assert Counter(answer.status_code for answer in answers) == {302: 1, 409: 5}
    sentence = f"统一社会信用代码 {CODE} 的单位已经登记。"
    assert {sentence in words_of(answer) for answer in answers if answer.status_code == 409} == {True}
    assert Enterprise.objects.filter(verified_at__isnull=False).count() == 1
