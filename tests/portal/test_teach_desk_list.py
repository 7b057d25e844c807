"""The reviewers' list: what is under review by its age, everything else on request, 50 a page."""

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from proposals.models import Proposal, Status
from tests import factories
from tests.factories import NOW, CourseFactory, InstructorFactory, UserFactory
from tests.portal.pages import signed_in, words_of
from tests.proposals.factories import ProposalFactory

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

pytestmark = pytest.mark.django_db

LIST = "/desk/proposals/"


@pytest.fixture
def person() -> User:
    return factories.reviewer()


@pytest.fixture
def reviewer(person: User) -> Client:
    client = Client()
    client.force_login(person, backend="accounts.backends.StaffBackend")
    return client


def sent(hours_ago: int = 0, status: Status = Status.SUBMITTED, **values: object) -> Proposal:
    at = None if status == Status.DRAFT else NOW - timedelta(hours=hours_ago)
    return ProposalFactory(submitted_at=at, status=status, **values)


def titles(answer: "Answer") -> list[str]:
    return [proposal.title for proposal, _look in answer.context["page"].rows]


def test_what_is_under_review_comes_by_its_age_and_the_rest_newest_first(reviewer: Client) -> None:
    for hours, status in enumerate(Status):
        sent(hours, status=status, title=status.label)

    assert titles(reviewer.get(LIST)) == ["公示", "复审", "初审", "已提交"]
    assert titles(reviewer.get(f"{LIST}?state=all")) == [
        "已提交",
        "初审",
        "复审",
        "退回补正",
        "公示",
        "通过",
        "不予采纳",
    ]


@pytest.mark.parametrize("status", Status)
def test_each_state_can_be_asked_for_and_what_is_private_cannot(reviewer: Client, status: Status) -> None:
    for one in Status:
        sent(status=one, title=one.label)

    found = titles(reviewer.get(f"{LIST}?state={status}"))

    # Drafts and withdrawn proposals are no states of the list: as for an unknown one, what is under review is shown.
    private = status in {Status.DRAFT, Status.WITHDRAWN}
    assert found == (["已提交", "初审", "复审", "公示"] if private else [str(status.label)])


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("焊接", ["焊接机器人"]),
        ("机器人 焊接", ["焊接机器人"]),
        ("钱工匠", ["焊接机器人"]),
        ("演示船厂", ["家常面点"]),
        ("sk0077", ["家常面点"]),
        ("焊接 面点", []),
        ("  ", ["焊接机器人", "家常面点"]),
        ("%", []),
        ("' or 1=1--", []),
        ("<script>", []),
    ],
)
def test_words_are_looked_for_in_title_author_and_number(reviewer: Client, words: str, found: list[str]) -> None:
    one = InstructorFactory(name="钱工匠", user=UserFactory(name="钱工匠")).user
    two = InstructorFactory(organisation="演示船厂", user=UserFactory(name="孙师傅")).user
    sent(0, author=one, title="焊接机器人")
    sent(1, author=two, title="家常面点", status=Status.APPROVED, course=CourseFactory(code="SK0077"))

    answer = reviewer.get(LIST, {"state": "all", "q": words})

    assert (answer.status_code, titles(answer)) == (200, found)


def test_fifty_stand_on_a_page_and_the_next_one_goes_on(reviewer: Client) -> None:
    author = InstructorFactory(user=UserFactory(), titles=["other"]).user
    for number in range(52):
        # Pairs share a moment: the key decides between them.
        sent(number // 2, author=author, title=f"课{number:02d}")

    for address, order in ((f"{LIST}?q=课", slice(None, None, -1)), (f"{LIST}?q=课&state=all", slice(None))):
        first = reviewer.get(address)
        second = reviewer.get(f"{address}&after={first.context['page'].next_after}")
        found = titles(first) + titles(second)
        assert (len(titles(first)), second.context["page"].next_after, sorted(found)) == (
            50,
            "",
            [f"课{number:02d}" for number in range(52)],
        )
        ages = [int(title[1:]) // 2 for title in found]
        assert ages == sorted(ages)[order]


@pytest.mark.parametrize("after", ["nosuchnumber", "1' or 1=1", "９" * 500])
def test_an_odd_address_shows_the_first_page(reviewer: Client, after: str) -> None:
    sent(title="焊接机器人")

    answer = reviewer.get(LIST, {"after": after, "state": "approved' --", "page": "-1", "ordering": "password"})

    assert titles(answer) == ["焊接机器人"]


@pytest.mark.parametrize("field", ["q", "after", "state"])
def test_a_character_that_is_none_is_refused(reviewer: Client, field: str) -> None:
    assert reviewer.get(LIST, {field: "\x00"}).status_code == 400


def test_a_draft_is_no_place_to_go_on_after(reviewer: Client) -> None:
    draft = ProposalFactory(status=Status.DRAFT)
    sent(title="焊接机器人")

    assert titles(reviewer.get(f"{LIST}?after={draft.public_id}")) == ["焊接机器人"]


def test_own_proposals_are_not_listed_and_others_do_not_get_in(person: User, reviewer: Client) -> None:
    sent(author=InstructorFactory(user=person, titles=["other"]).user)
    officer = Client()
    officer.force_login(factories.officer(), backend="accounts.backends.StaffBackend")

    assert titles(reviewer.get(f"{LIST}?state=all")) == []
    assert [client.get(LIST).status_code for client in (signed_in(UserFactory()), officer)] == [404, 404]


def test_the_desk_leads_reviewers_to_the_list(reviewer: Client) -> None:
    officer = Client()
    officer.force_login(factories.officer(), backend="accounts.backends.StaffBackend")

    shown = [f'href="{LIST}?state=all"' in client.get("/desk/").content.decode() for client in (reviewer, officer)]

    assert shown == [True, False]


def test_markup_in_a_title_stays_text(reviewer: Client) -> None:
    nasty = "<script>alert(1)</script>[x](javascript:alert(1))"
    sent(title=nasty)

    page = reviewer.get(LIST)

    assert nasty in words_of(page)
    assert "<script>alert" not in page.content.decode()


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("address", "statements"), [(LIST, 6), (f"{LIST}?state=all&q=课", 6)])
def test_the_list_asks_the_same_of_the_database(
    reviewer: Client, address: str, statements: int, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(count):
        sent(number, title=f"课{number}")
    reviewer.get(address)

    with django_assert_num_queries(statements):
        assert len(titles(reviewer.get(address))) == count
