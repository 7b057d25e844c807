"""The search of the menu: what it finds of the courses in the database, in which order, at what cost."""

import time
from collections.abc import Sequence

import pytest
from pytest_django.fixtures import DjangoAssertNumQueries

from catalogue import search, version
from catalogue.models import Course, CourseSearch, Topic, Track
from catalogue.search import held, matching, nearest, normalised, ranked, reindex, suggestions
from catalogue.search.text import LONGEST_QUERY
from catalogue.synonyms import Synonym
from catalogue.titles import InstructorTitle
from tests.factories import (
    NOW,
    CategoryFactory,
    CourseFactory,
    CourseInstructorFactory,
    InstructorFactory,
    SiteFactory,
    TownFactory,
)

pytestmark = pytest.mark.django_db


def titles(query: str) -> list[str]:
    return [course.title for course in matching(Course.objects.all(), query)]


def synonym(said: Sequence[str], meant: Sequence[str]) -> Synonym:
    row = Synonym(first=said[0], said=list(said), meant=list(meant), created_at=NOW)
    row.save()
    return row


@pytest.fixture
def fire_courses() -> Sequence[Course]:
    """Four courses that are about fire, each in another place of its text, and two that are not."""
    health = CategoryFactory(code="health", name="健康教育", name_en="Health", prefix="HE", position=8)
    topic = Topic.objects.create(slug="fire-safety", name="消防安全")
    return [
        CourseFactory(code="SK0001", title="电动车充电与消防"),
        CourseFactory(code="SK0002", title="灭火器实操", keywords=["消防", "实操"]),
        CourseFactory(code="HE0003", category=health, title="逃生与急救", summary="火场逃生，消防员讲课。"),
        CourseFactory(code="SK0004", title="车间应急演练", topic=topic),
        CourseFactory(code="SK0005", title="防火墙配置", summary="消除隐患，防止攻击。"),
        CourseFactory(code="SK0006", title="AI 办公提效", summary="用大模型写总结。"),
    ]


@pytest.mark.usefixtures("fire_courses")
def test_fire_courses_are_found_although_no_category_has_that_name() -> None:
    assert set(titles("消防")) == {"电动车充电与消防", "灭火器实操", "逃生与急救", "车间应急演练"}


@pytest.mark.usefixtures("fire_courses")
def test_title_goes_before_topic_and_topic_before_summary() -> None:
    found = titles("消防")
    assert found.index("电动车充电与消防") < found.index("车间应急演练") < found.index("逃生与急救")


@pytest.mark.usefixtures("fire_courses")
@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("灭", "灭火器实操"),
        ("灭火器实", "灭火器实操"),
        ("消防 急救", "逃生与急救"),
        ("ai", "AI 办公提效"),
        ("ＡＩ", "AI 办公提效"),
        ("XIAOF", "电动车充电与消防"),
        ("ddccd", "电动车充电与消防"),
        ("充电消防", "电动车充电与消防"),
        ("火场逃生急救", "逃生与急救"),
        ("我想学灭火器怎么用", "灭火器实操"),
        ("車間應急演練", "车间应急演练"),
        ("灭火气", "灭火器实操"),
        ("消防 量子", "灭火器实操"),
    ],
)
def test_a_query_finds_first(query: str, first: str) -> None:
    assert titles(query)[0] == first


@pytest.mark.usefixtures("fire_courses")
@pytest.mark.parametrize(
    "query", ["", "  ", "？！…", "jiliangxing", "魑魅魍魉", "asdfgh", "的", "想学", "\x00", "\u202e", "<->"]
)
def test_a_query_that_names_nothing_known_finds_nothing(query: str) -> None:
    assert (titles(query), ranked(query)) == ([], [])


@pytest.mark.usefixtures("fire_courses")
@pytest.mark.parametrize(
    "query",
    ["' or 1=1--", "';select pg_sleep(5)", "a'b\\c", "%27", "'\\", "{{7*7}}", "<script>", "page=0", "１２", "\ud800"],
)
def test_odd_queries_break_nothing(query: str) -> None:
    assert titles(query) == []


@pytest.mark.usefixtures("fire_courses")
def test_operators_in_a_query_are_only_separators() -> None:
    assert titles("!消防 & (*") == titles("消防")


def test_instructor_title_track_outline_audience_and_provider_are_searched() -> None:
    topic = Topic.objects.create(slug="ai", name="AI技术")
    track = Track.objects.create(topic=topic, code="workplace", name="职场应用")
    texts = {"outline": ["焊接机器人"], "audience": "骑手", "provider": "演示研究院"}
    taught = CourseFactory(title="甲", topic=topic, track=track, **texts)
    teacher = InstructorFactory(name="欧阳试", titles=[InstructorTitle.MODEL_WORKER])
    CourseInstructorFactory(course=taught, instructor=teacher)
    CourseFactory(title="乙")
    for query in ("欧阳试", "劳模", "职场应用", "焊接", "骑手", "研究院"):
        assert titles(query) == ["甲"]


def test_ties_stand_in_the_order_of_codes() -> None:
    for code in ("SK0009", "SK0002", "SK0005"):
        CourseFactory(code=code, title=f"焊工入门{code[-1]}")
    assert [course.code for course in matching(Course.objects.all(), "焊工")] == ["SK0002", "SK0005", "SK0009"]


def test_a_course_that_left_the_menu_is_not_found() -> None:
    CourseFactory(title="焊接入门", retired_at=NOW)
    assert (titles("焊接"), ranked("焊接"), nearest("焊接", 3)) == ([], [], [])


def test_what_changed_is_found_at_once() -> None:
    course = CourseFactory(title="焊接入门")
    assert titles("焊接") == ["焊接入门"]
    Course.objects.filter(pk=course.pk).update(title="插花入门")
    assert (titles("焊接"), titles("插花")) == ([], ["插花入门"])


def test_everyday_words_find_what_the_menu_calls_it() -> None:
    CourseFactory(title="失眠自救")
    assert titles("睡不着") == []
    row = synonym(["睡不着", "睡不好"], ["失眠"])
    assert titles("晚上老是睡不着怎么办") == titles("shuibuzhao") == ["失眠自救"]
    row.retired_at = NOW
    row.save(update_fields=["retired_at"])
    assert titles("睡不着") == []


def test_a_place_in_a_query_is_a_hint_and_no_condition() -> None:
    town = TownFactory(name="古美路街道总工会", area="古美路街道")
    SiteFactory(short_name="古美职工之家", union=town)
    CourseFactory(title="办公椅瑜伽")
    CourseFactory(title="古美老街走读")
    assert titles("古美 瑜伽") == titles("古美职工之家 瑜伽") == ["办公椅瑜伽"]
    assert titles("古美") == ["古美老街走读"]


def test_nearest_are_the_best_of_what_answers_only_a_little() -> None:
    welding = CourseFactory(title="焊接入门")
    CourseFactory(title="插花入门")
    assert nearest("量子 焊接", 3) == [welding.pk]
    assert nearest("魑魅魍魉", 3) == []


def test_suggestions_are_known_words_and_courses() -> None:
    CourseFactory(code="SK0001", title="办公椅瑜伽", keywords=["瑜伽", "椅子瑜伽"])
    CourseFactory(code="SK0002", title="焊接入门", keywords=["焊接"])
    assert suggestions("瑜") == suggestions("yujia") == (["瑜伽"], [("SK0001", "办公椅瑜伽")])
    assert suggestions("") == suggestions("魑魅") == ([], [])


def test_a_query_is_normalised_and_capped() -> None:
    assert normalised(" ＡＩ\u200b\x07 技术\n") == "ai 技术"
    assert len(normalised("消" * 500)) == LONGEST_QUERY


def test_searching_costs_one_statement_and_none_when_the_version_is_known(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    CourseFactory(title="焊接入门")
    ranked("焊接")
    with django_assert_num_queries(1):
        ranked("焊接")
    known = version.current()
    with django_assert_num_queries(0):
        ranked("焊接", version=known)


def test_the_index_is_kept_when_nothing_it_is_made_of_changed() -> None:
    course = CourseFactory(title="焊接入门")
    before = held.current()
    Course.objects.filter(pk=course.pk).update(min_size=5)
    assert held.current() is before
    Course.objects.filter(pk=course.pk).update(title="插花入门")
    assert held.current() is not before


@pytest.mark.usefixtures("real_clock", "fire_courses")
def test_a_search_of_ten_thousand_characters_is_cut_within_50_ms() -> None:
    ranked("消防")
    for query in ("消" * 10_000, "消防怎么办" * 2_000, "a" * 10_000, "xiaofang" * 1_250, "ﷺ" * 10_000):
        start = time.process_time()
        ranked(query)
        assert time.process_time() - start < 0.05


def test_reindexing_again_replaces_the_old_pinyin() -> None:
    course = CourseFactory(title="焊接入门")
    reindex([course])
    Course.objects.filter(pk=course.pk).update(title="插花入门")
    reindex(Course.objects.all())
    assert CourseSearch.objects.get().pinyin == "cha hua ru men"


def test_trying_words_shows_what_they_would_find_and_changes_nothing() -> None:
    course = CourseFactory(title="失眠自救")
    assert search.tried("数绵羊", said=["数绵羊"], meant=["失眠"]) == [course.pk]
    assert ranked("数绵羊") == []
