"""The people of the demonstration. Every name is invented, every phone begins with 199 00, which nobody has."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from itertools import cycle, islice, product
from random import Random

from django.contrib.auth.hashers import make_password

from accounts import people, privacy_notice
from accounts.models import Consent, Role, RoleKind, Union, UnionKind, User, Worker, WorkerKind
from catalogue.menu.progress import Progress
from catalogue.models import Site
from portal.demo.writing import write

# Known to everybody: the demonstration is refused on public hosts (config/settings.py).
PASSWORD = "xuetang-demo"  # noqa: S105 -- see above
OFFICER_PHONE = "+8619900000001"
MANAGER_PHONE = "+8619900000002"
REVIEWERS = {"+8619900000003": "曹初审", "+8619900000004": "袁复审"}
FIRST_WORKER = 1001

SURNAMES = "陈李张王刘杨黄吴徐孙朱胡林何高郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
FIRST = "建秀志丽晓美海春文雪永佳立玉俊慧国明红卫"
SECOND = "国英强华东玲波梅斌芳康怡新兰杰敏军霞涛燕平辉琴峰洁勇萍磊"
MONTH_MINUTES = 30 * 24 * 60
EMPLOYERS = {
    WorkerKind.FRONTLINE: ["演示机械厂", "演示食品厂", "演示电子厂"],
    WorkerKind.MANAGEMENT: ["演示商贸公司", "演示软件公司"],
    WorkerKind.NEW_FORM: ["", "演示配送站点"],
    WorkerKind.MIGRANT: ["演示建筑工地", "演示物业公司"],
    WorkerKind.OTHER: [""],
}


def worker_phone(number: int) -> str:
    """Return the phone of the demonstration's worker with this number, from 0."""
    return f"+86199{FIRST_WORKER + number:08d}"


def officer() -> User | None:
    """Return the demonstration's officer; none: there is no demonstration yet."""
    return User.objects.with_phone(OFFICER_PHONE).filter(roles__kind=RoleKind.OFFICER).first()


def posts(now: datetime) -> list[Role]:
    """Return the posts that the demonstration's staff still hold at `now`, one each."""
    found: list[Role] = []
    reviewers = ((phone, RoleKind.REVIEWER) for phone in REVIEWERS)
    for phone, kind in [(OFFICER_PHONE, RoleKind.OFFICER), (MANAGER_PHONE, RoleKind.SITE_MANAGER), *reviewers]:
        roles = Role.objects.in_force(now).filter(user__in=User.objects.with_phone(phone), kind=kind)
        found.extend(roles.select_related("user", "site")[:1])
    return found


def make_officer(*, now: datetime) -> User:
    """Make the officer of the district union."""
    return people.add_staff(
        phone=OFFICER_PHONE, name="沈经办", password=PASSWORD, post=people.Post(RoleKind.OFFICER), now=now
    )


def make_manager(*, site: Site, now: datetime) -> User:
    """Make the manager of a site."""
    post = people.Post(RoleKind.SITE_MANAGER, site_id=site.pk)
    return people.add_staff(phone=MANAGER_PHONE, name="程管理", password=PASSWORD, post=post, now=now)


def make_workers(count: int, *, chance: Random, began: datetime, progress: Progress) -> list[User]:
    """Make that many workers of all kinds and towns, who signed in and agreed in the month before `began`."""
    towns: list[Union | None] = [*Union.objects.filter(kind=UnionKind.TOWN)] or [None]
    kinds = list(WorkerKind)
    users, workers, consents = [], [], []
    # Random letters that no password gives; one for all of them, for making each takes a tenth of the whole time.
    unusable = make_password(None)
    for number, name in enumerate(_names(count, chance)):
        joined = began - timedelta(minutes=chance.randrange(MONTH_MINUTES))
        kind = kinds[number % len(kinds)]
        person = User(name=name, password=unusable, created_at=joined, verified_at=joined)
        person.phone = worker_phone(number)
        users.append(person)
        employer = chance.choice(EMPLOYERS[kind])
        workers.append(Worker(user=person, kind=kind, town=chance.choice(towns), employer=employer))
        consents.append(_consent(person, joined))
    write(User, users, "职工", progress)
    write(Worker, workers, "职工资料", progress)
    write(Consent, consents, "知情同意", progress)
    return users


@cache
def _notice() -> tuple[str, str]:
    return privacy_notice.VERSION, privacy_notice.text_hash()


def _consent(person: User, given_at: datetime) -> Consent:
    version, text_hash = _notice()
    return Consent(user=person, version=version, text_hash=text_hash, given_at=given_at)


def _names(count: int, chance: Random) -> Iterator[str]:
    """Yield names, different ones as long as there are enough."""
    names = ["".join(parts) for parts in product(SURNAMES, FIRST, SECOND)]
    chance.shuffle(names)
    return islice(cycle(names), count)
