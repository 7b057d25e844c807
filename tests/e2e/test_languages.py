"""English is chosen by a cookie or by the switch; then everything but the union's own menu is English."""

import pytest

from tests.e2e.conftest import OFFICER_PASSWORD, OFFICER_PHONE, House, OpenWindow
from tests.e2e.tongues import Tongues
from tests.e2e.windows import DESKTOP, PHONE, PHONE_WITHOUT_SCRIPT, Window
from timetable.models import ClassRun

pytestmark = pytest.mark.django_db(transaction=True)

COURSE, SITE = "LA0067", "闵工学堂·江川工匠里"
PUBLIC = ["/", "/courses/", "/courses/?q=xyzzy", f"/courses/{COURSE}/", "/topics/ai/", "/calendar/", "/sites/"]
PUBLIC += ["/instructors/", "/help/", "/accessibility/", "/privacy/", "/login/staff/"]
WORKERS_PHONE = "19900200001"


def test_a_visitor_reads_english_and_switches(house: House, open_window: OpenWindow, tongues: Tongues) -> None:
    for screen in (PHONE, DESKTOP):
        visitor = in_english(open_window("visitor", screen), house, tongues)
        for path in PUBLIC:
            visitor.open(path)
            assert language_of(visitor) == "en"
        visitor.open("/no-such-page/", status=404)
        assert heading(visitor) == "This page was not found"

    visitor = open_window("visitor", PHONE_WITHOUT_SCRIPT)
    visitor.open("/courses/?category=law&page=2")
    visitor.foreign = tongues.foreign_to_english
    visitor.follow("EN")
    assert (language_of(visitor), heading(visitor)) == ("en", "Courses")
    visitor.foreign = tongues.foreign_to_chinese
    visitor.follow("中文")
    assert (language_of(visitor), heading(visitor)) == ("zh-Hans", "课程目录")
    assert visitor.page.url.endswith("/courses/?category=law&page=2")


def test_an_officer_and_a_worker_go_all_the_way_in_english(
    house: House, open_window: OpenWindow, tongues: Tongues
) -> None:
    run = open_a_class(in_english(open_window("officer", DESKTOP), house, tongues))

    worker = in_english(open_window("worker", PHONE), house, tongues)
    sign_in(worker)
    worker.open(f"/courses/{COURSE}/")
    worker.open(f"/classes/{run.number}/")
    worker.follow("Enroll now")
    worker.press("Confirm enrollment")
    worker.open("/my/messages/")
    assert worker.page.get_by_role("link", name=f"Enrolled: {run.course.title}").count() == 1
    worker.open("/my/")
    worker.follow("See or cancel")
    worker.follow("Cancel enrollment")
    worker.press("Yes, cancel my enrollment")
    assert heading(worker) == "My courses"


def open_a_class(officer: Window) -> ClassRun:
    """Open a class, after a form that was not filled in and one whose room is taken."""
    officer.open("/desk/")
    officer.fill(**{"Mobile number": OFFICER_PHONE, "Password": OFFICER_PASSWORD})
    officer.press("Continue")
    for seats in (1, 2):
        officer.open("/desk/courses/")
        officer.open(f"/desk/courses/{COURSE}/new-run/")
        officer.field("Site").select_option(SITE)
        officer.press("Continue")
        officer.fill(**{"Date of the first lesson": ""})
        officer.press("Open a class", status=422)
        officer.fill(**{"Date of the first lesson": "2026-12-20", "Seats": str(seats), "Minimum to run": "1"})
        officer.fill(**{"Date enrollment opens": "2026-12-01", "Time enrollment opens": "08:00"})
        officer.press("Open a class", status=200 if seats == 1 else 422)
    run = ClassRun.objects.latest("pk")
    officer.open(f"/desk/runs/{run.number}/")
    return run


def sign_in(worker: Window) -> None:
    worker.open("/my/")
    worker.fill(**{"Mobile number": WORKERS_PHONE})
    worker.press("Get a code")
    code = worker.page.get_by_text("Your code").locator("b").inner_text()
    worker.fill(**{"Code from the text message": "000000"})
    worker.press("Sign in", among=worker.main(), status=422)
    worker.fill(**{"Code from the text message": code})
    worker.press("Sign in", among=worker.main())
    worker.press("Save and continue", status=422)
    worker.fill(Name="Jane Doe")
    worker.page.get_by_role("checkbox").check()
    worker.press("Save and continue")


def in_english(window: Window, house: House, tongues: Tongues) -> Window:
    window.page.context.add_cookies([{"name": "language", "value": "en", "url": house.address}])
    window.foreign = tongues.foreign_to_english
    return window


def language_of(window: Window) -> str | None:
    return window.page.locator("html").get_attribute("lang")


def heading(window: Window) -> str:
    return window.page.get_by_role("heading", level=1).inner_text()
