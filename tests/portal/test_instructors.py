"""The instructors: who is listed, by what they are found, and what their own page says and does not."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from catalogue.honors import Honor
from catalogue.models import Instructor
from portal import finished
from tests.factories import NOW, ClassRunFactory, CourseFactory, CourseInstructorFactory, InstructorFactory, UserFactory
from tests.portal.pages import text_of
from tests.proposals.factories import HonorFactory

pytestmark = pytest.mark.django_db


def show(client: Client, path: str = "/instructors/") -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def names(html: str) -> list[str]:
    return re.findall(r'<h3><a href="/instructors/[^"]+/">([^<]+)</a></h3>', html)


@pytest.fixture
def faculty() -> dict[str, Instructor]:
    """Two who teach, one whose course left the menu, one without a course, one who left."""
    made: dict[str, Instructor] = {
        "welder": InstructorFactory(name="岑焊工", pinyin="cenhangong", organisation="演示船厂", titles=["craftsman"]),
        "lawyer": InstructorFactory(name="白律师", pinyin="bailvshi", organisation="演示律所", titles=["other"]),
        "old": InstructorFactory(name="旧课人", pinyin="jiukeren"),
        "left": InstructorFactory(name="离任人", pinyin="lirenren", retired_at=NOW),
    }
    InstructorFactory(name="没课人", pinyin="meikeren")
    for person in ("welder", "lawyer", "left"):
        CourseInstructorFactory(instructor=made[person])
    CourseInstructorFactory(instructor=made["old"], course__retired_at=NOW)
    return made


@pytest.mark.usefixtures("faculty")
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["白律师", "岑焊工"]),
        ("?q=焊", ["岑焊工"]),
        ("?q=bailv", ["白律师"]),
        ("?q=船厂", ["岑焊工"]),
        ("?title=craftsman", ["岑焊工"]),
        ("?title=craftsman&title=other", ["白律师", "岑焊工"]),
        ("?title=nonsense", ["白律师", "岑焊工"]),
        ("?q=离任", []),
        ("?q=%25", []),
        ("?q=<script>", []),
        ("?page=99", ["白律师", "岑焊工"]),
    ],
)
def test_the_list_names_those_who_teach_and_fit(client: Client, query: str, expected: list[str]) -> None:
    assert names(show(client, f"/instructors/{query}")) == expected


def test_a_page_shows_courses_lessons_given_and_nothing_private(client: Client, faculty: dict[str, Instructor]) -> None:
    welder = faculty["welder"]
    course = CourseFactory(title="车间焊接")
    CourseInstructorFactory(instructor=welder, course=course)
    past = {"starts_at": NOW - timedelta(days=2), "opens_at": NOW - timedelta(days=9), "lesson__instructor": welder}
    ClassRunFactory(course=course, **past)
    ClassRunFactory(course=course, **past, cancelled_at=NOW, cancel_reason="停电").lessons.update(cancelled_at=NOW)
    words = text_of(show(client, f"/instructors/{welder.public_id}/"))
    assert "在课程目录里有 2 门课 · 已授课 1 场" in words
    assert "车间焊接" in words


def test_only_a_verified_honour_is_shown(client: Client) -> None:
    honor = HonorFactory(name="演示工匠称号")
    CourseInstructorFactory(instructor=honor.instructor)
    path = f"/instructors/{honor.instructor.public_id}/"
    assert "演示工匠称号" not in show(client, path)
    Honor.objects.filter(pk=honor.pk).update(verified_at=NOW, verified_by=UserFactory())
    assert "已核验的荣誉： 演示工匠称号 · 区级 · 演示区总工会 · 2024 年" in text_of(show(client, path))


@pytest.mark.parametrize("person", ["old", "left"])
def test_who_does_not_teach_has_no_page(client: Client, faculty: dict[str, Instructor], person: str) -> None:
    assert client.get(f"/instructors/{faculty[person].public_id}/").status_code == 404


def test_statements_are_the_same_for_one_and_for_many(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    CourseInstructorFactory()
    finished.forget()
    with django_assert_num_queries(4):
        assert len(names(show(client))) == 1
    for _number in range(5):
        CourseInstructorFactory()
    finished.forget()
    with django_assert_num_queries(4):
        assert len(names(show(client))) == 6
