"""An author writes a proposal, loses the sign-in, comes back, sends it, and follows it."""

from typing import TYPE_CHECKING

import pytest
from django.test import Client

from accounts.models import User
from policy.models import Draft
from proposals.models import Action, Proposal, Review, Status
from proposals.moves import Press, move
from tests import factories
from tests.factories import NOW, CategoryFactory, InstructorFactory, UserFactory
from tests.portal.pages import signed_in, words_of
from tests.proposals.factories import TYPED, ProposalFactory

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

pytestmark = pytest.mark.django_db

NEW = "/teach/proposals/new/"


@pytest.fixture
def author() -> User:
    CategoryFactory()
    user: User = InstructorFactory(user=UserFactory(), titles=["other"]).user
    return user


@pytest.fixture
def browser(author: User) -> Client:
    return signed_in(author)


def filled(**values: object) -> dict[str, object]:
    return {**TYPED, "press": "press2345678", "version": "1", "seen": "0", **values}


def to(answer: "Answer") -> str:
    return answer.headers["Location"]


def test_a_half_filled_form_is_kept_as_it_is(browser: Client) -> None:
    answer = browser.post(NEW, {"title": "焊接", "hours": "lots", "press": "press2345678", "version": "1", "seen": "0"})

    proposal = Proposal.objects.get()
    assert to(answer) == f"/teach/proposals/{proposal.public_id}/edit/"
    assert (proposal.status, proposal.title, proposal.draft.data) == (
        Status.DRAFT,
        "焊接",
        {"title": ["焊接"], "hours": ["lots"]},
    )
    assert 'value="lots"' in browser.get(to(answer)).content.decode()


def test_a_complete_form_is_sent(browser: Client, author: User) -> None:
    answer = browser.post(NEW, filled(submit="1"))

    proposal = Proposal.objects.get()
    assert to(answer) == f"/teach/proposals/{proposal.public_id}/"
    assert (proposal.status, proposal.author, proposal.submitted_at) == (Status.SUBMITTED, author, NOW)
    assert [version.content["outline"] for version in proposal.versions.all()] == [["安全", "示教", "练习"]]
    assert "等待审核人开始初审" in words_of(browser.get(to(answer)))


def test_a_form_sent_twice_is_one_proposal_and_one_move(browser: Client) -> None:
    answers = [browser.post(NEW, filled(submit="1")) for _ in range(2)]

    assert (Proposal.objects.count(), Review.objects.count(), len({to(answer) for answer in answers})) == (1, 1, 1)


def test_a_state_or_an_author_in_the_form_means_nothing(browser: Client, author: User) -> None:
    stranger = UserFactory()

    browser.post(NEW, filled(status="approved", author=stranger.pk, course="1", is_staff="1"))

    proposal = Proposal.objects.get()
    assert (proposal.status, proposal.author, set(proposal.draft.data)) == (Status.DRAFT, author, set(TYPED))


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("title", "", "请填写课程名称。"),
        ("title", "\u202e\u200b", "请填写课程名称。"),
        ("title", "长" * 61, "课程名称请缩短到 60 个字以内。"),
        ("summary", "长" * 301, "简介请缩短到 300 个字以内。"),
        ("category", "magic", "请从列出的选项里选。"),
        ("hours", "0", "学时请填 0.5 到 999 之间的数"),
        ("hours", "NaN", "学时请填 0.5 到 999 之间的数"),
        ("hours", "1e99", "学时请填 0.5 到 999 之间的数"),
        ("lesson_count", "30.5", "课次请填 1 到 200 之间的整数。"),
        ("max_size", "7", "人数上限不能小于人数下限。"),
        ("deliveries", [], "请选择授课形式。"),
        ("track", "basics", "这个方向不属于所选的专题。"),
        ("outline", "长" * 101, "提纲最多 30 条，每条 100 个字以内。"),
        ("keywords", "、".join("一二三四五六七八九十百"), "关键词最多 10 个"),
    ],
)
def test_an_odd_value_is_refused_and_stays_in_the_draft(
    reference: None, browser: Client, name: str, value: object, sentence: str
) -> None:
    answer = browser.post(NEW, filled(submit="1", **{name: value}))

    assert (answer.status_code, Proposal.objects.get().status) == (422, Status.DRAFT)
    assert sentence in words_of(answer)


def test_a_second_window_overwrites_nothing(browser: Client) -> None:
    browser.post(NEW, filled())
    path = f"/teach/proposals/{Proposal.objects.get().public_id}/edit/"
    browser.post(path, filled(title="第一个窗口"))

    answer = browser.post(path, filled(title="第二个窗口"))

    assert (answer.status_code, Draft.objects.get().data["title"]) == (409, ["第一个窗口"])
    page = answer.content.decode()
    assert ("另一个窗口保存过" in page, 'value="第二个窗口"' in page, 'name="version" value="2"' in page) == (True,) * 3


def test_what_is_sent_after_the_sign_in_was_lost_is_found_again(author: User) -> None:
    answer = Client().post(NEW, filled(submit="1"))
    kept = to(answer).removeprefix("/login/?next=")
    browser = signed_in(author)
    offered = words_of(browser.get(kept))
    before = Draft.objects.get().owner_id

    taken = [to(browser.post(kept)) for _ in range(2)]

    proposal = Proposal.objects.get()
    assert (kept.startswith("/teach/proposals/kept/"), before, "焊接机器人入门" in offered) == (True, None, True)
    assert taken == [f"/teach/proposals/{proposal.public_id}/edit/"] * 2
    assert (proposal.author, proposal.status, proposal.draft.data) == (author, Status.DRAFT, TYPED)


def test_a_correction_sent_after_the_sign_in_was_lost_goes_where_it_belongs(author: User) -> None:
    proposal = ProposalFactory(author=author, status=Status.RETURNED)
    answer = Client().post(f"/teach/proposals/{proposal.public_id}/edit/", filled(title="改过的名称"))

    signed_in(author).post(to(answer).removeprefix("/login/?next="))

    assert [one.draft.data["title"] for one in Proposal.objects.all()] == [["改过的名称"]]


def kept_correction(proposal: Proposal, **values: object) -> str:
    """Return the page that gives back what was sent to the form of a proposal without a sign-in."""
    answer = Client().post(f"/teach/proposals/{proposal.public_id}/edit/", filled(**values))
    return to(answer).removeprefix("/login/?next=")


def test_a_correction_is_taken_over_once_and_never_over_newer_work(author: User) -> None:
    proposal = ProposalFactory(author=author, status=Status.RETURNED)
    kept, browser = kept_correction(proposal, title="会话过期时填的"), signed_in(author)
    target = {"target": browser.get(kept).context["target"]}
    first = browser.post(kept, target)
    browser.post(to(first), filled(title="后来又改的", version="2"))

    again = browser.post(kept, target)

    assert to(first) == to(again) == f"/teach/proposals/{proposal.public_id}/edit/"
    assert [draft.data["title"] for draft in Draft.objects.all()] == [["后来又改的"]]


def test_what_moved_meanwhile_is_shown_beside_what_was_typed(author: User) -> None:
    proposal = ProposalFactory(author=author, status=Status.RETURNED)
    browser, path = signed_in(author), f"/teach/proposals/{proposal.public_id}/edit/"
    browser.post(path, filled(title="另一个窗口"))
    kept = kept_correction(proposal, title="会话过期时填的")

    page = browser.post(kept, {"target": proposal.public_id})

    shown = page.content.decode()
    assert (page.status_code, "另一个窗口保存过" in shown, 'value="会话过期时填的"' in shown) == (409, True, True)
    assert f'action="{path}"' in shown
    proposal.draft.refresh_from_db()
    assert proposal.draft.data["title"] == ["另一个窗口"]


def test_an_own_draft_under_the_address_of_what_was_kept_is_no_second_proposal(author: User) -> None:
    proposal = ProposalFactory(author=author)

    answer = signed_in(author).post(f"/teach/proposals/kept/{proposal.draft.public_id}/")

    assert (to(answer), Proposal.objects.count()) == (f"/teach/proposals/{proposal.public_id}/edit/", 1)


def test_a_first_form_that_is_corrected_stays_one_proposal(browser: Client) -> None:
    refused = browser.post(NEW, filled(submit="1", hours="0"))
    proposal = Proposal.objects.get()
    path = f"/teach/proposals/{proposal.public_id}/edit/"

    browser.post(path, filled(submit="1"))

    assert f'action="{path}"' in refused.content.decode()
    assert [one.status for one in Proposal.objects.all()] == [Status.SUBMITTED]


def test_what_another_has_found_is_gone(author: User) -> None:
    kept = to(Client().post(NEW, filled())).removeprefix("/login/?next=")
    signed_in(author).post(kept)

    stranger = signed_in(UserFactory())

    assert [stranger.get(kept).status_code, stranger.post(kept).status_code] == [404, 404]


def test_an_empty_form_of_a_visitor_is_not_kept() -> None:
    answer = Client().post(NEW, {"status": "approved", "title": "  "})

    assert (to(answer), Draft.objects.count()) == (f"/login/?next={NEW}", 0)


def test_one_address_keeps_only_so_many() -> None:
    visitor = Client()

    statuses = [visitor.post(NEW, filled(title=f"{n}")).status_code for n in range(61)]

    assert (statuses[-2:], Draft.objects.count()) == ([302, 429], 60)


def test_what_was_returned_is_corrected_and_both_versions_stay(browser: Client, author: User) -> None:
    """Scenario 33, the author's side."""
    person = factories.reviewer(name="钱审核")
    proposal = ProposalFactory(author=author, status=Status.FIRST_REVIEW)
    press = Press(Action.RETURN, seen=0, reason="简介太短", remarks={"summary": "请写明<b>学完会什么</b>"})
    move(proposal_id=proposal.pk, press=press, actor=person, now=NOW)
    page = browser.get(f"/teach/proposals/{proposal.public_id}/")
    form = browser.get(f"/teach/proposals/{proposal.public_id}/edit/")

    browser.post(
        f"/teach/proposals/{proposal.public_id}/edit/",
        filled(submit="1", seen="1", summary="学完能独立完成示教编程。"),
    )

    assert "请写明&lt;b&gt;学完会什么&lt;/b&gt;" in page.content.decode()
    assert ("简介太短" in words_of(form), "钱审核" in words_of(page) + words_of(form)) == (True, False)
    assert [version.content["summary"] for version in proposal.versions.all()] == [
        "认识焊接机器人，学会示教编程。",
        "学完能独立完成示教编程。",
    ]
    assert Proposal.objects.get().status == Status.SUBMITTED


def test_an_own_proposal_is_withdrawn_once(browser: Client, author: User) -> None:
    proposal = ProposalFactory(author=author, status=Status.SUBMITTED)
    path = f"/teach/proposals/{proposal.public_id}/"

    for _ in range(2):
        browser.post(f"{path}withdraw/", {"seen": "0"})

    assert (Proposal.objects.get().status, Review.objects.count()) == (Status.WITHDRAWN, 1)
    assert "withdraw/" not in browser.get(path).content.decode()


def test_anothers_proposal_is_not_there(browser: Client) -> None:
    proposal = ProposalFactory(status=Status.RETURNED)
    path = f"/teach/proposals/{proposal.public_id}/"

    statuses = [
        browser.get(path).status_code,
        browser.get(f"{path}edit/").status_code,
        browser.post(f"{path}edit/", filled(submit="1")).status_code,
        browser.post(f"{path}withdraw/", {"seen": "0"}).status_code,
    ]

    assert (statuses, Proposal.objects.get().status) == ([404] * 4, Status.RETURNED)


NASTY = ["<script>alert(1)</script>", "[x](javascript:alert(1))", "{{7*7}}{% debug %}", "**粗** ' or 1=1--"]


@pytest.mark.parametrize("nasty", NASTY)
def test_markup_and_code_stay_text(browser: Client, nasty: str) -> None:
    answer = browser.post(NEW, filled(submit="1", title=nasty, summary=nasty, outline=nasty, note=nasty))

    page = browser.get(to(answer))
    assert words_of(page).count(nasty) == 5
    assert "<script>alert" not in page.content.decode()
    assert 'javascript:alert(1)"' not in page.content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_the_same_of_the_database(author: User, count: int, django_assert_num_queries: object) -> None:
    for _ in range(count):
        ProposalFactory(author=author)
    browser = signed_in(author)
    browser.get("/teach/proposals/")

    with django_assert_num_queries(6):  # type: ignore[operator]
        assert len(browser.get("/teach/proposals/").context["page"]) == count
