"""Proposals at the same moment: one press is one move, one window wins, no code is given twice."""

from collections import Counter
from typing import Any

import pytest

from catalogue.models import Course
from policy import drafts
from policy.models import Draft
from proposals import drafting
from proposals.errors import ProposalRefused
from proposals.models import Action, Proposal, Review, Status
from proposals.moves import Press, move
from tests import factories
from tests.factories import NOW, CategoryFactory
from tests.proposals.factories import CONTENT, TYPED, ProposalFactory
from tests.races.conftest import Race

pytestmark = pytest.mark.django_db(transaction=True)


def test_eight_presses_of_one_reviewer_are_one_move(race: Race[Any, Any]) -> None:
    proposal, person = ProposalFactory(status=Status.FIRST_REVIEW), factories.reviewer()
    press = Press(Action.PASS, seen=0, reason="符合要求")

    def act(_number: int) -> str:
        return move(proposal_id=proposal.pk, press=press, actor=person, now=NOW).status

    assert (race(act, range(8)), Review.objects.count()) == ([Status.SECOND_REVIEW] * 8, 1)


def test_of_eight_reviewers_one_begins(race: Race[Any, Any]) -> None:
    proposal, people = ProposalFactory(status=Status.SUBMITTED), [factories.reviewer() for _ in range(8)]

    def act(person: Any) -> str:
        try:
            move(proposal_id=proposal.pk, press=Press(Action.TAKE, seen=0), actor=person, now=NOW)
        except ProposalRefused as refused:
            return refused.problems[0].code
        return "taken"

    assert Counter(race(act, people)) == {"taken": 1, "wrong_state": 7}


def test_proposals_approved_at_once_get_codes_of_their_own(race: Race[Any, Any]) -> None:
    CategoryFactory()
    proposals, person = [ProposalFactory(status=Status.PUBLICITY) for _ in range(6)], factories.reviewer()
    for number, proposal in enumerate(proposals):
        proposal.versions.create(number=2, content={**CONTENT, "title": f"课程{number}"}, created_at=NOW)

    def act(proposal: Proposal) -> None:
        move(proposal_id=proposal.pk, press=Press(Action.APPROVE, seen=0, reason="无异议"), actor=person, now=NOW)

    race(act, proposals)

    assert set(Course.objects.values_list("code", flat=True)) == {f"SK{number:04d}" for number in range(1, 7)}


def test_a_form_sent_eight_times_is_one_proposal(race: Race[Any, Any]) -> None:
    author = factories.UserFactory()

    def act(_number: int) -> int:
        return drafting.begin(author=author, press="press2345678", data=TYPED, now=NOW).pk

    assert (len(set(race(act, range(8)))), Proposal.objects.count(), Draft.objects.count()) == (1, 1, 1)


def test_of_eight_windows_one_saves_and_the_others_are_told(race: Race[Any, Any]) -> None:
    proposal = ProposalFactory()

    def act(number: int) -> str:
        try:
            drafting.keep(proposal_id=proposal.pk, data={"title": [f"窗口{number}"]}, version=1, now=NOW)
        except drafts.Stale:
            return "stale"
        return "saved"

    assert Counter(race(act, range(8))) == {"saved": 1, "stale": 7}
    assert Draft.objects.get().version == 2
