"""What an import does with rows that are new, changed, wrong, missing or renamed."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection

from catalogue.menu.importing import AS_USUAL, MenuFiles, Mode, import_menu
from catalogue.menu.report import Kind, Outcome, Report
from catalogue.models import Course, Instructor, Topic, Track
from policy.models import Policy
from tests.conftest import NOW
from tests.factories import CourseFactory, CourseInstructorFactory, InstructorFactory
from tests.workbooks import COURSE, SITE, Cell, table, without, xlsx

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]

Importer = Callable[..., Report]
DRY = Mode(dry_run=True)
STRICT = Mode(strict=True)


@pytest.fixture
def menu(tmp_path: Path) -> Importer:
    """Import rows of 岗位技能 and return the report."""

    def run(*rows: dict[str, Cell], mode: Mode = AS_USUAL) -> Report:
        path = xlsx(tmp_path / "菜单.xlsx", {"岗位技能": table(*rows)})
        return import_menu(menu=MenuFiles(path), now=NOW, mode=mode)

    return run


def said(report: Report, outcome: Outcome) -> list[str]:
    return [str(line) for line in report.of(outcome)]


def codes() -> list[tuple[str, str]]:
    return list(Course.objects.order_by("code").values_list("code", "title"))


def test_a_dry_run_tells_and_saves_nothing(menu: Importer) -> None:
    report = menu({}, {"课程名称": "车工入门", "专题": "新专题", "方向": "新方向"}, mode=DRY)

    assert [(line.kind, line.code, line.name) for line in report.of(Outcome.ADDED)] == [
        (Kind.INSTRUCTOR, "", "演示甲（演示技师学院）"),
        (Kind.COURSE, "SK0001", "钳工入门"),
        (Kind.TOPIC, "", "新专题"),
        (Kind.TRACK, "", "新专题 / 新方向"),
        (Kind.COURSE, "SK0002", "车工入门"),
    ]
    assert not report.saved
    assert (Course.objects.count(), Instructor.objects.count(), Topic.objects.filter(name="新专题").count()) == (
        0,
        0,
        0,
    )


def test_a_change_is_told_field_by_field_and_saved(menu: Importer) -> None:
    menu({})
    report = menu({"学时": "６学时", "难度": "高级", "专题": "AI技术", "方向": "前沿科技", "授课老师": "演示乙"})

    assert [(line.code, line.field, line.old, line.new) for line in report.of(Outcome.CHANGED)] == [
        ("SK0001", "难度", "入门", "高级"),
        ("SK0001", "学时", "4", "6"),
        ("SK0001", "专题", "", "AI技术"),
        ("SK0001", "方向", "", "前沿科技"),
        ("SK0001", "授课老师", "演示甲", "演示乙"),
    ]
    course = Course.objects.get()
    assert (course.level, course.hours) == ("advanced", Decimal(6))
    assert Course.objects.filter(topic__slug="ai", track__code="frontier").count() == 1
    assert [one.name for one in course.instructors.all()] == ["演示乙"]


def test_a_course_may_move_to_a_topic_that_is_new(menu: Importer) -> None:
    menu({"专题": "AI技术", "方向": "前沿科技"})
    menu({"专题": "低空经济", "方向": ""})

    assert Course.objects.filter(topic__name="低空经济", track=None).count() == 1


def test_history_says_who_and_why(menu: Importer) -> None:
    menu({})
    menu({"学时": 6})

    event = apps.get_model("catalogue", "CourseEvent").objects.order_by("pgh_id").last()
    assert event.hours == 6
    assert event.pgh_context.metadata == {"actor": None, "reason": "导入 菜单.xlsx"}


def test_an_unknown_topic_and_track_are_made_with_a_pinyin_slug(menu: Importer) -> None:
    menu({"专题": "低空经济", "方向": "无人机"}, {"课程名称": "航拍", "专题": "低空经济", "方向": "无人机"})

    assert Course.objects.filter(topic__slug="dikongjingji", track__code="wurenji").count() == 2
    assert Track.objects.filter(topic__slug="dikongjingji").count() == 1


def test_a_bad_row_is_named_and_stops_no_other(menu: Importer) -> None:
    report = menu({"学时": "两小时"}, {"课程名称": "车工入门"})

    assert said(report, Outcome.PROBLEM) == [
        "“岗位技能”第 2 行“学时”列（F2） 课程 钳工入门 “两小时” 不是数字（请填数字，例如 2 或 1.5）"
    ]
    assert codes() == [("SK0001", "车工入门")]


def test_every_bad_cell_of_a_row_is_named(menu: Importer) -> None:
    report = menu({"课程简介": "", "授课形式": "函授", "开班人数": 40, "备注": "长" * 201})

    assert [(f"{line.place.column} {line.place.heading}", line.sentence) for line in report.of(Outcome.PROBLEM)] == [
        ("B 课程简介", "这一格是空的"),
        ("H 授课形式", "没有“函授”这一项"),
        ("P 备注", "有 201 个字，太长"),
        ("J 人数上限", "比开班人数 40 还少"),
    ]


@pytest.mark.parametrize("people", ["0", -1, 1_000_000_000, 30.5, "1.38E+10", "三十", "10-30", "１e2"])
def test_an_impossible_number_of_people_is_refused(menu: Importer, people: Cell) -> None:
    report = menu({"人数上限": people})

    assert [f"{line.place.column} {line.place.heading}" for line in report.of(Outcome.PROBLEM)] == ["J 人数上限"]
    assert Course.objects.count() == 0


@pytest.mark.parametrize("people", [25, "25", "２５", " 25 人", "25.0", 25.0])
def test_a_number_may_be_text_or_full_width_or_have_its_unit(menu: Importer, people: Cell) -> None:
    menu({"人数上限": people})

    assert Course.objects.get().max_size == 25


def test_strict_saves_nothing_when_one_row_is_bad(menu: Importer) -> None:
    report = menu({"学时": -1}, {"课程名称": "车工入门"}, mode=STRICT)
    assert "“-1” 不在范围内" in str(report.of(Outcome.PROBLEM)[0])

    assert not report.saved
    assert Course.objects.count() == 0


def test_strict_saves_all_when_all_is_good(menu: Importer) -> None:
    assert menu({}, {"课程名称": "车工入门"}, mode=STRICT).saved
    assert Course.objects.count() == 2


def test_a_process_that_dies_half_way_leaves_nothing(tmp_path: Path) -> None:
    rows = table(*({"课程名称": f"课程{n}"} for n in range(250)))

    def die(_label: str, done: int, _total: int) -> None:
        if done == 200:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_menu(menu=MenuFiles(xlsx(tmp_path / "菜单.xlsx", {"岗位技能": rows})), now=NOW, progress=die)

    assert (Course.objects.count(), Instructor.objects.count()) == (0, 0)


def test_a_course_that_the_file_no_longer_has_is_reported_and_stays(menu: Importer) -> None:
    menu({}, {"课程名称": "太极拳", "课程简介": "慢慢来。"})
    report = menu({"课程名称": "太极拳", "课程简介": "慢慢来。"})

    assert [(line.code, line.name) for line in report.of(Outcome.MISSING)] == [("SK0001", "钳工入门")]
    assert codes() == [("SK0001", "钳工入门"), ("SK0002", "太极拳")]


def test_a_course_whose_row_is_bad_is_not_missing(menu: Importer) -> None:
    menu({})
    report = menu({"学时": "？"})

    assert report.of(Outcome.MISSING) == []
    assert Course.objects.get().hours == 4


def test_a_changed_title_is_a_probable_rename_and_not_a_second_course(menu: Importer) -> None:
    menu({})
    report = menu({"课程名称": "钳工入门基础", "课程简介": "别的简介。"})

    [line] = report.of(Outcome.RENAME)
    assert (line.code, line.old, line.new) == ("SK0001", "钳工入门", "钳工入门基础")
    assert line.mend == "是改名，请在编码列填 SK0001；是新课程，请填“新”"
    assert report.of(Outcome.MISSING) == []
    assert codes() == [("SK0001", "钳工入门")]


def test_a_rename_is_done_when_the_code_says_so(menu: Importer) -> None:
    menu({})
    report = menu({"编码": "sk0001", "课程名称": "钳工入门基础"})

    assert [(line.field, line.old, line.new) for line in report.of(Outcome.CHANGED)] == [
        ("课程名称", "钳工入门", "钳工入门基础")
    ]
    assert codes() == [("SK0001", "钳工入门基础")]


def test_a_look_alike_is_a_new_course_when_the_officer_says_so(menu: Importer) -> None:
    menu({})
    report = menu({"编码": "新", "课程名称": "钳工入门基础"})

    assert [line.code for line in report.of(Outcome.MISSING)] == ["SK0001"]
    assert codes() == [("SK0001", "钳工入门"), ("SK0002", "钳工入门基础")]


def test_the_same_summary_betrays_a_rename_under_another_title(menu: Importer) -> None:
    menu({})
    assert [line.code for line in menu({"课程名称": "一把小锤"}).of(Outcome.RENAME)] == ["SK0001"]


def test_strict_stops_at_a_probable_rename(menu: Importer) -> None:
    menu({})
    report = menu({"课程名称": "钳工入门基础"}, {"课程名称": "太极拳", "课程简介": "慢。"}, mode=STRICT)

    assert not report.saved
    assert codes() == [("SK0001", "钳工入门")]


def test_the_running_number_is_no_identity(menu: Importer) -> None:
    menu({"序号": 1}, {"序号": 2, "课程名称": "车工入门"})
    report = menu({"序号": 1, "课程名称": "车工入门"}, {"序号": 2})

    assert report.count(Outcome.UNCHANGED, Kind.COURSE) == 2
    assert codes() == [("SK0001", "钳工入门"), ("SK0002", "车工入门")]


def test_width_case_and_spaces_make_no_other_title(menu: Importer) -> None:
    menu({"课程名称": "AI 入门（上）"})
    report = menu({"课程名称": "ＡＩ入门(上)"})

    assert [(line.field, line.old, line.new) for line in report.of(Outcome.CHANGED)] == [
        ("课程名称", "AI 入门（上）", "ＡＩ入门(上)")
    ]
    assert Course.objects.count() == 1


def test_a_code_is_never_used_again_also_not_of_a_retired_course(menu: Importer) -> None:
    CourseFactory(code="SK0007", title="旧课", title_key="旧课", retired_at=NOW)
    menu({})

    assert codes() == [("SK0007", "旧课"), ("SK0008", "钳工入门")]


def test_a_retired_course_is_not_brought_back(menu: Importer) -> None:
    CourseFactory(code="SK0007", title="钳工入门", title_key="钳工入门", retired_at=NOW)
    report = menu({})

    assert [line.code for line in report.of(Outcome.NOTICE)] == ["SK0007"]
    assert Course.objects.exclude(retired_at=None).count() == Course.objects.count() == 1


def test_a_code_of_the_file_is_kept_by_an_empty_catalogue(menu: Importer) -> None:
    menu({"编码": "SK0042"}, {"课程名称": "车工入门"})

    assert codes() == [("SK0042", "钳工入门"), ("SK0043", "车工入门")]


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ({"编码": "PO0001"}, "不是“岗位技能”类的编码"),
        ({"编码": "A-17"}, "不是课程编码"),
        ({"编码": "SK0099"}, "和名称对不上"),
        ({"编码": "新"}, "已有同名课程"),
    ],
)
def test_a_code_that_cannot_be_is_refused(menu: Importer, row: dict[str, Cell], sentence: str) -> None:
    menu({})
    report = menu(row)

    assert [line.sentence for line in report.of(Outcome.PROBLEM)] == [sentence]
    assert codes() == [("SK0001", "钳工入门")]


def test_a_title_given_up_is_free_for_a_new_course_in_the_same_run(menu: Importer) -> None:
    menu({})
    menu({"编码": "SK0001", "课程名称": "钳工提高", "课程简介": "再进一步。"}, {"课程名称": "钳工入门"})

    assert codes() == [("SK0001", "钳工提高"), ("SK0002", "钳工入门")]


def test_duplicate_rows_are_refused_but_the_first(menu: Importer) -> None:
    report = menu({}, {"学时": 9}, {"课程名称": " 钳 工入门"})

    assert [(line.place.row, line.sentence) for line in report.of(Outcome.PROBLEM)] == [
        (3, "和“岗位技能”第 2 行重复"),
        (4, "和“岗位技能”第 2 行重复"),
    ]
    assert Course.objects.get().hours == 4


def test_only_columns_that_are_there_are_compared(menu: Importer, tmp_path: Path) -> None:
    menu({"备注": "自带围裙"})
    rows = without(table({"学时": 5}), *(set(COURSE) - {"课程名称", "学时", "课次"}))
    report = import_menu(menu=MenuFiles(xlsx(tmp_path / "少.xlsx", {"岗位技能": rows})), now=NOW)

    assert [(line.field, line.new) for line in report.of(Outcome.CHANGED)] == [("学时", "5")]
    course = Course.objects.get()
    assert (course.note, course.instructors.count()) == ("自带围裙", 1)


def test_a_new_course_needs_the_columns_it_cannot_be_without(tmp_path: Path) -> None:
    rows = without(table({}), "课程简介", "授课形式")
    report = import_menu(menu=MenuFiles(xlsx(tmp_path / "少.xlsx", {"岗位技能": rows})), now=NOW)

    assert [line.sentence for line in report.of(Outcome.PROBLEM)] == ["是新课程，但表里没有“课程简介、授课形式”列"]


def test_several_instructors_of_one_cell_each_with_their_title(menu: Importer) -> None:
    menu({"授课老师": "演示甲、演　乙", "荣誉/职称": "劳模、工匠；高级技师"})

    assert [(one.name, one.titles, one.pinyin) for one in Course.objects.get().instructors.order_by("pk")] == [
        ("演示甲", ["model_worker", "craftsman"], "yanshijia"),
        ("演乙", ["senior_technician"], "yanyi"),
    ]


def test_titles_that_fit_no_number_of_instructors_are_refused(menu: Importer) -> None:
    report = menu({"授课老师": "演示甲、演示乙、演示丙", "荣誉/职称": "劳模、工匠"})

    assert [line.sentence for line in report.of(Outcome.PROBLEM)] == ["和授课老师的人数对不上"]


def test_titles_are_added_and_never_taken_away(menu: Importer) -> None:
    InstructorFactory(name="演示甲", organisation="演示技师学院", titles=["model_worker"])
    report = menu({"荣誉/职称": "工匠"})

    assert Instructor.objects.get().titles == ["model_worker", "craftsman"]
    assert [(line.kind, line.old, line.new) for line in report.of(Outcome.CHANGED)] == [
        (Kind.INSTRUCTOR, "劳模", "劳模、工匠")
    ]


def test_an_instructor_whom_staff_gave_to_a_course_stays(menu: Importer) -> None:
    menu({})
    course = Course.objects.get()
    course.course_instructors.all().delete()
    CourseInstructorFactory(course=course, instructor__name="演示甲", instructor__organisation="别的单位")
    report = menu({})

    assert report.count(Outcome.UNCHANGED, Kind.COURSE) == 1
    assert [one.organisation for one in course.instructors.all()] == ["别的单位"]


@pytest.mark.django_db(transaction=True)
def test_two_imports_at_once_follow_each_other(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "菜单.xlsx", {"岗位技能": table(*({"课程名称": f"课程{n}"} for n in range(50)))})
    listed = xlsx(tmp_path / "名录.xlsx", {"学堂名录": table({}, like=SITE)})

    def press(_turn: int) -> tuple[int, int]:
        try:
            report = import_menu(menu=MenuFiles(path, listed), now=NOW)
            return report.count(Outcome.ADDED, Kind.COURSE), report.count(Outcome.UNCHANGED, Kind.COURSE)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=3) as pool:
        results = sorted(pool.map(press, range(3)))

    assert results == [(0, 50), (0, 50), (50, 0)]
    assert codes() == [(f"SK{n + 1:04d}", f"课程{n}") for n in range(50)]


def test_a_course_without_sizes_has_those_of_the_rules_in_force(menu: Importer) -> None:
    Policy.objects.create(valid_from=NOW, reason="小班", min_open=6, max_seats=18)
    Policy.objects.create(valid_from=NOW + timedelta(days=1), reason="以后", min_open=20, max_seats=50)

    menu({"开班人数": "", "人数上限": ""}, {"课程名称": "车工入门", "开班人数": 8, "人数上限": ""})

    sizes = Course.objects.order_by("code").values_list("min_size", "max_size")
    assert list(sizes) == [(6, 18), (8, 18)]
