"""The demonstration has a proposal in every state, made through the doors."""

from datetime import datetime
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from accounts.models import User
from catalogue.honors import Honor
from policy import attachments
from portal.demo.certificate import certificate
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


def test_some_authors_have_an_honour_whose_certificate_opens(
    reference: None, now: datetime, settings: Settings, tmp_path: Path
) -> None:
    settings.PRIVATE_FILES = tmp_path / "private"

    make_proposals(now=now)

    honors = Honor.objects.select_related("instructor", "proof")
    stands = {(one.instructor.said[0], one.verified_at is not None, bool(one.instructor.claimed)) for one in honors}
    assert stands == {
        ("senior_technician", False, True),
        ("craftsman", False, True),
        ("senior_engineer", False, True),
        ("craftsman", True, False),
        ("model_worker", True, False),
    }
    proof = Honor.objects.public()[0].proof
    assert (proof.content_type, attachments.read(proof)) == ("application/pdf", certificate().read())
    assert len(list(settings.PRIVATE_FILES.iterdir())) == 5
