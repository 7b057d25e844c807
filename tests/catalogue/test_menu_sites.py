"""What an import does with a site list: sites, rooms and the unions of towns."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from accounts.models import Union, UnionKind
from accounts.reference import district
from catalogue.menu.importing import MenuFiles, import_menu
from catalogue.menu.report import Outcome, Report
from catalogue.models import Room, Site
from tests.conftest import NOW
from tests.factories import RoomFactory, SiteFactory
from tests.workbooks import SITE, Cell, table, xlsx

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]

Importer = Callable[..., Report]


@pytest.fixture
def sites(tmp_path: Path) -> Importer:
    """Import rows of a site list beside one course, and return the report."""

    def run(*rows: dict[str, Cell]) -> Report:
        menu = xlsx(tmp_path / "菜单.xlsx", {"岗位技能": table({})})
        listed = xlsx(tmp_path / "名录.xlsx", {"学堂名录": table(*rows, like=SITE)})
        return import_menu(menu=MenuFiles(menu, listed), now=NOW)

    return run


def test_a_site_with_rooms_and_town(sites: Importer) -> None:
    sites({})

    site = Site.objects.get()
    assert (site.slug, site.host_kind, site.union.slug, site.is_accessible) == ("jiangpan", "park", "yanshizhen", True)
    assert (site.municipal_named_on, site.opened_on) == (date(2021, 3, 5), date(2020, 6, 18))
    assert (site.longitude, site.equipment) == (Decimal("121.41268"), ["投影仪", "音响"])
    assert list(site.rooms.values_list("name", "capacity", "kind")) == [
        ("一号厅", 80, "hall"),
        ("201", 40, "classroom"),
    ]


def test_a_changed_site_and_its_rooms_are_told(sites: Importer) -> None:
    sites({})
    report = sites(
        {
            "所属街镇": "新镇",
            "教学面积（平方米）": "350",
            "负责人": "别人",
            "教室（名称:人数:类型）": "201：45：教室；202:30:教室",
        }
    )

    changed = [(line.name, line.field, line.old, line.new) for line in report.of(Outcome.CHANGED)]
    assert changed == [
        ("演示学堂·江畔", "所属街镇", "演示镇", "新镇"),
        ("演示学堂·江畔", "教学面积（平方米）", "300", "350"),
        ("演示学堂·江畔", "负责人", "…", "…"),
        ("江畔 / 201", "人数", "40", "45"),
        ("江畔 / 201", "顺序", "1", "0"),
    ]
    assert [line.name for line in report.of(Outcome.MISSING)] == ["江畔 / 一号厅"]
    assert Room.objects.count() == 3
    assert Site.objects.get().union.area == "新镇"


def test_a_site_that_the_list_no_longer_has_is_reported_and_stays(sites: Importer) -> None:
    other = SiteFactory(name="别的学堂")
    RoomFactory(site=other)
    report = sites({})

    assert [line.name for line in report.of(Outcome.MISSING)] == ["别的学堂"]
    assert Site.objects.filter(retired_at=None).count() == 2


def test_two_sites_of_the_same_sound_get_two_slugs(sites: Importer) -> None:
    sites({}, {"学堂名称": "演示学堂·讲畔", "简称": "讲畔"})

    assert list(Site.objects.order_by("slug").values_list("slug", flat=True)) == ["jiangpan", "jiangpan-2"]


@pytest.mark.parametrize(
    "written", [44260, "44260", "2021年3月5日", "2021-3-5", "2021/03/05", "2021.3.5", "２０２１-３-５"]
)
def test_a_date_may_be_a_day_number_or_text(sites: Importer, written: Cell) -> None:
    sites({"启用日期": written})

    assert Site.objects.get().opened_on == date(2021, 3, 5)


@pytest.mark.parametrize("written", ["2026-02-30", "0000-01-01", "9999-12-31", "26/1/2", "2026年3月", "春天", 1e9, 5])
def test_a_date_that_is_none_is_listed(sites: Importer, written: Cell) -> None:
    report = sites({"启用日期": written})

    assert [line.sentence for line in report.of(Outcome.PROBLEM)] == ["不是有效日期"]
    assert Site.objects.count() == 0


@pytest.mark.parametrize(
    ("written", "stored"),
    [(13800138000.0, "13800138000"), ("'13800138000", "13800138000"), ("０２１－５５５５ 0000", "021-5555 0000")],
)
def test_a_telephone_number_may_be_a_number_cell(sites: Importer, written: Cell, stored: str) -> None:
    sites({"联系电话": written})

    assert Site.objects.get().manager_phone == stored


@pytest.mark.parametrize("written", ["1.38E+10", "问前台", "12345"])
def test_a_telephone_number_is_not_guessed(sites: Importer, written: str) -> None:
    report = sites({"联系电话": written})

    assert [(line.old, line.sentence) for line in report.of(Outcome.PROBLEM)] == [(written, "不是电话号码")]


@pytest.mark.parametrize(
    ("column", "written", "sentence"),
    [
        ("教室（名称:人数:类型）", "一号厅:很多:教室", "教室“一号厅:很多:教室”：不是数字"),
        ("教室（名称:人数:类型）", "一号厅:20", "教室“一号厅:20”写法不对"),
        ("教室（名称:人数:类型）", "一号厅:20:车库", "教室“一号厅:20:车库”：没有“车库”这一项"),
        ("教室（名称:人数:类型）", "甲:20:教室；甲:30:教室", "教室“甲”写了两次"),
        ("纬度", 121.4, "不是经纬度"),
        ("无障碍", "也许", "不是“是”或“否”"),
        ("命名日期", "", "已命名上海职工学堂，却没有日期"),
        ("上海职工学堂", "否", "有命名日期，却不是上海职工学堂"),
    ],
)
def test_a_bad_cell_of_a_site_is_named(sites: Importer, column: str, written: Cell, sentence: str) -> None:
    report = sites({column: written})

    assert [line.sentence for line in report.of(Outcome.PROBLEM)] == [sentence]
    assert Site.objects.count() == 0


def test_a_union_of_that_name_is_taken_whatever_its_kind(sites: Importer) -> None:
    park = Union.objects.create(kind=UnionKind.PARK, slug="park", name="演示镇总工会", parent=district())
    sites({})
    report = sites({})

    assert Site.objects.get().union == park
    assert report.of(Outcome.CHANGED) == []
