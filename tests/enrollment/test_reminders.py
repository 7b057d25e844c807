from datetime import datetime, timedelta
from pathlib import Path

import polib
import pytest
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings

from enrollment import reminders, seats
from enrollment.models import Enrollment, EnrollmentStatus
from messaging.models import Channel, Message
from tests.conftest import NOW
from tests.factories import ClassRunFactory, EnrollmentFactory, LessonFactory, RoomFactory, UserFactory
from timetable.models import ClassRun, Lesson
from timetable.words import lesson_time

pytestmark = pytest.mark.django_db
# Wednesday, 18:30 in Shanghai; NOW is Tuesday, 09:00.
TOMORROW_EVENING = datetime.fromisoformat("2026-12-02T18:30+08:00")
A_DAY_BEFORE = TOMORROW_EVENING - timedelta(days=1)


def run_of_tomorrow(**parts: object) -> ClassRun:
    names = {"course__title": "手机摄影", "site__short_name": "莘庄", "site__address": "演示路 1 号"}
    return ClassRunFactory(starts_at=TOMORROW_EVENING, **names | parts)


def seat(run: ClassRun, **parts: object) -> Enrollment:
    return EnrollmentFactory(class_run=run, **parts)


def told() -> list[Message]:
    return list(Message.objects.filter(kind="reminder_1d"))


def test_the_day_before_everybody_with_a_seat_is_reminded() -> None:
    run = run_of_tomorrow()
    enrollment = seat(run)
    lesson = run.lessons.get()

    assert reminders.plan_due(now=A_DAY_BEFORE) == 1

    [message] = told()
    assert message.person == enrollment.worker
    assert message.key == (
        f"reminder_1d:enrollment/{enrollment.pk}:lesson/{lesson.pk}:at/{int(TOMORROW_EVENING.timestamp())}"
    )
    assert message.subject == seats.subject(enrollment)
    assert message.channels == [Channel.SMS]
    assert (message.due_at, message.created_at, message.use_by) == (A_DAY_BEFORE, A_DAY_BEFORE, TOMORROW_EVENING)
    assert message.path == reverse("portal:enrollment", args=[enrollment.public_id])


def test_it_says_what_when_and_where_and_asks_to_give_back_a_seat() -> None:
    run = run_of_tomorrow(lesson__room=RoomFactory(name="201 教室"))
    seat(run)
    when = lesson_time(run.lessons.get())

    reminders.plan_due(now=A_DAY_BEFORE)

    [message] = told()
    assert message.title == "明天上课：手机摄影"
    assert message.body.splitlines() == [
        when,
        "莘庄 201 教室",
        "演示路 1 号",
        "不能来？请在上课前取消，把名额让给候补的同事。",
    ]
    assert message.sms == f"明天上课：手机摄影，{when}，莘庄 201 教室。不能来请提前取消。"


def test_a_lesson_without_a_room_is_at_its_site() -> None:
    run = run_of_tomorrow(lesson__room=None)
    seat(run)

    reminders.plan_due(now=A_DAY_BEFORE)

    assert told()[0].body.splitlines()[1] == "莘庄"


def test_an_sms_keeps_to_seventy_characters_with_the_signature() -> None:
    run = run_of_tomorrow(course__title="长" * 60, site__short_name="学" * 20, lesson__room=RoomFactory(name="室" * 30))
    seat(run)

    reminders.plan_due(now=A_DAY_BEFORE)

    [message] = told()
    assert len(f"【职工学堂】{message.sms}") == 70
    assert message.sms.startswith("明天上课：长")
    assert lesson_time(run.lessons.get()) in message.sms
    assert message.sms.endswith("不能来请提前取消。")


def test_an_sms_still_names_the_course_where_the_signature_is_long(settings: Settings) -> None:
    settings.SITE_NAME = "名" * 40
    seat(run_of_tomorrow(course__title="手机摄影入门"))

    reminders.plan_due(now=A_DAY_BEFORE)

    assert told()[0].sms.startswith("明天上课：手机摄影入门，")


@pytest.fixture
def english(settings: Settings, tmp_path: Path) -> None:
    """An English of one sentence, so that the test does not depend on what is translated by now."""
    catalogue = polib.POFile()
    catalogue.metadata = {"Content-Type": "text/plain; charset=utf-8"}
    catalogue.append(polib.POEntry(msgid="明天上课：%(course)s", msgstr="Class tomorrow: %(course)s"))
    (tmp_path / "en" / "LC_MESSAGES").mkdir(parents=True)
    catalogue.save_as_mofile(str(tmp_path / "en" / "LC_MESSAGES" / "django.mo"))
    settings.LOCALE_PATHS = [tmp_path]


@pytest.mark.usefixtures("english")
def test_everybody_is_told_in_their_own_language() -> None:
    run = run_of_tomorrow()
    seat(run, worker=UserFactory(language="en"))
    seat(run, worker=UserFactory(language="zh-hans"))

    reminders.plan_due(now=A_DAY_BEFORE)

    titles = Message.objects.order_by("person__language").values_list("title", flat=True)
    assert list(titles) == ["Class tomorrow: 手机摄影", "明天上课：手机摄影"]


def test_planning_twice_reminds_once() -> None:
    seat(run_of_tomorrow())

    assert reminders.plan_due(now=A_DAY_BEFORE) == 1
    assert reminders.plan_due(now=A_DAY_BEFORE) == 0
    assert reminders.plan_due(now=A_DAY_BEFORE + timedelta(hours=3)) == 0
    assert len(told()) == 1


@pytest.mark.parametrize(
    ("now", "planned"),
    [
        (A_DAY_BEFORE - timedelta(seconds=1), 0),
        (A_DAY_BEFORE, 1),
        (TOMORROW_EVENING - timedelta(seconds=1), 1),
        (TOMORROW_EVENING, 0),
        (TOMORROW_EVENING + timedelta(days=1), 0),
    ],
)
def test_the_window_is_from_a_day_before_to_the_start(now: datetime, planned: int) -> None:
    seat(run_of_tomorrow())

    assert reminders.plan_due(now=now) == planned


def test_who_enrolls_late_is_still_reminded_and_nobody_else_again() -> None:
    run = run_of_tomorrow()
    seat(run)
    reminders.plan_due(now=A_DAY_BEFORE)

    late = seat(run)

    noon = A_DAY_BEFORE + timedelta(hours=17, minutes=30)
    assert reminders.plan_due(now=noon) == 1
    [message] = Message.objects.filter(person=late.worker)
    assert message.title == "今天上课：手机摄影"


@pytest.mark.parametrize(
    "status",
    [EnrollmentStatus.APPLIED, EnrollmentStatus.OFFERED, EnrollmentStatus.WAITING, EnrollmentStatus.COMPLETED],
)
def test_who_is_not_enrolled_is_not_reminded(status: EnrollmentStatus) -> None:
    seat(run_of_tomorrow(), status=status, queued_at=NOW)

    assert reminders.plan_due(now=A_DAY_BEFORE) == 0


def test_who_cancelled_is_not_reminded() -> None:
    seat(run_of_tomorrow(), status=EnrollmentStatus.CANCELLED, cancelled_at=NOW)

    assert reminders.plan_due(now=A_DAY_BEFORE) == 0


def test_a_reminder_that_has_not_gone_out_is_called_off_by_the_cancellation() -> None:
    enrollment = seat(run_of_tomorrow(seats_taken=1))
    reminders.plan_due(now=A_DAY_BEFORE)

    seats.cancel(enrollment_id=enrollment.pk, actor=enrollment.worker, now=A_DAY_BEFORE)

    assert [message.cancelled_at for message in told()] == [A_DAY_BEFORE]


@pytest.mark.parametrize("gone", [{"is_active": False}, {"erased_at": NOW}])
def test_whoever_has_left_the_house_is_not_reminded(gone: dict[str, object]) -> None:
    seat(run_of_tomorrow(), worker=UserFactory(**gone))

    assert reminders.plan_due(now=A_DAY_BEFORE) == 0


def test_a_cancelled_lesson_reminds_nobody() -> None:
    run = run_of_tomorrow()
    seat(run)
    run.lessons.update(cancelled_at=NOW)

    assert reminders.plan_due(now=A_DAY_BEFORE) == 0


def test_a_cancelled_run_reminds_nobody() -> None:
    seat(run_of_tomorrow(cancelled_at=NOW, cancel_reason="测试"))

    assert reminders.plan_due(now=A_DAY_BEFORE) == 0


def test_a_lesson_that_moves_gets_a_reminder_of_its_new_start() -> None:
    run = run_of_tomorrow()
    seat(run)
    reminders.plan_due(now=A_DAY_BEFORE)
    later = TOMORROW_EVENING + timedelta(hours=1)
    Lesson.objects.update(starts_at=later, ends_at=later + timedelta(hours=1))

    assert reminders.plan_due(now=A_DAY_BEFORE + timedelta(hours=2)) == 1
    assert [message.use_by for message in told()] == [TOMORROW_EVENING, later]


def test_each_lesson_of_a_run_has_its_own_reminder() -> None:
    run = run_of_tomorrow()
    seat(run)
    next_lesson = LessonFactory(
        class_run=run,
        starts_at=TOMORROW_EVENING + timedelta(days=7),
        ends_at=TOMORROW_EVENING + timedelta(days=7, hours=1),
    )

    assert reminders.plan_due(now=A_DAY_BEFORE) == 1
    assert reminders.plan_due(now=A_DAY_BEFORE + timedelta(days=7)) == 1
    assert {message.use_by for message in told()} == {TOMORROW_EVENING, next_lesson.starts_at}


@pytest.mark.parametrize("people", [1, 50])
def test_reminders_are_planned_by_set(people: int, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    EnrollmentFactory.create_batch(people, class_run=run_of_tomorrow())

    with django_assert_num_queries(2):
        assert reminders.plan_due(now=A_DAY_BEFORE) == people
