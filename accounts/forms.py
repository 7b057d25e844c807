"""The shapes of what people type to sign in."""

import unicodedata
from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.conf import settings
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import codes, phones
from accounts.models import Union, UnionKind, WorkerKind
from accounts.people import Facts
from policy.problems import Problem
from policy.text import lines, one_line

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

LONGEST_PASSWORD = 128
LONGEST_NEXT = 500
# What a field says of which mistake, unless it has a sentence of its own; Django's do not name the field.
SENTENCES = {
    "required": gettext_lazy("请填写“{label}”。"),
    "max_length": gettext_lazy("“{label}”最多 %(limit_value)d 个字。"),
    "invalid_choice": gettext_lazy("“{label}”没有这个选项，请重新选择。"),
    "invalid": gettext_lazy("“{label}”填写有误，请改正。"),
}


class PlainForm(forms.Form):
    """A form whose refusals are our own sentences and name the field. Every form is one."""

    # Fields that may stay empty, but not whatever else is filled in: nobody is told that they are optional.
    one_of: ClassVar[Collection[str]] = ()
    # Where a door's field stands in the form, if it has another name there.
    field_of: ClassVar[Mapping[str, str]] = {}

    def __init__(self, *args: object, **kwargs: object) -> None:
        """Replace the sentences that no field has chosen."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        for name, field in self.fields.items():
            usual: dict[str, object] = {}
            for kind in reversed(type(field).__mro__):
                usual |= getattr(kind, "default_error_messages", {})
            for code, sentence in SENTENCES.items():
                if field.error_messages.get(code) is usual.get(code):
                    field.error_messages[code] = format_lazy(sentence, label=field.label or name)

    def add_problems(self, problems: Iterable[Problem]) -> None:
        """Show why a door refused beside the fields that it is about, with how to mend it."""
        for problem in problems:
            field = self.field_of.get(problem.field, problem.field)
            said = _("%(sentence)s%(mend)s") % {"sentence": problem.sentence, "mend": problem.mend}
            self.add_error(field if field in self.fields else None, said.strip())


class PlainField(forms.CharField):
    """Text as people read it, composed (NFC), without marks nobody sees: one line, unless it keeps its lines.

    What is empty then is missing.
    """

    def __init__(self, *, keep_lines: bool = False, **options: Any) -> None:
        """Say whether the ends of lines stay."""
        self.keep_lines = keep_lines
        super().__init__(**options)

    def to_python(self, value: str | None) -> str:
        """Return the text as it is stored."""
        typed = unicodedata.normalize("NFC", super().to_python(value) or "")
        if "\ufffd" in typed:
            raise forms.ValidationError(_("有无法识别的字符，请改正。"))
        return lines(typed) if self.keep_lines else one_line(typed)


class PhoneField(forms.CharField):
    """A mainland mobile number in any spelling; its value is the normalised one."""

    def __init__(self) -> None:
        """Set label and what helps a phone's keyboard."""
        attributes = {"type": "tel", "inputmode": "tel", "autocomplete": "tel"}
        super().__init__(
            label=gettext_lazy("手机号"),
            strip=False,
            widget=forms.TextInput(attributes),
            error_messages={"required": gettext_lazy("请输入手机号。")},
        )

    def clean(self, value: str | None) -> str:
        """Return +86 and eleven digits."""
        try:
            return phones.normalise(super().clean(value))
        except phones.PhoneRefused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal


class CodeField(forms.CharField):
    """Six digits, with or without dashes, spaces or full-width digits."""

    def __init__(self, label: "StrPromise") -> None:
        """Set the label and what lets a phone fill the code in."""
        attributes = {"class": "code", "inputmode": "numeric", "autocomplete": "one-time-code"}
        super().__init__(
            label=label,
            max_length=32,
            widget=forms.TextInput(attributes),
            error_messages=dict.fromkeys(["required", "max_length"], gettext_lazy("请输入 6 位数字。")),
        )

    def clean(self, value: str | None) -> str:
        """Return the six digits in ASCII."""
        if digits := codes.tidy(super().clean(value)):
            return digits
        raise forms.ValidationError(self.error_messages["required"])


class NextField(forms.CharField):
    """The page to go on to, carried along by the form; one too long to be ours is dropped."""

    def __init__(self) -> None:
        """Hide it."""
        super().__init__(required=False, widget=forms.HiddenInput)

    def to_python(self, value: str | None) -> str:
        """Return the address, or nothing."""
        wanted = super().to_python(value) or ""
        return wanted if len(wanted) <= LONGEST_NEXT else ""


class PhoneForm(PlainForm):
    """Who wants to sign in."""

    phone = PhoneField()
    next = NextField()


class CodeForm(PlainForm):
    """The code that came by text message."""

    code = CodeField(gettext_lazy("短信验证码"))


class SecondFactorForm(PlainForm):
    """The digits of an authenticator app."""

    code = CodeField(gettext_lazy("动态验证码"))


class StaffForm(PlainForm):
    """Phone and password of staff. A phone that is none is answered like a wrong password."""

    phone = forms.CharField(
        label=gettext_lazy("手机号"),
        max_length=phones.LONGEST_INPUT,
        strip=False,
        widget=forms.TextInput({"type": "tel", "inputmode": "tel", "autocomplete": "username"}),
    )
    password = forms.CharField(
        label=gettext_lazy("密码"),
        max_length=LONGEST_PASSWORD,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )
    next = NextField()

    def clean_phone(self) -> str:
        """Return the normalised number, or nothing: no account has it."""
        try:
            return phones.normalise(self.cleaned_data["phone"])
        except phones.PhoneRefused:
            return ""


class WelcomeForm(PlainForm):
    """What the first sign-in asks: a name and consent; the rest may stay empty."""

    name = PlainField(
        label=gettext_lazy("姓名"),
        max_length=40,
        widget=forms.TextInput({"autocomplete": "name"}),
        error_messages={"required": gettext_lazy("请输入姓名。")},
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("职工类型"),
        required=False,
        choices=[("", gettext_lazy("请选择")), *WorkerKind.choices],
    )
    town = forms.ModelChoiceField(
        Union.objects.filter(kind=UnionKind.TOWN),
        label=gettext_lazy("所在街镇"),
        required=False,
        empty_label=gettext_lazy("请选择"),
        to_field_name="slug",
    )
    employer = PlainField(
        label=gettext_lazy("所在单位"),
        required=False,
        max_length=80,
        help_text=gettext_lazy("没有固定单位可填“灵活就业/平台”，也可以不填；不需要单位盖章。"),
        widget=forms.TextInput({"autocomplete": "organization"}),
    )
    consent = forms.BooleanField(
        error_messages={"required": gettext_lazy("请先阅读并同意个人信息保护说明。")},
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        """Link the notice from the consent's label and name the towns by their area."""
        super().__init__(*args, **kwargs)
        notice = format_html(
            '<a href="{}">{}</a>',
            reverse("accounts:privacy_notice"),
            _("《%(site)s个人信息保护说明》") % {"site": settings.SITE_NAME},
        )
        self.fields["consent"].label = format_html("{} {}", _("我已阅读并同意"), notice)
        self.fields["town"].label_from_instance = lambda union: union.area or union.name  # type: ignore[attr-defined]

    def facts(self) -> Facts:
        """Return the answers of a valid form."""
        answers = self.cleaned_data
        return Facts(
            name=answers["name"],
            kind=WorkerKind(answers["kind"] or WorkerKind.OTHER),
            town=answers["town"],
            employer=answers["employer"],
        )
