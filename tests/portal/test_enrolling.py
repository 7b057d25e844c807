"""Taking a seat, joining a line, giving it back: what the pages say, and what the rows are afterwards."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from enrollment import seats
from enrollment.models import Enrollment, EnrollmentStatus
from tests.factories import NOW, ClassRunFactory, CourseFactory, PolicyFactory, UserFactory
from tests.portal.pages import signed_in, words_of
from timetable.models import ClassRun

pytestmark = pytest.mark.django_db


@pytest.fixture
def worker() -> User:
    return UserFactory(name="甲")


def run_with(**values: Any) -> ClassRun:
    return ClassRunFactory(number="26-00417", course=CourseFactory(title="焊工入门"), **values)


def full_run(*, waiting: int = 0) -> ClassRun:
    run = run_with(capacity=1)
    for _person in range(1 + waiting):
        seats.claim(worker=UserFactory(), run_id=run.pk, now=NOW, join_line=True)
    return run


def hold_elsewhere(worker: User, count: int) -> None:
    for place in range(count):
        run = ClassRunFactory(starts_at=NOW + timedelta(days=20 + place))
        assert seats.claim(worker=worker, run_id=run.pk, now=NOW).outcome == "enrolled"


def test_a_visitor_is_led_to_sign_in_and_back(client: Client) -> None:
    run_with()
    response = client.get("/classes/26-00417/confirm/")
    assert (response.status_code, response["Location"]) == (302, "/login/?next=/classes/26-00417/confirm/")


def test_the_confirm_page_says_run_and_rules_with_the_readers_numbers(worker: User) -> None:
    run_with()
    hold_elsewhere(worker, 2)
    words = words_of(signed_in(worker).get("/classes/26-00417/confirm/"))
    for said in (
        "确认报名 焊工入门",
        "12月8日 周二 18:30–20:00",
        "本学期最多同时报 3 个班（含候补），您现在是 2/3。",
        "同一门课每学期只能报一个班。",
        "开课前 24 小时内取消记为逾期取消。",
    ):
        assert said in words
    assert "加入候补" not in words


def test_what_would_be_refused_is_said_before_the_press(worker: User) -> None:
    run_with()
    hold_elsewhere(worker, 3)
    response = signed_in(worker).get("/classes/26-00417/confirm/")
    assert "您本学期已有 3/3 个报名，不能再报。" in words_of(response)
    assert 'action="/classes/26-00417/enroll/"' not in response.content.decode()


def test_before_the_opening_the_page_says_when(worker: User) -> None:
    run_with(opens_at=NOW + timedelta(seconds=1))
    response = signed_in(worker).get("/classes/26-00417/confirm/")
    assert "还没到报名时间，12月1日 周二 09:00 开放报名。" in words_of(response)


def test_a_press_takes_one_seat_and_leads_to_it(worker: User) -> None:
    run = run_with()
    response = signed_in(worker).post("/classes/26-00417/enroll/")
    enrollment = Enrollment.objects.get()
    assert (response.status_code, response["Location"]) == (302, f"/my/enrollments/{enrollment.public_id}/")
    assert (enrollment.worker, enrollment.class_run, enrollment.status) == (worker, run, EnrollmentStatus.ENROLLED)
    run.refresh_from_db()
    assert (run.seats_taken, run.waiting) == (1, 0)


def test_after_the_press_the_page_says_that_it_worked(worker: User) -> None:
    run_with()
    words = words_of(signed_in(worker).post("/classes/26-00417/enroll/", follow=True))
    assert "报名成功，名额已为您保留。" in words
    assert "已录取" in words
    assert "12月8日 周二 18:30 –20:00" in words


def test_fifty_presses_are_one_seat_and_fifty_friendly_answers(worker: User) -> None:
    run = run_with()
    browser = signed_in(worker)
    answers = {
        (response.status_code, response["Location"])
        for response in (browser.post("/classes/26-00417/enroll/") for _press in range(50))
    }
    assert answers == {(302, f"/my/enrollments/{Enrollment.objects.get().public_id}/")}
    run.refresh_from_db()
    assert run.seats_taken == 1
    assert words_of(browser.get("/my/")).count("报名成功") == 1


def test_who_is_enrolled_is_led_from_confirm_to_the_enrollment(worker: User) -> None:
    run = run_with()
    held = seats.claim(worker=worker, run_id=run.pk, now=NOW).enrollment
    assert held is not None
    response = signed_in(worker).get("/classes/26-00417/confirm/")
    assert (response.status_code, response["Location"]) == (302, f"/my/enrollments/{held.public_id}/")


def test_a_refused_press_gives_the_reasons_and_leaves_nothing(worker: User) -> None:
    run = run_with()
    hold_elsewhere(worker, 3)
    response = signed_in(worker).post("/classes/26-00417/enroll/")
    assert response.status_code == 409
    assert "您本学期已有 3/3 个报名，不能再报。 上完一个班或取消一个报名后即可再报。" in words_of(response)
    run.refresh_from_db()
    assert (run.seats_taken, worker.enrollments.count()) == (0, 3)


def test_a_full_run_offers_the_line_before_and_after_the_press(worker: User) -> None:
    run = full_run(waiting=2)
    browser = signed_in(worker)
    before = browser.get("/classes/26-00417/confirm/")
    assert "已满，前面 2 人" in words_of(before)
    assert 'name="join_line"' in before.content.decode()
    after = browser.post("/classes/26-00417/enroll/")
    assert after.status_code == 409
    assert "已满，前面 2 人" in words_of(after)
    assert '<input type="hidden" name="join_line" value="1">' in after.content.decode()
    # The language and the size can be chosen here too; the address itself takes no reader.
    assert after.content.decode().count('name="next" value="/classes/26-00417/confirm/"') == 2
    run.refresh_from_db()
    assert (run.waiting, worker.enrollments.count()) == (2, 0)


def test_the_tick_is_set_for_who_came_to_join_the_line(worker: User) -> None:
    full_run()
    browser = signed_in(worker)
    assert " checked" in browser.get("/classes/26-00417/confirm/?line=1").content.decode()
    assert " checked" not in browser.get("/classes/26-00417/confirm/").content.decode()


def test_the_tick_joins_the_line_in_the_same_press(worker: User) -> None:
    run = full_run(waiting=2)
    words = words_of(signed_in(worker).post("/classes/26-00417/enroll/", {"join_line": "1"}, follow=True))
    assert "已加入候补，前面 2 人。" in words
    assert "您在候补队列中，前面 2 人。" in words
    assert worker.enrollments.get().status == EnrollmentStatus.WAITING
    run.refresh_from_db()
    assert (run.seats_taken, run.waiting) == (1, 3)


def test_cancel_is_two_taps(worker: User) -> None:
    run = run_with()
    held = seats.claim(worker=worker, run_id=run.pk, now=NOW).enrollment
    assert held is not None
    browser = signed_in(worker)
    first = browser.get(f"/my/enrollments/{held.public_id}/cancel/")
    assert "按时取消" in words_of(first)
    assert f'action="/enrollments/{held.public_id}/cancel/"' in first.content.decode()
    second = browser.post(f"/enrollments/{held.public_id}/cancel/", follow=True)
    assert "已取消《焊工入门》的报名。" in words_of(second)
    held.refresh_from_db()
    run.refresh_from_db()
    assert (held.status, run.seats_taken) == (EnrollmentStatus.CANCELLED, 0)


@pytest.mark.parametrize(("hours", "late"), [(25, False), (24, False), (23, True), (2, True)])
def test_a_late_cancel_is_said_before_it_is_confirmed(worker: User, hours: int, *, late: bool) -> None:
    run = run_with(starts_at=NOW + timedelta(hours=hours), policy=PolicyFactory(cancel_cutoff_hours=24))
    held = seats.claim(worker=worker, run_id=run.pk, now=NOW).enrollment
    assert held is not None
    browser = signed_in(worker)
    said = "现在距开课已不足 24 小时，会记为逾期取消" in words_of(
        browser.get(f"/my/enrollments/{held.public_id}/cancel/")
    )
    browser.post(f"/enrollments/{held.public_id}/cancel/")
    held.refresh_from_db()
    assert (said, held.status) == (late, EnrollmentStatus.CANCELLED_LATE if late else EnrollmentStatus.CANCELLED)


def test_leaving_the_line_moves_who_is_behind(worker: User) -> None:
    run = full_run(waiting=2)
    mine = seats.claim(worker=worker, run_id=run.pk, now=NOW, join_line=True).enrollment
    behind = UserFactory()
    seats.claim(worker=behind, run_id=run.pk, now=NOW + timedelta(seconds=1), join_line=True)
    assert mine is not None
    assert "前面 3 人" in words_of(signed_in(behind).get("/my/"))
    browser = signed_in(worker)
    confirm = words_of(browser.get(f"/my/enrollments/{mine.public_id}/cancel/"))
    assert "不退出，返回" in confirm
    left = words_of(browser.post(f"/enrollments/{mine.public_id}/cancel/", follow=True))
    assert "已退出《焊工入门》的候补。" in left
    assert "已结束和已取消 焊工入门" in left
    assert left.endswith("已退出候补")
    assert worker.messages.get(kind="cancelled").title == "已退出候补：焊工入门"
    assert "前面 2 人" in words_of(signed_in(behind).get("/my/"))


def test_cancelling_twice_changes_nothing_more(worker: User) -> None:
    run = run_with()
    held = seats.claim(worker=worker, run_id=run.pk, now=NOW).enrollment
    assert held is not None
    browser = signed_in(worker)
    for _press in range(2):
        assert browser.post(f"/enrollments/{held.public_id}/cancel/").status_code == 302
    run.refresh_from_db()
    assert run.seats_taken == 0


def test_after_the_start_a_cancel_is_refused_in_words(worker: User) -> None:
    run = run_with()
    held = seats.claim(worker=worker, run_id=run.pk, now=NOW).enrollment
    assert held is not None
    ClassRun.objects.filter(pk=run.pk).update(starts_at=NOW)
    browser = signed_in(worker)
    response = browser.post(f"/enrollments/{held.public_id}/cancel/")
    assert response.status_code == 409
    assert "这个班已于 12月1日 周二 09:00 开课，不能再报名或取消。" in words_of(response)
    page = browser.get(f"/my/enrollments/{held.public_id}/cancel/")
    assert (page.status_code, page["Location"]) == (302, f"/my/enrollments/{held.public_id}/")


@pytest.mark.parametrize("path", ["/my/enrollments/{}/", "/my/enrollments/{}/cancel/", "/enrollments/{}/cancel/"])
def test_enrollments_of_others_do_not_exist(worker: User, path: str) -> None:
    run = run_with()
    theirs = seats.claim(worker=UserFactory(), run_id=run.pk, now=NOW).enrollment
    assert theirs is not None
    browser = signed_in(worker)
    ask = browser.post if path.startswith("/enrollments") else browser.get
    assert ask(path.format(theirs.public_id)).status_code == 404
    theirs.refresh_from_db()
    assert theirs.status == EnrollmentStatus.ENROLLED


@pytest.mark.parametrize("path", ["/classes/26-00417/enroll/", "/enrollments/abc/cancel/", "/my/messages/read/"])
def test_changes_need_a_post(worker: User, path: str) -> None:
    run_with()
    assert signed_in(worker).get(path).status_code == 405


def test_pressing_for_an_unknown_run_is_not_found(worker: User) -> None:
    assert signed_in(worker).post("/classes/26-99999/enroll/").status_code == 404
