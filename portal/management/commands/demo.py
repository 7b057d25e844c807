"""manage.py demo [--people N] [--runs N] [--seed N] [--show-sign-ins]: fill an installation with invented life."""

from argparse import ArgumentParser
from datetime import datetime

from django.conf import settings
from django.core.management import CommandError
from django.db import connection, transaction
from django.urls import reverse

from accounts.models import Enterprise, User
from bookings.models import Booking
from catalogue.menu.progress import bar
from config.commands import StaffCommand
from policy import clock
from portal.demo import firms, places, town
from portal.demo import people as persons
from portal.demo.timetable import TownIsFull

# Least, usual and most.
AMOUNTS = {"people": (6, 20_000, 100_000), "runs": (5, 5000, 10_000), "seed": (0, 1, 999_999)}
POSTS = {"officer": "经办人    ", "site_manager": "学堂管理员", "reviewer": "审核人    "}
HELP = {"people": "职工人数", "runs": "班次数", "seed": "随机种子"}


class Command(StaffCommand):
    """Makes a town of people, class runs, enterprises and orders once; then only shows the sign-ins."""

    help = "建立演示数据（仅限 DEMO=1）：工作人员、职工、前后十五个月的班次，单位和点单"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the amounts and the seed; the same seed on the same menu gives the same demonstration."""
        for name, (_least, usual, _most) in AMOUNTS.items():
            parser.add_argument(f"--{name}", default=usual, metavar="N", help=HELP[name])
        parser.add_argument("--show-sign-ins", action="store_true", help="只显示演示账号")

    def handle(self, **options: object) -> None:
        """Make what is missing, all or nothing, and say how to sign in."""
        if not settings.DEMO:
            raise CommandError("演示数据只能在演示模式（DEMO=1）下建立和查看。")
        if not options["show_sign_ins"]:
            self.stdout.write(_make_missing(options))
        self._show_sign_ins(clock.now())

    def _show_sign_ins(self, now: datetime) -> None:
        """Say who may sign in where, from what is stored: staff may have ended a post or erased a person since."""
        if persons.officer() is None:
            raise CommandError("还没有演示数据，请先运行 manage.py demo。")
        staff, worker = (
            settings.SITE_URL.rstrip("/") + reverse(f"accounts:{name}") for name in ("staff_login", "login")
        )
        self.stdout.write(f"\n工作人员登录 {staff}，口令都是 {persons.PASSWORD}")
        for post in persons.posts(now):
            site = f"（{post.site}）" if post.site else ""
            self.stdout.write(f"  {POSTS[post.kind]}  {_spaced(post.user)}  {post.user.name}{site}")
        self.stdout.write(f"职工登录 {worker}，验证码显示在页面上")
        for number, facts in enumerate(["有报名和候补", "还没有报名"]):
            for person in User.objects.with_phone(persons.worker_phone(number)):
                self.stdout.write(f"  职工        {_spaced(person)}  {person.name}（{facts}）")
        for contact in User.objects.with_phone(firms.CONTACT_PHONE):
            for firm in Enterprise.objects.of(contact)[:1]:
                self.stdout.write(f"  单位联系人  {_spaced(contact)}  {contact.name}（{firm}，每种状态的点单各一张）")


@transaction.atomic
def _make_missing(options: dict[str, object]) -> str:
    """Make the demonstration unless it is there; say what was done. Everything is made, or nothing.

    Two at once would both find nothing, so the second one waits: as long as it takes, whatever the usual limits are.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = 0")
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('demonstration'))")
    if persons.officer():
        return "演示数据已经在了，没有再加。"
    amounts = _checked(options)
    _make(**amounts, now=clock.now())
    counted = f"{amounts['people']} 位职工，{amounts['runs']} 个公开班"
    return f"已建立演示数据：{counted}，{Enterprise.objects.count()} 个单位，{Booking.objects.count()} 张点单。"


def _checked(options: dict[str, object]) -> dict[str, int]:
    """Return the amounts. Refuse those out of range, and an empty menu."""
    amounts = {}
    for name, (least, _usual, most) in AMOUNTS.items():
        given = str(options[name])
        if not (given.isascii() and given.isdecimal() and len(given) <= len(str(most)) and least <= int(given) <= most):
            raise CommandError(f"--{name} 应是 {least} 到 {most} 之间的整数，现在是“{given[:20]}”。")
        amounts[name] = int(given)
    if not (places.short_courses() and places.usual_rooms()):
        raise CommandError("还没有可以排课的课程或教室，请先用 manage.py import_menu 导入课程菜单和学堂名录。")
    return amounts


def _make(*, people: int, runs: int, seed: int, now: datetime) -> None:
    """Make everything, in the transaction that holds the lock."""
    try:
        town.make(size=town.Size(people, runs), seed=seed, now=now, progress=bar())
    except TownIsFull as full:
        raise CommandError(f"教室和讲师排不下 {runs} 个班次，请减少 --runs。") from full


def _spaced(person: User) -> str:
    """Return the phone as it is read out: 199 0000 0001."""
    digits = person.phone.removeprefix("+86")
    return f"{digits[:3]} {digits[3:7]} {digits[7:]}"
