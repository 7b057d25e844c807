"""A returned proposal: each remark stands beside its field, with what stood there, and the list on top leads to it."""

import re

import pytest
from django.test import Client

from accounts.models import User
from proposals.models import Action, Proposal, Status
from proposals.moves import Press, move
from tests import factories
from tests.factories import NOW, CategoryFactory, InstructorFactory, UserFactory
from tests.portal.pages import signed_in, text_of, words_of
from tests.proposals.factories import TYPED, ProposalFactory

pytestmark = pytest.mark.django_db

REMARKS = {"summary": "请写明<b>学完会什么</b>", "level": "[看](javascript:alert(1))", "note": "没有写设备"}
NEW = "/teach/proposals/new/"


@pytest.fixture
def author() -> User:
    CategoryFactory()
    user: User = InstructorFactory(user=UserFactory(), titles=["other"]).user
    return user


@pytest.fixture
def returned(author: User) -> Proposal:
    proposal = ProposalFactory(author=author, status=Status.FIRST_REVIEW)
    press = Press(Action.RETURN, seen=0, reason="第一行\n第二行", remarks=REMARKS)
    return move(proposal_id=proposal.pk, press=press, actor=factories.reviewer(), now=NOW)


def edit_page(proposal: Proposal) -> str:
    return f"/teach/proposals/{proposal.public_id}/edit/"


def notes(page: str) -> dict[str, str]:
    """Return what stands in the notes of the form, by the name of the field."""
    found = re.findall(r'<div class="remark" id="id_(\w+)_remark">(.*?)</div>\s*</div>', page, re.DOTALL)
    return {name: text_of(note) for name, note in found}


def described_by(page: str) -> dict[str, str]:
    return dict(re.findall(r'aria-describedby="id_(\w+)_remark([^"]*)"', page))


def test_each_remark_stands_beside_its_field_with_what_stood_there(author: User, returned: Proposal) -> None:
    page = signed_in(author).get(edit_page(returned)).content.decode()

    assert notes(page) == {
        "summary": "审核意见： 请写明<b>学完会什么</b> 上一稿： 认识焊接机器人，学会示教编程。",
        "level": "审核意见： [看](javascript:alert(1)) 上一稿： 入门",
        "note": "审核意见： 没有写设备 上一稿： 没有填写",
    }
    assert described_by(page) == {"summary": " id_summary_helptext", "level": "", "note": " id_note_helptext"}


def test_the_list_on_top_leads_to_the_fields_in_their_order(author: User, returned: Proposal) -> None:
    browser = signed_in(author)

    form = browser.get(edit_page(returned)).content.decode()
    page = browser.get(f"/teach/proposals/{returned.public_id}/").content.decode()

    fields = ["level", "summary", "note"]
    assert re.findall(r'<li><a href="#id_(\w+)">', form) == fields
    assert re.findall(rf'<li><a href="{edit_page(returned)}#id_(\w+)">', page) == fields
    assert all(f'id="id_{name}"' in form for name in fields)
    assert "第一行<br>第二行" in form


def test_the_notes_stay_while_one_corrects_and_go_with_the_next_version(author: User, returned: Proposal) -> None:
    browser = signed_in(author)
    said = {**TYPED, "version": "1", "seen": "1"}

    browser.post(edit_page(returned), {**said, "summary": "改了一半"})
    kept = browser.get(edit_page(returned)).content.decode()
    wrong = browser.post(edit_page(returned), {**said, "version": "2", "summary": "", "submit": "1"})
    browser.post(edit_page(returned), {**said, "version": "3", "summary": "学完能独立编程。", "submit": "1"})

    assert (notes(kept)["summary"], "改了一半" in kept) == (
        "审核意见： 请写明<b>学完会什么</b> 上一稿： 认识焊接机器人，学会示教编程。",
        True,
    )
    assert (wrong.status_code, set(notes(wrong.content.decode()))) == (422, set(REMARKS))
    assert described_by(wrong.content.decode())["summary"] == " id_summary_helptext id_summary_error"
    assert Proposal.objects.get().status == Status.SUBMITTED
    assert "审核意见：" not in words_of(browser.get(f"/teach/proposals/{returned.public_id}/"))


def test_a_draft_that_was_never_returned_has_no_notes(author: User) -> None:
    page = signed_in(author).get(edit_page(ProposalFactory(author=author))).content.decode()

    assert (notes(page), "审核意见" in page) == ({}, False)


@pytest.mark.parametrize(
    ("typed", "states"),
    [
        ({}, ["未开始", "未开始", "未开始"]),
        ({"title": ["焊接"]}, ["没填完", "未开始", "未开始"]),
        (TYPED, ["已填好", "已填好", "已填好"]),
        ({**TYPED, "hours": ["lots"]}, ["已填好", "已填好", "没填完"]),
    ],
)
def test_the_form_says_how_far_each_section_is(author: User, typed: dict[str, object], states: list[str]) -> None:
    browser = signed_in(author)
    empty = browser.get(NEW)

    browser.post(NEW, {**typed, "press": "press2345678", "version": "1", "seen": "0"})
    page = browser.get(edit_page(Proposal.objects.get()))

    assert [section.state for section in empty.context["sections"]] == ["未开始"] * 3
    assert [section.state for section in page.context["sections"]] == states
    assert "草稿保存于 12月1日 周二 09:00" in words_of(page)


def test_every_field_of_the_form_stands_in_one_section(author: User) -> None:
    page = signed_in(author).get(NEW)

    shown = [field.name for section in page.context["sections"] for field in section.fields]
    assert shown == list(page.context["form"].fields)


def test_anothers_remarks_are_not_there(returned: Proposal) -> None:
    stranger = signed_in(UserFactory())

    assert [stranger.get(edit_page(returned)).status_code, Client().get(edit_page(returned)).status_code] == [404, 302]
