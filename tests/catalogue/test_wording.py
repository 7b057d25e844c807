"""Everyday words: what is shipped, and the doors through which staff keep them."""

from collections.abc import Sequence
from typing import Any

import pytest

from accounts.models import User
from catalogue import wording
from catalogue.errors import CatalogueRefused
from catalogue.search import ranked
from catalogue.synonyms import LONGEST_WORD, MOST_WORDS, Synonym
from tests.factories import NOW, CourseFactory, officer

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> User:
    made: User = officer()
    return made


def add(staff: User, said: Sequence[str], meant: Sequence[str]) -> Synonym:
    return wording.add(words=wording.words(said=said, meant=meant), actor=staff, reason="常被搜索", now=NOW)


def codes(refused: pytest.ExceptionInfo[CatalogueRefused]) -> list[tuple[str, str]]:
    return [(problem.code, problem.field) for problem in refused.value.problems]


def events(synonym: Any) -> list[Any]:
    return [*synonym.events.order_by("pgh_id").select_related("pgh_context")]


def reasons(synonym: Synonym) -> list[str]:
    return [event.pgh_context.metadata["reason"] for event in events(synonym)]


def test_words_are_read_as_the_search_reads_them() -> None:
    read = wording.words(said=["ＡＩ 画图", " 画画\u200b", "画画", ""], meant=["AI绘画"])
    assert (read.said, read.meant) == (("ai 画图", "画画"), ("ai绘画",))


@pytest.mark.parametrize(
    ("said", "meant", "problems"),
    [
        ([], [], [("no_words", "said"), ("no_words", "meant")]),
        (["睡不着"], ["睡不着"], [("nothing_new", "meant")]),
        (["睡"], ["失眠"], [("word_length", "said")]),
        (["睡不着"], ["失" * (LONGEST_WORD + 1)], [("word_length", "meant")]),
        ([f"词{n:02}" for n in range(MOST_WORDS + 1)], ["失眠"], [("too_many_words", "said")]),
    ],
)
def test_wrong_words_are_refused(said: list[str], meant: list[str], problems: list[tuple[str, str]]) -> None:
    with pytest.raises(CatalogueRefused) as refused:
        wording.words(said=said, meant=meant)
    assert codes(refused) == problems


def test_an_added_row_is_found_by_and_remembers_who_and_why(staff: User) -> None:
    course = CourseFactory(title="失眠自救")
    row = add(staff, ["睡不着", "数绵羊"], ["失眠"])
    assert ranked("数绵羊") == [course.pk]
    (event,) = events(row)
    assert (event.said, event.pgh_context.metadata["actor"]) == (["睡不着", "数绵羊"], staff.pk)


def test_two_rows_never_begin_with_the_same_word(staff: User) -> None:
    add(staff, ["睡不着"], ["失眠"])
    with pytest.raises(CatalogueRefused) as refused:
        add(staff, ["睡不着", "失觉"], ["补觉"])
    assert codes(refused) == [("said_twice", "said")]
    assert Synonym.objects.count() == 1


def test_a_changed_row_keeps_its_history_and_no_change_leaves_no_trace(staff: User) -> None:
    row = add(staff, ["睡不着"], ["失眠"])
    for _press in range(2):
        words = wording.words(said=["睡不着"], meant=["失眠", "补觉"])
        wording.change(synonym_id=row.pk, words=words, actor=staff, reason="补一个词", now=NOW)
    row.refresh_from_db()
    assert (row.meant, reasons(row)) == (["失眠", "补觉"], ["常被搜索", "补一个词"])


def test_a_retired_row_is_read_no_more_and_cannot_be_changed(staff: User) -> None:
    CourseFactory(title="失眠自救")
    row = add(staff, ["睡不着"], ["失眠"])
    wording.retire(synonym_id=row.pk, actor=staff, reason="不准", now=NOW)
    with pytest.raises(CatalogueRefused) as refused:
        wording.retire(synonym_id=row.pk, actor=staff, reason="不准", now=NOW)
    assert (ranked("睡不着"), codes(refused)) == ([], [("retired", "")])
    assert add(staff, ["睡不着"], ["补觉"]).pk != row.pk


def test_what_is_shipped_can_be_read_and_every_row_has_its_own_first_word() -> None:
    rows = [*wording.shipped()]
    firsts = [row.said[0] for row in rows]
    assert len(firsts) == len(set(firsts)) > 1000
    for row in rows:
        wording.words(said=row.said, meant=row.meant)


def test_shipping_again_adds_nothing_and_leaves_alone_what_staff_changed(staff: User) -> None:
    count = wording.ship(now=NOW)
    row = Synonym.objects.get(first="睡不着")
    words = wording.words(said=["睡不着"], meant=["失眠"])
    wording.change(synonym_id=row.pk, words=words, actor=staff, reason="改短", now=NOW)
    wording.retire(synonym_id=Synonym.objects.get(first="失恋").pk, actor=staff, reason="不用", now=NOW)
    assert (count, wording.ship(now=NOW)) == (Synonym.objects.count(), 0)
    assert (Synonym.objects.get(first="睡不着").meant, reasons(row)) == (["失眠"], ["随系统提供", "改短"])
    assert not Synonym.objects.live().filter(first="失恋").exists()
