"""manage.py login_url PHONE: print a one-time sign-in address. Demonstrations only."""

from argparse import ArgumentParser

from django.conf import settings
from django.core.management import CommandError
from django.urls import reverse

from accounts import codes, phones
from accounts.models import User
from config.commands import StaffCommand
from policy import clock


class Command(StaffCommand):
    """Prints the address; exit code 1 and one sentence where there is none to give."""

    help = "打印一个 10 分钟内有效、只能用一次的登录地址（仅限演示）"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the phone."""
        parser.add_argument("phone")

    def handle(self, *, phone: str, **_options: object) -> None:
        """Make the address."""
        if not settings.DEMO:
            raise CommandError("login_url 只能在演示模式（DEMO=1）下使用。")
        try:
            number = phones.normalise(phone)
        except phones.PhoneRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        person = User.objects.active().with_phone(number).first()
        if person is None:
            raise CommandError("没有这个手机号的用户，请先用它登录一次，或换一个演示号码。")
        token = codes.make_link(person=person, now=clock.now())
        self.stdout.write(settings.SITE_URL.rstrip("/") + reverse("accounts:once", args=[token]))
