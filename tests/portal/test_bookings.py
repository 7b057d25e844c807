"""An enterprise orders a class on its pages; an officer answers and schedules it at the desk."""

from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import Enterprise, MembershipRole, User
from bookings.models import Booking
from catalogue.models import Course, Room
from policy import clock
from tests import factories
from tests.accounts.factories import contact_of, verified_enterprise
from tests.bookings.factories import accepted, booker_of, confirmed, draft, order, submitted
from tests.factories import (
    NOW,
    ClassRunFactory,
    CourseFactory,
    InstructorFactory,
    RoomFactory,
    SiteFactory,
    TermFactory,
    UserFactory,
)
from tests.portal.pages import signed_in, text_of, words_of
from timetable.models import ClassRun, Lesson

pytestmark = pytest.mark.django_db

STAFF = "accounts.backends.StaffBackend"
KEY = "abcdefgh2345"


@pytest.fixture
def firm() -> Enterprise:
    return verified_enterprise(name="演示机械厂")


@pytest.fixture
def contact(firm: Enterprise) -> User:
    return contact_of(firm)


@pytest.fixture
def course() -> Course:
    return CourseFactory(code="SK0001", title="消防图纸", max_size=60)


@pytest.fixture
def desk() -> Client:
    TermFactory()
    client = Client()
    client.force_login(factories.officer(name="经办员"), backend=STAFF)
    return client


def filled(**other: str) -> dict[str, str]:
    form = {
        "press": KEY,
        "version": "1",
        "next": "1",
        "course_1": "SK0001 消防图纸",
        "day_1": "2026-12-15",
        "band_1": "noon",
        "headcount": "35",
        "place": "演示路 1 号",
        "purpose": "看懂图纸",
    }
    return form | other


def address(firm: Enterprise) -> str:
    return f"/enterprise/{firm.public_id}/bookings/new/"


def test_from_the_form_to_the_receipt(firm: Enterprise, contact: User, course: Course) -> None:
    client = signed_in(contact)
    assert "SK0001 消防图纸" in client.get(address(firm)).content.decode()
    answer = client.post(address(firm), filled(day_2="2026-12-16", band_2="after_work", frontline="30"))
    booking = Booking.objects.get()
    page = f"/enterprise/bookings/{booking.public_id}/"
    assert answer.headers["Location"] == page
    checked = words_of(client.get(page))
    assert "消防图纸" in checked
    assert "12月15日 周二 工作日午间；12月16日 周三 工作日晚间" in checked
    assert "35 人（一线 30）" in checked
    assert client.post(f"{page}submit/").headers["Location"] == page
    receipt = words_of(client.get(page))
    assert "点单 DD-26-00001" in receipt
    assert "填写 （已完成） 核对提交 （已完成） 工会受理 排课" in receipt
    assert "最晚答复 12月4日 周五" in receipt
    assert "DD-26-00001" in words_of(client.get("/enterprise/"))


def test_pressed_twice_it_is_one_order(firm: Enterprise, contact: User, course: Course) -> None:
    client = signed_in(contact)
    for _press in range(2):
        client.post(address(firm), filled())
    booking = Booking.objects.get()
    for _press in range(2):
        client.post(f"/enterprise/bookings/{booking.public_id}/submit/")
    client.post(address(firm), filled(headcount="50"))
    booking.refresh_from_db()
    assert (Booking.objects.count(), booking.number, booking.headcount) == (1, "DD-26-00001", 35)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"headcount": "18"}, "点单至少 20 人，您填了 18 人。可以与附近单位合成一单"),
        ({"day_1": "2026-12-03"}, "最早 12月15日 周二。也可以选 12月16日 周三或 12月17日 周四。"),
        ({"day_1": "2026-02-30"}, "请填写存在的日期"),
        ({"day_1": "9999-12-31"}, "请选择今天起一年内的日期"),
        ({"day_1": ""}, "请填写日期"),
        ({"day_2": "2026-12-15", "band_2": "noon"}, "这个日期和时段已经填过了"),
        ({"course_1": "没有这门课"}, "课程目录里没有这门课"),
        ({"course_2": "sk0001"}, "这门课已经选过了"),
        ({"course_1": ""}, "请选择想上的课程"),
        ({"band_1": "midnight"}, "请选择列表里的时段"),
        ({"band_1": "weekend"}, "这一天是周二，和时段对不上"),
        ({"day_2": "2026-12-19", "band_2": "after_work"}, "这一天是周六，和时段对不上"),
        ({"headcount": "1e3"}, "之间的整数"),
        ({"headcount": "-1"}, "之间的整数"),
        ({"headcount": "61"}, "每班最多 60 人，您填了 61 人"),
        ({"frontline": "30", "migrant": "6"}, "各类职工的人数加起来比预计人数多"),
        ({"place": "\u202e \u200b"}, "请填写希望的上课地点"),
        ({"purpose": "学" * 501}, "最多 500 个字"),
    ],
)
def test_what_is_odd_is_refused_beside_its_field(
    firm: Enterprise, contact: User, course: Course, typed: dict[str, str], sentence: str
) -> None:
    answer = signed_in(contact).post(address(firm), filled(**typed))
    assert answer.status_code == 422
    assert sentence in words_of(answer)
    assert Booking.objects.count() == 0


def test_a_draft_is_corrected_and_keeps_its_key(contact: User, firm: Enterprise, course: Course) -> None:
    client = signed_in(contact)
    client.post(address(firm), filled())
    booking = Booking.objects.get()
    page = client.get(f"/enterprise/bookings/{booking.public_id}/edit/").headers["Location"]
    assert page == f"/enterprise/drafts/{KEY}/"
    assert 'value="SK0001 消防图纸"' in client.get(page).content.decode()
    client.post(address(firm), filled(headcount="40"))
    booking.refresh_from_db()
    assert (Booking.objects.count(), booking.headcount, booking.key) == (1, 40, KEY)


def test_fields_nobody_asked_for_change_nothing(firm: Enterprise, contact: User, course: Course) -> None:  # 49
    other = verified_enterprise()
    more = {"status": "accepted", "enterprise": other.public_id, "number": "DD-1", "channel": "phone", "contact": "1"}
    signed_in(contact).post(address(firm), filled(**more))
    booking = Booking.objects.get()
    assert (booking.status, booking.enterprise, booking.number) == ("draft", firm, None)
    assert (booking.channel, booking.contact) == ("web", contact)


def test_anothers_order_is_not_there(contact: User) -> None:  # 47
    mine, sent = draft(), submitted()
    client = signed_in(contact)
    paths = [f"/enterprise/{mine.enterprise.public_id}/bookings/new/"]
    for booking in (mine, sent):
        paths += [f"/enterprise/bookings/{booking.public_id}/{tail}" for tail in ("", "edit/")]
    assert {client.get(path).status_code for path in paths} == {404}
    posts = [f"/enterprise/bookings/{mine.public_id}/{tail}" for tail in ("submit/", "withdraw/")]
    assert {client.post(path, filled()).status_code for path in [*posts, paths[0]]} == {404}
    mine.refresh_from_db()
    assert (mine.status, Booking.objects.count()) == ("draft", 2)
    assert str(sent.number) not in words_of(client.get("/enterprise/"))


def test_a_viewer_looks_and_does_not_order() -> None:
    booking = draft()
    client = signed_in(booker_of(booking, MembershipRole.VIEWER))
    shown = words_of(client.get(f"/enterprise/bookings/{booking.public_id}/"))
    assert ("核对点单" in shown, "提交点单" in shown) == (True, False)
    assert client.get(f"/enterprise/{booking.enterprise.public_id}/bookings/new/").status_code == 404
    assert client.post(f"/enterprise/bookings/{booking.public_id}/submit/").status_code == 409


def test_a_draft_or_a_sent_order_is_withdrawn() -> None:
    booking = submitted()
    signed_in(booking.contact).post(f"/enterprise/bookings/{booking.public_id}/withdraw/")
    booking.refresh_from_db()
    assert booking.status == "cancelled_by_enterprise"


def test_the_desk_lists_orders_with_their_promise(desk: Client) -> None:
    booking = submitted()
    shown = words_of(desk.get("/desk/"))
    assert f"答复点单：{booking.number} {booking.enterprise.name} 今天收到 · 2026-12-04 前答复" in shown
    with clock.frozen_at(NOW + timedelta(days=4)):
        assert "已等 4 天 · 2026-12-04 前答复 · 已过期" in words_of(desk.get("/desk/"))


def test_the_desk_can_ring_the_contact_and_the_firm_reads_four_digits(desk: Client) -> None:
    booking = submitted()
    number = booking.contact.phone.removeprefix("+86")
    assert f"{booking.contact.name} {number}" in words_of(desk.get(f"/desk/bookings/{booking.public_id}/"))
    own = words_of(signed_in(booking.contact).get(f"/enterprise/bookings/{booking.public_id}/"))
    assert f"{booking.contact.name} 尾号{number[-4:]}" in own
    assert number not in own


def test_the_smallest_room_that_holds_the_order_is_proposed(desk: Client, room: Room) -> None:
    small = factories.RoomFactory(site=room.site, name="小教室", capacity=40)
    booking = accepted()
    assert f'<option value="{small.pk}" selected>' in desk.get(schedule_page(booking)).content.decode()


def test_an_officer_accepts_and_the_desk_goes_on(desk: Client) -> None:
    booking = submitted()
    page = f"/desk/bookings/{booking.public_id}/"
    assert desk.post(f"{page}accept/").headers["Location"] == page
    booking.refresh_from_db()
    assert booking.status == "accepted"
    assert "已受理 经办员 12月1日 周二 09:00" in words_of(desk.get(page))
    assert f"排课：{booking.number}" in words_of(desk.get("/desk/"))


def test_an_officer_declines_with_a_reason(desk: Client) -> None:
    booking = submitted()
    page = f"/desk/bookings/{booking.public_id}/"
    assert desk.post(f"{page}decline/", {"reason": ""}).status_code == 422
    desk.post(f"{page}decline/", {"reason": "本月讲师已排满"})
    booking.refresh_from_db()
    assert booking.status == "declined"
    assert "本月讲师已排满" in words_of(signed_in(booking.contact).get(f"/enterprise/bookings/{booking.public_id}/"))


def test_an_officer_of_the_enterprise_does_not_answer_its_order() -> None:  # 48
    booking = submitted()
    officer = factories.officer()
    booking.enterprise.memberships.create(user=officer, role="viewer", created_at=NOW)
    client = Client()
    client.force_login(officer, backend=STAFF)
    page = f"/desk/bookings/{booking.public_id}/"
    assert "受理" not in words_of(client.get(page)).replace("工会受理", "")
    assert client.post(f"{page}accept/").status_code == 409
    booking.refresh_from_db()
    assert booking.status == "submitted"


def test_a_draft_is_nobodys_business_at_the_desk(desk: Client) -> None:
    booking = draft()
    assert desk.get(f"/desk/bookings/{booking.public_id}/").status_code == 404
    assert booking.enterprise.name not in words_of(desk.get("/desk/"))


@pytest.fixture
def room() -> Room:
    return RoomFactory(site=SiteFactory(slug="xinzhuang", short_name="莘庄"), capacity=60)


def run_form(room: Room, **other: str) -> dict[str, str]:
    form = {
        "room": str(room.pk),
        "instructor": InstructorFactory().public_id,
        "first_on": "2026-12-15",
        "starts": "12:00",
        "minutes": "90",
        "lesson_count": "1",
        "every_days": "7",
        "capacity": "35",
        "min_size": "1",
        "instructor_word": "12月2日电话答应",
    }
    return form | other


def schedule_page(booking: Booking) -> str:
    code = booking.course_wishes.get(position=1).course.code
    return f"/desk/bookings/{booking.public_id}/schedule/?course={code}&site=xinzhuang"


def test_an_officer_schedules_a_private_class(desk: Client, room: Room) -> None:
    booking = accepted()
    form = desk.get(schedule_page(booking)).context["form"]
    assert (form.initial["capacity"], str(form.initial["first_on"]), form.initial["starts"]) == (
        35,
        "2026-12-15",
        "12:00",
    )
    answer = desk.post(schedule_page(booking), run_form(room))
    assert answer.headers["Location"] == f"/desk/bookings/{booking.public_id}/"
    booking.refresh_from_db()
    run = booking.class_run
    assert run is not None
    assert (booking.status, booking.instructor_word) == ("confirmed", "12月2日电话答应")
    assert (run.private_to, run.capacity, run.opens_at, run.site) == (booking.enterprise, 35, NOW, room.site)
    shown = words_of(signed_in(booking.contact).get(f"/enterprise/bookings/{booking.public_id}/"))
    assert f"已排 {run.course.title} 12月15日 周二 12:00 {room.site.name}" in shown
    assert ("已确认 经办员" in shown, "12月2日电话答应" in shown) == (True, False)
    assert "已确认 经办员 12月2日电话答应" in words_of(desk.get(f"/desk/bookings/{booking.public_id}/"))


def test_scheduled_twice_it_is_one_class(desk: Client, room: Room) -> None:
    booking = accepted()
    form = run_form(room)
    for _press in range(2):
        desk.post(schedule_page(booking), form)
    assert ClassRun.objects.count() == 1


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"instructor_word": " "}, "请写明讲师的答复"),
        ({"instructor": ""}, "请选择讲师"),
        ({"capacity": "61"}, "每班最多 60 人"),
        ({"capacity": "34"}, "这个班只有 34 个名额，点单是 35 人。请把名额改成 35 个以上"),
        ({"first_on": "2026-11-30"}, "请选择今天起一年内的日期"),
    ],
)
def test_a_class_that_cannot_be_is_refused(desk: Client, room: Room, typed: dict[str, str], sentence: str) -> None:
    booking = accepted()
    answer = desk.post(schedule_page(booking), run_form(room, **typed))
    assert (answer.status_code, sentence in words_of(answer)) == (422, True)
    booking.refresh_from_db()
    assert (booking.status, booking.class_run, ClassRun.objects.count()) == ("accepted", None, 0)


def test_a_taken_room_is_refused_with_what_is_free(desk: Client, room: Room) -> None:
    first, second = accepted(), accepted()
    desk.post(schedule_page(first), run_form(room))
    answer = desk.post(schedule_page(second), run_form(room))
    assert answer.status_code == 422
    assert "可以改成" in words_of(answer)
    assert f"/desk/bookings/{second.public_id}/schedule/?" in answer.content.decode()
    second.refresh_from_db()
    assert (second.status, Lesson.objects.count()) == ("accepted", 1)


def test_an_accepted_order_is_called_off_with_a_reason(desk: Client) -> None:
    booking = accepted()
    desk.post(f"/desk/bookings/{booking.public_id}/cancel/", {"reason": "学堂停电"})
    booking.refresh_from_db()
    assert booking.status == "cancelled_by_union"


def test_a_class_that_is_over_is_closed(desk: Client) -> None:
    booking = confirmed()
    page = f"/desk/bookings/{booking.public_id}/"
    assert "课已上完，结束点单" not in words_of(desk.get(page))
    assert desk.post(f"{page}finish/").status_code == 409
    with clock.frozen_at(NOW + timedelta(days=30)):
        assert "课已上完，结束点单" in words_of(desk.get(page))
        assert f"结束点单：{booking.number}" in words_of(desk.get("/desk/"))
        desk.post(f"{page}finish/")
    booking.refresh_from_db()
    assert booking.status == "done"


def test_a_private_class_is_shown_to_its_enterprise_only(client: Client, desk: Client) -> None:
    course = CourseFactory(code="SK0009", max_size=60)
    run = ClassRunFactory(course=course)
    booking = confirmed(run, wishes=order(course))
    page, stranger = f"/classes/{run.number}/", signed_in(UserFactory())
    own = signed_in(booking.contact)
    assert [reader.get(page).status_code for reader in (client, stranger, own)] == [404, 404, 200]
    assert run.number not in client.get("/courses/SK0009/").content.decode()
    assert run.number not in own.get("/courses/SK0009/").content.decode()
    assert client.get("/courses/?state=open").context["cards"] == []
    assert "专班，凭名单入座" in words_of(desk.get(f"/desk/runs/{run.number}/"))


def test_nobody_takes_a_seat_of_a_private_class_by_pressing() -> None:
    booking = confirmed()
    run = booking.class_run
    assert run is not None
    own, stranger = signed_in(booking.contact), signed_in(UserFactory())
    press = f"/classes/{run.number}/enroll/"
    assert [reader.post(press, {"join_line": "1"}).status_code for reader in (own, stranger)] == [409, 404]
    assert "不能自己报名" in words_of(own.get(f"/classes/{run.number}/confirm/"))
    run.refresh_from_db()
    assert (run.seats_taken, run.waiting, run.enrollments.count()) == (0, 0, 0)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_orders_asks_the_same_questions_however_many_there_are(
    firm: Enterprise, contact: User, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    for _order in range(count):
        submitted(firm)
    reader = signed_in(contact)
    with django_assert_num_queries(13):
        reader.get("/enterprise/")


LIST = "/desk/bookings/"
INBOX = "/my/messages/"


def listed(desk: Client, **query: str) -> list[str]:
    return [str(booking.number) for booking, _look in desk.get(LIST, query).context["page"].rows]


def test_the_desk_lists_every_order_and_no_draft(desk: Client) -> None:
    first, second = submitted(verified_enterprise(name="演示电机厂")), accepted(verified_enterprise(name="演示港务站"))
    draft()
    shown = words_of(desk.get(LIST))
    assert listed(desk) == [second.number, first.number]
    assert ("演示电机厂" in shown, "35" in shown, "2026-12-15" in shown) == (True, True, True)
    assert f'href="{LIST}"' in desk.get("/desk/").content.decode()


def test_orders_are_found_by_number_enterprise_and_state(desk: Client) -> None:
    first, second = submitted(verified_enterprise(name="演示电机厂")), accepted(verified_enterprise(name="演示港务站"))
    assert listed(desk, q=str(first.number)) == [first.number]
    assert listed(desk, q="港务") == [second.number]
    assert listed(desk, q="演示 电机") == [first.number]
    assert listed(desk, state="submitted") == [first.number]
    assert listed(desk, state="nonsense") == [second.number, first.number]
    assert listed(desk, q="100%_'\"", state="accepted") == []
    assert "没有符合的点单" in words_of(desk.get(LIST, {"q": "没有这家"}))


def test_orders_come_fifty_a_page(desk: Client, firm: Enterprise) -> None:
    numbers = [str(submitted(firm).number) for _order in range(52)][::-1]
    page = desk.get(LIST)
    assert (listed(desk), page.context["page"].next_after) == (numbers[:50], numbers[49])
    assert (listed(desk, after=numbers[49]), listed(desk, after="DD-none")) == (numbers[50:], numbers[:50])


@pytest.mark.parametrize("count", [1, 3])
def test_the_desks_list_asks_the_same_questions_however_many_there_are(
    desk: Client, firm: Enterprise, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    for _order in range(count):
        submitted(firm)
    with django_assert_num_queries(9):
        desk.get(LIST)


def test_the_instructor_is_asked_for_and_who_is_free_is_said(desk: Client, room: Room) -> None:
    booking = accepted()
    course = booking.course_wishes.get(position=1).course
    busy, free = InstructorFactory(name="忙讲师"), InstructorFactory(name="空讲师")
    for position, teacher in enumerate((busy, free), start=1):
        course.course_instructors.create(instructor=teacher, position=position)
    other = accepted()
    desk.post(schedule_page(other), run_form(RoomFactory(site=room.site, capacity=60), instructor=busy.public_id))
    shown = words_of(desk.get(schedule_page(booking)))
    assert "12月15日 周二 12:00 有空的本课讲师：空讲师。" in shown
    assert ("以后再定" in shown, "请选择" in shown) == (False, True)
    answer = desk.post(schedule_page(booking), run_form(room, instructor="", instructor_word="还没问"))
    assert (answer.status_code, "有空的本课讲师：空讲师" in words_of(answer)) == (422, True)
    assert 'value="还没问"' in answer.content.decode()


def test_a_busy_instructor_is_refused_with_everything_kept_and_who_is_free(desk: Client, room: Room) -> None:
    booking, other = accepted(), accepted()
    course = booking.course_wishes.get(position=1).course
    busy, free = InstructorFactory(name="忙讲师"), InstructorFactory(name="空讲师")
    for position, teacher in enumerate((busy, free), start=1):
        course.course_instructors.create(instructor=teacher, position=position)
    desk.post(schedule_page(other), run_form(RoomFactory(site=room.site, capacity=60), instructor=busy.public_id))
    answer = desk.post(schedule_page(booking), run_form(room, instructor=busy.public_id, minutes="95"))
    page = answer.content.decode()
    assert (answer.status_code, 'value="95"' in page, 'value="12月2日电话答应"' in page) == (422, True, True)
    ways = [url for way in answer.context["ways"] for label, url in way.links if label == "空讲师"]
    form = desk.get(ways[0]).context["form"]
    assert (form["instructor"].value(), form["minutes"].value(), form["instructor_word"].value()) == (
        free.public_id,
        "95",
        "12月2日电话答应",
    )


HOSTILE = {
    "script": "<script>alert(1)</script>",
    "markdown": "**粗** [链](javascript:1) {{7*7}}",
    "emoji": "<img src=x onerror=alert(1)>👷🎉",
    "long": "字" * 1000,
}


def shown_to_both(own: Client, desk: Client) -> list[str]:
    """Return the pages of every order, as its enterprise and as the desk see it."""
    paths = [
        (reader, f"{place}/bookings/{one.public_id}/")
        for one in Booking.objects.all()
        for reader, place in ((own, "/enterprise"), (desk, "/desk"))
    ]
    return [reader.get(path).content.decode() for reader, path in paths]


@pytest.mark.parametrize("said", HOSTILE.values(), ids=HOSTILE)
def test_what_people_write_is_shown_as_text_everywhere(
    desk: Client, room: Room, course: Course, contact: User, said: str
) -> None:
    firm, own = contact.memberships.get().enterprise, signed_in(contact)
    wishes = {"place": said[:120], "purpose": said[:500]}
    called = {"key": "bcdefghj3456", "channel": "phone", "contact_name": said[:40], "contact_phone": "19900007777"}
    entered = filled(**called, **wishes, day_1="2026-12-03", soon=said[:200])
    pages = [desk.post(f"/desk/bookings/new/{firm.public_id}/", entered).content.decode()]
    desk.post(f"/desk/bookings/new/{firm.public_id}/", entered | {"sure": "+8619900007777"})
    by_phone = Booking.objects.get()
    by_web = own.post(address(firm), filled(**wishes)).headers["Location"]
    pages += [*shown_to_both(own, desk), own.get(f"{by_web}edit/", follow=True).content.decode()]
    own.post(f"{by_web}submit/")
    desk.post(f"/desk/bookings/{by_phone.public_id}/decline/", {"reason": said[:200]})
    order_page = by_web.replace("/enterprise/", "/desk/")
    desk.post(f"{order_page}accept/")
    pages.append(desk.get(f"{order_page}schedule/").content.decode())
    desk.post(f"{order_page}schedule/?course=SK0001&site=xinzhuang", run_form(room, instructor_word=said[:200]))
    pages += shown_to_both(own, desk)
    pages += [reader.get(path).content.decode() for reader, path in ((own, INBOX), (own, "/enterprise/"), (desk, LIST))]

    assert sorted(Booking.objects.values_list("status", flat=True)) == ["confirmed", "declined"]
    tags = ("<script>alert", "<img src=x", "<strong>粗", 'href="javascript:')
    assert [tag for tag in tags if tag in "".join(pages)] == []
    texts = [text_of(page) for page in pages]
    # On all of them but the two lists, and at the desk, where a draft is nobody's business.
    assert (sum(said[:40] in text for text in texts), len(texts)) == (11, 14)
    assert f"未能安排：{said[:200]}" in texts[-3]
    assert Booking.objects.get(status="confirmed").instructor_word == said[:200]
