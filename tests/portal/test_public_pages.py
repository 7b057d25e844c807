"""First page, course, topic and class run: what they say, to whom, and with how many statements."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from catalogue.models import Course, Topic, Track
from catalogue.titles import InstructorTitle
from enrollment import seats
from enrollment.models import EnrollmentStatus
from tests.factories import (
    NOW,
    ClassRunFactory,
    CourseFactory,
    CourseInstructorFactory,
    EnrollmentFactory,
    InstructorFactory,
    LessonFactory,
    SiteFactory,
    UserFactory,
)
from tests.portal.pages import signed_in, words_of
from timetable.models import RunState

pytestmark = pytest.mark.django_db

TOMORROW = NOW + timedelta(days=1)


@pytest.fixture
def course() -> Course:
    topic = Topic.objects.create(slug="ai", name="AI技术")
    track = Track.objects.create(topic=topic, code="workplace", name="职场应用")
    shown = CourseFactory(
        code="SK0001",
        title="AI 办公提效",
        topic=topic,
        track=track,
        summary="用大模型写总结。",
        outline=["提示词", "表格"],
        audience="办公室职工",
    )
    teacher = InstructorFactory(name="欧阳试", titles=[InstructorTitle.MODEL_WORKER, InstructorTitle.SENIOR_ENGINEER])
    CourseInstructorFactory(course=shown, instructor=teacher)
    return shown


def test_a_course_page_tells_what_decides(client: Client, course: Course) -> None:
    words = words_of(client.get(f"/courses/{course.code}/"))
    for said in (
        "AI 办公提效",
        "岗位技能",
        "2 学时 · 1 次课",
        "10–30 人",
        "学堂授课",
        "职工免费",
        "用大模型写总结。",
        "提示词 表格",
        "适合谁 办公室职工",
        "AI技术 · 职场应用",
        "欧阳试 演示技师学院 劳模 · 高级工程师",
        "近期没有班次",
    ):
        assert said in words


@pytest.mark.parametrize(
    ("run", "said", "button"),
    [
        ({"capacity": 30, "seats_taken": 18}, "报名中 余 12 席", "confirm/"),
        ({"capacity": 30, "seats_taken": 27}, "名额不多 仅余 3 席", "confirm/"),
        ({"capacity": 30, "seats_taken": 30, "waiting": 4}, "已满，前面 4 人 已满可候补", "confirm/?line=1"),
        ({"capacity": 30, "seats_taken": 30}, "已满，前面 0 人", "confirm/?line=1"),
        # A free seat belongs to the line before any passer-by.
        ({"capacity": 30, "seats_taken": 29, "waiting": 1}, "已满，前面 1 人", "confirm/?line=1"),
        ({"opens_at": TOMORROW + timedelta(hours=1)}, "12月2日 周三 10:00 开放报名", ""),
    ],
)
def test_a_run_says_its_seats_honestly(
    client: Client, course: Course, run: dict[str, object], said: str, button: str
) -> None:
    shown = ClassRunFactory(course=course, site=SiteFactory(short_name="莘庄"), number="26-00417", **run)
    response = client.get("/courses/SK0001/")
    assert said in words_of(response)
    assert "12月8日 周二 18:30–20:00 · 莘庄" in words_of(response)
    page = client.get(f"/classes/{shown.number}/")
    for html in (response.content.decode(), page.content.decode()):
        assert (f'href="/classes/26-00417/{button}"' in html) if button else ("/confirm/" not in html)


def test_past_and_cancelled_runs_are_not_offered(client: Client, course: Course) -> None:
    ClassRunFactory(course=course, opens_at=NOW - timedelta(days=3), starts_at=NOW - timedelta(days=1))
    ClassRunFactory(course=course, cancelled_at=NOW, cancel_reason="停电")
    assert "近期没有班次" in words_of(client.get("/courses/SK0001/"))


def test_the_bar_leads_to_the_soonest_run_with_a_seat(client: Client, course: Course) -> None:
    ClassRunFactory(course=course, number="26-00001", capacity=1, seats_taken=1, starts_at=NOW + timedelta(days=2))
    ClassRunFactory(course=course, number="26-00002", starts_at=NOW + timedelta(days=9))
    ClassRunFactory(course=course, number="26-00003", starts_at=NOW + timedelta(days=5))
    ClassRunFactory(course=course, number="26-00004", starts_at=NOW + timedelta(days=4), opens_at=TOMORROW)
    bar = client.get("/courses/SK0001/").content.decode().partition('class="actionbar"')[2]
    assert 'href="/classes/26-00003/confirm/"' in bar
    assert "立即报名" in bar


def test_a_retired_course_keeps_its_page_without_enrolling(client: Client, course: Course) -> None:
    ClassRunFactory(course=course)
    Course.objects.filter(pk=course.pk).update(retired_at=NOW)
    response = client.get("/courses/SK0001/")
    assert "这门课已下架，不再开班，也不能报名。" in words_of(response)
    assert "/confirm/" not in response.content.decode()


@pytest.mark.parametrize(
    "path",
    [
        "/courses/SK9999/",
        "/courses/99999999999999999999/",
        "/courses/-1/",
        "/courses/１２/",
        "/topics/nothing/",
        "/classes/26-99999/",
        "/classes/-1/",
    ],
)
def test_unknown_things_are_not_found(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_a_code_in_small_letters_leads_to_the_course(client: Client, course: Course) -> None:
    response = client.get("/courses/sk0001/")
    assert (response.status_code, response["Location"]) == (302, f"/courses/{course.code}/")


def test_statements_of_a_course_page_do_not_grow_with_its_runs(
    client: Client, course: Course, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    # The version of the catalogue, the course, its instructors, their verified honours, its runs, their lessons.
    ClassRunFactory(course=course)
    with django_assert_num_queries(6):
        client.get("/courses/SK0001/")
    for _run in range(23):
        ClassRunFactory(course=course, site=SiteFactory())
    CourseInstructorFactory(course=course)
    with django_assert_num_queries(6):
        assert client.get("/courses/SK0001/").content.decode().count('<li class="run">') == 24


def test_what_a_course_says_is_shown_as_text(client: Client) -> None:
    nasty = "<script>alert(1)</script>{{7*7}}{% debug %}"
    CourseFactory(
        code="SK0002", title=nasty, summary=nasty, outline=[nasty], audience=nasty, provider=nasty, note=nasty
    )
    html = client.get("/courses/SK0002/").content.decode()
    assert re.findall("<script[^>]*>", html) == ['<script type="application/ld+json">']
    assert html.count("{{7*7}}{% debug %}") == 12


def test_a_class_page_tells_lessons_room_address_and_rules(client: Client, course: Course) -> None:
    site = SiteFactory(short_name="莘庄", name="莘庄职工学堂", address="莘建东路 58 号", transport="地铁 1 号线")
    run = ClassRunFactory(course=course, site=site, number="26-00417", capacity=30, min_size=10, seats_taken=18)
    lesson = LessonFactory(
        class_run=run, starts_at=NOW + timedelta(days=8, hours=9), ends_at=NOW + timedelta(days=8, hours=11)
    )
    words = words_of(client.get("/classes/26-00417/"))
    for said in (
        "班次 26-00417",
        "12月8日 周二 18:30 –20:00 莘庄",
        f"12月9日 周三 18:00 –20:00 莘庄 {lesson.room.name}",
        "莘庄职工学堂 莘建东路 58 号 地铁 1 号线",
        "余 12 席",
        "共 2 次课，至 12月9日 周三",
        "每班 30 席，满 10 人开班。",
        "12月8日 周二 18:30 开课前都可以取消；开课前 24 小时内取消记为逾期取消。",
        "立即报名",
    ):
        assert said in words


def test_a_cancelled_class_says_why(client: Client, course: Course) -> None:
    run = ClassRunFactory(course=course, cancelled_at=NOW, cancel_reason="场地停电")
    response = client.get(f"/classes/{run.number}/")
    assert "这个班已取消：场地停电" in words_of(response)
    assert "/confirm/" not in response.content.decode()


def test_a_class_page_leads_who_is_enrolled_to_the_own_enrollment(course: Course) -> None:
    enrollment = EnrollmentFactory(class_run=ClassRunFactory(course=course))
    html = signed_in(enrollment.worker).get(f"/classes/{enrollment.class_run.number}/").content.decode()
    assert f'href="/my/enrollments/{enrollment.public_id}/"' in html
    assert "/confirm/" not in html


def test_course_and_class_page_say_the_readers_own_place_in_line(course: Course) -> None:
    run = ClassRunFactory(course=course, number="26-00417", capacity=1)
    people = UserFactory.create_batch(5)
    for second, person in enumerate(people):
        seats.claim(worker=person, run_id=run.pk, now=NOW + timedelta(seconds=second), join_line=True)
    enrolled, mine = people[0].enrollments.get(), people[3].enrollments.get()
    for path in ("/courses/SK0001/", "/classes/26-00417/"):
        page = signed_in(people[3]).get(path)
        assert "前面 2 人" in words_of(page)
        for html in (page.content.decode(), signed_in(people[0]).get(path).content.decode()):
            assert "已满，前面" not in html
            assert "/confirm/" not in html
        assert f'href="/my/enrollments/{mine.public_id}/"' in page.content.decode()
    assert f'href="/my/enrollments/{enrolled.public_id}/"' in html
    assert "已满，前面 4 人" in words_of(Client().get("/courses/SK0001/"))


def test_a_course_page_asks_one_more_question_for_who_signed_in(
    course: Course, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    browser = signed_in(UserFactory())
    ClassRunFactory(course=course)
    with django_assert_num_queries(10):  # the five of a page, the frame's four, and the own enrollments
        browser.get("/courses/SK0001/")
    ClassRunFactory.create_batch(3, course=course)
    with django_assert_num_queries(10):
        browser.get("/courses/SK0001/")


def test_a_topic_shows_its_courses_and_tracks(client: Client, course: Course) -> None:
    CourseFactory(title="别的课")
    CourseFactory(title="下架的课", topic=course.topic, track=course.track, retired_at=NOW)
    response = client.get("/topics/ai/")
    words = words_of(response)
    assert "专题课程，共 1 门" in words
    assert "职场应用 1" in words
    assert "AI 办公提效" in words
    assert "别的课" not in words
    assert 'href="/courses/?topic=ai&amp;track=workplace"' in response.content.decode()


@pytest.mark.usefixtures("reference")
def test_the_first_page_shows_three_courses_that_can_be_taken(client: Client) -> None:
    for day in (9, 3, 5, 7):
        ClassRunFactory(course=CourseFactory(title=f"第{day}天"), starts_at=NOW + timedelta(days=day))
    ClassRunFactory(course=CourseFactory(title="满了"), capacity=1, seats_taken=1, starts_at=NOW + timedelta(days=2))
    ClassRunFactory(course=CourseFactory(title="未开"), opens_at=TOMORROW, starts_at=NOW + timedelta(days=2))
    words = words_of(client.get("/"))
    assert [words.index(title) for title in ("第3天", "第5天", "第7天")] == sorted(
        words.index(title) for title in ("第3天", "第5天", "第7天")
    )
    assert not any(title in words for title in ("第9天", "满了", "未开"))
    assert "6 门免费课程 · 6 个学堂" in words
    assert "岗位技能 6 门" in words
    assert "我的下一次课" not in words


@pytest.mark.usefixtures("reference")
def test_the_first_page_shows_the_next_class_of_who_signed_in() -> None:
    worker = UserFactory()
    for day, title in ((9, "后一班"), (4, "先一班")):
        run = ClassRunFactory(course=CourseFactory(title=title), starts_at=NOW + timedelta(days=day))
        EnrollmentFactory(worker=worker, class_run=run)
    waiting = ClassRunFactory(course=CourseFactory(title="候补班"), starts_at=NOW + timedelta(days=1))
    EnrollmentFactory(worker=worker, class_run=waiting, status=EnrollmentStatus.WAITING, queued_at=NOW, seated_at=None)
    words = words_of(signed_in(worker).get("/"))
    assert "我的下一次课 已录取 先一班 12月5日 周六 09:00 –10:30" in words


@pytest.mark.parametrize(
    ("run", "state"),
    [
        ({}, RunState.OPEN),
        ({"seats_taken": 25}, RunState.FEW),
        ({"seats_taken": 24}, RunState.OPEN),
        ({"seats_taken": 30}, RunState.WAITING),
        ({"waiting": 1}, RunState.WAITING),
        ({"opens_at": TOMORROW}, RunState.SOON),
        ({"opens_at": NOW}, RunState.OPEN),
        ({"starts_at": NOW}, RunState.STARTED),
        ({"cancelled_at": NOW, "cancel_reason": "停电"}, RunState.CANCELLED),
    ],
)
def test_a_run_tells_where_it_stands(run: dict[str, object], state: RunState) -> None:
    assert ClassRunFactory(**run).state_at(NOW) == state
