"""What is taken out of a text before anybody stores, sends or searches it."""

import pytest

from policy.text import one_line, visible


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("  王\u202e小\u200b明\ufeff ", "王小明"),
        ("工厂\t一\r\n班", "工厂 一 班"),
        ("工 \u200b 厂", "工 厂"),
        ("工\x07\x0b厂\x1b[31m", "工厂[31m"),
        ("工\u3000厂\u00a0", "工 厂"),
        ("\u202e\u200b", ""),
        ("·阿依古丽·买买提", "·阿依古丽·买买提"),
        # Characters newer than Python's tables, and private ones of older systems, are parts of somebody's name.
        ("𠮷\U0002ebf0\ue000", "𠮷\U0002ebf0\ue000"),
    ],
)
def test_a_line_holds_what_can_be_seen(typed: str, line: str) -> None:
    assert one_line(typed) == line


def test_what_can_be_seen_keeps_its_lines() -> None:
    assert visible("一\u200b、\r\n二\t三\x00") == "一、\r\n二\t三"
