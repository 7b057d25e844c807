"""Who teaches, on the page of a course: honours that somebody has verified, and no others (scenario 32)."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from catalogue.honors import Honor
from catalogue.instructors import mark_of, verify_honor
from catalogue.models import Course, Instructor
from portal import finished
from tests import factories
from tests.factories import NOW, CourseFactory, CourseInstructorFactory, InstructorFactory
from tests.portal.pages import words_of
from tests.proposals.factories import HonorFactory

pytestmark = pytest.mark.django_db

NASTY = "<script>alert(1)</script>[x](javascript:alert(1))"


def taught(course: Course, *, name: str, organisation: str = "演示机床厂") -> Instructor:
    teacher = InstructorFactory(name=name, organisation=organisation, user=factories.UserFactory())
    CourseInstructorFactory(course=course, instructor=teacher)
    return teacher


def verified(teacher: Instructor, **values: object) -> Honor:
    honor = HonorFactory(instructor=teacher, **values)
    return verify_honor(honor_id=honor.pk, seen=mark_of(honor), actor=factories.reviewer(), now=NOW)


def test_a_verified_honour_stands_with_its_year_and_an_unverified_one_nowhere() -> None:
    course = CourseFactory()
    verified(taught(course, name="钱工匠"), name="演示市五一奖章", level="city", granted_by="演示市总工会", year=2021)
    HonorFactory(instructor=taught(course, name="孙工匠"), name="没有核验的奖", certificate_number="ZS-1")
    taught(course, name="李讲师")

    page = words_of(Client().get(f"/courses/{course.code}/"))

    assert "钱工匠 演示机床厂 工匠 已核验的荣誉： 演示市五一奖章 · 市级 · 演示市总工会 · 2021 年" in page
    assert [hidden in page for hidden in ("没有核验的奖", "ZS-1", "孙工匠", "李讲师")] == [False, False, True, True]
    assert page.count("已核验的荣誉") == 1


def test_an_honour_appears_at_the_moment_it_is_verified() -> None:
    course = CourseFactory()
    teacher = taught(course, name="钱工匠")
    honor = HonorFactory(instructor=teacher, name="演示区工匠")
    before = "演示区工匠" in words_of(Client().get(f"/courses/{course.code}/"))

    verify_honor(honor_id=honor.pk, seen=mark_of(honor), actor=factories.reviewer(), now=NOW)

    assert (before, "演示区工匠" in words_of(Client().get(f"/courses/{course.code}/"))) == (False, True)


def test_markup_in_an_honour_stays_text() -> None:
    course = CourseFactory()
    verified(taught(course, name="钱工匠"), name=NASTY, granted_by="**粗**{{7*7}}")

    page = Client().get(f"/courses/{course.code}/")

    assert f"{NASTY} · 区级 · **粗**{{{{7*7}}}}" in words_of(page)
    assert "<script>alert" not in page.content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_asks_the_same_of_the_database(
    count: int, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    course = CourseFactory()
    for number in range(count):
        verified(taught(course, name=f"钱工匠{number}"))
    path = f"/courses/{course.code}/"
    client.get(path)
    finished.forget()

    with django_assert_num_queries(5):
        assert words_of(client.get(path)).count("已核验的荣誉") == count
