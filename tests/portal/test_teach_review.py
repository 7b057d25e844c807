"""The reviewers' desk, from what was sent to a course in the menu; nobody decides about the own proposal."""

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from accounts.models import User
from catalogue.honors import Honor
from catalogue.instructors import mark_of
from catalogue.models import Course, Instructor
from messaging.models import Message
from policy import clock
from portal import desk as board
from proposals import todo
from proposals.models import Action, Proposal, Review, Status
from tests import factories
from tests.factories import NOW, InstructorFactory, UserFactory
from tests.portal.pages import signed_in, words_of
from tests.proposals.factories import CONTENT, AttachmentFactory, HonorFactory, ProposalFactory

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

pytestmark = pytest.mark.django_db

STAFF = "accounts.backends.StaffBackend"


def staff(person: User) -> Client:
    client = Client()
    client.force_login(person, backend=STAFF)
    return client


def page_of(proposal: Proposal) -> str:
    return f"/desk/proposals/{proposal.public_id}/"


def decide(client: Client, proposal: Proposal, action: str, **values: str) -> "Answer":
    proposal.refresh_from_db()
    said = {"seen": str(proposal.moves), "reason": "符合要求", **values}
    return client.post(f"{page_of(proposal)}{action}/", said)


def test_from_sent_to_the_menu_with_two_reviewers_and_a_publicity() -> None:
    """Scenarios 33 and 47."""
    one, two = factories.reviewer(name="钱初审"), factories.reviewer(name="孙复审")
    proposal = ProposalFactory(status=Status.SUBMITTED)
    first, second, author = staff(one), staff(two), signed_in(proposal.author)
    decide(first, proposal, "take")
    decide(first, proposal, "return", reason="要补正", remark_summary="太短")
    edit = {**{name: value for name, value in CONTENT.items() if value != ""}, "outline": "安全\n示教"}
    author.post(
        f"/teach/proposals/{proposal.public_id}/edit/",
        {**edit, "summary": "学完能独立编程。", "version": "1", "seen": "2", "submit": "1"},
    )
    diff = first.get(page_of(proposal)).content.decode()
    decide(first, proposal, "take")
    decide(first, proposal, "pass")
    own_second = decide(first, proposal, "pass")
    decide(second, proposal, "pass")
    early = decide(second, proposal, "approve")
    with clock.frozen_at(NOW + timedelta(days=8)):
        decide(second, proposal, "approve", reason="公示无异议")
        found = words_of(Client().get("/courses/?q=焊接机器人"))
        history = words_of(second.get(page_of(proposal)))
        told = words_of(author.get(f"/teach/proposals/{proposal.public_id}/"))

    assert re.findall(r'<dt>([^<]+)</dt>\s*<dd class="old">', diff) == ["简介", "提纲"]
    assert (own_second.status_code, early.status_code) == (409, 409)
    assert [(course.code, course.summary) for course in Course.objects.all()] == [("SK0001", "学完能独立编程。")]
    assert "焊接机器人入门" in found
    assert all(said in history for said in ("钱初审", "孙复审", "公示无异议", "第 1 稿", "第 2 稿"))
    assert ("公示无异议" in told, "钱初审" in told, "孙复审" in told) == (True, False, False)
    messages = "".join(message.title + message.body for message in Message.objects.filter(person=proposal.author))
    assert ("钱初审" in messages, "孙复审" in messages, "SK0001" in messages) == (False, False, True)


def test_nobody_reviews_the_own_proposal_by_any_address() -> None:
    both = factories.reviewer()
    InstructorFactory(user=both, titles=["other"])
    proposal, client = ProposalFactory(author=both, status=Status.FIRST_REVIEW), staff(both)
    HonorFactory(instructor=both.instructor)

    statuses = [client.get(page_of(proposal)).status_code]
    statuses += [decide(client, proposal, action, author="1", actor="2").status_code for action in Action]
    statuses.append(client.post(f"{page_of(proposal)}honor/").status_code)

    assert (set(statuses), Proposal.objects.get().status) == ({404}, Status.FIRST_REVIEW)
    assert client.get("/desk/proposals/?state=all").context["page"].rows == []


def test_an_actor_in_the_form_means_nothing() -> None:
    proposal, person, other = ProposalFactory(status=Status.SUBMITTED), factories.reviewer(), factories.reviewer()

    decide(staff(person), proposal, "take", actor=str(other.pk), status="approved", course="1")

    assert (Review.objects.get().actor, Proposal.objects.get().status) == (person, Status.FIRST_REVIEW)


@pytest.mark.parametrize("action", ["submit", "withdraw", "delete"])
def test_a_reviewer_has_no_other_actions(action: str) -> None:
    proposal = ProposalFactory(status=Status.SUBMITTED)

    assert decide(staff(factories.reviewer()), proposal, action).status_code == 404


def test_drafts_and_withdrawn_proposals_are_not_there() -> None:
    client = staff(factories.reviewer())

    statuses = [client.get(page_of(ProposalFactory(status=state))).status_code for state in Status]

    gone = [state for state, status in zip(Status, statuses, strict=True) if status == 404]
    assert (gone, set(statuses)) == ([Status.DRAFT, Status.WITHDRAWN], {200, 404})


def test_a_decision_without_a_reason_keeps_the_remarks_that_were_written() -> None:
    proposal = ProposalFactory(status=Status.FIRST_REVIEW)

    answer = decide(staff(factories.reviewer()), proposal, "return", reason="", remark_hours="<i>太长</i>")

    page = answer.content.decode()
    assert (answer.status_code, "请写明理由" in page, "&lt;i&gt;太长&lt;/i&gt;" in page) == (422, True, True)
    assert Review.objects.count() == 0


def test_pressing_twice_is_one_move() -> None:
    proposal, client = ProposalFactory(status=Status.FIRST_REVIEW), staff(factories.reviewer())
    said = {"seen": "0", "reason": "好"}

    answers = [client.post(f"{page_of(proposal)}pass/", said).status_code for _ in range(2)]

    assert (answers, Review.objects.count()) == ([302, 302], 1)


def test_an_honour_is_verified_by_name() -> None:
    honor = HonorFactory()
    proposal = ProposalFactory(author=honor.instructor.user, status=Status.SUBMITTED)
    person = factories.reviewer(name="钱审核")
    client = staff(person)
    before = words_of(client.get(page_of(proposal)))

    client.post(f"{page_of(proposal)}honor/", {"seen": mark_of(honor)})

    assert (Honor.objects.get().verified_by, "未扫描" in before) == (person, True)
    assert "钱审核 于 12月1日 周二 核验" in words_of(client.get(page_of(proposal)))


NASTY = "<script>alert(1)</script>{{7*7}}"


def test_every_text_of_the_desks_page_stays_text() -> None:
    author = UserFactory(name=NASTY)
    teacher = InstructorFactory(name="<i>钱</i>", organisation=NASTY, titles=["other"], user=author)
    proposal = ProposalFactory(author=author, status=Status.FIRST_REVIEW)
    said = dict.fromkeys(("title", "audience", "summary", "note"), NASTY)
    proposal.versions.create(number=2, content={**CONTENT, **said, "outline": [NASTY]}, created_at=NOW)
    proposal.versions.create(number=3, content={**CONTENT, **said, "keywords": [NASTY]}, created_at=NOW)
    HonorFactory(instructor=teacher, name=NASTY, granted_by=NASTY, certificate_number="{{7*7}}<b>")
    client = staff(factories.reviewer(name=NASTY))

    answer = decide(client, proposal, "return", reason=NASTY, remark_note=NASTY)
    page = client.get(page_of(proposal))

    assert (answer.status_code, "<script>alert" in page.content.decode(), "49" in words_of(page)) == (302, False, False)
    # Of the content 5, of what changed 2, of the author 2, of the honour 2, of the return who, why, and a remark.
    assert words_of(page).count(NASTY) == 14


@pytest.mark.parametrize("change", ["name", "certificate_number", "proof", "claimed"])
def test_an_honour_that_was_changed_after_the_reviewer_looked_is_not_verified(change: str) -> None:
    honor = HonorFactory()
    proposal = ProposalFactory(author=honor.instructor.user, status=Status.SUBMITTED)
    client = staff(factories.reviewer())
    (seen,) = re.findall(r'name="seen" value="([0-9a-f]{16})"', client.get(page_of(proposal)).content.decode())
    other: dict[str, object] = {"name": "全国劳动模范", "certificate_number": "7"}
    if change == "claimed":
        Instructor.objects.filter(honor=honor).update(claimed=["model_worker"])
    else:
        Honor.objects.update(**{change: other.get(change) or AttachmentFactory(owner=proposal.author)})

    answer = client.post(f"{page_of(proposal)}honor/", {"seen": seen})

    assert (answer.status_code, Honor.objects.get().verified_at) == (409, None)
    assert "刚被改过，请重新查看。" in words_of(answer)


def test_the_desk_names_what_waits_for_this_reviewer() -> None:
    one, two = factories.reviewer(), factories.reviewer()
    proposal = ProposalFactory(status=Status.FIRST_REVIEW)
    ProposalFactory(status=Status.PUBLICITY, publicity_ends_at=NOW + timedelta(days=1))
    decide(staff(one), proposal, "pass")

    waiting = {person: [row.subject for row in todo.waiting(person, NOW)] for person in (one, two, proposal.author)}

    assert list(waiting.values()) == [[], ["焊接机器人入门"], []]
    assert todo.waiting in board.TODO_SOURCES
