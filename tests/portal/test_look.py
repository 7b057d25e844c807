import re
from datetime import UTC, datetime
from pathlib import Path

import brotli
import pytest
from django import forms
from django.conf import settings as project
from django.core.paginator import Paginator
from django.template import Context, Template
from django.template.loader import get_template
from django.utils import translation
from pytest_django.fixtures import Settings

from portal.management.commands.build_css import build_css
from portal.templatetags import look
from timetable.models import RunState

ROOT = Path(project.BASE_DIR)
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
NINE_IN_SHANGHAI = datetime(2026, 11, 28, 1, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def css() -> str:
    return build_css(ROOT / "static" / "src")


@pytest.fixture(autouse=True)
def plain_static_files(settings: Settings) -> None:
    """Need no collectstatic."""
    backend = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": backend}


class SignUp(forms.Form):
    name = forms.CharField(label="姓名", help_text="与证件一致。", error_messages={"required": "请填写姓名。"})
    kind = forms.ChoiceField(label="类型", widget=forms.RadioSelect, choices=[("a", "一线"), ("b", "管理")])
    note = forms.CharField(label="备注", required=False)
    agrees = forms.BooleanField(label="同意须知", error_messages={"required": "请先同意须知。"})


def render(source: str, **context: object) -> str:
    return Template("{% load look %}" + source).render(Context(context))


def test_the_stylesheet_keeps_its_budget(css: str) -> None:
    assert len(brotli.compress(css.encode())) <= 12 * 1024


@pytest.mark.parametrize("construct", ["@layer", "@container", ":has(", "color-mix(", "oklch(", "@import", "url("])
def test_the_stylesheet_holds_nothing_old_engines_drop(css: str, construct: str) -> None:
    assert construct not in css


def test_nesting_and_inset_are_lowered_for_old_engines(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text(".a { .b { inset: 0; } }", encoding="utf-8")

    assert build_css(tmp_path) == ".a .b{top:0;bottom:0;left:0;right:0}"


def test_every_class_of_a_category_has_its_colours_and_its_icon(css: str) -> None:
    assert set(re.findall(r"\.cat-(\w+)\{--cat:", css)) == set(look.CATEGORY_ICONS)


def test_every_icon_asked_for_is_in_the_sprite() -> None:
    sprite = (ROOT / "static" / "icons.svg").read_text(encoding="utf-8")
    sources = "\n".join(path.read_text(encoding="utf-8") for path in [*TEMPLATES, *(ROOT / "portal").rglob("*.py")])
    asked = set(re.findall(r"""icon(?:_name)?["']?(?: |=|: ?)["']([\w-]+)["']""", sources))

    assert asked | set(look.CATEGORY_ICONS.values()) <= set(re.findall(r'<symbol id="([\w-]+)"', sprite))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_a_template_parses_and_holds_no_style_script_or_new_window(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    get_template(str(path.relative_to(ROOT / "templates")))
    assert re.findall(r"<(?:script|style)\b|\b(?:style|on[a-z]+)=[\"']|target=.?_blank", text) == []


@pytest.mark.parametrize("name", ["500.html", "503.html"])
def test_the_last_pages_need_no_template_engine(name: str) -> None:
    text = (ROOT / "templates" / name).read_text(encoding="utf-8")

    assert [sign for sign in ("{%", "{{") if sign in text] == []


def test_an_invalid_form_links_its_summary_to_its_fields() -> None:
    page = render("{{ form }}", form=SignUp({}))

    assert re.findall(r'<a href="#(\w+)">(.*?)</a>', page)[::2] == [
        ("id_name", "请填写姓名。"),
        ("id_agrees", "请先同意须知。"),
    ]
    ids = set(re.findall(r' id="(\w+)"', page))
    assert set(re.findall(r'href="#(\w+)"', page)) <= ids
    assert {name for names in re.findall(r'aria-describedby="([^"]+)"', page) for name in names.split()} <= ids


def test_an_error_stands_between_the_label_and_the_control() -> None:
    field = str(SignUp({})["name"].as_field_group())

    places = [field.index(part) for part in ("姓名", "与证件一致。", "请填写姓名。", "<input")]
    assert places == sorted(places)


def test_only_what_may_be_left_out_is_marked() -> None:
    assert re.findall(r">([^<]+)<span class=\"opt-mark\">", render("{{ form }}", form=SignUp())) == ["备注"]


def test_a_moment_is_said_in_shanghai() -> None:
    with translation.override("zh-hans"):
        assert render("{{ moment|when }} / {{ moment|day }} / {{ moment|hour }}", moment=NINE_IN_SHANGHAI) == (
            "11月28日 周六 09:00 / 11月28日 周六 / 09:00"
        )


def test_nothing_is_said_of_no_moment() -> None:
    assert render("{{ moment|when }}{{ moment|day }}{{ moment|hour }}", moment=None) == ""


@pytest.mark.parametrize(
    ("number", "linked"),
    [(1, [1, 2, None, 28]), (14, [1, None, 13, 14, 15, None, 28]), (28, [1, None, 27, 28])],
)
def test_a_long_list_links_its_ends_and_its_neighbours(number: int, linked: list[int | None]) -> None:
    assert look.page_numbers(Paginator(range(654), 24).page(number)) == linked


@pytest.mark.parametrize(
    ("state", "seats_left", "words"),
    [
        ("open", 12, "余 <b>12</b> 席"),
        ("few", 3, "仅余 <b>3</b> 席"),
        ("waiting", 0, "可候补"),
        ("full", 0, ""),
        ("cancelled", 9, ""),
    ],
)
def test_seats_are_told_only_where_there_are_some(state: str, seats_left: int, words: str) -> None:
    with translation.override("zh-hans"):
        page = get_template("components/seats.html").render({"state": state, "seats_left": seats_left})

    assert re.sub(r"</?span[^>]*>", "", page).strip() == words


@pytest.mark.parametrize(("state", "words"), [(RunState.SOON, "即将报名"), (None, "暂无班次")])
def test_a_state_is_said_in_the_words_of_the_run(state: RunState | None, words: str) -> None:
    with translation.override("zh-hans"):
        page = get_template("components/state_badge.html").render({"state": state})

    assert re.findall(r">([^<]+)</span>", page) == [words]


def test_every_state_has_its_shape(css: str) -> None:
    shaped = set(re.findall(r"\.s-(\w+):before", css))

    assert set(RunState.values) - shaped == {"started"}, "started keeps the square that all states have"
