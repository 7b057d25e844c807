"""The groups that the menu's free words about its audience name."""

import pytest

from catalogue.audiences import audiences_of


@pytest.mark.parametrize(
    ("words", "groups"),
    [
        ("", {"everybody"}),
        ("业余跑者", {"everybody"}),
        ("全体职工", {"everybody"}),
        ("外卖骑手、快递员、站长", {"new_form"}),
        ("数控铣工、加工中心操作工", {"frontline"}),
        ("网约车、货车司机、骑手", {"new_form", "frontline"}),
        ("人力资源负责人、部门经理、工会干部", {"office", "leaders", "union"}),
        ("随迁子女家长", {"parents"}),
        ("临近退休职工及父母", {"older", "parents"}),
        ("青年女职工", {"young", "women"}),
        ("工程技术人员", {"everybody"}),
    ],
)
def test_words_name_groups(words: str, groups: set[str]) -> None:
    assert set(audiences_of(words)) == groups
