"""manage.py add_staff PHONE NAME --role ROLE [--site SLUG]: give somebody a role, such as officer, and a password."""

import sys
from argparse import ArgumentParser
from getpass import getpass

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management import CommandError

from accounts import people, phones, staff
from accounts.models import RoleKind
from catalogue.models import Site
from config.commands import StaffCommand
from policy import clock

# Django's Chinese lacks the first of these.
WEAK = {
    "password_too_short": "密码至少要 12 个字符。",
    "password_too_common": "这个密码太常见，请换一个。",
    "password_entirely_numeric": "密码不能全是数字。",
}


class Command(StaffCommand):
    """Adds the role to a new or known person and sets the password for the staff sign-in."""

    help = "添加工作人员：读取一个新密码（标准输入或键盘），授予角色"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take phone, name, role and, for a site's manager, the site."""
        parser.add_argument("phone")
        parser.add_argument("name")
        parser.add_argument("--role", required=True, choices=RoleKind.values)
        parser.add_argument("--site", metavar="SLUG", default="")
        parser.add_argument("--new-app", action="store_true", help="手机丢失：下次登录重新绑定验证器应用")

    def handle(self, *, phone: str, name: str, role: str, site: str, **options: object) -> None:
        """Check everything first, then write."""
        place = self._site(role, site)
        try:
            number = phones.normalise(phone)
            password = self._password()
            validate_password(password)
        except phones.PhoneRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        except ValidationError as error:
            raise CommandError("".join(WEAK[problem.code or ""] for problem in error.error_list)) from error
        post = people.Post(kind=RoleKind(role), site_id=place.pk if place else None)
        person = people.add_staff(phone=number, name=name, password=password, post=post, now=clock.now())
        if options["new_app"]:
            staff.forget(person)
        self.stdout.write(f"已添加：{name}，{RoleKind(role).label}{f'（{place.short_name}）' if place else ''}。")

    def _site(self, role: str, slug: str) -> Site | None:
        if (role == RoleKind.SITE_MANAGER) != bool(slug):
            raise CommandError("学堂管理员要用 --site 指明学堂，其他角色不用。")
        site = Site.objects.filter(slug=slug).first()
        if slug and site is None:
            raise CommandError(f"没有代号为“{slug}”的学堂。")
        return site

    def _password(self) -> str:
        """Read the password: two equal lines from a keyboard, or the first line of standard input."""
        if not sys.stdin.isatty():
            return sys.stdin.readline().rstrip("\r\n")
        password = getpass("新密码：")
        if getpass("再输一次：") != password:
            raise CommandError("两次输入的密码不一样。")
        return password
