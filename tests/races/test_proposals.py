"""Proposals at the same moment: one press is one move, one window wins, no code is given twice."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from catalogue import instructors
from catalogue.honors import Honor, HonorLevel
from catalogue.instructors import HonorFacts
from catalogue.models import Course
from policy import drafts
from policy.models import Attachment, Draft
from policy.problems import Refused
from proposals import drafting
from proposals.errors import ProposalRefused
from proposals.models import Action, Proposal, Review, Status
from proposals.moves import Press, move
from tests import factories
from tests.factories import NOW, CategoryFactory, InstructorFactory, UserFactory
from tests.policy.files import PDF, upload
from tests.portal.pages import signed_in
from tests.proposals.factories import CONTENT, TYPED, HonorFactory, ProposalFactory
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


def test_a_form_submitted_eight_times_over_http_is_one_submission(race: Race[Any, Any]) -> None:
    CategoryFactory()
    proposal = ProposalFactory()
    path, form = f"/teach/proposals/{proposal.public_id}/edit/", {**TYPED, "version": "1", "seen": "0", "submit": "1"}
    browsers = [signed_in(proposal.author) for _ in range(8)]

    answers = race(lambda browser: browser.post(path, form), browsers)

    led = {(answer.status_code, answer.headers.get("Location")) for answer in answers}
    assert led == {(302, f"/teach/proposals/{proposal.public_id}/")}
    assert (Review.objects.count(), proposal.versions.count()) == (1, 1)


@pytest.fixture
def private(settings: Settings, tmp_path: Path) -> Path:
    settings.PRIVATE_FILES = tmp_path / "private"
    return tmp_path / "private"


def test_a_first_honour_sent_four_times_is_one_with_one_proof(race: Race[Any, Any], private: Path) -> None:
    teacher = InstructorFactory(user=UserFactory())
    facts = HonorFacts("演示工匠", HonorLevel.DISTRICT, "演示区总工会", 2024)

    def act(_number: int) -> int:
        proof = upload(PDF, "a.pdf")
        return instructors.claim_honor(instructor=teacher, facts=facts, proof=proof, actor=teacher.user, now=NOW).pk

    assert len(set(race(act, range(4)))) == 1
    assert (Honor.objects.count(), Attachment.objects.count(), len(list(private.iterdir()))) == (1, 1, 1)


@pytest.mark.usefixtures("private")
def test_what_is_verified_is_what_was_seen(race: Race[Any, Any]) -> None:
    honor, person = HonorFactory(), factories.reviewer()
    teacher, seen = honor.instructor, instructors.mark_of(honor)

    def act(number: int) -> str:
        try:
            if number == 0:
                return instructors.verify_honor(honor_id=honor.pk, seen=seen, actor=person, now=NOW).name
            facts, proof = HonorFacts(f"另一个{number}", HonorLevel.NATIONAL, "别的单位", 2025), upload(PDF, "a.pdf")
            instructors.claim_honor(instructor=teacher, facts=facts, proof=proof, actor=teacher.user, now=NOW)
        except Refused as refused:
            return refused.problems[0].code
        return "written"

    told = Counter(race(act, range(6)))

    honor.refresh_from_db()
    # Either the reviewer was first, and nobody writes any more; or what was seen is not there any more.
    assert (told, honor.verified_by, honor.name == "演示工匠") in [
        ({"演示工匠": 1, "verified": 5}, person, True),
        ({"changed": 1, "written": 5}, None, False),
    ]
    assert Attachment.objects.count() == 1
