"""The form of a proposal as its page shows it: section by section, with how far each of them is."""

from dataclasses import dataclass

from django.forms import BoundField
from django.utils.translation import gettext as _

from policy.drafts import Typed
from proposals.content import SECTIONS
from proposals.forms import ProposalForm


@dataclass(frozen=True)
class Section:
    """Fields that belong together. `look` is a state's shape and colour, `remarked` counts what reviewers said."""

    name: str
    label: str
    fields: list[BoundField]
    look: str
    state: str
    remarked: int


def sections(form: ProposalForm, data: Typed) -> list[Section]:
    """Return the sections of a form that holds `data`: not begun, begun, or complete as it would be sent."""
    checked = form if form.is_bound else ProposalForm(data)
    return [_section(name, form, checked, data) for name in SECTIONS]


def _section(name: str, form: ProposalForm, checked: ProposalForm, data: Typed) -> Section:
    label, names = SECTIONS[name]
    look, state = "completed", _("已填好")
    if data.keys().isdisjoint(names):
        look, state = "none", _("未开始")
    elif not checked.errors.keys().isdisjoint(names):
        look, state = "waiting", _("没填完")
    return Section(
        name=name,
        label=str(label),
        fields=[form[field] for field in names],
        look=look,
        state=state,
        remarked=len(form.remarks.keys() & set(names)),
    )
