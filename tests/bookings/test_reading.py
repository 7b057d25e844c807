"""A roster as people paste it: columns in any order, phones in any spelling; what is unclear is reported."""

import re

import pytest

from bookings.reading import Row, pasted, read

PHONE = "+8619900001234"


def of(text: str) -> list[tuple[int, str, str, str | None]]:
    """Return number, name, phone and what is wrong of each row."""
    return [(row.number, row.name, row.phone, row.wrong and row.wrong.value) for row in read(pasted(text))]


@pytest.mark.parametrize(
    "line",
    [
        "张三\t19900001234",
        "19900001234\t张三",
        "1\t张三\t男\t19900001234",
        "张三,19900001234",
        "张三，１９９００００１２３４",
        "张三 19900001234",
        "张三 199 0000 1234",
        "1 张三 199 0000 1234",
        "1 199 0000 1234 张三",
        "+86 199-0000-1234 张三",
        "张三、+86 199—0000—1234",
        "张三\t0086 19900001234",
        "张三\t19900001234.0",
        "张三\t'19900001234",
        "张三\t310112199001011234\t19900001234",
        "张三 31011219900101123X 199 0000 1234",
        "张三\t310112900101123\t19900001234",
        "张 三\t19900001234",
        "\u202e张三\u200b\t\ufeff19900001234",
    ],
)
def test_every_spelling_is_one_person(line: str) -> None:
    ((number, name, phone, wrong),) = of(line)
    assert (number, name.replace(" ", ""), phone, wrong) == (1, "张三", PHONE, None)


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("张三\t1990000123", "wrong_phone"),
        ("张三\t199000012345", "wrong_phone"),
        ("张三\t021-55550000", "wrong_phone"),
        ("张三\t1.38E+10", "scientific"),
        ("张三\t1.38e10", "scientific"),
        ("张三", "no_phone"),
        ("张三\t310112199001011234", "no_phone"),
        ("19900001234", "no_name"),
        ("张三\t19900001234\t19900005678", "two_phones"),
        ("张三\t销售部\t19900001234", "unclear_name"),
        ("张" * 41 + "\t19900001234", "long_name"),
    ],
)
def test_what_is_unclear_is_reported_and_never_guessed(line: str, wrong: str) -> None:
    assert [row[3] for row in of(line)] == [wrong]


def test_a_heading_says_which_column_is_which() -> None:
    text = "部门\t姓名\t身份证号\t联系电话\n销售部\t张三\t310112199001011234\t19900001234\n生产部\t李四\t\t1990000"
    assert of(text) == [(2, "张三", PHONE, None), (3, "李四", "", "wrong_phone")]


def test_an_identity_number_goes_nowhere() -> None:
    number = "310112199001011234"
    for line in (f"张三\t{number}", f"张三 {number}", f"姓名\t手机号\n张三\t{number}", f"{number}，19900001234，张三"):
        assert number not in repr(read(pasted(line)))


@pytest.mark.parametrize(
    "number",
    [
        "310112199001011234",
        "31011219900101123X",
        "310112 19900101 1234",
        "310112-19900101-123x",
        "３１０１１２　１９９００１０１　１２３４",
        "310112.1990.01.01.1234",
        "3101 1219 9001 0112 34",
        "310112·19900101·1234",
        "310112\u200b19900101\u202e1234",
        "130102 19900101 1234",
        "310112 900101 123",
        "310112 19901341 1234",
        "3.10112199001011E+17",
    ],
)
@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("张三 {}", ("张三", "", "no_phone")),
        ("张三\t{}", ("张三", "", "no_phone")),
        ("张三{}\t19900001234", ("张三", PHONE, None)),
        ("{} 张三，19900001234", ("张三", PHONE, None)),
        ("张三，{}，19900001234", ("张三", PHONE, None)),
        ("张三 {} 199 0000 1234", ("张三", PHONE, None)),
        ("张三 199-0000-1234 {}", ("张三", PHONE, None)),
        ("1 张三 +86 19900001234 {}", ("张三", PHONE, None)),
        ("张三\t19900001234 {}", ("张三", PHONE, None)),
        ("姓名\t电话\n张三 {0}\t{0} 19900001234", ("张三", PHONE, None)),
        ("姓名 身份证 电话\n张三 {} 19900001234", ("张三", PHONE, None)),
    ],
)
def test_an_identity_number_is_dropped_in_whatever_groups_it_is_written(
    number: str, line: str, expected: tuple[str, str, str | None]
) -> None:
    (row,) = read(pasted(line.format(number)))
    assert (row.name, row.phone, row.wrong and row.wrong.value) == expected
    assert re.sub(r"\D", "", row.typed).removeprefix("86") in {"", "19900001234"}


def test_a_number_beside_the_phone_does_not_take_it_along() -> None:
    for line in ("2026 19900001234 张三", "1234567 19900001234 张三", "19900001234 2026-12-01 2026-12-05 张三"):
        assert of(line) == [(1, "张三", PHONE, None)]


def test_empty_lines_are_no_rows_and_numbers_are_those_of_the_lines() -> None:
    assert [row.number for row in read(pasted("\n张三\t19900001234\n\n \t \n李四\t19900005678\n"))] == [2, 5]


@pytest.mark.parametrize("name", ["·阿依古丽·买买提", "𠮷田", "李", "John Smith", "张" * 30])
def test_names_are_kept_as_they_are(name: str) -> None:  # 9
    assert of(f"{name}\t19900001234") == [(1, name, PHONE, None)]


def test_a_wrong_row_keeps_what_was_typed() -> None:
    assert read(pasted("张三 1990 000")) == [Row(1, "张三", "1990 000", "", read(pasted("张三 1990 000"))[0].wrong)]
    assert read(pasted("张三\t１３８００"))[0].typed == "13800"
