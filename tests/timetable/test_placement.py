"""A class run is written whole; a room or an instructor is never in two places, and the refusal says what is free."""

from datetime import datetime, timedelta

import pytest
from django.apps import apps
from django.db import IntegrityError

from accounts.models import User
from catalogue.models import Course, Instructor, Room, Site
from policy.models import Policy
from tests import factories
from tests.factories import (
    NOW,
    CourseFactory,
    CourseInstructorFactory,
    InstructorFactory,
    RoomFactory,
    SiteFactory,
    TermFactory,
    TownFactory,
)
from timetable.errors import TimetableRefused
from timetable.models import ClassRun, Lesson, Occupancy, Resource
from timetable.placement import Slot, schedule_run

pytestmark = pytest.mark.django_db

# Tuesday 2026-12-08, 18:30 in Shanghai.
START = NOW + timedelta(days=7, hours=9, minutes=30)
LENGTH = timedelta(minutes=90)
DAY = timedelta(days=1)


@pytest.fixture
def officer() -> User:
    TermFactory()
    return factories.officer()


@pytest.fixture
def site() -> Site:
    return SiteFactory(slug="b-site", short_name="江川")


@pytest.fixture
def room(site: Site) -> Room:
    return RoomFactory(site=site, name="201教室", capacity=30)


def place(
    officer: User,
    room: Room,
    *starts: datetime,
    course: Course | None = None,
    instructor: Instructor | None = None,
    capacity: int = 20,
) -> ClassRun:
    slots = [Slot(room, instructor, start, start + LENGTH) for start in starts or [START]]
    return schedule_run(
        course=course or CourseFactory(max_size=60),
        site=room.site,
        lessons=slots,
        capacity=capacity,
        min_size=5,
        opens_at=NOW + timedelta(hours=1),
        actor=officer,
        now=NOW,
    )


def refusal(officer: User, room: Room, *starts: datetime, **options: object) -> TimetableRefused:
    with pytest.raises(TimetableRefused) as refused:
        place(officer, room, *starts, **options)  # type: ignore[arg-type]
    return refused.value


def test_a_run_is_written_with_its_lessons_and_what_they_take(officer: User, room: Room) -> None:
    course, teacher = CourseFactory(), InstructorFactory()

    run = place(officer, room, START, START + 7 * DAY, course=course, instructor=teacher)

    run.refresh_from_db()
    assert (run.number, run.course, run.site, run.term.code) == ("26-00001", course, room.site, "2026-autumn")
    assert (run.capacity, run.min_size, run.seats_taken, run.waiting) == (20, 5, 0, 0)
    assert (run.starts_at, run.ends_at) == (START, START + 7 * DAY + LENGTH)
    assert (run.opens_at, run.created_at, run.created_by) == (NOW + timedelta(hours=1), NOW, officer)
    assert run.policy == Policy.objects.get()
    assert list(run.lessons.values_list("position", "room", "instructor", "starts_at", "ends_at")) == [
        (1, room.pk, teacher.pk, START, START + LENGTH),
        (2, room.pk, teacher.pk, START + 7 * DAY, START + 7 * DAY + LENGTH),
    ]
    buffer = timedelta(minutes=10)
    taken = Occupancy.objects.order_by("resource__instructor", "during")
    assert [(row.resource.room, row.resource.instructor, row.during.lower, row.during.upper) for row in taken] == [
        (None, teacher, START, START + LENGTH),
        (None, teacher, START + 7 * DAY, START + 7 * DAY + LENGTH),
        (room, None, START, START + LENGTH + buffer),
        (room, None, START + 7 * DAY, START + 7 * DAY + LENGTH + buffer),
    ]


def test_the_history_says_who_made_the_run_and_why(officer: User, room: Room) -> None:
    run = place(officer, room)

    events = [apps.get_model("timetable", name).objects.get() for name in ("ClassRunEvent", "LessonEvent")]
    assert [event.pgh_obj_id for event in events] == [run.pk, run.lessons.get().pk]
    assert [event.pgh_context.metadata for event in events] == [{"actor": officer.pk, "reason": "schedule run"}] * 2


def test_a_run_keeps_the_policy_that_was_in_force_when_it_was_made(officer: User, room: Room) -> None:
    old = Policy.objects.create(valid_from=NOW - DAY, reason="旧")
    Policy.objects.create(valid_from=NOW + DAY, reason="新")

    assert place(officer, room).policy == old


def test_a_resource_is_made_once(officer: User, room: Room) -> None:
    teacher = InstructorFactory()
    place(officer, room, START, instructor=teacher)
    place(officer, room, START + DAY, instructor=teacher)

    assert Resource.objects.count() == 2


def test_numbers_run_on(officer: User, room: Room) -> None:
    assert [place(officer, room, START + n * DAY).number for n in range(3)] == ["26-00001", "26-00002", "26-00003"]


def test_a_refused_run_leaves_nothing_behind(officer: User, room: Room) -> None:
    place(officer, room)

    refusal(officer, room, START - 7 * DAY, START)

    assert (ClassRun.objects.count(), Lesson.objects.count(), Occupancy.objects.count()) == (1, 1, 1)
    assert place(officer, room, START + DAY).number == "26-00002"


def test_a_taken_room_is_named_with_time_course_and_number(officer: User, room: Room) -> None:
    place(officer, room, course=CourseFactory(title="叉车安全"))

    refused = refusal(officer, room, START + timedelta(minutes=30))

    assert [(problem.code, problem.sentence, problem.mend, problem.field) for problem in refused.problems] == [
        ("room_taken", "201教室 12月8日 周二 18:30–20:00 已有《叉车安全》（26-00001）。", "", "room")
    ]


def test_each_lesson_in_the_way_is_named(officer: User, room: Room) -> None:
    place(officer, room, START, course=CourseFactory(title="一"))
    place(officer, room, START + 7 * DAY, course=CourseFactory(title="二"))

    refused = refusal(officer, room, START, START + 7 * DAY, START + 14 * DAY)

    assert [problem.sentence for problem in refused.problems] == [
        "201教室 12月8日 周二 18:30–20:00 已有《一》（26-00001）。",
        "201教室 12月15日 周二 18:30–20:00 已有《二》（26-00002）。",
    ]


def test_a_taken_instructor_is_named_and_other_instructors_of_the_course_are_offered(officer: User, room: Room) -> None:
    busy, free, retired = (
        InstructorFactory(name="甲师傅"),
        InstructorFactory(name="乙师傅"),
        InstructorFactory(retired_at=NOW),
    )
    course = CourseFactory(title="演示课", max_size=60)
    for position, teacher in enumerate([busy, free, retired]):
        CourseInstructorFactory(course=course, instructor=teacher, position=position)
    place(officer, room, course=CourseFactory(title="叉车安全"), instructor=busy)

    refused = refusal(officer, RoomFactory(site=room.site), course=course, instructor=busy)

    assert [(problem.code, problem.sentence, problem.field) for problem in refused.problems] == [
        ("instructor_taken", "甲师傅 12月8日 周二 18:30–20:00 已有《叉车安全》（26-00001）。", "instructor")
    ]
    assert (refused.alternatives.instructors, refused.alternatives.rooms) == ((free,), ())
    assert refused.alternatives.starts[:2] == (START + DAY, START + 2 * DAY)


def test_an_instructor_teaches_elsewhere_on_another_day_or_right_after(officer: User, room: Room) -> None:
    teacher, other = InstructorFactory(), RoomFactory(site=room.site)
    place(officer, room, START, instructor=teacher)

    place(officer, other, START + LENGTH, instructor=teacher)
    place(officer, other, START + DAY, instructor=teacher)

    assert ClassRun.objects.count() == 3


@pytest.mark.parametrize(("minutes", "is_free"), [(-100, True), (-99, False), (0, False), (99, False), (100, True)])
def test_a_room_is_free_ten_minutes_after_a_lesson(officer: User, room: Room, *, minutes: int, is_free: bool) -> None:
    place(officer, room)
    start = START + timedelta(minutes=minutes)

    if is_free:
        assert place(officer, room, start).starts_at == start
    else:
        refusal(officer, room, start)


def test_the_buffer_is_explained_where_only_it_is_in_the_way(officer: User, room: Room) -> None:
    place(officer, room)

    refused = refusal(officer, room, START + timedelta(minutes=95))

    assert [problem.mend for problem in refused.problems] == ["同一间教室的两次课之间要留 10 分钟。"]


def test_what_was_given_back_is_free_again(officer: User, room: Room) -> None:
    first = place(officer, room)
    Occupancy.objects.filter(lesson__class_run=first).update(active=False)

    assert place(officer, room).number == "26-00002"


def test_free_rooms_are_of_the_same_site_first_then_of_its_town(officer: User, site: Site, room: Room) -> None:
    town = TownFactory()
    near = SiteFactory(slug="a-site", union=town)
    elsewhere = SiteFactory(union=TownFactory(slug="pujin", name="浦锦总工会", area="浦锦街道"))
    same_b = RoomFactory(site=site, name="乙", capacity=20, position=2)
    same_a = RoomFactory(site=site, name="甲", capacity=40, position=1)
    next_door = RoomFactory(site=near, capacity=25)
    RoomFactory(site=site, capacity=19)
    RoomFactory(site=site, retired_at=NOW)
    RoomFactory(site=SiteFactory(union=town, retired_at=NOW))
    RoomFactory(site=elsewhere)
    taken = RoomFactory(site=site)
    place(officer, room)
    place(officer, taken, START + timedelta(minutes=60))

    refused = refusal(officer, room)

    assert refused.alternatives.rooms == (same_a, same_b, next_door)


def test_an_offered_room_is_free_for_every_lesson_in_the_taken_one(officer: User, site: Site, room: Room) -> None:
    half_free, free = RoomFactory(site=site, position=1), RoomFactory(site=site, position=2)
    place(officer, room, START)
    place(officer, half_free, START + 7 * DAY)

    refused = refusal(officer, room, START, START + 7 * DAY)

    assert refused.alternatives.rooms == (free,)


def test_the_nearest_free_starts_are_later_that_day_then_at_that_time_of_next_days(officer: User, room: Room) -> None:
    noon = START - timedelta(hours=6)  # 12:30
    place(officer, room, noon)
    place(officer, room, noon + timedelta(hours=3), noon + DAY)  # 15:30, and the next day's noon

    refused = refusal(officer, room, noon)

    # 14:30 would end at 16:00, inside the lesson of 15:30; that one frees the room at 17:10.
    assert refused.alternatives.starts == (
        noon + timedelta(hours=5),
        noon + timedelta(hours=5, minutes=30),
        *(noon + n * DAY for n in (2, 3, 4, 5)),
    )
    for start in refused.alternatives.starts[::5]:
        assert place(officer, room, start).starts_at == start


def test_no_start_is_offered_after_nine_in_the_evening(officer: User, room: Room) -> None:
    place(officer, room)

    assert refusal(officer, room).alternatives.starts == tuple(START + n * DAY for n in range(1, 7))


def test_a_start_is_offered_only_where_all_lessons_and_the_instructor_are_free(officer: User, room: Room) -> None:
    teacher = InstructorFactory()
    place(officer, room, START)
    place(officer, room, START + 9 * DAY)  # refuses a start two days later: its second lesson
    place(officer, RoomFactory(), START + DAY, instructor=teacher)

    refused = refusal(officer, room, START, START + 7 * DAY, instructor=teacher)

    assert refused.alternatives.starts == tuple(START + n * DAY for n in (3, 4, 5, 6, 7, 8))


def test_a_room_that_is_too_small_is_answered_with_larger_free_ones(officer: User, site: Site, room: Room) -> None:
    large = RoomFactory(site=site, capacity=31)

    refused = refusal(officer, room, capacity=31)

    assert [problem.code for problem in refused.problems] == ["room_too_small"]
    assert (refused.alternatives.rooms, refused.alternatives.starts) == ((large,), ())


def test_two_classes_never_share_a_room_and_31_people_never_sit_in_30_seats(officer: User, room: Room) -> None:
    """Scenario 42 of the product."""
    place(officer, room, capacity=30)

    assert [problem.code for problem in refusal(officer, room, capacity=30).problems] == ["room_taken"]
    assert [problem.code for problem in refusal(officer, room, START + DAY, capacity=31).problems] == ["room_too_small"]
    assert ClassRun.objects.count() == 1


def test_the_database_itself_refuses_a_clash(officer: User, room: Room) -> None:
    taken = Occupancy.objects.get(lesson__class_run=place(officer, room), resource__room=room)
    other = place(officer, room, START + DAY).lessons.get()

    with pytest.raises(IntegrityError, match="occupancy_never_clashes"):
        Occupancy.objects.filter(lesson=other).update(during=taken.during)
