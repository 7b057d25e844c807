"""What the pages of proposals show: the next step, the history with and without names, what is asked of a decision."""

from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms import PlainField, PlainForm
from accounts.models import User
from catalogue import instructors
from policy.clock import local
from portal.story import Step
from proposals import moves
from proposals.content import LABELS, Names, Remark, changes, remarks, sections
from proposals.models import Action, Proposal, Review, Status

NEXT = {
    Status.DRAFT: gettext_lazy("填完后提交，提交前只有您能看到。"),
    Status.SUBMITTED: gettext_lazy("等待审核人开始初审。"),
    Status.FIRST_REVIEW: gettext_lazy("正在初审，有结果会通知您。"),
    Status.SECOND_REVIEW: gettext_lazy("初审已通过，由另一位审核人复审。"),
    Status.RETURNED: gettext_lazy("请按审核意见修改，再提交。"),
    Status.APPROVED: gettext_lazy("课程已进入课程目录，排课时会与您联系。"),
    Status.DECLINED: gettext_lazy("这次没有采纳，可以另外申报一门课。"),
    Status.WITHDRAWN: gettext_lazy("您已撤回。"),
}
# The step that a proposal waits at; what comes before is behind it. One that has ended otherwise waits at none.
REACHED = {
    Status.DRAFT: 1,
    Status.RETURNED: 1,
    Status.SUBMITTED: 2,
    Status.FIRST_REVIEW: 2,
    Status.SECOND_REVIEW: 3,
    Status.PUBLICITY: 4,
    Status.APPROVED: 6,
}
# The shape and colour of a state, in the words of components/status_badge.html.
LOOKS = {
    Status.DRAFT: "none",
    Status.SUBMITTED: "waiting",
    Status.FIRST_REVIEW: "soon",
    Status.SECOND_REVIEW: "soon",
    Status.RETURNED: "few",
    Status.PUBLICITY: "soon",
    Status.APPROVED: "completed",
}
LONGEST_REMARK = 300
REVIEWERS = (Action.TAKE, Action.PASS, Action.APPROVE, Action.RETURN, Action.DECLINE)


class DecisionForm(PlainForm):
    """Why something is decided."""

    reason = PlainField(
        keep_lines=True,
        label=gettext_lazy("理由"),
        max_length=moves.LONGEST_REASON,
        widget=forms.Textarea,
        error_messages={
            "required": gettext_lazy("请写明理由，会记入审核记录。"),
            "max_length": gettext_lazy("理由请缩短到 500 个字以内。"),
        },
    )


class ReturnForm(DecisionForm):
    """Why it goes back, and what is to be corrected in which field."""

    def __init__(self, *args: object, **options: object) -> None:
        """Offer a remark for every field of a proposal."""
        super().__init__(*args, **options)
        for name, label in LABELS.items():
            self.fields[f"remark_{name}"] = PlainField(
                label=label,
                max_length=LONGEST_REMARK,
                required=False,
                error_messages={"max_length": gettext_lazy("意见请缩短到 300 个字以内。")},
            )

    def has_remarks(self) -> bool:
        """Tell whether a remark was written, right or wrong."""
        return any(self[f"remark_{name}"].data for name in LABELS)

    def remarks(self) -> dict[str, str]:
        """Return the remarks that were written, by field. The form must be valid."""
        return {name: said for name in LABELS if (said := self.cleaned_data[f"remark_{name}"])}


def form_of(action: Action, data: object = None) -> DecisionForm | None:
    """Return what an action asks of the reviewer; TAKE asks for nothing."""
    if action == Action.TAKE:
        return None
    form = ReturnForm if action == Action.RETURN else DecisionForm
    return form(data, auto_id=f"{action}_%s")


def next_step(proposal: Proposal) -> str:
    """Return what comes next, as its author reads it."""
    if proposal.status == Status.PUBLICITY and proposal.publicity_ends_at:
        values = {"ends": f"{local(proposal.publicity_ends_at):%Y-%m-%d %H:%M}"}
        return _("正在公示，%(ends)s 结束后作决定。") % values
    return str(NEXT[Status(proposal.status)])


@dataclass(frozen=True)
class Returned:
    """Why a proposal was sent back: the reason, and what was said of single fields."""

    reason: str
    remarks: list[Remark]


def returned(proposal: Proposal) -> Returned | None:
    """Return why a proposal that now waits for its author was sent back last; nothing otherwise."""
    last = proposal.reviews.filter(action=Action.RETURN).select_related("version").last()
    if proposal.status != Status.RETURNED or last is None or last.version is None:
        return None
    return Returned(last.reason, remarks(last.remarks, last.version.content, Names.read()))


def steps() -> list[str]:
    """Return the steps of a proposal, from the form to the menu."""
    return [_("填写"), _("初审"), _("复审"), _("公示"), _("进入目录")]


def look_of(proposal: Proposal) -> str:
    """Return the look of a proposal's state."""
    return LOOKS.get(Status(proposal.status), "cancelled")


def story(proposal: Proposal, *, reader: User, names: bool) -> list[Step]:
    """Return every move; without `names` reviewers are called what they are."""
    reviews = proposal.reviews.select_related("actor", "version")
    return [
        Step(at=one.at, who=_who(one, reader=reader, names=names), what=_what(one), reason=_why(one)) for one in reviews
    ]


def author_page(proposal: Proposal, *, reader: User, now: datetime) -> dict[str, object]:
    """Return the context of an author's page of a proposal."""
    latest = proposal.versions.last()
    return {
        "proposal": proposal,
        "next_step": next_step(proposal),
        "returned": returned(proposal),
        "steps": steps(),
        "current": REACHED.get(Status(proposal.status)),
        "look": look_of(proposal),
        "sections": sections(latest.content, Names.read()) if latest else [],
        "can": moves.possible(proposal, reader, now),
        "story": story(proposal, reader=reader, names=False),
    }


def review_page(
    proposal: Proposal, *, reader: User, now: datetime, sent: tuple[Action, DecisionForm | None] | None = None
) -> dict[str, object]:
    """Return the context of a reviewer's page: the proposal, what has changed, the person, what may be decided.

    `sent` is the decision that was refused, with what was written.
    """
    filled = dict([sent]) if sent else {}
    versions, names = list(proposal.versions.all()), Names.read()
    instructor = instructors.of_user(proposal.author)
    honor = instructors.honor_of(instructor) if instructor else None
    possible = moves.possible(proposal, reader, now)
    return {
        "proposal": proposal,
        "look": look_of(proposal),
        "sections": sections(versions[-1].content, names),
        "changes": changes(versions[-2].content, versions[-1].content, names) if len(versions) > 1 else [],
        "versions": versions,
        "instructor": instructor,
        "honor": honor,
        "honor_mark": instructors.mark_of(honor) if honor else "",
        "decisions": [(action, filled.get(action) or form_of(action)) for action in REVIEWERS if action in possible],
        "story": story(proposal, reader=reader, names=True),
        "publicity_runs": proposal.status == Status.PUBLICITY and now < (proposal.publicity_ends_at or now),
    }


def _who(review: Review, *, reader: User, names: bool) -> str:
    if names:
        return review.actor.name
    return _("您") if review.actor_id == reader.pk else _("审核人")


def _what(review: Review) -> str:
    version = review.version
    values = {
        "action": Action(review.action).label,
        "status": Status(review.led_to).label,
        "version": version.number if version else 0,
    }
    if values["action"] == values["status"]:
        return _("%(status)s（第 %(version)s 稿）") % values if version else str(values["status"])
    if not version:
        return _("%(action)s → %(status)s") % values
    return _("%(action)s → %(status)s（第 %(version)s 稿）") % values


def _why(review: Review) -> str:
    said = [f"{label}：{review.remarks[name]}" for name, label in LABELS.items() if name in review.remarks]
    return "\n".join([review.reason, *said]).strip()
