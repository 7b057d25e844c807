"""The menu in memory: as the rows are, never older than it may be, and moved by whatever a passer-by could see."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django.fixtures import DjangoAssertNumQueries

from catalogue import version
from catalogue.models import Category, Course, CourseInstructor, Level, Room, Site
from catalogue.search import reindex
from portal import course_index
from portal.course_index import RUN_FACETS
from portal.selection import Selection
from tests.factories import (
    NOW,
    CategoryFactory,
    ClassRunFactory,
    CourseFactory,
    CourseInstructorFactory,
    RoomFactory,
    SiteFactory,
    TownFactory,
)
from timetable.bands import LessonBand, bands_of
from timetable.models import ClassRun, Lesson

pytestmark = pytest.mark.django_db

Change = Callable[[ClassRun], Any]


@pytest.fixture
def run() -> ClassRun:
    made = ClassRunFactory(capacity=30, seats_taken=3)
    reindex([made.course])
    CourseInstructorFactory(course=made.course)
    RoomFactory(site=made.site)
    return made


@pytest.mark.parametrize(
    "change",
    [
        lambda run: Course.objects.filter(pk=run.course_id).update(title="新名"),
        lambda run: Course.objects.filter(pk=run.course_id).update(retired_at=NOW),
        lambda run: reindex([run.course]),
        lambda run: CourseInstructor.objects.filter(course=run.course).delete(),
        lambda _run: Category.objects.update(name_en="Other"),
        lambda _run: Site.objects.update(retired_at=NOW),
        lambda _run: Room.objects.update(capacity=10),
        lambda _run: ClassRunFactory(),
        lambda run: ClassRun.objects.filter(pk=run.pk).update(starts_at=run.starts_at - timedelta(hours=1)),
        lambda run: ClassRun.objects.filter(pk=run.pk).update(cancelled_at=NOW, cancel_reason="停电"),
        lambda _run: Lesson.objects.update(cancelled_at=NOW),
    ],
)
def test_what_a_passer_by_could_see_moves_the_version(run: ClassRun, change: Change) -> None:
    before = version.current()
    change(run)
    assert version.current() > before


def test_seats_do_not_move_the_version(run: ClassRun) -> None:
    before = version.current()
    ClassRun.objects.filter(pk=run.pk).update(seats_taken=29, waiting=1)
    assert version.current() == before


def test_a_new_run_is_there_at_once_and_seats_within_seconds(run: ClassRun) -> None:
    assert [one.can_press for one in course_index.current(NOW).runs] == [True]
    ClassRun.objects.filter(pk=run.pk).update(seats_taken=30)
    assert [one.can_press for one in course_index.current(NOW + timedelta(seconds=4)).runs] == [True]
    assert [one.can_press for one in course_index.current(NOW + timedelta(seconds=5)).runs] == [False]
    other = ClassRunFactory(course=run.course)
    assert [one.pk for one in course_index.current(NOW + timedelta(seconds=5)).runs] == [other.pk, run.pk]


def test_asking_again_what_stands_takes_three_statements(
    run: ClassRun, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    ClassRunFactory(course=run.course, starts_at=NOW + timedelta(seconds=7))
    assert len(course_index.current(NOW).runs) == 2
    with django_assert_num_queries(3):
        assert len(course_index.current(NOW + timedelta(seconds=6)).runs) == 2
    with django_assert_num_queries(1):
        course_index.current(NOW + timedelta(seconds=8))
    with django_assert_num_queries(3):
        assert [one.pk for one in course_index.current(NOW + timedelta(seconds=12)).runs] == [run.pk]


def test_a_clock_that_was_set_back_is_not_believed(run: ClassRun) -> None:
    late = run.starts_at + timedelta(days=1)
    assert course_index.current(late).runs == []
    assert [one.pk for one in course_index.current(NOW).runs] == [run.pk]


FACETS = st.fixed_dictionaries(
    {},
    optional={
        "category": st.lists(st.sampled_from(["skills", "law"]), min_size=1, unique=True),
        "level": st.lists(st.sampled_from(["beginner", "advanced"]), min_size=1, unique=True),
        "town": st.lists(st.sampled_from(["t0", "t1"]), min_size=1, unique=True),
        "weekday": st.lists(st.sampled_from(["2", "6"]), min_size=1, unique=True),
        "band": st.lists(st.sampled_from(["noon", "after_work", "weekend"]), min_size=1, unique=True),
        "state": st.lists(st.sampled_from(["open", "soon", "full"]), min_size=1, unique=True),
    },
)


@pytest.fixture
def town_full_of_runs(db: None) -> list[ClassRun]:
    """Forty runs of twelve courses in two towns, over every hour and state; two are private, two cancelled."""
    sites = [SiteFactory(union=TownFactory(slug=f"t{n}", name=f"{n}镇总工会", area=f"{n}镇")) for n in (0, 1)]
    categories = [CategoryFactory(code="skills"), CategoryFactory(code="law", name="法律宣传", prefix="LA", position=2)]
    courses = [
        CourseFactory(category=categories[n % 2], level=[Level.BEGINNER, Level.ADVANCED][n // 2 % 2]) for n in range(12)
    ]
    hours = [3.5, 9.5, 99.5, 103.5]  # from Tuesday 09:00: noon, evening, Saturday noon, Saturday afternoon
    return [
        ClassRunFactory(
            course=courses[n * 7 % 12],
            site=sites[n % 2],
            starts_at=NOW + timedelta(hours=hours[n % 4] + 24 * 7 * (n // 8)),
            opens_at=NOW + timedelta(hours=1 if n % 5 == 0 else -48),
            seats_taken=30 if n % 3 == 0 else 4,
            cancelled_at=NOW if n in (8, 9) else None,
            cancel_reason="停电" if n in (8, 9) else "",
        )
        for n in range(40)
    ]


def fits(run: ClassRun, chosen: dict[str, list[str]]) -> bool:
    """Say by the row alone whether a run is what was asked for."""
    state = {"open": "open", "few": "open", "soon": "soon", "waiting": "full"}[run.state_at(NOW)]
    starts = run.starts_at
    has = {
        "town": {run.site.union.slug},
        "weekday": {str((starts + timedelta(hours=8)).isoweekday())},
        "band": {str(band) for band in bands_of(starts)},
        "state": {state},
    }
    return all(has[facet] & set(values) for facet, values in chosen.items() if facet in has)


def expected(runs: list[ClassRun], chosen: dict[str, list[str]]) -> set[int]:
    """Return the courses an address should find, one at a time and without any index."""
    coming = [run for run in runs if run.cancelled_at is None]
    asks_runs = any(facet in RUN_FACETS for facet in chosen)
    return {
        course.pk
        for course in Course.objects.all()
        if course.category_id in chosen.get("category", [course.category_id])
        and course.level in chosen.get("level", [course.level])
        and (not asks_runs or any(run.course_id == course.pk and fits(run, chosen) for run in coming))
    }


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(chosen=FACETS)
def test_list_and_counts_are_what_going_through_the_rows_finds(
    town_full_of_runs: list[ClassRun], chosen: dict[str, list[str]]
) -> None:
    selection = Selection(course_index.current(NOW), chosen)
    assert set(selection.ordered("soonest")) == expected(town_full_of_runs, chosen)
    counts = selection.counts()
    for facet, values in {"town": ["t0", "t1"], "band": [*LessonBand], "category": ["skills", "law"]}.items():
        others = {name: asked for name, asked in chosen.items() if name != facet}
        for value in values:
            found = expected(town_full_of_runs, others | {facet: [str(value)]})
            assert counts.get((facet, str(value)), 0) == len(found)
