"""What an instructor fills in about the own person and honour."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import PlainField, PlainForm
from catalogue.honors import HonorLevel
from catalogue.instructors import HonorFacts
from catalogue.titles import InstructorTitle
from policy.clock import local, now

FIRST_YEAR = 1949


class ProfileForm(PlainForm):
    """Titles and organisation."""

    titles = forms.MultipleChoiceField(
        label=_("荣誉/职称（可多选）"),
        choices=InstructorTitle,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("除“其他专业人士”外，需要上传荣誉证明。"),
        error_messages={"required": _("请至少选一项。"), "invalid_choice": _("请从列出的选项里选。")},
    )
    organisation = PlainField(
        label=_("所在单位"),
        max_length=80,
        help_text=_("没有单位可填“灵活就业”。"),
        error_messages={"required": _("请填写所在单位。"), "max_length": _("请缩短到 80 个字以内。")},
    )


class HonorForm(PlainForm):
    """One honour and its proof."""

    name = PlainField(
        label=_("荣誉名称"),
        max_length=60,
        help_text=_("和证书上的一致。"),
        error_messages={"required": _("请填写荣誉名称。"), "max_length": _("请缩短到 60 个字以内。")},
    )
    level = forms.ChoiceField(
        label=_("级别"),
        choices=HonorLevel,
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择级别。"), "invalid_choice": _("请从列出的选项里选。")},
    )
    granted_by = PlainField(
        label=_("授予单位"),
        max_length=60,
        error_messages={"required": _("请填写授予单位。"), "max_length": _("请缩短到 60 个字以内。")},
    )
    year = forms.IntegerField(
        label=_("授予年份"), error_messages=dict.fromkeys(["required", "invalid"], _("请填写年份，例如 2024。"))
    )
    certificate_number = PlainField(
        label=_("证书编号"),
        max_length=40,
        required=False,
        error_messages={"max_length": _("请缩短到 40 个字以内。")},
    )
    proof = forms.FileField(
        label=_("荣誉证明"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
        help_text=_("证书的照片或扫描件：pdf、jpg 或 png，10 MB 以内。只有您和审核人能看到。"),
        error_messages={
            "empty": _("文件是空的。请上传 10 MB 以内的 pdf、jpg 或 png。"),
            "invalid": _("文件没有传完整，请再选一次。"),
        },
    )

    def clean_year(self) -> int:
        """Keep the year between the republic's first and this one."""
        year: int = self.cleaned_data["year"]
        if not FIRST_YEAR <= year <= local(now()).year:
            raise forms.ValidationError(_("请填写 1949 年到今年之间的年份。"))
        return year

    def facts(self) -> HonorFacts:
        """Return what the door asks for. The form must be valid."""
        given = self.cleaned_data
        return HonorFacts(
            name=given["name"],
            level=HonorLevel(given["level"]),
            granted_by=given["granted_by"],
            year=given["year"],
            certificate_number=given["certificate_number"],
        )
