"""The form of a proposal: everything the menu says of a course."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.forms import PlainField, PlainForm
from catalogue.courses import Content
from catalogue.menu import cells
from catalogue.menu.courses import MOST_LESSONS, MOST_PEOPLE, TITLE_LENGTH
from catalogue.models import Band, Category, Delivery, Level, Topic, Track
from policy.drafts import Typed
from proposals.content import LABELS, Remark

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise

OUTLINE_LINE, OUTLINE_LINES = 100, 30
KEYWORD, KEYWORDS = 30, 10
MULTIPLE = ("deliveries", "bands")
# Two of these stand beside each other where there is room.
SHORT = frozenset({"category", "topic", "track", "hours", "lesson_count", "min_size", "max_size"})


def _text(name: str, longest: int, **options: Any) -> PlainField:
    messages = {
        "required": format_lazy(_("请填写{label}。"), label=LABELS[name]),
        "max_length": format_lazy(_("{label}请缩短到 {longest} 个字以内。"), label=LABELS[name], longest=longest),
    }
    return PlainField(label=LABELS[name], max_length=longest, error_messages=messages, **options)


def _choice(name: str, choices: Any, **options: Any) -> forms.ChoiceField:
    message = format_lazy(_("请选择{label}。"), label=LABELS[name])
    messages = {"required": message, "invalid_choice": _("请从列出的选项里选。")}
    return forms.ChoiceField(label=LABELS[name], choices=choices, error_messages=messages, **options)


def _choices(name: str, choices: Any, **options: Any) -> forms.MultipleChoiceField:
    message = format_lazy(_("请选择{label}。"), label=LABELS[name])
    messages = {"required": message, "invalid_choice": _("请从列出的选项里选。")}
    widget = forms.CheckboxSelectMultiple
    return forms.MultipleChoiceField(
        label=LABELS[name], choices=choices, widget=widget, error_messages=messages, **options
    )


def _number(name: str, most: int, help_text: "StrOrPromise" = "") -> forms.IntegerField:
    between = format_lazy(_("{label}请填 1 到 {most} 之间的整数。"), label=LABELS[name], most=most)
    messages = dict.fromkeys(["required", "invalid", "min_value", "max_value"], between)
    return forms.IntegerField(
        label=LABELS[name], min_value=1, max_value=most, help_text=help_text, error_messages=messages
    )


class RemarkedField(forms.BoundField):
    """A field as the template shows it, with what a reviewer said of it, which is read out with the field."""

    form: "ProposalForm"

    @property
    def remark(self) -> Remark | None:
        """What the reviewer said."""
        return self.form.remarks.get(self.name)

    @property
    def is_short(self) -> bool:
        """Whether half a line is enough."""
        return self.name in SHORT

    @property
    def aria_describedby(self) -> str | None:
        """The ids of what describes the field, the remark the first."""
        others = super().aria_describedby
        return " ".join(filter(None, [f"{self.auto_id}_remark" if self.remark else "", others])) or None


class ProposalForm(PlainForm):
    """What an author says of the course."""

    bound_field_class = RemarkedField

    title = _text("title", TITLE_LENGTH, help_text=_("职工一看就懂，60 个字以内。"))
    category = _choice("category", [])
    topic = _choice("topic", [], required=False)
    track = _choice("track", [], required=False, help_text=_("只有选了带方向的专题才选。"))
    level = _choice("level", Level, widget=forms.RadioSelect)
    audience = _text("audience", 100, required=False, help_text=_("例如：一线职工、新就业形态劳动者。"))
    summary = _text("summary", 300, widget=forms.Textarea, help_text=_("300 个字以内。"))
    outline = _text(
        "outline",
        OUTLINE_LINES * (OUTLINE_LINE + 1),
        keep_lines=True,
        required=False,
        widget=forms.Textarea,
        help_text=_("一行一条，每条 100 个字以内。"),
    )
    keywords = _text("keywords", KEYWORDS * (KEYWORD + 1), required=False, help_text=_("用顿号隔开，最多 10 个。"))
    hours = forms.DecimalField(
        label=LABELS["hours"],
        min_value=0.5,
        max_value=999,
        decimal_places=1,
        help_text=_("一学时 45 分钟，可以填 1.5。"),
        error_messages=dict.fromkeys(
            ["required", "invalid", "min_value", "max_value", "max_decimal_places", "max_digits", "max_whole_digits"],
            _("学时请填 0.5 到 999 之间的数，最多一位小数。"),
        ),
    )
    lesson_count = _number("lesson_count", MOST_LESSONS, _("分几次上完。"))
    min_size = _number("min_size", MOST_PEOPLE)
    max_size = _number("max_size", MOST_PEOPLE)
    deliveries = _choices("deliveries", Delivery)
    bands = _choices("bands", Band, required=False)
    note = _text("note", 200, required=False, help_text=_("场地、设备、材料等要求。"))

    def __init__(self, data: Typed | None = None, *, shown: Typed | None = None) -> None:
        """Check what was typed (`data`), or only show it (`shown`)."""
        self.remarks: dict[str, Remark] = {}
        initial = {name: values if name in MULTIPLE else values[0] for name, values in (shown or {}).items() if values}
        super().__init__(None if data is None else MultiValueDict(data), initial=initial)
        topics = Topic.objects.filter(retired_at=None)
        tracks = Track.objects.filter(topic__in=topics).select_related("topic")
        self._offer("category", _("请选择"), [(one.pk, one.name) for one in Category.objects.all()])
        self._offer("topic", _("不属于专题"), [(one.slug, one.name) for one in topics])
        self._offer("track", _("没有方向"), [(one.code, f"{one.topic.name} · {one.name}") for one in tracks])

    def with_remarks(self, remarks: Iterable[Remark]) -> None:
        """Show what reviewers said beside the fields that it is about."""
        self.remarks = {remark.name: remark for remark in remarks}

    def clean_outline(self) -> list[str]:
        """Return the lines of the outline."""
        found = [line.strip() for line in self.cleaned_data["outline"].splitlines() if line.strip()]
        if len(found) > OUTLINE_LINES or any(len(line) > OUTLINE_LINE for line in found):
            raise forms.ValidationError(_("提纲最多 30 条，每条 100 个字以内。"))
        return found

    def clean_keywords(self) -> list[str]:
        """Return the words, each once."""
        found = list(dict.fromkeys(cells.LIST_SIGNS.split(self.cleaned_data["keywords"])))
        words = [word.strip() for word in found if word.strip()]
        if len(words) > KEYWORDS or any(len(word) > KEYWORD for word in words):
            raise forms.ValidationError(_("关键词最多 10 个，每个 30 个字以内。"))
        return words

    def clean_title(self) -> str:
        """Keep also the form by which titles are compared within the column."""
        title: str = self.cleaned_data["title"]
        if len(cells.key(title)) > TITLE_LENGTH:
            raise forms.ValidationError(_("课程名称太长，请缩短。"))
        return title

    def clean(self) -> dict[str, Any]:
        """Keep the sizes in order and the track inside its topic."""
        given = self.cleaned_data
        if given.get("min_size") and given.get("max_size") and given["min_size"] > given["max_size"]:
            self.add_error("max_size", _("人数上限不能小于人数下限。"))
        if given.get("track") and not Track.objects.filter(topic__slug=given["topic"], code=given["track"]).exists():
            self.add_error("track", _("这个方向不属于所选的专题。"))
        return given

    def content(self) -> Content:
        """Return what the doors ask for. The form must be valid."""
        given = self.cleaned_data
        topic = Topic.objects.filter(slug=given["topic"]).first() if given["topic"] else None
        lists = {name: tuple(given[name]) for name in ("outline", "deliveries", "bands", "keywords")}
        return Content(
            **given
            | lists
            | {
                "category": Category.objects.get(pk=given["category"]),
                "topic": topic,
                "track": Track.objects.filter(topic=topic, code=given["track"]).first() if topic else None,
            }
        )

    def _offer(self, name: str, nothing: "StrOrPromise", choices: list[tuple[str, str]]) -> None:
        field = cast("forms.ChoiceField", self.fields[name])
        field.choices = [("", nothing), *choices]
