"""The calendar: a month of starts, one day in full, and no address that leads astray."""

import re
from datetime import datetime, timedelta

import pytest
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from portal import finished
from tests.factories import NOW, CategoryFactory, ClassRunFactory, CourseFactory
from tests.portal.pages import text_of

pytestmark = pytest.mark.django_db


def show(client: Client, query: str = "") -> str:
    response = client.get(f"/calendar/{query}")
    assert response.status_code == 200
    return response.content.decode()


def days(html: str) -> dict[str, str]:
    """Return the days of a page that have runs, each with its words."""
    found = re.findall(
        r'<li class="cal-day ([^"]*)">.*?datetime="([0-9-]+)"(.*?)</li>\s*(?=<li class="cal-day|</ol>)', html, re.DOTALL
    )
    return {day: text_of(f"<p{rest}") for classes, day, rest in found if "free" not in classes}


def test_a_month_shows_the_days_on_which_something_starts(client: Client) -> None:
    ClassRunFactory(course__title="午间书法", starts_at=NOW + timedelta(days=3, hours=3))
    # Midnight in Shanghai is another day than in UTC.
    ClassRunFactory(course__title="零点课", starts_at=datetime.fromisoformat("2026-12-09T00:00:00+08:00"))
    ClassRunFactory(course__title="下月课", starts_at=datetime.fromisoformat("2027-01-05T18:00:00+08:00"))
    html = show(client)
    assert "2026年12月" in text_of(html)
    assert set(days(html)) == {"2026-12-04", "2026-12-09"}
    assert "午间书法" in days(html)["2026-12-04"]
    assert "本月还有 2 个班次开课" in text_of(html)
    assert len(re.findall(r'<li class="cal-day ', html)) == 31
    assert set(days(show(client, "?month=2027-01"))) == {"2027-01-05"}


def test_a_busy_day_shows_three_and_leads_to_all(client: Client) -> None:
    course = CourseFactory(title="瑜伽")
    for hours in range(5):
        ClassRunFactory(course=course, starts_at=NOW + timedelta(days=1, hours=hours))
    html = show(client)
    assert days(html)["2026-12-02"].count("瑜伽") == 3
    assert '<a class="day-all" href="?day=2026-12-02">看全天 5 个班次' in html
    day = text_of(show(client, "?day=2026-12-02"))
    assert "12月2日 周三" in day
    assert "5 个班次开课" in day
    assert re.findall(r"详情 瑜伽 (\d\d:\d\d)", day) == ["09:00", "10:00", "11:00", "12:00", "13:00"]


def test_what_narrows_the_list_narrows_the_calendar(client: Client) -> None:
    law = CategoryFactory(code="law", name="法律宣传", prefix="LA", position=2)
    ClassRunFactory(starts_at=NOW + timedelta(days=1))
    ClassRunFactory(course__category=law, starts_at=NOW + timedelta(days=2))
    assert set(days(show(client, "?category=law"))) == {"2026-12-03"}
    assert set(days(show(client, "?category="))) == {"2026-12-02", "2026-12-03"}
    assert 'href="?day=2026-12-03&amp;category=law"' in show(client, "?category=law")
    assert set(days(show(client, "?band=weekend"))) == set()
    assert "这个月没有符合条件的班次" in text_of(show(client, "?band=weekend"))


def test_one_walks_only_where_something_is(client: Client) -> None:
    ClassRunFactory(starts_at=datetime.fromisoformat("2027-02-03T18:00:00+08:00"))
    assert re.findall(r'href="\?month=([0-9-]+)"', show(client)) == ["2027-01"]
    assert re.findall(r'href="\?month=([0-9-]+)"', show(client, "?month=2027-01")) == ["2026-12", "2027-02"]
    assert re.findall(r'href="\?month=([0-9-]+)"', show(client, "?month=2027-02")) == ["2027-01"]


@pytest.mark.parametrize(
    ("month", "shown"),
    [
        ("2026-11", "2026年12月"),
        ("1999-01", "2026年12月"),
        ("2030-01", "2026年12月"),
        ("9999-12", "2026年12月"),
        ("2026-13", "2026年12月"),
        ("abc", "2026年12月"),
        ("２０２６-12", "2026年12月"),
        ("", "2026年12月"),
    ],
)
def test_months_are_kept_within_what_there_is(client: Client, month: str, shown: str) -> None:
    assert shown in text_of(show(client, f"?month={month}"))


@pytest.mark.parametrize("day", ["2026-02-30", "0001-01-01", "9999-12-31", "2026-12-01T00:00", "abc", "%00x"])
def test_odd_days_are_answered(client: Client, day: str) -> None:
    assert client.get(f"/calendar/?day={day}").status_code in {200, 400}


def test_statements_are_the_same_for_one_and_for_many_runs(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    ClassRunFactory(starts_at=NOW + timedelta(days=1))
    for query in ("", "?day=2026-12-02"):
        show(client, query)
        finished.forget()
        with django_assert_num_queries(3):
            show(client, query)
    for hours in range(6):
        ClassRunFactory(starts_at=NOW + timedelta(days=1, hours=hours))
    for query in ("", "?day=2026-12-02"):
        show(client, query)
        finished.forget()
        with django_assert_num_queries(3):
            show(client, query)
