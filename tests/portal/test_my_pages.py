"""What a person finds of the own: coming and past classes, places in line, messages."""

from datetime import timedelta

import pytest
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from accounts.models import User
from enrollment.models import Enrollment, EnrollmentStatus
from messaging.models import Message
from tests.factories import NOW, ClassRunFactory, CourseFactory, EnrollmentFactory, SiteFactory, UserFactory
from tests.portal.pages import signed_in, words_of

pytestmark = pytest.mark.django_db

# Session, person, roles and unread messages of the frame; then coming, their lessons, past (count, rows, lessons).
FRAME = 4


@pytest.fixture
def worker() -> User:
    return UserFactory()


def holds(worker: User, title: str, *, day: int, **values: object) -> Enrollment:
    start = NOW + timedelta(days=day)
    run = ClassRunFactory(
        course=CourseFactory(title=title), starts_at=start, opens_at=start - timedelta(days=30), site=SiteFactory()
    )
    return EnrollmentFactory(worker=worker, class_run=run, **values)


def waits(worker: User, title: str, *, day: int, ahead: int) -> Enrollment:
    mine = holds(worker, title, day=day, status=EnrollmentStatus.WAITING, queued_at=NOW, seated_at=None)
    for place in range(ahead):
        EnrollmentFactory(
            class_run=mine.class_run,
            status=EnrollmentStatus.WAITING,
            queued_at=NOW - timedelta(minutes=place + 1),
            seated_at=None,
        )
    return mine


def tell(worker: User, title: str, **values: object) -> Message:
    fields = {
        "kind": "enrolled",
        "subject": "enrollment/1",
        "body": f"{title}的正文",
        "path": "/my/",
        "created_at": NOW,
    }
    due = {"due_at": NOW, "use_by": NOW + timedelta(days=1)}
    return Message.objects.create(**{"person": worker, "key": title, "title": title, **fields, **due, **values})


def test_a_new_person_is_shown_where_to_start(worker: User) -> None:
    words = words_of(signed_in(worker).get("/my/"))
    assert "还没有要上的课" in words
    assert "看可报的课" in words


def test_my_page_sorts_what_is_coming_waiting_and_over(worker: User) -> None:
    holds(worker, "后来的班", day=9)
    holds(worker, "最近的班", day=3)
    waits(worker, "候补的班", day=2, ahead=2)
    holds(worker, "上过的班", day=-3)
    holds(worker, "取消的班", day=5, status=EnrollmentStatus.CANCELLED, cancelled_at=NOW)
    holds(UserFactory(), "别人的班", day=3)
    words = words_of(signed_in(worker).get("/my/"))
    expected = [
        "下一次课",
        "最近的班",
        "候补中",
        "候补的班",
        "前面 2 人",
        "待上课",
        "后来的班",
        "已结束和已取消",
        "取消的班",
        "上过的班",
    ]
    assert [words.index(said) for said in expected] == sorted(words.index(said) for said in expected)
    assert "别人的班" not in words
    assert words.count("最近的班") == 1


def test_the_only_coming_class_stands_once(worker: User) -> None:
    holds(worker, "最近的班", day=3)
    words = words_of(signed_in(worker).get("/my/"))
    assert words.count("最近的班") == 1
    assert "待上课" not in words
    assert "还没有要上的课" not in words


def test_the_place_in_line_stands_on_its_page(worker: User) -> None:
    mine = waits(worker, "候补的班", day=2, ahead=3)
    words = words_of(signed_in(worker).get(f"/my/enrollments/{mine.public_id}/"))
    assert "您在候补队列中，前面 3 人。" in words
    assert "退出候补" in words


def test_a_class_under_way_can_no_longer_be_cancelled(worker: User) -> None:
    mine = holds(worker, "正在上", day=0)
    words = words_of(signed_in(worker).get(f"/my/enrollments/{mine.public_id}/"))
    assert "取消报名" not in words


def test_statements_of_my_page_do_not_grow_with_its_rows(
    worker: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    browser = signed_in(worker)
    for day in (1, -9):
        holds(worker, f"班{day}", day=day)
    with django_assert_num_queries(FRAME + 5):
        browser.get("/my/")
    for day in range(2, 25):
        holds(worker, f"班{day}", day=day)
        holds(worker, f"旧班{day}", day=-9 - day)
    with django_assert_num_queries(FRAME + 5):
        assert browser.get("/my/").content.decode().count("row-link") == 47


@pytest.mark.parametrize(("page", "rows"), [("1", 24), ("2", 2), ("99", 2), ("-1", 24), ("abc", 24)])
def test_the_past_has_pages(worker: User, page: str, rows: int) -> None:
    for day in range(26):
        holds(worker, f"旧班{day}", day=-9 - day)
    assert signed_in(worker).get(f"/my/?page={page}").content.decode().count("row-link") == rows


def test_the_inbox_shows_what_is_due_newest_first(worker: User) -> None:
    tell(worker, "先说的", due_at=NOW - timedelta(hours=2))
    tell(worker, "后说的", due_at=NOW - timedelta(hours=1))
    tell(worker, "还没到", due_at=NOW + timedelta(hours=1))
    tell(worker, "撤回的", cancelled_at=NOW)
    tell(UserFactory(), "别人的")
    words = words_of(signed_in(worker).get("/my/messages/"))
    assert words.index("后说的的正文") < words.index("先说的的正文")
    assert "2 条未读" in words
    assert not any(said in words for said in ("还没到", "撤回的", "别人的"))


def test_marking_as_read_touches_only_what_one_could_see(worker: User) -> None:
    seen, later, theirs = (
        tell(worker, "看到的"),
        tell(worker, "还没到", due_at=NOW + timedelta(hours=1)),
        tell(UserFactory(), "别人的"),
    )
    browser = signed_in(worker)
    response = browser.post("/my/messages/read/")
    assert (response.status_code, response["Location"]) == (302, "/my/messages/")
    for message in (seen, later, theirs):
        message.refresh_from_db()
    assert (seen.read_at, later.read_at, theirs.read_at) == (NOW, None, None)
    assert "条未读" not in words_of(browser.get("/my/messages/"))


def test_what_a_message_says_is_shown_as_text(worker: User) -> None:
    tell(worker, "<script>alert(1)</script>", body="<img src=x onerror=1>{{7*7}}")
    html = signed_in(worker).get("/my/messages/").content.decode()
    assert "<script" not in html
    assert "<img" not in html
    assert "{{7*7}}" in html


@pytest.mark.parametrize("path", ["/my/", "/my/messages/", "/my/enrollments/abc/", "/my/enrollments/abc/cancel/"])
def test_visitors_are_led_to_sign_in(client: Client, path: str) -> None:
    response = client.get(path)
    assert (response.status_code, response["Location"]) == (302, f"/login/?next={path}")
