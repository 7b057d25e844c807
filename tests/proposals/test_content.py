"""Two submissions beside each other: what differs, at once even where it is long."""

from time import perf_counter

import pytest

from proposals.content import LABELS, SECTIONS, Change, Names, changes, remarks
from tests.factories import CategoryFactory
from tests.proposals.factories import CONTENT

pytestmark = pytest.mark.django_db


def changed(**values: object) -> list[Change]:
    CategoryFactory()
    return changes(CONTENT, {**CONTENT, **values}, Names.read())


def marked(change: Change) -> tuple[str, str]:
    """Return both texts with what differs in brackets."""
    old, new = (
        "".join(f"[{part.text}]" if part.differs else part.text for part in side) for side in (change.old, change.new)
    )
    return old, new


def test_what_is_the_same_is_no_change() -> None:
    assert changed() == []


def test_within_a_line_only_the_letters_that_differ_are_marked() -> None:
    assert [marked(change) for change in changed(title="焊接机器人提高")] == [("焊接机器人[入门]", "焊接机器人[提高]")]


def test_lines_with_little_in_common_are_marked_whole() -> None:
    assert [marked(change) for change in changed(summary="从零开始，做一个能用的程序。")] == [
        ("[认识焊接机器人，学会示教编程。]", "[从零开始，做一个能用的程序。]")
    ]


def test_a_line_that_came_in_between_leaves_its_neighbours_alone() -> None:
    assert [marked(change) for change in changed(outline=["安全", "参数", "示教", "练习"])] == [
        ("安全\n示教\n练习", "安全\n[参数\n]示教\n练习")
    ]


def test_the_longest_outlines_of_one_letter_are_compared_at_once() -> None:
    old, new = ["长" * 100] * 30, ["长" * 99] * 30
    CategoryFactory()
    began = perf_counter()

    (change,) = changes({**CONTENT, "outline": old}, {**CONTENT, "outline": new}, Names.read())

    assert perf_counter() - began < 1
    assert sum(part.differs for part in change.old) == 30


def test_remarks_come_in_the_order_of_the_form_and_for_known_fields_only() -> None:
    CategoryFactory()
    said = {"note": "丙", "title": "甲", "gone": "丁", "hours": "乙"}

    assert [(one.name, one.text, one.before) for one in remarks(said, CONTENT, Names.read())] == [
        ("title", "甲", "焊接机器人入门"),
        ("hours", "乙", "1.5"),
        ("note", "丙", ""),
    ]


def test_every_field_has_its_section() -> None:
    assert [name for _label, names in SECTIONS.values() for name in names] == list(LABELS)
