"""The table of a proposal walked over HTTP: every state, every address, by everybody; twice; from a stale page."""

from typing import TYPE_CHECKING

import pytest
from django.test import Client

from accounts.models import User
from catalogue.models import Course
from proposals.models import Action, Proposal, Review, Status
from tests import factories
from tests.factories import NOW, CategoryFactory, InstructorFactory, UserFactory
from tests.portal.pages import words_of
from tests.proposals.factories import CONTENT, ProposalFactory

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

pytestmark = pytest.mark.django_db

STAFF = "accounts.backends.StaffBackend"
# What a reviewer's press does where: 1 passed the first review, 2 is another. Everything else changes nothing.
REVIEWS = {
    (Status.SUBMITTED, Action.TAKE): ("12", Status.FIRST_REVIEW),
    (Status.FIRST_REVIEW, Action.PASS): ("12", Status.SECOND_REVIEW),
    (Status.FIRST_REVIEW, Action.RETURN): ("12", Status.RETURNED),
    (Status.FIRST_REVIEW, Action.DECLINE): ("12", Status.DECLINED),
    (Status.SECOND_REVIEW, Action.PASS): ("2", Status.PUBLICITY),
    (Status.SECOND_REVIEW, Action.RETURN): ("2", Status.RETURNED),
    (Status.SECOND_REVIEW, Action.DECLINE): ("2", Status.DECLINED),
    (Status.PUBLICITY, Action.APPROVE): ("12", Status.APPROVED),
    (Status.PUBLICITY, Action.DECLINE): ("12", Status.DECLINED),
}
EDITABLE = {Status.DRAFT, Status.RETURNED}
OVER = {Status.APPROVED, Status.DECLINED, Status.WITHDRAWN}


@pytest.fixture
def first() -> User:
    return factories.reviewer(name="钱初审")


def standing(state: Status, first: User, **values: object) -> Proposal:
    """Return a proposal in the state, whose first review was passed by `first`."""
    proposal = ProposalFactory(status=state, moves=1, **values)
    Review.objects.create(
        proposal=proposal,
        position=1,
        action=Action.PASS,
        came_from=Status.FIRST_REVIEW,
        led_to=Status.SECOND_REVIEW,
        actor=first,
        at=NOW,
    )
    return proposal


def browser(person: User) -> Client:
    client = Client()
    client.force_login(person, backend=STAFF)
    return client


def decide(client: Client, proposal: Proposal, action: str, **values: object) -> "Answer":
    said = {"seen": "1", "reason": "符合要求", "actor": "1", "author": "1", "status": "approved", **values}
    return client.post(f"/desk/proposals/{proposal.public_id}/{action}/", said)


def outcome(proposal: Proposal) -> tuple[str, int]:
    return Proposal.objects.get(pk=proposal.pk).status, Review.objects.filter(proposal=proposal).count()


@pytest.mark.parametrize("who", ["1", "2"])
@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("state", Status)
def test_a_reviewer_does_what_the_table_says_and_nothing_else(
    state: Status, action: Action, who: str, first: User
) -> None:
    allowed, to = REVIEWS.get((state, action), ("", state))
    person = first if who == "1" else factories.reviewer()
    proposal = standing(state, first)

    answer = decide(browser(person), proposal, action)

    passes = who in allowed
    assert outcome(proposal) == ((to, 2) if passes else (state, 1))
    assert answer.status_code in ({302} if passes else {404, 409})
    assert [review.actor for review in Review.objects.filter(position=2)] == ([person] if passes else [])


@pytest.mark.parametrize("state", Status)
def test_an_author_who_reviews_decides_nothing_about_the_own_proposal(state: Status, first: User) -> None:
    both = factories.reviewer()
    InstructorFactory(user=both, titles=["other"])
    proposal, client = standing(state, first, author=both), browser(both)

    answers = [decide(client, proposal, action, actor=str(first.pk)).status_code for action in Action]
    answers.append(client.post(f"/desk/proposals/{proposal.public_id}/honor/").status_code)
    answers.append(client.get(f"/desk/proposals/{proposal.public_id}/").status_code)

    assert (set(answers), outcome(proposal)) == ({404}, (state, 1))


@pytest.mark.parametrize("state", Status)
def test_nobody_else_moves_anything_by_any_address(state: Status, first: User) -> None:
    proposal = standing(state, first)
    weak = Client()
    weak.force_login(first, backend="accounts.backends.PersonBackend")
    strangers = [Client(), weak, browser(UserFactory()), browser(factories.officer()), browser(proposal.author)]
    desk = [f"/desk/proposals/{proposal.public_id}/{action}/" for action in Action]
    own = [f"/teach/proposals/{proposal.public_id}/{page}/" for page in ("withdraw", "edit")]

    for number, client in enumerate(strangers):
        is_author = number == len(strangers) - 1
        for address in desk if is_author else [*desk, *own]:
            answer = client.post(address, {"seen": "1", "reason": "x", "version": "1", "submit": "1"})
            assert answer.status_code in {302, 403, 404}, (number, address)
            assert answer.status_code != 302 or answer.headers["Location"].startswith(("/login/", "/staff/login/"))

    assert outcome(proposal) == (state, 1)


@pytest.mark.parametrize("state", Status)
def test_an_author_sends_and_withdraws_where_the_table_says(state: Status, first: User) -> None:
    edit = {name: value for name, value in CONTENT.items() if value != ""} | {
        "version": "1",
        "seen": "1",
        "submit": "1",
    }
    CategoryFactory()
    sent, withdrawn = standing(state, first), standing(state, first)

    browser(sent.author).post(f"/teach/proposals/{sent.public_id}/edit/", edit)
    browser(withdrawn.author).post(f"/teach/proposals/{withdrawn.public_id}/withdraw/", {"seen": "1"})

    assert outcome(sent) == ((Status.SUBMITTED, 2) if state in EDITABLE else (state, 1))
    assert outcome(withdrawn) == ((state, 1) if state in OVER else (Status.WITHDRAWN, 2))


@pytest.mark.parametrize("cell", REVIEWS, ids="-".join)
def test_every_press_twice_is_one_move(cell: tuple[Status, Action], first: User) -> None:
    state, action = cell
    proposal, client = standing(state, first), browser(factories.reviewer())

    answers = [decide(client, proposal, action).status_code for _ in range(2)]

    assert (answers, outcome(proposal)) == ([302, 302], (REVIEWS[cell][1], 2))
    assert Course.objects.filter(title="焊接机器人入门").count() == (1 if action == Action.APPROVE else 0)


@pytest.mark.parametrize("cell", REVIEWS, ids="-".join)
@pytest.mark.parametrize("seen", ["0", "2", "-1", "", "１", "99999999999999999999", "x"])
def test_from_a_stale_page_nothing_is_decided(cell: tuple[Status, Action], seen: str, first: User) -> None:
    state, action = cell
    proposal = standing(state, first)

    answer = decide(browser(factories.reviewer()), proposal, action, seen=seen)

    assert (answer.status_code, outcome(proposal)) == (409, (state, 1))
    assert "这份申报刚被处理过。" in words_of(answer)


@pytest.mark.parametrize("cell", [cell for cell in REVIEWS if cell[1] != Action.TAKE], ids="-".join)
@pytest.mark.parametrize("reason", ["", " \u3000\t", "长" * 501])
def test_without_a_fitting_reason_nothing_is_decided(cell: tuple[Status, Action], reason: str, first: User) -> None:
    state, action = cell
    proposal = standing(state, first)

    answer = decide(browser(factories.reviewer()), proposal, action, reason=reason)

    assert (answer.status_code, outcome(proposal)) == (422, (state, 1))
