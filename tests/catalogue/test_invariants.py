import pytest

from catalogue import invariants, search
from catalogue.models import Course, CourseSearch
from tests.factories import NOW, CourseFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def course() -> Course:
    made: Course = CourseFactory(code="SK0001")
    search.reindex([made])
    return made


def test_a_course_that_can_be_found_is_in_order(course: Course) -> None:
    assert list(invariants.disagreements(now=NOW)) == []


def test_a_course_the_search_does_not_know_is_named(course: Course) -> None:
    CourseSearch.objects.all().delete()

    assert list(invariants.disagreements(now=NOW)) == ["课程 SK0001：搜索里没有它。"]


def test_a_code_of_another_category_is_named(course: Course) -> None:
    Course.objects.update(code="HE0001")

    assert list(invariants.disagreements(now=NOW)) == ["课程 HE0001：编码不是“岗位技能”的。"]
