"""Everyday words at the desk: list, add, change, try, retire; wrong, twice, by nobody else."""

import re
from collections.abc import Sequence

import pytest
from django.test import Client

from catalogue.search import ranked
from catalogue.synonyms import Synonym
from tests.catalogue.factories import SynonymFactory
from tests.factories import NOW, CourseFactory, UserFactory, officer
from tests.portal.pages import words_of

pytestmark = pytest.mark.django_db

LIST = "/desk/synonyms/"
NEW = "/desk/synonyms/new/"


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(officer(), backend="accounts.backends.StaffBackend")
    return client


def rows(desk: Client, query: str = "") -> list[str]:
    html = desk.get(LIST + query).content.decode()
    return re.findall(r'<h3 lang="zh"><a href="[^"]+">([^<]+)</a>', html)


def typed(said: str, meant: str, reason: str = "常被搜索", query: str = "") -> dict[str, str]:
    return {"said": said, "meant": meant, "reason": reason, "query": query}


def state_of(synonym: Synonym) -> tuple[Sequence[str], Sequence[str], bool]:
    synonym.refresh_from_db()
    return synonym.said, synonym.meant, synonym.retired_at is None


def test_the_list_says_when_there_is_nothing(desk: Client) -> None:
    assert "还没有同义词" in words_of(desk.get(LIST))
    assert "没有符合的同义词" in words_of(desk.get(LIST + "?q=睡"))


def test_the_list_is_searched_on_both_sides_and_parts_the_retired(desk: Client) -> None:
    SynonymFactory(said=["睡不着"], meant=["失眠"])
    SynonymFactory(said=["打呼噜"], meant=["打鼾", "睡眠"], retired_at=NOW)
    SynonymFactory(said=["打拳"], meant=["太极拳"])
    assert rows(desk) == ["打拳", "睡不着"]
    assert (rows(desk, "?q=失眠"), rows(desk, "?q=太极"), rows(desk, "?q=睡眠")) == (["睡不着"], ["打拳"], [])
    assert (rows(desk, "?state=retired"), rows(desk, "?state=odd")) == (["打呼噜"], ["打拳", "睡不着"])


def test_pages_of_the_list_go_on_after_each_other(desk: Client) -> None:
    for number in range(51):
        SynonymFactory(said=[f"词语{number:02}"], meant=["失眠"])
    first = rows(desk)
    after = Synonym.objects.get(first=first[-1]).public_id
    assert (len(first), rows(desk, f"?after={after}")) == (50, ["词语50"])
    assert rows(desk, "?after=made-up") == first


def test_a_row_is_added_once_and_found_by_at_once(desk: Client) -> None:
    course = CourseFactory(title="失眠自救")
    first = desk.post(NEW, typed("睡不着、 数绵羊\n", "失眠"))
    again = desk.post(NEW, typed("睡不着", "失眠"))
    row = Synonym.objects.get()
    assert (first.status_code, first.headers["Location"]) == (302, f"{LIST}{row.public_id}/")
    assert (again.status_code, state_of(row)) == (409, (["睡不着", "数绵羊"], ["失眠"], True))
    assert "已有一条以“睡不着”开头。" in words_of(again)
    assert ranked("数绵羊") == [course.pk]
    page = words_of(desk.get(first.headers["Location"]))
    assert ("新增：睡不着、数绵羊 → 失眠" in page, "常被搜索" in page) == (True, True)


@pytest.mark.parametrize(
    ("posted", "status", "sentence"),
    [
        (typed("", ""), 422, "请填写“大家怎么说”。"),
        (typed("睡不着", "失眠", reason=""), 422, "请填写“原因”。"),
        (typed("、，", "失眠"), 409, "请至少写一个词。"),
        (typed("睡", "失眠"), 409, "“睡”应有 2 到 12 个字。"),
        (typed("失眠", "失眠"), 409, "两边是同样的词，搜索不会多找到什么。"),
        (typed("词" * 500, "失眠"), 422, "“大家怎么说”最多 390 个字。"),
    ],
)
def test_wrong_words_are_refused_and_stay_in_the_form(
    desk: Client, posted: dict[str, str], status: int, sentence: str
) -> None:
    answer = desk.post(NEW, posted)
    assert (answer.status_code, Synonym.objects.count()) == (status, 0)
    assert sentence in words_of(answer)
    assert (posted["meant"] or "失眠") in answer.content.decode() or posted["meant"] == ""


def test_a_row_is_changed_with_its_reason(desk: Client) -> None:
    row = SynonymFactory(said=["睡不着"], meant=["失眠"])
    answer = desk.post(f"{LIST}{row.public_id}/", typed("睡不着", "失眠 早醒", reason="补一个词"))
    page = words_of(desk.get(answer.headers["Location"]))
    assert (answer.status_code, state_of(row)) == (302, (["睡不着"], ["失眠", "早醒"], True))
    assert ("修改：睡不着 → 失眠、早醒" in page, "补一个词" in page) == (True, True)


def test_trying_shows_what_would_be_found_and_saves_nothing(desk: Client) -> None:
    CourseFactory(title="失眠自救")
    CourseFactory(title="绵羊羊毛编织", keywords=["绵羊"])
    answer = desk.post(NEW + "try/", typed("数绵羊", "失眠", reason=""))
    page = words_of(answer)
    assert (answer.status_code, Synonym.objects.count()) == (200, 0)
    assert "搜“数绵羊” 找到 2 门课程" in page
    assert "失眠自救 靠这一条找到" in page
    assert "请填写" not in page
    other = words_of(desk.post(NEW + "try/", typed("数绵羊", "失眠", query="火星")))
    assert "搜“火星” 找不到课程" in other


def test_trying_other_words_for_a_row_leaves_its_old_ones_out(desk: Client) -> None:
    CourseFactory(title="失眠自救")
    row = SynonymFactory(said=["睡不着"], meant=["失眠"])
    assert "失眠自救 靠这一条找到" in words_of(desk.get(f"{LIST}{row.public_id}/"))
    answer = desk.post(f"{LIST}{row.public_id}/try/", typed("睡不着", "打鼾"))
    assert "搜“睡不着” 找不到课程" in words_of(answer)
    assert state_of(row) == (["睡不着"], ["失眠"], True)


@pytest.mark.parametrize("posted", [typed("", "失眠"), typed("睡", "失眠")])
def test_words_that_cannot_be_tried_say_why(desk: Client, posted: dict[str, str]) -> None:
    assert desk.post(NEW + "try/", posted).status_code == 422


def test_a_row_is_retired_once_with_a_reason(desk: Client) -> None:
    row = SynonymFactory(said=["睡不着"], meant=["失眠"])
    url = f"{LIST}{row.public_id}/retire/"
    silent = desk.post(url, {"reason": " "})
    assert (silent.status_code, state_of(row)[2]) == (422, True)
    done, again = desk.post(url, {"reason": "不准"}), desk.post(url, {"reason": "不准"})
    assert (done.status_code, again.status_code, state_of(row)[2]) == (302, 409, False)
    page = words_of(desk.get(f"{LIST}{row.public_id}/"))
    assert ("已停用" in page, "停用这一条" in page, "不准" in page) == (True, False, True)
    assert desk.post(f"{LIST}{row.public_id}/", typed("睡不着", "早醒")).status_code == 409


def test_markup_in_words_is_inert(desk: Client) -> None:
    desk.post(NEW, typed("<b>x</b>", "{{7*7}}"))
    html = desk.get(LIST).content.decode()
    assert ("&lt;b&gt;x&lt;/b&gt;" in html, "<b>x</b>" in html, "{{7*7}}" in html) == (True, False, True)


def test_a_worker_sees_no_such_page(client: Client) -> None:
    client.force_login(UserFactory(), backend="accounts.backends.PersonBackend")
    assert client.post(NEW, typed("睡不着", "失眠")).status_code in {302, 404}
    assert Synonym.objects.count() == 0
