"""Two starts at once, as when a killed `./dev run` left one behind: one demonstration."""

from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import call_command
from pytest_django import Settings

from accounts.models import Role
from tests.factories import CourseFactory, CourseInstructorFactory, InstructorFactory, RoomFactory
from timetable.models import ClassRun

if TYPE_CHECKING:
    from tests.races.conftest import Race

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_demonstrations_at_once_are_one(race: "Race[Any, Any]", settings: Settings) -> None:
    settings.DEMO, settings.SITE_URL = True, "http://127.0.0.1:8000"
    call_command("reference_data")
    for _number in range(5):
        CourseInstructorFactory(course=CourseFactory(min_size=4), instructor=InstructorFactory())
    RoomFactory.create_batch(2)

    def make(_start: int) -> str:
        told = StringIO()
        call_command("demo", people=6, runs=5, stdout=told)
        return told.getvalue().splitlines()[0]

    answers = race(make, range(2))

    assert sorted(answers) == [
        "已建立演示数据：6 位职工，5 个公开班，1 个单位，10 张点单。",
        "演示数据已经在了，没有再加。",
    ]
    assert (ClassRun.objects.filter(private_to=None).count(), Role.objects.count()) == (5, 4)
