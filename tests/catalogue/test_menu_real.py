"""The union's own workbooks, as they are."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import transaction
from django.db.models import Count
from pytest_django import DjangoDbBlocker

from accounts.models import Union, UnionKind
from catalogue.menu import files
from catalogue.menu.export import export_menu
from catalogue.menu.importing import MenuFiles, import_menu
from catalogue.menu.report import Kind, Outcome, Report
from catalogue.models import Course, CourseInstructor, CourseSearch, Instructor, Level, Room, RoomKind, Site
from policy import clock
from tests.conftest import NOW

DATA = Path(__file__).resolve().parents[2] / "data"
REAL = MenuFiles(DATA / "课程菜单.xlsx", DATA / "学堂名录.xlsx")


@pytest.fixture(scope="module")
def imported(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Report]:
    """Import the shipped files once for all tests here, and take them back after the last."""
    with django_db_blocker.unblock(), transaction.atomic():
        with clock.frozen_at(NOW):
            call_command("reference_data")
            report = import_menu(menu=REAL, now=NOW)
        yield report
        transaction.set_rollback(True)


pytestmark = pytest.mark.django_db


def counts(report: Report) -> dict[tuple[str, str], int]:
    found = {(o.name, k.name): report.count(o, k) for o in Outcome for k in Kind}
    return {key: count for key, count in found.items() if count}


def test_all_of_both_files_is_added_and_nothing_is_wrong(imported: Report) -> None:
    assert imported.saved
    assert counts(imported) == {
        ("ADDED", "COURSE"): 654,
        ("ADDED", "INSTRUCTOR"): 235,
        ("ADDED", "UNION"): 14,
        ("ADDED", "SITE"): 56,
        ("ADDED", "ROOM"): 186,
        ("NOTICE", "COURSE"): 1,  # the cover sheet has no headings
    }


@pytest.mark.usefixtures("imported")
def test_each_category_has_its_courses() -> None:
    found = Course.objects.values_list("category__name").annotate(n=Count("pk")).order_by("category__position")

    assert list(found) == [
        ("岗位技能", 150), ("政策解读", 50), ("法律宣传", 70), ("心理辅导", 62), ("文化艺术", 110),
        ("体育健身", 72), ("家庭教育", 50), ("健康教育", 55), ("生活服务", 35),
    ]  # fmt: skip


@pytest.mark.usefixtures("imported")
def test_codes_follow_the_order_of_each_sheet() -> None:
    skills = list(Course.objects.filter(category="skills").order_by("code").values_list("code", "title"))

    assert skills[0] == ("SK0001", "YOLO视觉质检：从标注到产线试跑")
    assert skills[-1] == ("SK0150", "专利检索三步：别人做过没有")
    assert [code for code, _title in skills] == [f"SK{n:04d}" for n in range(1, 151)]


@pytest.mark.usefixtures("imported")
def test_the_ai_topic_has_its_five_tracks() -> None:
    tracks = Counter(Course.objects.filter(topic__slug="ai").values_list("track__code", flat=True))

    assert tracks == {"basics": 9, "advanced": 8, "workplace": 11, "frontier": 5, "safety_ethics": 5}


@pytest.mark.usefixtures("imported")
def test_merged_cells_give_every_course_its_instructor() -> None:
    assert Course.objects.filter(instructors=None).count() == 0
    assert CourseInstructor.objects.count() == 654
    assert Instructor.objects.count() == 235
    assert Instructor.objects.filter(titles=[]).count() == 0
    second = Course.objects.get(code="SK0002")
    assert [(one.name, one.organisation, one.titles) for one in second.instructors.all()] == [
        ("季书敏", "区人工智能研究院人才培养中心", ["studio_leader"])
    ]


@pytest.mark.usefixtures("imported")
def test_a_course_is_read_field_by_field() -> None:
    course = Course.objects.get(code="PS0001")

    assert (course.title, str(course.hours), course.lesson_count) == ("夜班后怎么补觉：倒班人的睡眠安排", "2.0", 1)
    assert (course.min_size, course.max_size, course.level) == (15, 80, Level.BEGINNER)
    assert course.deliveries == ["on_site", "at_enterprise"]
    assert course.bands == ["weekday_day", "after_work", "any"]
    assert course.keywords == ["夜班", "倒班", "补觉", "睡不好"]
    assert len(course.outline) == 5
    assert course.provider == "区精神卫生中心"
    assert course.created_at == NOW


@pytest.mark.usefixtures("imported")
def test_every_course_can_be_searched() -> None:
    assert CourseSearch.objects.count() == 654


@pytest.mark.usefixtures("imported")
def test_sites_rooms_and_town_unions() -> None:
    assert Site.objects.count() == 56
    assert Site.objects.exclude(municipal_named_on=None).count() == 36
    assert Counter(Room.objects.values_list("kind", flat=True)) == {
        RoomKind.CLASSROOM: 63, RoomKind.HALL: 37, RoomKind.WORKSHOP: 33, RoomKind.MEETING: 23,
        RoomKind.COMPUTERS: 13, RoomKind.DANCE: 11, RoomKind.OUTDOOR: 6,
    }  # fmt: skip
    towns = Union.objects.filter(kind=UnionKind.TOWN, parent__slug="district")
    assert towns.count() == 14
    xinzhuang = towns.get(area="莘庄镇")
    assert (xinzhuang.slug, xinzhuang.name, xinzhuang.sites.count()) == ("xinzhuangzhen", "莘庄镇总工会", 6)


@pytest.mark.usefixtures("imported")
def test_a_site_is_read_field_by_field() -> None:
    site = Site.objects.get(name="闵工学堂·江川工匠里")

    assert (site.slug, site.short_name, site.union.area) == ("jiangchuangongjiangli", "江川工匠里", "江川路街道")
    assert (str(site.longitude), str(site.latitude), site.area_m2) == ("121.41268", "31.00482", 620)
    assert (str(site.municipal_named_on), str(site.opened_on)) == ("2019-09-26", "2019-06-18")
    assert [(room.name, room.capacity, room.kind) for room in site.rooms.all()] == [
        ("工匠讲堂", 120, "hall"), ("201教室", 45, "classroom"),
        ("202教室", 40, "classroom"), ("钳工微课室", 24, "workshop"),
    ]  # fmt: skip


@pytest.mark.usefixtures("imported")
def test_a_second_import_changes_nothing() -> None:
    report = import_menu(menu=REAL, now=NOW)

    assert counts(report) == {
        ("UNCHANGED", "COURSE"): 654,
        ("UNCHANGED", "SITE"): 56,
        ("UNCHANGED", "ROOM"): 186,
        ("NOTICE", "COURSE"): 1,
    }


@pytest.mark.usefixtures("imported")
def test_an_export_imported_back_changes_nothing(tmp_path: Path) -> None:
    target = tmp_path / "导出.xlsx"
    before = list(Course.objects.order_by("pk").values())

    assert export_menu(path=target) == 654
    report = import_menu(menu=MenuFiles(target), now=NOW)

    assert counts(report) == {("UNCHANGED", "COURSE"): 654, ("NOTICE", "COURSE"): 1}
    assert list(Course.objects.order_by("pk").values()) == before


@pytest.mark.usefixtures("imported")
def test_the_export_has_the_layout_of_the_unions_workbook(tmp_path: Path) -> None:
    target = tmp_path / "导出.xlsx"
    export_menu(path=target)

    exported, original = files.read(target), files.read(REAL.courses)

    assert [sheet.name for sheet in exported.sheets] == [sheet.name for sheet in original.sheets]
    own, theirs = exported.sheets[1], original.sheets[1]
    assert [cell for cell in own.rows[2] if cell != "编码"] == list(theirs.rows[2])
    assert own.rows[3][:2] == [1, "SK0001"]
    assert str(own.rows[-1][0]).startswith("注：")
