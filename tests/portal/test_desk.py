"""The desk: an officer opens a class run in a form that refuses everything odd, and sees who comes."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from catalogue.models import Course, Room, Site
from enrollment import seats
from tests import factories
from tests.factories import (
    NOW,
    CategoryFactory,
    ClassRunFactory,
    CourseFactory,
    CourseInstructorFactory,
    InstructorFactory,
    RoomFactory,
    SiteFactory,
    TermFactory,
    UserFactory,
)
from timetable.models import ClassRun, Lesson, Occupancy

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

pytestmark = pytest.mark.django_db

STAFF = "accounts.backends.StaffBackend"
# Tuesday 2026-12-08, 18:30 in Shanghai.
START = NOW + timedelta(days=7, hours=9, minutes=30)


@pytest.fixture
def officer() -> User:
    TermFactory()
    return factories.officer(name="经办员")


@pytest.fixture
def desk(officer: User) -> Client:
    client = Client()
    client.force_login(officer, backend=STAFF)
    return client


@pytest.fixture
def site() -> Site:
    return SiteFactory(slug="jiangchuan", short_name="江川")


@pytest.fixture
def room(site: Site) -> Room:
    return RoomFactory(site=site, name="201教室", capacity=30)


@pytest.fixture
def course() -> Course:
    return CourseFactory(code="SK0001", title="消防演练", hours=3, lesson_count=2, min_size=10, max_size=60)


def address(course: Course, site: Site, **values: object) -> str:
    return reverse("portal:desk_new_run", args=[course.code], query={"site": site.slug, **values})


def filled(of: Room, /, **values: object) -> dict[str, object]:
    return {
        "room": of.pk,
        "instructor": "",
        "first_on": "2026-12-08",
        "starts": "18:30",
        "minutes": "90",
        "lesson_count": "2",
        "every_days": "7",
        "capacity": "30",
        "min_size": "10",
        "opens_on": "2026-12-02",
        "opens_at": "10:00",
        **values,
    }


def text(response: "Answer") -> str:
    return response.content.decode()


def test_the_first_step_asks_for_the_site(desk: Client, course: Course, room: Room) -> None:
    SiteFactory(short_name="停用学堂", retired_at=NOW)

    page = text(desk.get(reverse("portal:desk_new_run", args=[course.code])))

    assert f'<option value="jiangchuan">{room.site.name}</option>' in page
    assert '<optgroup label="莘庄镇">' in page
    assert "停用学堂" not in page


def test_the_form_starts_with_what_the_course_says(desk: Client, course: Course, room: Room) -> None:
    second, first = InstructorFactory(), InstructorFactory()
    CourseInstructorFactory(course=course, instructor=second, position=1)
    CourseInstructorFactory(course=course, instructor=first, position=0)
    CourseInstructorFactory(course=course, instructor=InstructorFactory(retired_at=NOW), position=2)

    initial = desk.get(address(course, room.site)).context["form"].initial

    assert {name: str(value) for name, value in initial.items()} == {
        "room": str(room.pk),
        "instructor": first.public_id,
        "first_on": "2026-12-15",
        "starts": "18:30",
        "minutes": "70",  # 3 hours of 45 minutes in 2 lessons are 67.5 each
        "lesson_count": "2",
        "every_days": "7",
        "capacity": "30",  # the largest room of the site
        "min_size": "10",
        "opens_on": "2026-12-02",
        "opens_at": "10:00:00",
    }


def test_only_rooms_of_the_site_and_instructors_who_teach_are_offered(desk: Client, course: Course, room: Room) -> None:
    own, other = InstructorFactory(), InstructorFactory()
    CourseInstructorFactory(course=course, instructor=own)
    InstructorFactory(retired_at=NOW)
    RoomFactory(site=room.site, retired_at=NOW)
    RoomFactory()

    form = desk.get(address(course, room.site)).context["form"]

    assert [value for value, _label in form.fields["room"].choices] == [room.pk]
    groups = form.fields["instructor"].widget.choices
    assert [(str(label), [value for value, _ in group]) for label, group in groups[1:]] == [
        ("本课讲师", [own.public_id]),
        ("其他讲师", [other.public_id]),
    ]


def test_the_form_as_it_comes_is_accepted(desk: Client, course: Course, room: Room) -> None:
    RoomFactory(site=room.site, name="小教室", capacity=12)
    form = desk.get(address(course, room.site)).context["form"]
    offered = {field.name: field.value() for field in form}

    desk.post(address(course, room.site), offered)

    run = ClassRun.objects.get()
    assert (run.capacity, {lesson.room for lesson in run.lessons.all()}) == (30, {room})


def test_an_officer_opens_a_class_run(desk: Client, officer: User, course: Course, room: Room) -> None:
    teacher = InstructorFactory()

    answer = desk.post(address(course, room.site), filled(room, instructor=teacher.public_id))

    run = ClassRun.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, reverse("portal:desk_run", args=[run.number]))
    assert (run.course, run.site, run.capacity, run.min_size, run.created_by) == (course, room.site, 30, 10, officer)
    assert run.opens_at == datetime.fromisoformat("2026-12-02T10:00+08:00")
    assert list(run.lessons.values_list("room", "instructor", "starts_at", "ends_at")) == [
        (room.pk, teacher.pk, start, start + timedelta(minutes=90)) for start in (START, START + timedelta(days=7))
    ]
    assert f"已开班：{run.number}《消防演练》。" in text(desk.get(answer["Location"]))


@pytest.mark.parametrize(
    "case",
    [
        ("first_on", "", "请填写日期。"),
        ("first_on", "2026-02-30", "请填写存在的日期，例如 2026-12-08。"),
        ("first_on", "2027-02-29", "请填写存在的日期，例如 2026-12-08。"),
        ("first_on", "0000-01-01", "请填写存在的日期，例如 2026-12-08。"),
        ("first_on", "26/1/2", "请填写存在的日期，例如 2026-12-08。"),
        ("first_on", "0001-01-01", "请选择今天起一年内的日期。"),
        ("first_on", "9999-12-31", "请选择今天起一年内的日期。"),
        ("first_on", "2026-11-30", "请选择今天起一年内的日期。"),
        ("opens_on", "9999-12-31", "请选择前后一年内的日期。"),
        ("opens_on", "0001-01-01", "请选择前后一年内的日期。"),
        ("starts", "25:00", "请填写时间，例如 18:30。"),
        ("starts", "晚上", "请填写时间，例如 18:30。"),
        ("opens_at", "", "请填写时间。"),
        ("minutes", "0", "请填写 15 到 480 之间的整数。"),
        ("minutes", "-90", "请填写 15 到 480 之间的整数。"),
        ("lesson_count", "61", "请填写 1 到 60 之间的整数。"),
        ("every_days", "0", "请填写 1 到 31 之间的整数。"),
        ("capacity", "0", "请填写 1 到 2000 之间的整数。"),
        ("capacity", "-1", "请填写 1 到 2000 之间的整数。"),
        ("capacity", "1000000000", "请填写 1 到 2000 之间的整数。"),
        ("capacity", "9" * 5000, "请填写 1 到 2000 之间的整数。"),
        ("capacity", "30.5", "请填写 1 到 2000 之间的整数。"),
        ("capacity", "1e5", "请填写 1 到 2000 之间的整数。"),
        ("min_size", "", "请填写 1 到 2000 之间的整数。"),
        ("room", "", "请选择教室。"),
        ("room", "99999999999999999999", "请选择这个学堂的教室。"),
        ("room", "-1", "请选择这个学堂的教室。"),
        ("room", "1e5", "请选择这个学堂的教室。"),
        ("instructor", "nobody", "请选择名单里的讲师。"),
        # What only the timetable knows stands beside the fields as well.
        ("first_on", "2026-12-01", "第一次课（12月1日 周二 08:00）已经过去，请选以后的时间。"),
        (
            "first_on",
            "2027-03-01",
            "2027年3月1日 周一不在任何轮次内，不能排课。请先请管理员建立这一轮次，或换一个日期。",
        ),
        ("first_on", "late", "第 1 次课从 12月8日 周二 23:30 到次日 01:00，跨过了午夜；要在同一天内。"),
        ("opens_at", "next year", "开放报名（2027年11月1日 周一 10:00）要早于第一次课（12月8日 周二 18:30）。"),
        ("opens_at", "late", "开放报名（12月8日 周二 18:30）要早于第一次课（12月8日 周二 18:30）。"),
        ("capacity", "31", "201教室只坐得下 30 人，放不下 31 人。请减少名额，或换一间更大的教室。"),
        ("capacity", "61", "《消防演练》每班最多 60 人，名额不能是 61。"),
        ("capacity", "9", "名额（9）不能少于开班人数（10）。"),
    ],
)
def test_bad_input_is_said_beside_its_field_and_changes_nothing(
    desk: Client, course: Course, room: Room, case: tuple[str, str, str]
) -> None:
    field, value, sentence = case
    special: dict[tuple[str, str], dict[str, object]] = {
        ("first_on", "late"): {"starts": "23:30"},
        ("first_on", "2026-12-01"): {"first_on": "2026-12-01", "starts": "08:00", "opens_on": "2026-11-30"},
        ("opens_at", "next year"): {"opens_on": "2027-11-01"},
        ("opens_at", "late"): {"opens_on": "2026-12-08", "opens_at": "18:30"},
    }

    answer = desk.post(address(course, room.site), filled(room, **special.get((field, value), {field: value})))

    assert answer.status_code == 422
    assert sentence in answer.context["form"].errors[field]
    assert f'<a href="#id_{field}">{sentence}</a>' in text(answer)
    assert "<title>错误：开班" in text(answer).replace("\n", "")
    assert (ClassRun.objects.count(), Lesson.objects.count(), Occupancy.objects.count()) == (0, 0, 0)


def test_what_was_typed_is_kept(desk: Client, course: Course, room: Room) -> None:
    page = text(desk.post(address(course, room.site), filled(room, minutes="0", starts="12:15", capacity="30.5")))

    assert 'name="starts" value="12:15"' in page
    assert 'name="capacity" value="30.5"' in page


def test_the_servers_clock_decides_not_the_browsers(desk: Client, course: Course, room: Room) -> None:
    earlier_today = filled(room, first_on="2026-12-01", starts="08:30", opens_on="2026-11-30")

    answer = desk.post(address(course, room.site), earlier_today, headers={"Date": "Mon, 30 Nov 2026 00:00:00 GMT"})

    assert answer.status_code == 422
    assert ClassRun.objects.count() == 0


@pytest.mark.parametrize("code", ["99999999999999999999", "-1", "1e5", "SK9999", "１２"])
def test_an_unknown_course_is_not_found(desk: Client, course: Course, code: str) -> None:
    assert desk.get(f"/desk/courses/{code}/new-run/", follow=True).status_code == 404


def test_a_code_in_small_letters_leads_to_the_form(desk: Client, course: Course) -> None:
    answer = desk.get("/desk/courses/sk0001/new-run/?site=jiangchuan")
    assert (answer.status_code, answer["Location"]) == (302, "/desk/courses/SK0001/new-run/?site=jiangchuan")


@pytest.mark.parametrize("number", ["99999999999999999999", "-1", "1e5", "26-99999", "１２"])
def test_an_unknown_run_is_not_found(desk: Client, number: str) -> None:
    assert desk.get(f"/desk/runs/{number}/").status_code == 404


@pytest.mark.parametrize("method", ["get", "post"])
def test_an_unknown_or_retired_site_is_not_found(desk: Client, course: Course, method: str) -> None:
    retired = SiteFactory(retired_at=NOW)
    for slug in ("nowhere", "99999999999999999999", retired.slug):
        url = reverse("portal:desk_new_run", args=[course.code], query={"site": slug})
        assert getattr(desk, method)(url).status_code == 404


def test_a_retired_course_is_not_found(desk: Client, room: Room) -> None:
    assert desk.get(address(CourseFactory(retired_at=NOW), room.site)).status_code == 404


def test_a_room_of_another_site_is_refused(desk: Client, course: Course, site: Site, room: Room) -> None:
    answer = desk.post(address(course, site), filled(RoomFactory()))

    assert answer.context["form"].errors["room"] == ["请选择这个学堂的教室。"]


def test_a_taken_room_is_named_and_the_free_ones_fill_the_form(desk: Client, course: Course, room: Room) -> None:
    """Scenario 42 of the product, on the page."""
    free = RoomFactory(site=room.site, name="202教室")
    desk.post(address(course, room.site), filled(room))
    other = CourseFactory(title="叉车安全", max_size=60)

    answer = desk.post(address(other, room.site), filled(room, starts="19:00"))

    assert answer.status_code == 422
    assert answer.context["form"].errors["room"] == [
        "201教室 12月8日 周二 18:30–20:00 已有《消防演练》（26-00001）。",
        "201教室 12月15日 周二 18:30–20:00 已有《消防演练》（26-00001）。",
    ]
    assert ClassRun.objects.count() == 1
    rooms, starts = answer.context["ways"]
    assert [label for label, _url in rooms.links] == ["江川 202教室（教室，40 人）"]
    form = desk.get(rooms.links[0][1]).context["form"]
    assert (str(form["room"].value()), form["starts"].value()) == (str(free.pk), "19:00")
    assert starts.links[0][0] == "12月9日 周三 19:00"
    form = desk.get(starts.links[0][1]).context["form"]
    assert (str(form["room"].value()), form["first_on"].value(), form["starts"].value()) == (
        str(room.pk),
        "2026-12-09",
        "19:00",
    )


def test_a_form_sent_twice_makes_one_run_and_says_so(desk: Client, course: Course, room: Room) -> None:
    first = desk.post(address(course, room.site), filled(room))

    second = desk.post(address(course, room.site), filled(room))

    assert second["Location"] == first["Location"]
    assert "这个班次已经开好了，没有重复开班。" in text(desk.get(second["Location"]))
    assert ClassRun.objects.count() == 1


@pytest.mark.parametrize("change", [{"capacity": "20"}, {"opens_at": "11:00"}, {"lesson_count": "1"}])
def test_a_changed_form_is_no_repetition(desk: Client, course: Course, room: Room, change: dict[str, object]) -> None:
    desk.post(address(course, room.site), filled(room))

    assert desk.post(address(course, room.site), filled(room, **change)).status_code == 422


def test_another_officers_run_is_no_repetition(desk: Client, course: Course, room: Room) -> None:
    desk.post(address(course, room.site), filled(room))
    desk.force_login(factories.officer(), backend=STAFF)

    assert desk.post(address(course, room.site), filled(room)).status_code == 422


def test_the_desk_lists_runs_that_are_not_over_soonest_first(desk: Client) -> None:
    later = ClassRunFactory(starts_at=NOW + timedelta(days=2))
    sooner = ClassRunFactory(starts_at=NOW + timedelta(days=1))
    ClassRunFactory(starts_at=NOW - timedelta(days=1), opens_at=NOW - timedelta(days=2))
    under_way = ClassRunFactory(starts_at=NOW - timedelta(minutes=30))

    rows = desk.get(reverse("portal:desk")).context["page"].rows

    assert [(row.run, row.state) for row in rows] == [(under_way, "started"), (sooner, "open"), (later, "open")]


def test_the_desk_counts_runs_seats_and_line(desk: Client) -> None:
    full = ClassRunFactory(capacity=1)
    ClassRunFactory(opens_at=NOW + timedelta(hours=1))
    for worker in UserFactory.create_batch(3):
        seats.claim(worker=worker, run_id=full.pk, now=NOW, join_line=True)

    figures = desk.get(reverse("portal:desk")).context["figures"]

    assert [(figure.label, figure.value) for figure in figures] == [
        ("未结束的班次", 2),
        ("已报人次", 1),
        ("候补人次", 2),
        ("待开放报名", 1),
    ]


@pytest.mark.parametrize("words", ["26-00777", "叉车", "sk7777", "江川", "叉车 江川", " 叉车\u3000", "００７７７"])
def test_the_desk_finds_runs_by_number_course_and_site(desk: Client, site: Site, words: str) -> None:
    course = CourseFactory(code="SK7777", title="叉车安全")
    wanted = ClassRunFactory(number="26-00777", course=course, site=site)
    ClassRunFactory(number="26-00001")

    rows = desk.get(reverse("portal:desk"), {"q": words}).context["page"].rows

    assert [row.run for row in rows] == [wanted]


def test_the_desk_turns_pages_by_the_last_number_seen(desk: Client, site: Site, room: Room, course: Course) -> None:
    runs = [ClassRunFactory(course=course, site=site, lesson__room=room) for _number in range(51)]

    first = desk.get(reverse("portal:desk")).context["page"]
    second = desk.get(reverse("portal:desk"), {"after": first.next_after}).context["page"]

    assert [row.run for row in first.rows] == runs[:50]
    assert ([row.run for row in second.rows], second.next_after) == (runs[50:], "")


@pytest.mark.parametrize("count", [1, 3])
def test_the_desk_asks_the_same_questions_however_many_runs_there_are(
    desk: Client, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    for _number in range(count):
        ClassRunFactory()

    with django_assert_num_queries(19):
        desk.get(reverse("portal:desk"))


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_courses_asks_the_same_questions_however_many_there_are(
    desk: Client, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    CourseFactory.create_batch(count)

    with django_assert_num_queries(8):
        desk.get(reverse("portal:desk_courses"))


@pytest.mark.parametrize("name", ["desk", "desk_courses", "desk_run"])
def test_reading_pages_take_no_posts(desk: Client, name: str) -> None:
    arguments = [ClassRunFactory().number] if name == "desk_run" else []

    assert desk.post(reverse(f"portal:{name}", args=arguments)).status_code == 405


def test_a_sites_manager_is_shown_the_way_to_the_desk(site: Site) -> None:
    client = Client()
    client.force_login(factories.site_manager(site), backend=STAFF)

    assert "工作台" in text(client.get(reverse("portal:home")))


@pytest.mark.parametrize("count", [1, 3])
def test_a_runs_page_asks_the_same_questions_however_many_people_come(
    desk: Client, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    run = ClassRunFactory(capacity=count)
    for worker in UserFactory.create_batch(2 * count):
        seats.claim(worker=worker, run_id=run.pk, now=NOW, join_line=True)

    with django_assert_num_queries(9):
        desk.get(reverse("portal:desk_run", args=[run.number]))


def test_the_roster_shows_names_and_last_digits_in_order(desk: Client) -> None:
    run = ClassRunFactory(capacity=2)
    people = [UserFactory(name=name) for name in ("张工", "李工", "王工", "赵工")]
    for minutes, worker in enumerate(people):
        seats.claim(worker=worker, run_id=run.pk, now=NOW + timedelta(minutes=minutes), join_line=True)

    answer = desk.get(reverse("portal:desk_run", args=[run.number]))

    roster = answer.context["roster"]
    assert [enrollment.worker.name for enrollment in roster.seated] == ["张工", "李工"]
    assert [enrollment.worker.name for enrollment in roster.in_line] == ["王工", "赵工"]
    page = text(answer)
    assert all(person.masked_phone in page for person in people)
    assert not any(person.phone.removeprefix("+86") in page for person in people)


def test_a_course_is_found_by_code_category_or_words(desk: Client) -> None:
    law = CategoryFactory(code="law", name="法律宣传", prefix="LA", position=3)
    by_code, in_law = CourseFactory(code="SK0042"), CourseFactory(code="LA0001", category=law)
    CourseFactory(retired_at=NOW, category=law)

    def found(**query: str) -> list[Course]:
        return list(desk.get(reverse("portal:desk_courses"), query).context["page"])

    assert found(q="sk0042") == [by_code]
    assert found(category="law") == [in_law]
    assert found(category="law", q="SK0042") == []
    assert found(category="nothing") == []
    assert found(page="１") == found(page="-1") == found(page="9" * 30) == [in_law, by_code]


@pytest.mark.parametrize("name", ["desk_courses", "desk_new_run"])
def test_a_sites_manager_opens_no_runs(course: Course, site: Site, name: str) -> None:
    client = Client()
    client.force_login(factories.site_manager(site), backend=STAFF)
    arguments = [course.code] if name == "desk_new_run" else []

    assert client.get(reverse(f"portal:{name}", args=arguments)).status_code == 404
    assert client.post(reverse(f"portal:{name}", args=arguments)).status_code == 404


def test_a_sites_manager_sees_the_runs_of_the_own_site_only(site: Site) -> None:
    own, foreign = ClassRunFactory(site=site), ClassRunFactory()
    client = Client()
    client.force_login(factories.site_manager(site), backend=STAFF)

    assert [row.run for row in client.get(reverse("portal:desk")).context["page"].rows] == [own]
    assert client.get(reverse("portal:desk_run", args=[own.number])).status_code == 200
    assert client.get(reverse("portal:desk_run", args=[foreign.number])).status_code == 404


def test_a_worker_finds_no_desk(course: Course) -> None:
    client = Client()
    client.force_login(UserFactory(), backend="accounts.backends.PersonBackend")

    for url in (reverse("portal:desk"), reverse("portal:desk_new_run", args=[course.code])):
        assert client.get(url).status_code == 404
        assert client.post(url).status_code == 404
