"""Forms about wishes: what one wants to learn, where and when; an officer's answer."""

import unicodedata
from collections.abc import Iterable

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import PlainField, PlainForm
from accounts.models import Union, UnionKind
from enrollment.models import WISH_LONGEST
from policy.problems import Problem
from timetable.bands import LessonBand

LONGEST_NUMBER = 20


class WishForm(PlainForm):
    """What, where and when. A known course or known words stand on the page already and are only carried along."""

    course = forms.CharField(required=False, widget=forms.HiddenInput)
    words = PlainField(
        label=_("想学什么"),
        required=False,
        max_length=WISH_LONGEST,
        help_text=_("用自己的话写，2 到 40 个字，例如“焊接AI质检”。大家都看得到，请不要写号码。"),
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    town = forms.ModelChoiceField(
        Union.objects.filter(kind=UnionKind.TOWN),
        label=_("在哪个街镇方便"),
        required=False,
        empty_label=_("都可以"),
        to_field_name="slug",
    )
    band = forms.ChoiceField(label=_("什么时间方便"), required=False, choices=[("", _("都可以")), *LessonBand.choices])

    def __init__(self, *args: object, is_known: bool, **kwargs: object) -> None:
        """Carry along what is known, and name the towns by their area."""
        super().__init__(*args, **kwargs)
        self.fields["words"].required = not is_known
        if is_known:
            self.fields["words"].widget = forms.HiddenInput()
        self.fields["town"].label_from_instance = lambda union: union.area or union.name  # type: ignore[attr-defined]

    def add_problems(self, problems: Iterable[Problem]) -> None:
        """Show why not beside the field, with how to mend it."""
        for problem in problems:
            said = _("%(sentence)s%(mend)s") % {"sentence": problem.sentence, "mend": problem.mend}
            self.add_error(problem.field or None, said.strip())


class ArrangeForm(PlainForm):
    """The class run that answers a wish."""

    number = PlainField(
        label=_("班次号"),
        max_length=LONGEST_NUMBER,
        help_text=_("开班后的号码，例如 26-00417。"),
        widget=forms.TextInput({"autocomplete": "off"}),
    )

    def clean_number(self) -> str:
        """Return the number in half width."""
        return unicodedata.normalize("NFKC", self.cleaned_data["number"])
