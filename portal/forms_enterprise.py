"""Forms about enterprises: register one, and the reason of a no."""

import unicodedata
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from stdnum.cn import uscc
from stdnum.exceptions import InvalidChecksum, InvalidLength, ValidationError

from accounts.enterprises import Application
from accounts.forms import PlainField, PlainForm
from accounts.models import WITHOUT_CREDIT_CODE, EnterpriseKind, Union, UnionKind

NOT_IN_A_CODE = frozenset("IOZSV")
LONGEST_INPUT = 64


class CreditCodeField(forms.CharField):
    """A 统一社会信用代码 in any spelling: its value is in capitals and passes the check of GB 32100."""

    def __init__(self) -> None:
        """Set the label and when it may stay empty."""
        super().__init__(
            label=_("统一社会信用代码"),
            required=False,
            max_length=LONGEST_INPUT,
            help_text=_("营业执照上的 18 位代码。园区联合和平台站点可以不填。"),
            widget=forms.TextInput({"autocapitalize": "characters", "autocomplete": "off", "spellcheck": "false"}),
            error_messages={"max_length": _("统一社会信用代码是 18 位。")},
        )

    def clean(self, value: str | None) -> str:
        """Return the 18 characters."""
        typed = super().clean(value)
        code = uscc.compact(unicodedata.normalize("NFKC", typed)).upper()
        if not code:
            return ""
        try:
            return str(uscc.validate(code))
        except InvalidLength as refusal:
            raise forms.ValidationError(_("统一社会信用代码是 18 位；旧的 15 位注册号不能用。")) from refusal
        except InvalidChecksum as refusal:
            raise forms.ValidationError(_("统一社会信用代码的最后一位对不上，请对照营业执照核对。")) from refusal
        except ValidationError as refusal:
            raise forms.ValidationError(self._odd(code)) from refusal

    @staticmethod
    def _odd(code: str) -> str:
        if NOT_IN_A_CODE & set(code):
            return str(_("统一社会信用代码里没有字母 I、O、Z、S、V，请对照营业执照核对。"))
        return str(_("请填写正确的统一社会信用代码。"))


class RegisterForm(PlainForm):
    """What an enterprise says of itself."""

    name = PlainField(
        label=_("单位全称"),
        max_length=80,
        widget=forms.TextInput({"autocomplete": "organization"}),
        error_messages={"required": _("请填写单位全称。"), "max_length": _("单位全称最多 80 个字。")},
    )
    kind = forms.ChoiceField(
        label=_("单位类型"),
        choices=[("", _("请选择")), *EnterpriseKind.choices],
        error_messages={"required": _("请选择单位类型。"), "invalid_choice": _("请选择单位类型。")},
    )
    one_of = ("credit_code",)
    credit_code = CreditCodeField()
    town = forms.ModelChoiceField(
        Union.objects.filter(kind=UnionKind.TOWN),
        label=_("所属街镇工会"),
        empty_label=_("请选择"),
        to_field_name="slug",
        error_messages={"required": _("请选择街镇工会。"), "invalid_choice": _("请选择街镇工会。")},
    )
    title = PlainField(
        label=_("您的职务"),
        required=False,
        max_length=40,
        help_text=_("例如工会主席、人事、班组长。"),
        error_messages={"max_length": _("职务最多 40 个字。")},
    )

    def clean(self) -> dict[str, Any]:
        """Ask for the code of every kind that has one."""
        given = super().clean() or {}
        has_code = given.get("credit_code") or "credit_code" in self.errors
        if "kind" in given and given["kind"] not in WITHOUT_CREDIT_CODE and not has_code:
            self.add_error("credit_code", _("请填写统一社会信用代码。"))
        return given

    def application(self) -> Application:
        """Return what a valid form says."""
        given = self.cleaned_data
        return Application(
            name=given["name"],
            kind=EnterpriseKind(given["kind"]),
            credit_code=given["credit_code"],
            town=given["town"],
            title=given["title"],
        )


class ReasonForm(PlainForm):
    """Why an officer says no; the other side reads it."""

    reason = PlainField(
        label=_("原因"),
        max_length=200,
        help_text=_("对方会看到这句话。"),
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": _("请写明原因。"), "max_length": _("原因最多 200 个字。")},
    )
