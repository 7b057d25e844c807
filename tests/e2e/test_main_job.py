"""The main job, by hand, of everybody at once: worker, enterprise contact, instructor, officer and reviewers.

Each meets the others' work: the officer schedules the enterprise's class beside the workers' class, the clock that
brings a reminder brings the end of a publicity too.
"""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from accounts.models import Union, UnionKind, User
from bookings.models import Booking
from messaging.models import Message
from proposals.models import Proposal
from tests import servers
from tests.accounts.factories import EnterpriseFactory, MembershipFactory
from tests.conftest import NOW
from tests.e2e import enterprise_story, proposal_story, worker_story
from tests.e2e.conftest import OFFICER_PASSWORD, OFFICER_PHONE, REVIEWERS, REVIEWERS_PASSWORD, House, OpenWindow
from tests.e2e.people import Person, sign_in_at_the_desk
from tests.e2e.windows import DESKTOP, PHONE, PHONE_WITHOUT_SCRIPT, Screen, Window
from tests.factories import UserFactory
from timetable.models import ClassRun

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass(frozen=True)
class Cast:
    """Everybody of the story, on screens of one kind."""

    visitor: Window
    first: Person
    second: Person
    contact: Person
    named: Person
    stranger: Person
    author: Person
    officer: Window
    first_reviewer: Window
    second_reviewer: Window

    @classmethod
    def on(cls, screen: Screen, open_window: OpenWindow) -> "Cast":
        def person(role: str, name: str, phone: str) -> Person:
            return Person(open_window(role, screen), name, phone)

        return cls(
            visitor=open_window("visitor", screen),
            first=person("first", "郑工友", "19900100001"),
            second=person("second", "苏工友", "19900100002"),
            contact=person("contact", "何联系", "19900100003"),
            named=person("named", enterprise_story.NAMES[7], enterprise_story.PHONES[7]),
            stranger=person("stranger", "别联系", "19900100004"),
            author=person("author", "严师傅", "19900100005"),
            officer=open_window("officer", screen),
            first_reviewer=open_window("first-reviewer", screen),
            second_reviewer=open_window("second-reviewer", screen),
        )


def test_the_main_job_on_a_phone_without_scripts(house: House, open_window: OpenWindow) -> None:
    cast = Cast.on(PHONE_WITHOUT_SCRIPT, open_window)
    with house.worker_and_beat():
        run, other_run = find_and_open_classes(cast)
        order_and_name(cast)
        servers.wait_until(lambda: house.sms(cast.named.number, "enrolled"))
        assert enterprise_story.ENTERPRISE in house.sms(cast.named.number, "enrolled")[0]
        proposal = propose_and_review(cast, house)
        worker_story.share_one_seat(run, cast.first, cast.second)
        servers.wait_until(lambda: house.sms(cast.second.number, "moved_up"))
        assert house.sms(cast.second.number, "reminder") == []

        house.set_clock(run.starts_at - timedelta(hours=23))
        servers.wait_until(lambda: house.sms(cast.second.number, "reminder"))

    with house.worker_and_beat():
        # Whoever comes now is reminded now: so they are at work again, and plan.
        cast.first.window.open(f"/classes/{other_run.number}/")
        cast.first.window.follow("立即报名")
        cast.first.window.press("确认报名")
        servers.wait_until(lambda: house.sms(cast.first.number, "reminder"))

    for one in (cast.first, cast.second):
        assert len(house.sms(one.number, "reminder")) == 1
        assert Message.objects.filter(person__in=User.objects.with_phone(one.number), kind="reminder_1d").count() == 1
    cast.second.window.open("/my/messages/")
    assert cast.second.window.page.get_by_role("link", name=f"明天上课：{worker_story.COURSE}").count() == 1
    approve_and_find(cast, house, proposal)


@pytest.mark.parametrize("screen", [PHONE, DESKTOP], ids=lambda screen: screen.name)
def test_the_same_with_scripts(house: House, open_window: OpenWindow, screen: Screen) -> None:
    cast = Cast.on(screen, open_window)
    run, _other_run = find_and_open_classes(cast)
    order_and_name(cast)
    proposal = propose_and_review(cast, house)
    worker_story.share_one_seat(run, cast.first, cast.second)
    approve_and_find(cast, house, proposal)


def find_and_open_classes(cast: Cast) -> tuple[ClassRun, ClassRun]:
    """A visitor looks for a course, an officer opens classes of it, the visitor finds them in the town."""
    worker_story.look_around(cast.visitor)
    sign_in_at_the_desk(cast.officer, OFFICER_PHONE, OFFICER_PASSWORD)
    runs = worker_story.open_classes(cast.officer, worker_story.START)
    worker_story.find_in_town(cast.visitor)
    return runs


def order_and_name(cast: Cast) -> None:
    """An enterprise gets its class and sends its roster; another one sees nothing of it."""
    booking = enterprise_story.order_a_class(cast.contact, cast.officer)
    enterprise_story.send_roster(cast.contact.window, booking)
    enterprise_story.find_the_own_class(cast.named)
    join_another_enterprise(cast.stranger)
    enterprise_story.finds_nothing(cast.stranger, Booking.objects.get())


def join_another_enterprise(stranger: Person) -> None:
    officer = User.objects.with_phone(OFFICER_PHONE).get()
    town = Union.objects.filter(kind=UnionKind.TOWN).earliest("pk")
    firm = EnterpriseFactory(name="演示隔壁厂", town=town, verified_at=NOW, verified_by=officer)
    MembershipFactory(enterprise=firm, user=UserFactory(name=stranger.name, phone=stranger.number))


def propose_and_review(cast: Cast, house: House) -> Proposal:
    """An instructor's proposal gets as far as the publicity; the own decision is nobody's."""
    proposal_story.introduce_oneself(cast.author, [cast.visitor, cast.stranger.window])
    proposal = proposal_story.write_a_draft(cast.author.window)
    proposal_story.submit_without_sign_in(cast.author, house)
    first, second = (cast.first_reviewer, cast.second_reviewer)
    for reviewer, phone in zip((first, second), REVIEWERS.values(), strict=True):
        sign_in_at_the_desk(reviewer, phone, REVIEWERS_PASSWORD)
    proposal_story.return_with_a_remark(first)
    proposal_story.correct_and_submit_again(cast.author.window)
    proposal_story.pass_twice(first, second, proposal)
    proposal_story.read_the_publicity(cast.visitor)
    proposal_story.decide_on_the_own(cast.author, proposal)
    return proposal


def approve_and_find(cast: Cast, house: House, proposal: Proposal) -> None:
    """Five working days later the proposal is a course of the menu."""
    house.set_clock(proposal_story.PUBLICITY_ENDS + timedelta(minutes=1))
    proposal_story.approve(cast.second_reviewer, proposal)
    proposal_story.read_the_end(cast.author.window)
    proposal_story.find_the_course(cast.visitor)
