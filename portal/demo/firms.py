"""The town's enterprises: invented firms, offices, parks, stations and schools, with their people among the workers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import cycle, islice, product
from random import Random

from stdnum.cn import uscc

from accounts import enterprises, people
from accounts.enterprises import Application
from accounts.models import (
    WITHOUT_CREDIT_CODE,
    Enterprise,
    EnterpriseKind,
    Membership,
    MembershipRole,
    Union,
    UnionKind,
    User,
)
from accounts.reference import district
from policy.calendar import add_workdays
from policy.clock import local
from policy.history import recorded
from portal.demo.places import at_work, shuffled
from portal.demo.timetable import PAST
from portal.demo.writing import Pen

# The one visitors sign in as; worker number 1000 of a big town.
CONTACT_PHONE = "+8619900002001"
CONTACT_NAME = "顾主席"
# One in three came within the year and has not ordered yet; the others may have ordered all through it.
NEWCOMERS = 3
# One of so many newcomers waits for an officer, and one of so many got a no.
UNANSWERED, DECLINED = 12, 50
SETTLED_DAYS, LONGEST_SETTLED, LATEST_ANSWERED = PAST.days + 30, 85, 20
DAY = timedelta(days=1)

# Every name says that it is a demonstration's.
WORDS = ["云杉", "白鹭", "松果", "青禾", "银杏", "蓝鲸", "麦穗", "竹笋", "海棠", "萤火", "芦苇", "红枫"]
ENDINGS = {
    EnterpriseKind.STATE_OWNED: ["建设集团", "公交公司", "水务公司"],
    EnterpriseKind.NON_PUBLIC: ["机械厂", "食品厂", "软件公司"],
    EnterpriseKind.PUBLIC_BODY: ["事务中心", "卫生院", "图书馆"],
    EnterpriseKind.PARK: ["产业园联合工会", "商务楼联合工会", "市场联合工会"],
    EnterpriseKind.PLATFORM: ["外卖配送站", "快递站", "网约车站点"],
    EnterpriseKind.SCHOOL: ["中学", "小学", "职业学校"],
}
KINDS = list(ENDINGS)
# A credit code begins with who registers. There is no district 000000, and no organisation is called DEM0….
PUBLIC_REGISTER, TRADE_REGISTER = "12", "91"
IN_PUBLIC_REGISTER = {EnterpriseKind.PUBLIC_BODY, EnterpriseKind.SCHOOL}
REGION, ORGANISATION = "000000", "DEM0"
TITLES = {MembershipRole.OWNER: "工会主席", MembershipRole.BOOKER: "人事", MembershipRole.VIEWER: "班组长"}
NO = "名称和代码对不上，请核对营业执照"


@dataclass(frozen=True)
class Firm:
    """An enterprise that orders, who orders for it, and the workers it may name."""

    enterprise: Enterprise
    bookers: Sequence[User]
    staff: Sequence[User]


def make_firms(count: int, workers: Sequence[User], *, chance: Random, pen: Pen) -> list[Firm]:
    """Make that many enterprises through the doors; return those that were verified before the year began.

    The first of them is the one that visitors sign in for.
    """
    staff = shuffled(list(workers), chance)
    size = len(staff) // count
    found = []
    for number, (town, place) in enumerate(islice(_places(chance), count)):
        own = staff[number * size : (number + 1) * size]
        kind = KINDS[(number + number // len(KINDS)) % len(KINDS)]
        name = place.format(ending=ENDINGS[kind][number // len(KINDS) % 3])
        said = Application(name, kind, _credit_code(kind, number), town, TITLES[MembershipRole.OWNER])
        registered_at = _registered_at(number, chance, pen.now)
        contacts = own[: chance.randint(1, 3)] if number else [_visitor(registered_at), *own[:2]]
        enterprise = _make(said, contacts, now=registered_at)
        _answer(number, enterprise, chance=chance, pen=pen)
        if not _is_newcomer(number):
            found.append(Firm(enterprise, contacts[: 2 if number else 1], own))
        pen.progress("单位", number + 1, count)
    return found


def _places(chance: Random) -> Iterator[tuple[Union, str]]:
    """Yield towns with the beginning of a name there, different ones as long as there are enough."""
    towns = list(Union.objects.filter(kind=UnionKind.TOWN)) or [district()]
    places = [
        (town, f"{town.area.removesuffix('镇').removesuffix('街道')}演示{word}{{ending}}")
        for town, word in product(towns, WORDS)
    ]
    return cycle(shuffled(places, chance))


def _is_newcomer(number: int) -> bool:
    return number % NEWCOMERS == NEWCOMERS - 1


def _waits(number: int) -> bool:
    return _is_newcomer(number) and number // NEWCOMERS % UNANSWERED == 1


def _registered_at(number: int, chance: Random, now: datetime) -> datetime:
    days = SETTLED_DAYS + chance.randrange(LONGEST_SETTLED)
    if _waits(number):
        days = 1 + number % 11
    elif _is_newcomer(number):
        days = LATEST_ANSWERED + chance.randrange(SETTLED_DAYS - LATEST_ANSWERED)
    return at_work(local(now).date() - days * DAY, chance)


def _credit_code(kind: EnterpriseKind, number: int) -> str:
    """Return an invented code that passes the check of GB 32100; nothing for the kinds that have none."""
    if kind in WITHOUT_CREDIT_CODE:
        return ""
    register = PUBLIC_REGISTER if kind in IN_PUBLIC_REGISTER else TRADE_REGISTER
    code = f"{register}{REGION}{ORGANISATION}{number:05d}"
    return code + uscc.calc_check_digit(code)


def _visitor(now: datetime) -> User:
    person = people.find_or_create(phone=CONTACT_PHONE, now=now)
    people.welcome(person=person, facts=people.Facts(name=CONTACT_NAME), now=now)
    people.mark_verified(person=person, now=now)
    return person


def _make(said: Application, contacts: Sequence[User], *, now: datetime) -> Enterprise:
    """Let the first contact register it; the others belong to it as well: there is no door for them yet."""
    owner, *others = contacts
    enterprise = enterprises.register(person=owner, application=said, now=now)
    roles = [MembershipRole.BOOKER, MembershipRole.VIEWER]
    with recorded(actor=owner, reason="", at=now):
        Membership.objects.bulk_create(
            Membership(user=person, enterprise=enterprise, role=role, title=TITLES[role], created_at=now)
            for person, role in zip(others, roles, strict=False)
        )
    return enterprise


def _answer(number: int, enterprise: Enterprise, *, chance: Random, pen: Pen) -> None:
    """Let the officer say yes or no within some days, or leave it waiting."""
    if _waits(number):
        return
    day = add_workdays(local(enterprise.created_at).date(), chance.randint(1, 3))
    at = at_work(day, chance)
    if _is_newcomer(number) and number // NEWCOMERS % DECLINED == 2:  # noqa: PLR2004 -- any but the one that waits
        enterprises.decline(enterprise_id=enterprise.pk, actor=pen.officer, reason=NO, now=at)
    else:
        enterprises.verify(enterprise_id=enterprise.pk, actor=pen.officer, now=at)
