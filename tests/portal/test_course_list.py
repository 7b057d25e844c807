"""The course list: what an address finds, what stands beside it, and what no address can break."""

import re
from datetime import timedelta
from decimal import Decimal
from html import unescape
from urllib.parse import urlencode

import pytest
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from accounts.models import Union
from catalogue.models import Course, CourseInstructor, Delivery, Level, Topic, Track
from catalogue.search import reindex
from catalogue.titles import InstructorTitle
from enrollment import wishes
from portal.facets import LABELS
from tests.factories import (
    NOW,
    CategoryFactory,
    ClassRunFactory,
    CourseFactory,
    InstructorFactory,
    SiteFactory,
    TownFactory,
    UserFactory,
)
from tests.portal.pages import text_of
from timetable.models import ClassRun

pytestmark = pytest.mark.django_db

# The catalogue's version, for the page and for the index; the courses of the page and their runs.
STATEMENTS = 4


def show(client: Client, *pairs: tuple[str, object]) -> str:
    response = client.get("/courses/?" + urlencode(pairs))
    assert response.status_code == 200
    return response.content.decode()


def codes(html: str) -> list[str]:
    """Return the courses of a page in their order, without the nearest ones that an empty list offers."""
    return re.findall(r'<h3><a href="/courses/([A-Z]{2}[0-9]{4})/"', html.partition('id="nearest-title"')[0])


def counts(html: str, facet: str) -> dict[str, int]:
    """Return what stands beside the options of a facet."""
    pattern = rf'name="{facet}" value="([^"]+)".*?<span class="opt-n">([0-9]+)'
    return {value: int(number) for value, number in re.findall(pattern, html, re.DOTALL)}


@pytest.fixture
def menu(reference: None) -> dict[str, Course]:
    """Six courses: two AI ones in two tracks, a fire one, three plain; runs in two towns."""
    ai, fire = Topic.objects.get(slug="ai"), Topic.objects.get(slug="fire-safety")
    tracks = {track.code: track for track in Track.objects.filter(topic=ai)}
    law, arts = CategoryFactory(code="law"), CategoryFactory(code="arts")
    both = [Delivery.ON_SITE, Delivery.AT_ENTERPRISE]
    courses = [
        CourseFactory(code="SK0001", title="AI 办公提效", topic=ai, track=tracks["workplace"], deliveries=both),
        CourseFactory(code="SK0002", title="大模型入门", topic=ai, track=tracks["basics"], deliveries=[Delivery.LIVE]),
        CourseFactory(code="SK0003", title="车间消防", topic=fire, level=Level.ADVANCED, audience="外卖骑手、班组长"),
        CourseFactory(code="LA0004", title="看懂劳动合同", category=law),
        CourseFactory(code="AR0005", title="午间书法", category=arts, created_at=NOW + timedelta(minutes=1)),
        CourseFactory(code="AR0006", title="旧课", category=arts, retired_at=NOW),
    ]
    craftsman = InstructorFactory(titles=[InstructorTitle.CRAFTSMAN])
    CourseInstructor.objects.create(course=courses[3], instructor=craftsman)
    reindex(courses)
    return {course.code: course for course in courses}


@pytest.fixture
def runs(menu: dict[str, Course]) -> dict[str, ClassRun]:
    """SK0001: open in Xinzhuang, full in Qibao. LA0004: opens soon in Qibao. AR0005: runs that do not count."""
    qibao = SiteFactory(union=TownFactory(slug="qibaozhen", name="七宝镇总工会", area="七宝镇"), short_name="七宝")
    xinzhuang = SiteFactory(union=TownFactory(), short_name="莘庄")
    old = {"opens_at": NOW - timedelta(days=9), "starts_at": NOW - timedelta(days=1)}
    ClassRunFactory(course=menu["AR0005"], site=qibao, **old)
    ClassRunFactory(course=menu["AR0005"], site=qibao, cancelled_at=NOW, cancel_reason="停电")
    return {
        "open": ClassRunFactory(course=menu["SK0001"], site=xinzhuang, capacity=30, seats_taken=18),
        "full": ClassRunFactory(
            course=menu["SK0001"], site=qibao, capacity=2, seats_taken=2, waiting=3, starts_at=NOW + timedelta(days=2)
        ),
        "soon": ClassRunFactory(course=menu["LA0004"], site=qibao, opens_at=NOW + timedelta(hours=1)),
    }


ALL = {"SK0001", "SK0002", "SK0003", "LA0004", "AR0005"}


@pytest.mark.usefixtures("runs")
@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ([], ALL),
        ([("category", "skills")], {"SK0001", "SK0002", "SK0003"}),
        ([("category", "skills"), ("category", "law")], ALL - {"AR0005"}),
        ([("topic", "ai")], {"SK0001", "SK0002"}),
        ([("topic", "ai"), ("track", "workplace")], {"SK0001"}),
        ([("topic", "ai"), ("topic", "fire-safety")], {"SK0001", "SK0002", "SK0003"}),
        ([("level", "advanced")], {"SK0003"}),
        ([("delivery", "live"), ("delivery", "at_enterprise")], {"SK0001", "SK0002"}),
        ([("town", "xinzhuangzhen")], {"SK0001"}),
        ([("town", "qibaozhen")], {"SK0001", "LA0004"}),
        ([("state", "open")], {"SK0001"}),
        ([("state", "soon")], {"LA0004"}),
        ([("state", "full")], {"SK0001"}),
        ([("state", "soon"), ("state", "full")], {"SK0001", "LA0004"}),
        ([("weekday", "2")], {"SK0001", "LA0004"}),
        ([("weekday", "4"), ("weekday", "7")], {"SK0001"}),
        ([("weekday", "9")], ALL),
        ([("band", "after_work")], {"SK0001", "LA0004"}),
        ([("band", "weekday_day")], {"SK0001"}),
        ([("band", "after_night_shift"), ("state", "full")], {"SK0001"}),
        ([("band", "after_night_shift"), ("state", "open")], set()),
        ([("audience", "new_form")], {"SK0003"}),
        ([("title", "craftsman")], {"LA0004"}),
        ([("q", "消防")], {"SK0003"}),
        ([("q", "AI"), ("category", "skills"), ("track", "workplace")], {"SK0001"}),
        ([("q", "消防"), ("topic", "ai")], set()),
        ([("category", "nonsense")], ALL),
        ([("category", "nonsense"), ("category", "law")], {"LA0004"}),
        ([("town", "' or 1=1--")], ALL),
        ([("q", "   ")], ALL),
    ],
)
def test_an_address_finds_exactly(client: Client, pairs: list[tuple[str, object]], expected: set[str]) -> None:
    assert set(codes(show(client, *pairs))) == expected


@pytest.mark.usefixtures("runs")
def test_town_and_state_must_hold_for_the_same_run(client: Client) -> None:
    assert codes(show(client, ("town", "qibaozhen"), ("state", "open"))) == []
    assert codes(show(client, ("town", "xinzhuangzhen"), ("state", "open"))) == ["SK0001"]


@pytest.mark.usefixtures("runs")
def test_counts_ignore_their_own_facet_and_respect_the_others(client: Client) -> None:
    html = show(client, ("category", "skills"), ("topic", "ai"))
    assert counts(html, "category") == dict.fromkeys(counts(html, "category"), 0) | {"skills": 2}
    assert {key: n for key, n in counts(html, "topic").items() if n} == {"ai": 2, "fire-safety": 1}
    assert {key: n for key, n in counts(html, "track").items() if n} == {"workplace": 1, "basics": 1}
    assert counts(html, "delivery") == {"on_site": 1, "at_enterprise": 1, "live": 1}
    assert counts(html, "level") == {"beginner": 2, "intermediate": 0, "advanced": 0}
    assert counts(html, "town") == {"qibaozhen": 1, "xinzhuangzhen": 1}
    assert counts(html, "state") == {"open": 1, "soon": 0, "full": 1}


@pytest.mark.usefixtures("runs")
def test_counts_of_towns_and_states_ask_for_one_run(client: Client) -> None:
    html = show(client, ("town", "qibaozhen"))
    assert counts(html, "state") == {"open": 0, "soon": 1, "full": 1}
    assert counts(html, "town") == {"qibaozhen": 2, "xinzhuangzhen": 1}
    assert {key: n for key, n in counts(html, "category").items() if n} == {"skills": 1, "law": 1}
    assert counts(show(client, ("state", "open")), "town") == {"qibaozhen": 0, "xinzhuangzhen": 1}


@pytest.mark.usefixtures("runs")
def test_each_count_is_what_ticking_it_finds(client: Client) -> None:
    html = show(client)
    for facet in LABELS:
        found = {value: len(codes(show(client, (facet, value)))) for value in counts(html, facet)}
        assert found == counts(html, facet)


def test_sites_are_offered_within_the_towns_one_chose(client: Client, runs: dict[str, ClassRun]) -> None:
    qibao, xinzhuang = runs["full"].site.slug, runs["open"].site.slug
    assert counts(show(client), "site") == {}
    html = show(client, ("town", "qibaozhen"))
    assert counts(html, "site") == {qibao: 2}
    assert set(codes(show(client, ("town", "qibaozhen"), ("site", qibao)))) == {"SK0001", "LA0004"}
    assert set(codes(show(client, ("site", xinzhuang)))) == {"SK0001"}
    assert counts(show(client, ("site", xinzhuang)), "site") == {xinzhuang: 1}


@pytest.mark.usefixtures("runs")
def test_the_head_counts_courses_and_sites(client: Client) -> None:
    assert "5 门免费课程 · 2 个学堂" in text_of(show(client))


def test_retired_sites_and_courses_are_not_counted(client: Client, menu: dict[str, Course]) -> None:
    SiteFactory()
    SiteFactory(retired_at=NOW)
    assert len(menu) == 6
    assert "5 门免费课程 · 1 个学堂" in text_of(show(client))


@pytest.mark.usefixtures("runs")
def test_a_card_shows_the_run_one_can_press_for(client: Client) -> None:
    card = re.search(r'<article class="card">.*?SK0001.*?</article>', show(client, ("track", "workplace")), re.DOTALL)
    assert card is not None
    words = text_of(card.group())
    assert words == "岗位技能 报名中 AI 办公提效 12月8日 周二 18:30 莘庄 2 学时 学堂授课 送教上门 余 12 席"


@pytest.mark.usefixtures("runs")
def test_a_card_names_the_next_starts_with_a_seat_and_no_others(client: Client, menu: dict[str, Course]) -> None:
    for days in (9, 10, 11):
        ClassRunFactory(course=menu["SK0001"], starts_at=NOW + timedelta(days=days))
    words = text_of(show(client, ("track", "workplace")))
    assert "12月8日 周二 18:30 莘庄 还有 12月10日 周四 09:00、12月11日 周五 09:00 2 学时" in words


@pytest.mark.usefixtures("runs")
def test_a_card_within_a_town_shows_that_towns_run(client: Client) -> None:
    words = text_of(show(client, ("track", "workplace"), ("town", "qibaozhen")))
    assert "已满可候补" in words
    assert "12月3日 周四 09:00" in words


@pytest.mark.usefixtures("runs")
@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("soonest", ["SK0001", "LA0004", "AR0005", "SK0002", "SK0003"]),
        ("newest", ["AR0005", "LA0004", "SK0001", "SK0002", "SK0003"]),
        ("title", ["SK0001", "SK0003", "SK0002", "LA0004", "AR0005"]),
        ("nonsense", ["SK0001", "LA0004", "AR0005", "SK0002", "SK0003"]),
    ],
)
def test_sorting(client: Client, runs: dict[str, ClassRun], sort: str, expected: list[str]) -> None:
    ClassRun.objects.filter(pk=runs["soon"].pk).update(starts_at=NOW + timedelta(days=3))
    assert codes(show(client, ("sort", sort))) == expected


def test_the_most_wanted_courses_come_first(client: Client, menu: dict[str, Course]) -> None:
    for person in (UserFactory(), UserFactory()):
        wishes.back(person=person, wanted=wishes.of_course(menu["SK0003"]), town=None, band="", now=NOW)
    assert codes(show(client, ("sort", "wanted")))[0] == "SK0003"


@pytest.mark.usefixtures("menu")
def test_a_search_is_sorted_by_relevance_unless_asked_otherwise(client: Client) -> None:
    late = CourseFactory(code="SK0000", title="应急演练", summary="含消防内容。")
    reindex([late])
    assert codes(show(client, ("q", "消防"))) == ["SK0003", "SK0000"]
    assert codes(show(client, ("q", "消防"), ("sort", "soonest"))) == ["SK0000", "SK0003"]


@pytest.mark.usefixtures("menu")
def test_chips_name_what_is_in_force_and_lead_to_the_list_without_it(client: Client) -> None:
    html = show(client, ("q", "AI"), ("category", "skills"), ("topic", "ai"), ("page", 1))
    chips = re.findall(r'<a class="chip" href="([^"]+)">(.*?)</a>', html)
    assert [(unescape(url), text_of(words)) for url, words in chips] == [
        ("?category=skills&topic=ai", "去掉 “ai”"),
        ("?q=ai&topic=ai", "去掉 岗位技能"),
        ("?q=ai&category=skills", "去掉 AI技术"),
    ]


@pytest.mark.usefixtures("menu")
def test_an_empty_result_names_the_conditions_to_drop(client: Client) -> None:
    html = show(client, ("q", "消防"), ("topic", "ai"))
    assert codes(html) == []
    words = text_of(html)
    assert "没有符合条件的课程" in words
    assert "去掉 “消防”" in words
    assert "去掉 AI技术" in words


@pytest.mark.usefixtures("menu")
def test_the_category_row_narrows_and_takes_back(client: Client) -> None:
    html = show(client, ("topic", "ai"), ("category", "law"))
    row = re.search(r'<nav class="cats".*?</nav>', html, re.DOTALL)
    assert row is not None
    assert re.findall(r'<a href="([^"]+)" aria-current="true">', row.group()) == ["?topic=ai"]
    assert "?category=skills&amp;topic=ai" in html


@pytest.mark.usefixtures("reference")
def test_statements_are_the_same_for_one_and_for_24_courses(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    site, health = SiteFactory(), CategoryFactory(code="health")
    pairs = [("q", "急救"), ("category", "health"), ("state", "open"), ("town", site.union.slug)]
    courses = [CourseFactory(code=f"HE{place:04d}", title=f"急救{place}", category=health) for place in range(24)]
    ClassRunFactory(course=courses[0], site=site)
    reindex(courses)

    show(client, pairs[0])
    with django_assert_num_queries(STATEMENTS):
        assert len(codes(show(client, *pairs))) == 1
    for course in courses[1:]:
        ClassRunFactory(course=course, site=site)
    show(client, pairs[0])
    with django_assert_num_queries(STATEMENTS):
        assert len(codes(show(client, *pairs))) == 24


@pytest.mark.parametrize(
    ("page", "first"),
    [
        ("1", 0),
        ("2", 24),
        ("3", 48),
        ("4", 48),
        (10**9, 48),
        (10**40, 48),
        ("0", 0),
        ("-1", 0),
        ("abc", 0),
        ("１２", 0),
        ("1e5", 0),
        ("", 0),
    ],
)
def test_pages_are_clamped(client: Client, page: object, first: int) -> None:
    skills = CategoryFactory()
    Course.objects.bulk_create(
        CourseFactory.build(code=f"SK{place:04d}", title=f"课{place}", category=skills) for place in range(50)
    )
    assert codes(show(client, ("page", page)))[0] == f"SK{first:04d}"


@pytest.mark.usefixtures("menu")
@pytest.mark.parametrize(
    "query",
    [
        "__regex=(",
        "title__regex=(",
        "ordering=password",
        "category__in=skills",
        "q=%27%20or%201%3D1--",
        "q=%3Bselect%20pg_sleep(5)",
        "category=%27%3Bselect%20pg_sleep(5)",
        "page=%27%20or%201%3D1--",
        "sort=password",
        "sort=soonest&sort=title",
        "town=%FF",
        "level=" + "a" * 3000,
        "&".join(["category=skills"] * 300),
    ],
)
def test_odd_addresses_are_answered(client: Client, query: str) -> None:
    assert client.get(f"/courses/?{query}").status_code == 200


@pytest.mark.usefixtures("menu")
@pytest.mark.parametrize("name", ["q", "category", "page", "x"])
def test_nul_bytes_are_refused(client: Client, name: str) -> None:
    assert client.get(f"/courses/?{name}=%00").status_code == 400


@pytest.mark.usefixtures("reference")
@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "<img src=x onerror=1>", "{{7*7}}", "{% debug %}", '"><svg onload=1>']
)
def test_what_people_wrote_is_shown_as_text(client: Client, text: str) -> None:
    reindex([CourseFactory(title=text, summary=text, hours=Decimal(1))])
    html = show(client, ("q", text))
    for raw in ("<script>alert", "<img src=x", "<svg onload"):
        assert raw not in html
    assert f">{text}</a></h3>" in unescape(html)


def test_the_list_needs_no_script(client: Client, menu: dict[str, Course]) -> None:
    assert menu
    html = show(client)
    assert "<script" not in html
    assert 'href="#filters"' in html
    assert 'id="filters"' in html


def test_towns_without_a_site_are_not_offered(client: Client, menu: dict[str, Course]) -> None:
    TownFactory(slug="maqiaozhen", name="马桥镇总工会", area="马桥镇")
    assert menu
    assert Union.objects.filter(slug="maqiaozhen").exists()
    assert counts(show(client), "town") == {}
