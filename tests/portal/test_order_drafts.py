"""An order that is being filled in: kept as typed, never overwritten unseen, not lost with a sign-in, thrown away."""

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from accounts.models import Enterprise, MembershipRole, User
from bookings import drafting
from bookings.models import Booking
from catalogue.models import Course
from policy import clock
from policy.models import Draft
from tests.accounts.factories import contact_of, verified_enterprise
from tests.bookings.factories import draft as checked_order
from tests.factories import NOW, CourseFactory, UserFactory
from tests.portal.pages import signed_in, words_of

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

pytestmark = pytest.mark.django_db

KEY = "abcdefgh2345"
PAGE = f"/enterprise/drafts/{KEY}/"
TYPED = {
    "course_1": "SK0001 消防图纸",
    "day_1": "2026-12-15",
    "headcount": "35",
    "place": "演示路",
    "purpose": "看懂图纸",
}


@pytest.fixture
def course() -> Course:
    return CourseFactory(code="SK0001", title="消防图纸", max_size=60)


@pytest.fixture
def firm(course: Course) -> Enterprise:
    return verified_enterprise(name="演示机械厂")


@pytest.fixture
def contact(firm: Enterprise) -> User:
    return contact_of(firm)


@pytest.fixture
def browser(contact: User) -> Client:
    return signed_in(contact)


def form(**other: str) -> dict[str, str]:
    return {**TYPED, "press": KEY, "version": "1", **other}


def address(firm: Enterprise) -> str:
    return f"/enterprise/{firm.public_id}/bookings/new/"


def to(answer: "Answer") -> str:
    return answer.headers["Location"]


def kept() -> Draft:
    return Draft.objects.get(kind="booking")


def test_a_half_filled_order_is_kept_as_it_is(firm: Enterprise, browser: Client) -> None:
    answer = browser.post(address(firm), {"headcount": "一大批", "day_1": "年底", "press": KEY, "version": "1"})
    assert to(answer) == PAGE
    assert (kept().data, Booking.objects.count()) == ({"headcount": ["一大批"], "day_1": ["年底"]}, 0)
    assert 'value="一大批"' in browser.get(PAGE).content.decode()
    listed = words_of(browser.get("/enterprise/"))
    assert "没有填完的点单 还没有选课程 演示机械厂 草稿保存于 12月1日 周二 09:00 继续填写" in listed


def test_what_is_wrong_is_said_and_kept(firm: Enterprise, browser: Client) -> None:
    answer = browser.post(address(firm), form(headcount="18", next="1"))
    assert (answer.status_code, "点单至少 20 人" in words_of(answer)) == (422, True)
    assert (kept().data["headcount"], Booking.objects.count()) == (["18"], 0)


def test_kept_twice_it_is_one_draft_and_one_order(firm: Enterprise, browser: Client) -> None:
    for _press in range(2):
        browser.post(address(firm), form())
    for _press in range(2):
        browser.post(address(firm), form(next="1"))
    booking = Booking.objects.get()
    assert (kept().public_id, kept().version, booking.key, booking.checked_version) == (KEY, 1, KEY, 1)


def test_of_two_windows_the_second_is_told_and_loses_nothing(firm: Enterprise, browser: Client) -> None:
    browser.post(address(firm), form())
    browser.post(address(firm), form(place="第一个窗口"))
    answer = browser.post(address(firm), form(place="第二个窗口"))
    assert (answer.status_code, "这份草稿刚在另一个窗口保存过" in words_of(answer)) == (409, True)
    assert 'value="第二个窗口"' in answer.content.decode()
    assert kept().data["place"] == ["第一个窗口"]
    browser.post(address(firm), form(place="第二个窗口", version=str(answer.context["version"])))
    assert kept().data["place"] == ["第二个窗口"]


def test_a_sent_order_has_no_draft_and_its_form_leads_to_the_receipt(firm: Enterprise, browser: Client) -> None:
    page = to(browser.post(address(firm), form(next="1")))
    browser.post(f"{page}submit/")
    assert Draft.objects.count() == 0
    assert to(browser.post(address(firm), form(headcount="50", next="1"))) == page
    assert to(browser.get(PAGE)) == page
    assert (Booking.objects.get().headcount, Draft.objects.count()) == (35, 0)


def test_what_was_changed_after_the_check_is_checked_again(firm: Enterprise, browser: Client) -> None:
    page = to(browser.post(address(firm), form(next="1")))
    browser.post(address(firm), form(place="换了地方"))
    answer = browser.post(f"{page}submit/")
    assert (answer.status_code, "这张点单核对以后又改过。" in words_of(answer)) == (409, True)
    browser.post(address(firm), form(place="换了地方", version="2", next="1"))
    browser.post(f"{page}submit/")
    assert (Booking.objects.get().status, Booking.objects.get().place) == ("submitted", "换了地方")


def test_an_order_without_a_draft_is_corrected_too(browser: Client, firm: Enterprise) -> None:
    booking = checked_order(firm)
    shown = signed_in(booking.contact).get(f"/enterprise/bookings/{booking.public_id}/edit/")
    assert shown.context["press"] == booking.key
    assert shown.context["form"].initial["place"] == booking.place


def test_a_colleague_reads_the_order_and_leaves_it_to_its_writer(firm: Enterprise, browser: Client) -> None:
    page = to(browser.post(address(firm), form(next="1")))
    colleague = signed_in(contact_of(firm, MembershipRole.BOOKER))
    shown = words_of(colleague.get(page))
    assert ("提交点单" in shown, "只有本人能修改" in shown) == (True, True)
    assert to(colleague.get(f"{page}edit/")) == page
    assert {colleague.get(path).status_code for path in (PAGE, f"{PAGE}drop/")} == {404}


def test_a_draft_is_thrown_away_with_the_order_that_was_checked(firm: Enterprise, browser: Client) -> None:
    browser.post(address(firm), form(next="1"))
    assert "消防图纸" in words_of(browser.get(f"{PAGE}drop/"))
    assert (to(browser.post(f"{PAGE}drop/")), browser.post(f"{PAGE}drop/").status_code) == ("/enterprise/", 404)
    assert (Booking.objects.get().status, Draft.objects.count()) == ("cancelled_by_enterprise", 0)
    listed = words_of(browser.get("/enterprise/"))
    assert ("消防图纸" in listed, "未提交的点单" in listed) == (False, False)


def test_what_a_signed_out_person_sent_is_taken_over(firm: Enterprise, browser: Client) -> None:
    waiting = to(Client().post(address(firm), form(next="1"))).removeprefix("/login/?next=")
    before = kept().owner
    offered = words_of(browser.get(waiting))
    taken = [to(browser.post(waiting)) for _press in range(2)]
    page = f"/enterprise/drafts/{kept().public_id}/"
    assert (before, "SK0001 消防图纸" in offered, taken) == (None, True, [page, page])
    assert 'value="演示路"' in browser.get(page).content.decode()
    assert page in browser.get("/enterprise/").content.decode()


def test_what_was_corrected_signed_out_is_the_same_draft(firm: Enterprise, browser: Client) -> None:
    browser.post(address(firm), form())
    waiting = to(Client().post(address(firm), form(place="后来的"))).removeprefix("/login/?next=")
    target = {"target": browser.get(waiting).context["target"]}
    assert [to(browser.post(waiting, target)) for _press in range(2)] == [PAGE, PAGE]
    assert Draft.objects.count() == 1
    assert (Draft.objects.get(public_id=KEY).data["place"], Draft.objects.get(public_id=KEY).version) == (["后来的"], 2)
    assert words_of(browser.get("/enterprise/")).count("继续填写") == 1
    page = to(browser.post(address(firm), form(place="后来的", version="2", next="1")))
    browser.post(f"{page}submit/")
    assert Draft.objects.count() == 0


def test_taken_over_again_it_overwrites_nothing_newer(firm: Enterprise, browser: Client) -> None:
    browser.post(address(firm), form())
    waiting = to(Client().post(address(firm), form(place="会话过期时填的"))).removeprefix("/login/?next=")
    target = {"target": browser.get(waiting).context["target"]}
    browser.post(waiting, target)
    browser.post(address(firm), form(place="后来又改的", version="2"))
    assert to(browser.post(waiting, target)) == PAGE
    assert (kept().data["place"], kept().version) == (["后来又改的"], 3)


def test_what_was_changed_elsewhere_meanwhile_is_not_overwritten(firm: Enterprise, browser: Client) -> None:
    browser.post(address(firm), form())
    waiting = to(Client().post(address(firm), form(place="会话过期时填的"))).removeprefix("/login/?next=")
    browser.post(address(firm), form(place="另一个窗口"))
    answer = browser.post(waiting)
    assert (answer.status_code, "这份草稿刚在另一个窗口保存过" in words_of(answer)) == (409, True)
    assert 'value="会话过期时填的"' in answer.content.decode()
    assert Draft.objects.get(public_id=KEY).data["place"] == ["另一个窗口"]
    browser.post(address(firm), form(place="会话过期时填的", version=str(answer.context["version"]), next="1"))
    assert (Booking.objects.get().key, Booking.objects.get().place) == (KEY, "会话过期时填的")


@pytest.mark.parametrize("way", ["drop", "withdraw"])
def test_after_throwing_it_away_the_form_is_a_new_order(firm: Enterprise, browser: Client, way: str) -> None:
    page = to(browser.post(address(firm), form(next="1")))
    browser.post(f"{PAGE}drop/" if way == "drop" else f"{page}withdraw/")
    back = to(browser.post(address(firm), form(headcount="36", next="1")))
    assert back != page
    browser.post(f"{back}submit/")
    orders = sorted(Booking.objects.values_list("status", "headcount"))
    assert orders == [("cancelled_by_enterprise", 35), ("submitted", 36)]
    assert Draft.objects.count() == 0


def test_who_may_only_look_by_now_throws_nothing_away(firm: Enterprise, contact: User, browser: Client) -> None:
    browser.post(address(firm), form(next="1"))
    firm.memberships.filter(user=contact).update(role=MembershipRole.VIEWER)
    assert (browser.get(f"{PAGE}drop/").status_code, browser.post(f"{PAGE}drop/").status_code) == (404, 404)
    assert (Booking.objects.get().status, Draft.objects.count()) == ("draft", 1)


def test_anothers_drafts_are_not_there(firm: Enterprise, browser: Client) -> None:
    browser.post(address(firm), form())
    mine, other = kept().public_id, contact_of(verified_enterprise())
    waiting = to(Client().post(address(firm), form())).removeprefix("/login/?next=")
    stranger = signed_in(other)
    assert {stranger.get(path).status_code for path in (PAGE, f"{PAGE}drop/", f"{PAGE}kept/", address(firm))} == {404}
    assert {stranger.post(path, form()).status_code for path in (f"{PAGE}drop/", waiting, address(firm))} == {404}
    assert (Draft.objects.filter(owner=other).count(), Draft.objects.get(public_id=mine).data["place"]) == (
        0,
        ["演示路"],
    )


def test_the_id_of_anothers_draft_opens_nothing(firm: Enterprise, browser: Client) -> None:
    browser.post(address(firm), form())
    other_firm = verified_enterprise()
    stranger = signed_in(contact_of(other_firm))
    page = to(stranger.post(address(other_firm), form(place="别处")))
    assert page != PAGE
    assert Draft.objects.get(public_id=KEY).data["place"] == ["演示路"]


def test_nobody_can_fill_the_table_from_outside(firm: Enterprise) -> None:
    visitor = Client()
    answers = [visitor.post(address(firm), form(place=f"第{number}次")).status_code for number in range(61)]
    assert (set(answers[:60]), answers[60], Draft.objects.count()) == ({302}, 429, 60)
    assert visitor.post(f"/enterprise/{'x' * 300}/bookings/new/", form()).status_code == 429
    with clock.frozen_at(NOW + timedelta(hours=2)):
        assert visitor.post(f"/enterprise/{'x' * 300}/bookings/new/", form()).status_code == 302


def test_who_left_the_enterprise_finds_its_drafts_no_more(firm: Enterprise, contact: User, browser: Client) -> None:
    browser.post(address(firm), form())
    firm.memberships.filter(user=contact).delete()
    assert browser.get(PAGE).status_code == 404
    assert drafting.by_enterprise(drafting.open_of(contact), contact) == []
    assert signed_in(UserFactory()).get("/enterprise/").context["drafts"] == []
