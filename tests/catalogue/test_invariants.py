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


def test_a_course_that_can_be_sorted_is_in_order(course: Course) -> None:
    assert list(invariants.disagreements(now=NOW)) == []


def test_a_course_without_pinyin_is_named(course: Course) -> None:
    CourseSearch.objects.all().delete()

    assert list(invariants.disagreements(now=NOW)) == ["课程 SK0001：没有排序用的拼音。"]


def test_a_code_of_another_category_is_named(course: Course) -> None:
    Course.objects.update(code="HE0001")

    assert list(invariants.disagreements(now=NOW)) == ["课程 HE0001：编码不是“岗位技能”的。"]
