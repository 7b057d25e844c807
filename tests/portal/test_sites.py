"""The sites: map and list, near and far, a site's own page and what is on today, its poster and code."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from catalogue.models import Site
from catalogue.places import Point, distance_m, for_phone_maps, stations_of
from portal import finished
from tests.accounts.factories import verified_enterprise
from tests.factories import NOW, ClassRunFactory, RoomFactory, SiteFactory, TownFactory
from tests.portal.pages import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def district() -> dict[str, Site]:
    """Three sites in two towns: one at 莘庄站, one 2 km east of it, one far south."""
    qibao = TownFactory(slug="qibaozhen", name="七宝镇总工会", area="七宝镇")
    metro = "1号线莘庄站换乘公交至莘松路"
    return {
        "near": SiteFactory(short_name="莘松", slug="xinsong", transport=metro, is_accessible=False),
        "east": SiteFactory(short_name="春申", slug="chunshen", longitude=Decimal("121.42100")),
        "south": SiteFactory(short_name="七宝", slug="qibao", union=qibao, latitude=Decimal("31.00000")),
    }


def show(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def names(html: str) -> list[str]:
    return re.findall(r'<a class="site-name" href="/sites/([a-z]+)/">', html)


def test_the_list_goes_by_town_and_counts_what_can_be_taken(client: Client, district: dict[str, Site]) -> None:
    ClassRunFactory(site=district["near"])
    ClassRunFactory(site=district["near"], seats_taken=30)
    html = show(client, "/sites/")
    assert names(html) == ["qibao", "chunshen", "xinsong"]
    words = text_of(html)
    assert "3 个学堂，按街镇查看" in words
    assert "莘松 演示路 1 号 1 个班可报" in words
    assert "七宝镇 1 个学堂" in words
    assert "莘庄镇 2 个学堂" in words


@pytest.mark.usefixtures("district")
def test_near_a_station_the_list_goes_from_near_to_far(client: Client) -> None:
    html = show(client, "/sites/?near=station:莘庄站")
    assert names(html) == ["xinsong", "chunshen", "qibao"]
    words = text_of(html)
    assert "离莘庄站由近到远" in words
    assert "约 50 米" in words
    assert "约 2.0 公里" in words
    assert "约 11.1 公里" in words


@pytest.mark.usefixtures("district")
@pytest.mark.parametrize("near", ["", "station:没有站", "town:", "x" * 500, "<script>", "town:qibaozhen'--"])
def test_a_place_nobody_knows_gives_the_list_by_town(client: Client, near: str) -> None:
    response = client.get("/sites/", {"near": near})
    assert response.status_code == 200
    assert names(response.content.decode()) == ["qibao", "chunshen", "xinsong"]


@pytest.mark.usefixtures("district")
def test_the_map_has_a_bubble_for_each_town_inside_the_drawing(client: Client) -> None:
    html = show(client, "/sites/")
    drawn = html.split('class="district"')[1]
    bubbles = re.findall(r'aria-label="([^"]+)".*?cx="([0-9.]+)" cy="([0-9.]+)" r="([0-9.]+)"', drawn, re.DOTALL)
    assert {label for label, *_rest in bubbles} == {"莘庄镇，2 个学堂", "七宝镇，1 个学堂"}
    width, height = map(float, re.findall(r'viewBox="0 0 ([0-9.]+) ([0-9.]+)"', html)[-1])
    assert all(0 < float(x) < width and 0 < float(y) < height for _label, x, y, _r in bubbles)
    for slug in ("xinzhuangzhen", "qibaozhen"):
        assert f'href="/sites/#town-{slug}"' in html
        assert f'id="town-{slug}"' in html


def test_statements_are_the_same_for_one_and_for_many_sites(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    SiteFactory()
    show(client, "/sites/")
    finished.forget()
    with django_assert_num_queries(3):
        show(client, "/sites/")
    for _number in range(5):
        SiteFactory()
    show(client, "/sites/")
    finished.forget()
    with django_assert_num_queries(3):
        show(client, "/sites/")


def test_a_site_says_how_to_get_there_and_what_it_has(client: Client, district: dict[str, Site]) -> None:
    RoomFactory(site=district["near"], name="莘松教室", capacity=50)
    RoomFactory(site=district["near"], name="旧库房", retired_at=NOW)
    words = text_of(show(client, "/sites/xinsong/"))
    assert "演示路 1 号" in words
    assert "1号线莘庄站换乘公交至莘松路" in words
    assert "没有无障碍通道" in words
    assert "莘松教室 教室 · 50 人" in words
    assert "旧库房" not in words
    assert "演示员" not in words
    assert "5555" not in words


def test_todays_board_shows_public_lessons_of_today_and_says_what_is_cancelled(
    client: Client, district: dict[str, Site]
) -> None:
    site = district["near"]
    today = {"starts_at": NOW + timedelta(hours=3), "ends_at": NOW + timedelta(hours=5)}
    shown = ClassRunFactory(site=site, course__title="今天的课程", **today)
    off = ClassRunFactory(site=site, course__title="停掉的课程", **today)
    off.lessons.update(cancelled_at=NOW)
    ClassRunFactory(site=site, course__title="包场的课程", private_to=verified_enterprise(), **today)
    ClassRunFactory(site=district["east"], course__title="别处的课程", **today)
    midnight = NOW + timedelta(hours=15)
    ClassRunFactory(site=site, course__title="明天零点", starts_at=midnight, ends_at=midnight + timedelta(hours=1))
    board = text_of(show(client, "/sites/xinsong/").split('id="board-title"')[1].split("</section>")[0])
    assert re.findall(r"(\S+课程|明天零点)", board) == ["今天的课程", "停掉的课程"]
    assert board.count("已取消") == 1
    assert shown.number in show(client, "/sites/xinsong/")


def test_a_site_offers_what_the_list_and_the_calendar_offer(client: Client, district: dict[str, Site]) -> None:
    ClassRunFactory(site=district["near"], course__title="在目录里的课")
    ClassRunFactory(site=district["near"], course__title="下架的课", course__retired_at=NOW)
    assert "1 个班可报" in text_of(show(client, "/sites/"))
    words = text_of(show(client, "/sites/xinsong/"))
    assert "在目录里的课" in words
    assert "下架的课" not in words


def test_a_retired_site_keeps_its_page_but_leaves_the_list(client: Client, district: dict[str, Site]) -> None:
    Site.objects.filter(pk=district["south"].pk).update(retired_at=NOW)
    assert names(show(client, "/sites/")) == ["chunshen", "xinsong"]
    assert "这个学堂已停用" in text_of(show(client, "/sites/qibao/"))
    assert client.get("/sites/qibao/poster/").status_code == 404


def test_the_poster_has_the_code_of_the_sites_page(client: Client, district: dict[str, Site]) -> None:
    assert district
    assert 'src="/sites/xinsong/qr.svg"' in show(client, "/sites/xinsong/poster/")
    drawn = client.get("/sites/xinsong/qr.svg")
    assert drawn.headers["Content-Type"] == "image/svg+xml"
    assert drawn.content.startswith(b"<?xml")
    assert client.get("/sites/nowhere/qr.svg").status_code == 404


def test_distances_and_datums() -> None:
    xinzhuang = Point(121.36438, 31.10927)
    assert distance_m(xinzhuang, xinzhuang) == 0
    assert distance_m(xinzhuang, Point(121.36438, 31.11927)) == 1112
    # Against the shift measured between two public sets of Minhang's boundary: about +0.004 and -0.002 degrees.
    assert for_phone_maps(xinzhuang) == (121.368987, 31.107344)


@pytest.mark.parametrize(
    ("transport", "stations"),
    [
        ("", []),
        ("5号线金平路站步行约12分钟，公交可到江川路兰坪路", ["金平路站"]),
        ("浦江线三鲁公路站步行约13分钟", ["三鲁公路站"]),
        ("10号线虹桥火车站换乘公交至联友路", ["虹桥火车站"]),
        ("1号线莘庄站、5号线春申路站", ["莘庄站", "春申路站"]),
    ],
)
def test_stations_are_read_from_directions(transport: str, stations: list[str]) -> None:
    assert stations_of(Site(transport=transport)) == stations
