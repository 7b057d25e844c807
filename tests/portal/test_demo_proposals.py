"""The demonstration has a proposal in every state, made through the doors."""

from datetime import datetime

import pytest

from accounts.models import User
from portal.demo.proposing import make_proposals
from proposals import todo
from proposals.models import Proposal, Status

pytestmark = pytest.mark.django_db


def test_there_is_one_in_every_state(reference: None, now: datetime) -> None:
    make_proposals(now=now)

    assert sorted(Proposal.objects.values_list("status", flat=True)) == sorted(Status)
    assert all(user.phone.startswith("+8619900000") for user in User.objects.all())
    one, two = (User.objects.get(name=name) for name in ("曹初审", "袁复审"))
    assert [len(list(todo.waiting(person, now))) for person in (one, two)] == [2, 3]
    assert Proposal.objects.in_publicity(now).count() == 1
