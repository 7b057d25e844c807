"""The search of the menu: tokens of our own, since no dictionary knows Chinese."""

import time
from collections.abc import Sequence

import pytest

from catalogue.models import Course, CourseSearch, Topic, Track
from catalogue.search import LONGEST_QUERY, holding, matching, normalised, reindex
from tests.factories import CategoryFactory, CourseFactory, CourseInstructorFactory, InstructorFactory

pytestmark = pytest.mark.django_db


def titles(query: str) -> list[str]:
    return [course.title for course in matching(Course.objects.all(), query)]


@pytest.fixture
def fire_courses() -> Sequence[Course]:
    """Four courses that are about fire, each in another place of its text, and two that are not."""
    health = CategoryFactory(code="health", name="健康教育", name_en="Health", prefix="HE", position=8)
    topic = Topic.objects.create(slug="fire-safety", name="消防安全")
    courses = [
        CourseFactory(code="SK0001", title="电动车充电与消防"),
        CourseFactory(code="SK0002", title="灭火器实操", keywords=["消防", "实操"]),
        CourseFactory(code="HE0003", category=health, title="逃生与急救", summary="火场逃生，消防员讲课。"),
        CourseFactory(code="SK0004", title="车间应急演练", topic=topic),
        CourseFactory(code="SK0005", title="防火墙配置", summary="消除隐患，防止攻击。"),
        CourseFactory(code="SK0006", title="AI 办公提效", summary="用大模型写总结。"),
    ]
    reindex(courses)
    return courses


@pytest.mark.usefixtures("fire_courses")
def test_fire_courses_are_found_although_no_category_has_that_name() -> None:
    assert set(titles("消防")) == {"电动车充电与消防", "灭火器实操", "逃生与急救", "车间应急演练"}


@pytest.mark.usefixtures("fire_courses")
def test_title_goes_before_keyword_and_keyword_before_summary() -> None:
    found = titles("消防")
    assert found.index("电动车充电与消防") < found.index("灭火器实操") < found.index("逃生与急救")


@pytest.mark.usefixtures("fire_courses")
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("灭", {"灭火器实操"}),
        ("灭火器实", {"灭火器实操"}),
        ("消防 急救", {"逃生与急救"}),
        ("ai", {"AI 办公提效"}),
        ("ＡＩ", {"AI 办公提效"}),
        ("xiaofang", {"电动车充电与消防"}),
        ("XIAOF", {"电动车充电与消防"}),
        ("jiliangxing", set()),
        ("ddccd", {"电动车充电与消防"}),
        ("xf", {"电动车充电与消防"}),
        ("健康教育", {"逃生与急救"}),
        ("防消", set()),
        ("充电消防", {"电动车充电与消防"}),
        ("火场逃生急救", {"逃生与急救"}),
        ("学灭火器", set()),
        ("车间的演练", set()),
        ("车间的大演练", set()),
        ("消防 量子", set()),
    ],
)
def test_query_finds_exactly(query: str, expected: set[str]) -> None:
    assert set(titles(query)) == expected


def test_a_word_in_pinyin_goes_before_a_chance_beginning() -> None:
    reindex([CourseFactory(code="SK0001", title="桶蒸糕与江南糕团"), CourseFactory(code="SK0002", title="办公椅瑜伽")])
    assert titles("yujia") == ["办公椅瑜伽", "桶蒸糕与江南糕团"]


def test_instructor_track_outline_and_provider_are_searched() -> None:
    topic = Topic.objects.create(slug="ai", name="AI技术")
    track = Track.objects.create(topic=topic, code="workplace", name="职场应用")
    taught = CourseFactory(title="甲", topic=topic, track=track, outline=["焊接机器人"], provider="演示研究院")
    CourseInstructorFactory(course=taught, instructor=InstructorFactory(name="欧阳试"))
    reindex([taught, CourseFactory(title="乙")])
    assert [titles(query) for query in ("欧阳", "职场应用", "焊接", "研究院")] == [["甲"]] * 4


def test_ties_stand_in_the_order_of_codes() -> None:
    courses = [CourseFactory(code=code, title=f"焊工入门{code[-1]}") for code in ("SK0009", "SK0002", "SK0005")]
    reindex(courses)
    assert [course.code for course in matching(Course.objects.all(), "焊工")] == ["SK0002", "SK0005", "SK0009"]


@pytest.mark.usefixtures("fire_courses")
@pytest.mark.parametrize(
    "query",
    [
        "",
        "  ",
        "？！…",
        "' or 1=1--",
        "';select pg_sleep(5)",
        "a'b\\c",
        "消防' | '灭",
        ":*",
        "!量子",
        "<->",
        "\x00",
        "\u202e",
        "%27",
        "'\\",
    ],
)
def test_odd_queries_find_nothing_and_break_nothing(query: str) -> None:
    assert set(titles(query)) <= {"灭火器实操"}


@pytest.mark.usefixtures("fire_courses")
def test_operators_in_a_query_are_only_separators() -> None:
    assert set(titles("消防 | 急救")) == {"逃生与急救"}
    assert set(titles("!消防")) == set(titles("消防"))


def test_a_query_is_normalised_and_capped() -> None:
    assert normalised(" ＡＩ\u200b\x07 技术\n") == "ai 技术"
    assert len(normalised("消" * 500)) == LONGEST_QUERY


@pytest.mark.usefixtures("fire_courses")
def test_holding_and_matching_find_the_same() -> None:
    assert set(holding(Course.objects.all(), "消防")) == set(matching(Course.objects.all(), "消防"))


def test_reindexing_again_replaces_the_old_words() -> None:
    course = CourseFactory(title="焊接入门")
    reindex([course])
    Course.objects.filter(pk=course.pk).update(title="插花入门")
    reindex([course])
    assert (titles("焊接"), titles("插花"), CourseSearch.objects.count()) == ([], ["插花入门"], 1)


def test_quotes_and_backslashes_of_a_title_are_stored_as_text() -> None:
    reindex([CourseFactory(title="it's \\ 'x' {{7*7}} <b>", summary="\\'; drop table --")])
    assert titles("drop") == ["it's \\ 'x' {{7*7}} <b>"]


@pytest.mark.usefixtures("real_clock")
def test_the_whole_menu_is_indexed_in_two_seconds_of_work() -> None:
    summary = "消防安全知识与应急处置，" * 20
    courses = CourseFactory.create_batch(654, summary=summary, outline=[summary[:90]] * 6)
    start = time.process_time()
    reindex(courses)
    assert time.process_time() - start < 2
    assert CourseSearch.objects.count() == 654
