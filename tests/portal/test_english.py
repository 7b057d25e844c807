"""What is said in English: no Chinese is left on a page but names, and a text message still fits one SMS."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation

from catalogue.models import Band, Delivery, Topic
from catalogue.titles import InstructorTitle
from enrollment import say
from enrollment.models import EnrollmentStatus
from portal.templatetags.look import named
from tests import factories
from tests.factories import (
    NOW,
    CategoryFactory,
    ClassRunFactory,
    CourseFactory,
    CourseInstructorFactory,
    EnrollmentFactory,
    InstructorFactory,
    RoomFactory,
    SiteFactory,
    TownFactory,
    UserFactory,
)
from timetable import words
from timetable.models import ClassRun

pytestmark = pytest.mark.django_db

STAFF = "accounts.backends.StaffBackend"
# A gateway puts its signature, such as 【职工学堂】, before every text; one SMS is 70 characters.
ROOM_FOR_TEXT = 70 - len(f"【{settings.SITE_NAME}】")


@pytest.fixture
def run() -> ClassRun:
    """A run whose data are in English, so that whatever is Chinese comes from us."""
    town = TownFactory(name="Town union", area="Town")
    site = SiteFactory(slug="site", name="Site", short_name="Site", address="1 Demo Road", union=town)
    teacher = InstructorFactory(name="Teacher", organisation="School", titles=list(InstructorTitle.values))
    course = CourseFactory(
        code="SK0001",
        title="Course",
        summary="Summary",
        topic=Topic.objects.create(slug="fire", name="消防安全", name_en="Fire safety"),
        bands=list(Band.values),
        deliveries=list(Delivery.values),
    )
    CourseInstructorFactory(course=course, instructor=teacher)
    room = RoomFactory(site=site, name="Room")
    return ClassRunFactory(number="26-90001", course=course, site=site, lesson__room=room, lesson__instructor=teacher)


@pytest.fixture
def english() -> Client:
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


def chinese_of(client: Client, path: str) -> list[str]:
    html = client.get(path).content.decode()
    for name in (settings.SITE_NAME, settings.ORGANISER, "中文"):
        html = html.replace(name, "")
    return re.findall(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]+", html)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/courses/",
        "/courses/?q=course&state=open",
        "/courses/?q=nothing",
        "/courses/?q=%00",
        "/courses/SK0001/",
        "/topics/fire/",
        "/classes/26-90001/",
        "/login/",
        "/login/staff/",
        "/privacy/",
        "/nothing/",
    ],
)
@pytest.mark.usefixtures("run")
def test_a_visitor_reads_english(english: Client, path: str) -> None:
    assert chinese_of(english, path) == []


@pytest.mark.parametrize("status", [EnrollmentStatus.ENROLLED, EnrollmentStatus.WAITING])
def test_a_worker_reads_english(english: Client, run: ClassRun, status: str) -> None:
    worker = UserFactory(name="Worker")
    waiting = status == EnrollmentStatus.WAITING
    seat = {"queued_at": NOW, "seated_at": None} if waiting else {"queued_at": None, "seated_at": NOW}
    mine = EnrollmentFactory(worker=worker, class_run=run, status=status, **seat)
    english.force_login(worker)

    own = f"/my/enrollments/{mine.public_id}/"
    pages = ["/", "/my/", "/my/messages/", own, f"{own}cancel/", "/classes/26-90001/confirm/"]
    assert {page: chinese_of(english, page) for page in pages} == {page: [] for page in pages}


@pytest.mark.usefixtures("run")
def test_an_officer_reads_english(english: Client) -> None:
    english.force_login(factories.officer(name="Officer"), backend=STAFF)

    new_run = "/desk/courses/SK0001/new-run/"
    pages = ["/desk/", "/desk/?q=nothing", "/desk/courses/", new_run, f"{new_run}?site=site", "/desk/runs/26-90001/"]
    assert {page: chinese_of(english, page) for page in pages} == {page: [] for page in pages}


def test_a_day_has_its_month_in_words() -> None:
    with translation.override("en"):
        assert words.day_and_time(NOW + timedelta(days=7)) == "Tue 8 Dec 09:00"


def test_a_category_has_a_name_in_each_language() -> None:
    category = CategoryFactory()

    assert named(category) == "岗位技能"
    with translation.override("en"):
        assert named(category) == "Job skills"


@pytest.mark.parametrize(
    ("sentence", "end"),
    [
        (say.enrolled, "Can't come? Cancel."),
        (say.moved_up, "Can't come? Cancel."),
        (say.in_line, "We'll tell you of a seat."),
    ],
)
def test_a_text_message_fits_one_sms(run: ClassRun, sentence: say.Sentence, end: str) -> None:
    run.course.title = "课" * 60

    text = sentence(worker=UserFactory(language="en"), run=run, public_id="x")["sms"]

    assert text.endswith(end)
    assert len(text.replace("{ahead}", "99")) <= ROOM_FOR_TEXT
