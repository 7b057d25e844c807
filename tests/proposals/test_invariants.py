"""A proposal that disagrees with its reviews is named."""

from datetime import datetime

import pytest

from policy.models import Draft
from portal.demo.proposing import make_proposals
from proposals import invariants
from proposals.models import Proposal, Status
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def proposal(reference: None, now: datetime) -> Proposal:
    """Return one that waits for its second review, among one in every state."""
    make_proposals(now=now)
    return Proposal.objects.get(status=Status.SECOND_REVIEW)


def found(now: datetime) -> list[str]:
    return list(invariants.disagreements(now=now))


def test_proposals_in_every_state_are_in_order(proposal: Proposal, now: datetime) -> None:
    assert Proposal.objects.values("status").distinct().count() == len(Status)
    assert found(now) == []


def test_a_state_no_review_led_to_is_named(proposal: Proposal, now: datetime) -> None:
    Proposal.objects.filter(pk=proposal.pk).update(status=Status.DECLINED)

    assert found(now) == [f"申报 {proposal.pk}：状态是“不予采纳”，审核记录却到“复审”。"]


def test_a_wrong_count_of_moves_is_named(proposal: Proposal, now: datetime) -> None:
    Proposal.objects.filter(pk=proposal.pk).update(moves=7)

    assert found(now) == [f"申报 {proposal.pk}：步数记为 7，实有 3。"]


def test_a_review_that_is_no_step_of_the_table_is_named(proposal: Proposal, now: datetime) -> None:
    last = proposal.reviews.last()
    assert last
    last.pk, last.position, last.came_from, last.led_to = None, 4, Status.SECOND_REVIEW, Status.APPROVED
    last.save(force_insert=True)
    Proposal.objects.filter(pk=proposal.pk).update(moves=4, status=Status.DECLINED)

    assert found(now) == [
        f"申报 {proposal.pk}：第 4 步不是状态表里的一步。",
        f"申报 {proposal.pk}：状态是“不予采纳”，审核记录却到“通过”。",
    ]


def test_a_version_nobody_sent_is_named(proposal: Proposal, now: datetime) -> None:
    proposal.versions.create(number=2, content={}, created_at=now)

    assert found(now) == [f"申报 {proposal.pk}：提交过 1 次，版本却是 2 个。"]


def test_another_persons_draft_is_named(proposal: Proposal, now: datetime) -> None:
    Draft.objects.filter(pk=proposal.draft_id).update(owner=UserFactory())

    assert found(now) == [f"申报 {proposal.pk}：草稿不是申报人的。"]
