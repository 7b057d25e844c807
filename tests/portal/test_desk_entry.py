"""An officer writes down an order that came by telephone, at the counter or on paper."""

import pytest
from django.apps import apps
from django.test import Client

from accounts.models import Enterprise, MembershipRole, User
from bookings.models import Booking
from catalogue.models import Course
from messaging.models import Message
from tests import factories
from tests.accounts.factories import EnterpriseFactory, contact_of, verified_enterprise
from tests.factories import NOW, CourseFactory, UserFactory
from tests.portal.pages import signed_in, words_of

pytestmark = pytest.mark.django_db

STAFF = "accounts.backends.StaffBackend"
FIND = "/desk/bookings/new/"
SURE = {"sure": "+8619900007777"}


@pytest.fixture
def course() -> Course:
    return CourseFactory(code="SK0001", title="消防图纸", max_size=60)


@pytest.fixture
def firm(course: Course) -> Enterprise:
    return verified_enterprise(name="演示电机厂")


@pytest.fixture
def contact(firm: Enterprise) -> User:
    return contact_of(firm)


@pytest.fixture
def officer() -> User:
    return factories.officer(name="经办员")


@pytest.fixture
def desk(officer: User) -> Client:
    client = Client()
    client.force_login(officer, backend=STAFF)
    return client


def page(firm: Enterprise) -> str:
    return f"{FIND}{firm.public_id}/"


def told(who: User | None = None, **other: str) -> dict[str, str]:
    form = {
        "key": "abcdefgh2345",
        "channel": "phone",
        "contact": who.public_id if who else "",
        "course_1": "SK0001",
        "day_1": "2026-12-15",
        "band_1": "noon",
        "headcount": "35",
        "place": "演示路 1 号",
        "purpose": "看懂图纸",
    }
    return form | other


def test_an_enterprise_is_found_by_its_name(desk: Client, firm: Enterprise) -> None:
    waiting = EnterpriseFactory(name="演示电机二厂")
    EnterpriseFactory(name="演示电机旧厂", declined_at=NOW, decline_reason="重复")
    shown = words_of(desk.get(FIND, {"q": "电机 演示"}))
    assert ("演示电机厂" in shown, "演示电机二厂" in shown, "演示电机旧厂" in shown) == (True, True, False)
    assert f'href="{page(waiting)}"' in desk.get(FIND, {"q": "二厂"}).content.decode()
    assert "没有找到这个单位" in words_of(desk.get(FIND, {"q": "没有这家"}))
    assert "演示电机厂" not in words_of(desk.get(FIND))


def test_an_order_by_telephone_gets_its_number_at_once(
    desk: Client, firm: Enterprise, contact: User, officer: User
) -> None:
    answer = desk.post(page(firm), told(contact))
    booking = Booking.objects.get()
    assert answer.headers["Location"] == f"/desk/bookings/{booking.public_id}/"
    assert (booking.status, booking.number, booking.contact) == ("submitted", "DD-26-00001", contact)
    assert (booking.channel, booking.entered_by, str(booking.reply_by)) == ("phone", officer, "2026-12-04")
    assert Message.objects.get(person=contact).title == "已收到点单 DD-26-00001"
    shown = words_of(desk.get(f"/desk/bookings/{booking.public_id}/"))
    assert ("电话（经办员代录）" in shown, "已提交 经办员" in shown) == (True, True)
    assert "DD-26-00001" in words_of(signed_in(contact).get("/enterprise/"))


def test_the_same_form_sent_twice_is_one_order(desk: Client, firm: Enterprise, contact: User) -> None:
    for _press in range(2):
        desk.post(page(firm), told(contact))
    assert (Booking.objects.count(), Message.objects.filter(person=contact).count()) == (1, 1)


def test_somebody_new_becomes_one_who_orders(desk: Client, firm: Enterprise) -> None:
    form = told(contact_name="新联系", contact_phone="199 0000 7777", channel="counter")
    desk.post(page(firm), form | SURE)
    person = User.objects.with_phone("+8619900007777").get()
    membership = firm.memberships.get(user=person)
    assert (person.name, person.verified_at, membership.role) == ("新联系", None, MembershipRole.BOOKER)
    assert (Booking.objects.get().contact, Booking.objects.get().channel) == (person, "counter")
    assert Message.objects.get(person=person).title == "已收到点单 DD-26-00001"


def test_the_phone_of_somebody_new_is_read_back_first(desk: Client, firm: Enterprise) -> None:
    people = User.objects.count()
    form = told(contact_name="新联系", contact_phone="199 0000 7777", place="留着的地点")
    asked = desk.post(page(firm), form)
    assert "新联系 199 0000 7777 请把号码读给对方听" in words_of(asked)
    assert "这个单位里没有这位联系人" in words_of(asked)
    assert (Booking.objects.count(), User.objects.count()) == (0, people)
    assert desk.post(page(firm), form | {"contact_phone": "199 0000 7778"} | SURE).context["phone"] == "+8619900007778"
    back = desk.post(page(firm), form | {"back": "1"})
    assert (back.status_code, 'value="留着的地点"' in back.content.decode()) == (200, True)
    assert Booking.objects.count() == 0


def test_the_owners_hear_of_somebody_new_and_the_history_says_why(
    desk: Client, firm: Enterprise, contact: User, officer: User
) -> None:
    for _press in range(2):
        desk.post(page(firm), told(contact_name="新联系", contact_phone="19900007777") | SURE)
    (message,) = Message.objects.filter(person=contact, kind="booking_introduced")
    assert message.title == "新的点单人：新联系 尾号7777"
    assert "点单 DD-26-00001 由工会代录" in message.body
    event = apps.get_model("accounts", "MembershipEvent").objects.latest("pgh_id")
    said = event.pgh_context.metadata
    assert (event.role, said["actor"], said["reason"]) == ("booker", officer.pk, "代录 DD-26-00001")


def test_a_viewer_who_calls_becomes_one_who_orders_and_the_officer_is_told_so(desk: Client, firm: Enterprise) -> None:
    viewer = contact_of(firm, MembershipRole.VIEWER)
    form = told(contact_name="别的名", contact_phone=viewer.phone)
    assert f"这个号码是单位的查看人 {viewer.name}" in words_of(desk.post(page(firm), form))
    assert firm.memberships.get(user=viewer).role == MembershipRole.VIEWER
    desk.post(page(firm), form | {"sure": viewer.phone})
    assert (firm.memberships.get(user=viewer).role, Booking.objects.get().contact) == (MembershipRole.BOOKER, viewer)


def test_one_who_orders_already_stays_what_he_is(desk: Client, firm: Enterprise, contact: User) -> None:
    form = told(contact_name="别的名", contact_phone=contact.phone)
    assert f"这个号码是单位的负责人 {contact.name}，已经能替单位点单" in words_of(desk.post(page(firm), form))
    desk.post(page(firm), form | {"sure": contact.phone})
    assert (firm.memberships.get(user=contact).role, Message.objects.count()) == (MembershipRole.OWNER, 1)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"contact": ""}, "请填写联系人姓名。"),
        ({"contact": "", "contact_name": "新联系"}, "请填写联系人手机号。"),
        ({"contact": "", "contact_name": "新联系", "contact_phone": "12345"}, "请输入 11 位大陆手机号"),
        ({"contact": "nobodysid234"}, "没有这个选项"),
        ({"channel": "web"}, "没有这个选项"),
        ({"headcount": "18"}, "点单至少 20 人"),
        ({"day_1": "2026-12-03"}, "最早 12月15日 周二"),
        ({"day_1": "2026-12-03", "soon": " \u200b"}, "最早 12月15日 周二"),
        ({"course_1": ""}, "请选择想上的课程"),
    ],
)
def test_what_is_odd_is_refused_and_kept(
    desk: Client, firm: Enterprise, contact: User, typed: dict[str, str], sentence: str
) -> None:
    people = User.objects.count()
    answer = desk.post(page(firm), told(contact, **{"place": "留着的地点", **typed}))
    assert (answer.status_code, sentence in words_of(answer)) == (422, True)
    assert 'value="留着的地点"' in answer.content.decode()
    assert (Booking.objects.count(), User.objects.count() - people) == (0, 0)


def test_an_officer_may_go_below_the_lead_time_with_a_reason(desk: Client, firm: Enterprise, contact: User) -> None:
    desk.post(page(firm), told(contact, day_1="2026-12-03", soon="安全月专项，领导已同意"))
    booking = Booking.objects.get()
    assert booking.status == "submitted"
    assert "安全月专项，领导已同意" in words_of(desk.get(f"/desk/bookings/{booking.public_id}/"))
    own = signed_in(contact)
    assert "安全月专项，领导已同意" in words_of(own.get(f"/enterprise/bookings/{booking.public_id}/"))


def test_an_unverified_enterprise_may_call_and_is_verified_before_the_answer(desk: Client, course: Course) -> None:
    firm = EnterpriseFactory()
    desk.post(page(firm), told(contact_of(firm)))
    booking = Booking.objects.get()
    assert booking.status == "submitted"
    assert desk.post(f"/desk/bookings/{booking.public_id}/accept/").status_code == 409


def test_an_officer_writes_down_nothing_for_the_own_enterprise(
    desk: Client, firm: Enterprise, contact: User, officer: User
) -> None:
    firm.memberships.create(user=officer, role=MembershipRole.OWNER, created_at=NOW)
    answer = desk.post(page(firm), told(contact))
    assert (answer.status_code, "不属于这个单位的经办人" in words_of(answer)) == (422, True)
    assert Booking.objects.count() == 0


def test_a_declined_or_unknown_enterprise_is_not_there(desk: Client, course: Course) -> None:
    gone = EnterpriseFactory(declined_at=NOW, decline_reason="重复")
    for path in (page(gone), f"{FIND}nobodysid234/"):
        assert (desk.get(path).status_code, desk.post(path, told()).status_code) == (404, 404)


def test_nobody_else_writes_orders_down(firm: Enterprise, contact: User) -> None:
    for reader in (signed_in(contact), signed_in(UserFactory()), Client()):
        assert reader.post(page(firm), told(contact)).status_code in {302, 404}
    assert Booking.objects.count() == 0
