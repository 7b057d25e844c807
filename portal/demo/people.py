"""The people of the demonstration. Every name is invented, every phone begins with 199 00, which nobody has."""

from collections.abc import Iterable
from datetime import datetime
from itertools import product
from random import Random

from accounts import people
from accounts.models import Role, RoleKind, Union, UnionKind, User, WorkerKind
from catalogue.models import Site

# Known to everybody: the demonstration is refused on public hosts (config/settings.py).
PASSWORD = "xuetang-demo"  # noqa: S105 -- see above
OFFICER_PHONE = "+8619900000001"
MANAGER_PHONE = "+8619900000002"
FIRST_WORKER = 1001

SURNAMES = "陈李张王刘杨黄吴徐孙朱胡林何高郭马罗梁宋"
GIVEN = [
    "建国",
    "秀英",
    "志强",
    "丽华",
    "晓东",
    "美玲",
    "海波",
    "春梅",
    "文斌",
    "雪芳",
    "永康",
    "佳怡",
    "立新",
    "玉兰",
    "俊杰",
    "慧敏",
]
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
    """Return the posts that the demonstration's officer and manager still hold at `now`, one each."""
    found: list[Role] = []
    for phone, kind in [(OFFICER_PHONE, RoleKind.OFFICER), (MANAGER_PHONE, RoleKind.SITE_MANAGER)]:
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


def make_workers(count: int, *, chance: Random, now: datetime) -> list[User]:
    """Make that many workers of all kinds and towns, who have signed in and agreed once."""
    towns = list(Union.objects.filter(kind=UnionKind.TOWN))
    kinds = list(WorkerKind)
    workers = []
    for number, name in zip(range(count), _names(count, chance), strict=True):
        worker = people.find_or_create(phone=worker_phone(number), now=now)
        kind = kinds[number % len(kinds)]
        town = chance.choice(towns) if towns else None
        facts = people.Facts(name=name, kind=kind, town=town, employer=chance.choice(EMPLOYERS[kind]))
        people.welcome(person=worker, facts=facts, now=now)
        people.mark_verified(person=worker, now=now)
        workers.append(worker)
    return workers


def _names(count: int, chance: Random) -> Iterable[str]:
    """Return names, different ones as long as there are enough."""
    names = ["".join(pair) for pair in product(SURNAMES, GIVEN)]
    chance.shuffle(names)
    return [names[number % len(names)] for number in range(count)]
