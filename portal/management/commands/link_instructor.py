"""manage.py link_instructor PHONE NAME ORGANISATION: let an instructor of the menu sign in with this phone."""

from argparse import ArgumentParser

from django.core.management import CommandError

from accounts import people, phones
from catalogue import instructors
from catalogue.errors import CatalogueRefused
from catalogue.models import Instructor
from config.commands import StaffCommand
from policy import clock


class Command(StaffCommand):
    """Links the two after the union has checked that they are one person."""

    help = "核实本人后，把讲师名录里的讲师和手机号关联，之后本人可登录申报课程"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the phone, and the name and organisation as the menu has them."""
        parser.add_argument("phone")
        parser.add_argument("name")
        parser.add_argument("organisation")

    def handle(self, *, phone: str, name: str, organisation: str, **_options: object) -> None:
        """Check everything first, then write."""
        instructor = Instructor.objects.filter(name=name, organisation=organisation).first()
        if instructor is None:
            raise CommandError(f"讲师名录里没有“{name}（{organisation}）”。")
        now = clock.now()
        try:
            person = people.find_or_create(phone=phones.normalise(phone), now=now)
            instructors.link(instructor_id=instructor.pk, user=person, reason="link_instructor", now=now)
        except (phones.PhoneRefused, CatalogueRefused) as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"已关联：{name}（{organisation}）。")
