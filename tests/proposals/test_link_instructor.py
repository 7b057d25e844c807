"""An instructor of the menu gets an account after somebody has checked that it is the same person."""

import pytest
from django.core.management import CommandError, call_command

from catalogue.models import Instructor
from tests.factories import InstructorFactory, UserFactory

pytestmark = pytest.mark.django_db

PHONE = "199-0012-3456"


def link(name: str = "钱工匠", organisation: str = "演示机床厂", phone: str = PHONE) -> None:
    call_command("link_instructor", phone, name, organisation)


def test_the_instructor_signs_in_with_the_phone_from_now_on() -> None:
    InstructorFactory(name="钱工匠", organisation="演示机床厂")

    link()
    link()

    user = Instructor.objects.get().user
    assert (user.phone, user.verified_at) == ("+8619900123456", None)  # type: ignore[union-attr]


def test_an_unknown_instructor_is_refused() -> None:
    with pytest.raises(CommandError, match="没有“孙工匠（演示机床厂）”"):
        link(name="孙工匠")


def test_an_odd_phone_is_refused() -> None:
    InstructorFactory(name="钱工匠", organisation="演示机床厂")

    with pytest.raises(CommandError):
        link(phone="10086")
    assert Instructor.objects.get().user is None


def test_nobody_takes_the_place_of_another() -> None:
    owner = UserFactory()
    InstructorFactory(name="钱工匠", organisation="演示机床厂", user=owner)

    with pytest.raises(CommandError, match="已经关联了别人"):
        link()
    assert Instructor.objects.get().user == owner


def test_one_person_is_one_instructor() -> None:
    InstructorFactory(user=UserFactory(phone="+8619900123456"))
    InstructorFactory(name="钱工匠", organisation="演示机床厂")

    with pytest.raises(CommandError, match="已经关联了别人"):
        link()
    assert Instructor.objects.filter(user=None).count() == 1
