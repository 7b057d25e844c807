"""The states of a proposal as a table, and the one door through which it gets from one to another."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import RoleKind, User
from catalogue import instructors
from catalogue.courses import Content, namesake, publish_course
from catalogue.errors import CatalogueRefused
from messaging import outbox
from policy.calendar import add_workdays
from policy.clock import SHANGHAI, local
from policy.defaults import PUBLICITY_WORKDAYS
from policy.history import recorded
from policy.problems import Problem
from proposals import say
from proposals.content import content_of, kept
from proposals.errors import ProposalRefused
from proposals.models import Action, Proposal, ProposalVersion, Review, Status

NEWS_IS_OF_USE = timedelta(days=30)
LONGEST_REASON = 500


@dataclass(frozen=True)
class Press:
    """What a press asks for. `seen`: how many moves the page had shown; `content` comes with a submission only."""

    action: Action
    seen: int
    reason: str = ""
    remarks: dict[str, str] = field(default_factory=dict)
    content: Content | None = None


Ask = Callable[[Proposal, User, Press, datetime], list[Problem]]


def author(proposal: Proposal, actor: User, _press: Press, _now: datetime) -> list[Problem]:
    """Ask that it is the own proposal."""
    return [] if proposal.author_id == actor.pk else [Problem("not_yours", _("这不是您的申报。"))]


def reviewer(proposal: Proposal, actor: User, _press: Press, now: datetime) -> list[Problem]:
    """Ask that a reviewer acts, and not on an own proposal."""
    if proposal.author_id == actor.pk:
        return [Problem("own_proposal", _("不能审核自己的申报。"), _("请由其他审核人处理。"))]
    if not actor.holds(RoleKind.REVIEWER, now):
        return [Problem("not_a_reviewer", _("您不是审核人，不能处理申报。"))]
    return []


def second_person(proposal: Proposal, actor: User, press: Press, now: datetime) -> list[Problem]:
    """Ask that the second review is another reviewer's than the first."""
    found = reviewer(proposal, actor, press, now)
    first = proposal.reviews.filter(came_from=Status.FIRST_REVIEW, action=Action.PASS).last()
    if not found and first and first.actor_id == actor.pk:
        found = [Problem("same_person", _("您做过初审，复审要由另一位审核人来做。"))]
    return found


def nothing_more(_proposal: Proposal, _actor: User, _press: Press, _now: datetime) -> list[Problem]:
    """Ask for nothing more."""
    return []


def complete(proposal: Proposal, _actor: User, press: Press, _now: datetime) -> list[Problem]:
    """Ask for the content, the author's profile and proof, and a title the menu does not have."""
    instructor = instructors.locked(proposal.author)
    found = []
    if press.content is None:
        found.append(Problem("no_content", _("请把申报表填写完整。")))
    elif twin := namesake(press.content):
        values = {"category": twin.category.name, "code": twin.code}
        sentence = _("“%(category)s”里已有同名课程 %(code)s。") % values
        found.append(Problem("same_title", sentence, _("请换一个课程名称。"), "title"))
    if instructor is None:
        found.append(Problem("no_profile", _("还没有讲师资料。"), _("请先到“我是讲师”填写荣誉/职称和单位。")))
    elif instructors.wants_proof(instructor):
        found.append(Problem("no_proof", _("还没有荣誉证明。"), _("请先到“我是讲师”上传证书。")))
    return found


def proven(proposal: Proposal, _actor: User, _press: Press, _now: datetime) -> list[Problem]:
    """Ask that every title by which the author goes is borne out: what comes next is public."""
    instructor = instructors.locked(proposal.author)
    if instructor is None or not instructor.unproven:
        return []
    sentence = _("讲师的“%(titles)s”还没有核验。") % {"titles": _("、").join(instructor.unproven_labels)}
    return [Problem("unproven", sentence, _("请先在本页核验荣誉证明。"))]


def publicity_over_and_proven(proposal: Proposal, actor: User, press: Press, now: datetime) -> list[Problem]:
    """Ask that everybody had the time to object, and that still every title is borne out."""
    ends = proposal.publicity_ends_at
    if ends and now >= ends:
        return proven(proposal, actor, press, now)
    values = {"ends": f"{local(ends):%Y-%m-%d %H:%M}" if ends else ""}
    return [Problem("publicity_runs", _("公示还没有结束，%(ends)s 后才能批准。") % values)]


@dataclass(frozen=True)
class Move:
    """One cell of the table: who may, where it leads, what is said, whether a reason must be given, what must hold."""

    who: Ask
    to: Status
    says: say.Sentence | None = None
    needs_reason: bool = False
    requires: Ask = nothing_more


SEND = Move(author, Status.SUBMITTED, say.received, requires=complete)
TAKE_BACK = Move(author, Status.WITHDRAWN)
DECLINE = Move(reviewer, Status.DECLINED, say.declined, needs_reason=True)
MOVES: dict[tuple[Status, Action], Move] = {
    (Status.DRAFT, Action.SUBMIT): SEND,
    (Status.DRAFT, Action.WITHDRAW): TAKE_BACK,
    (Status.SUBMITTED, Action.TAKE): Move(reviewer, Status.FIRST_REVIEW),
    (Status.SUBMITTED, Action.WITHDRAW): TAKE_BACK,
    (Status.FIRST_REVIEW, Action.PASS): Move(reviewer, Status.SECOND_REVIEW, say.passed_on, needs_reason=True),
    (Status.FIRST_REVIEW, Action.RETURN): Move(reviewer, Status.RETURNED, say.returned, needs_reason=True),
    (Status.FIRST_REVIEW, Action.DECLINE): DECLINE,
    (Status.FIRST_REVIEW, Action.WITHDRAW): TAKE_BACK,
    (Status.SECOND_REVIEW, Action.PASS): Move(
        second_person, Status.PUBLICITY, say.made_public, needs_reason=True, requires=proven
    ),
    (Status.SECOND_REVIEW, Action.RETURN): Move(second_person, Status.RETURNED, say.returned, needs_reason=True),
    (Status.SECOND_REVIEW, Action.DECLINE): Move(second_person, Status.DECLINED, say.declined, needs_reason=True),
    (Status.SECOND_REVIEW, Action.WITHDRAW): TAKE_BACK,
    (Status.RETURNED, Action.SUBMIT): SEND,
    (Status.RETURNED, Action.WITHDRAW): TAKE_BACK,
    (Status.PUBLICITY, Action.APPROVE): Move(
        reviewer, Status.APPROVED, say.approved, needs_reason=True, requires=publicity_over_and_proven
    ),
    (Status.PUBLICITY, Action.DECLINE): DECLINE,
    (Status.PUBLICITY, Action.WITHDRAW): TAKE_BACK,
}


@transaction.atomic
def move(*, proposal_id: int, press: Press, actor: User, now: datetime) -> Proposal:
    """Take a proposal one step on, remember who did it, when and why, and tell its author.

    The same press twice is one move. Raises ProposalRefused when the table, a person, a missing reason, something
    that must hold, or another's move since the page was read is in the way.
    """
    proposal = Proposal.objects.select_for_update(no_key=True).get(pk=proposal_id)
    if _is_done(proposal, press, actor):
        return proposal
    step = _step(proposal, press, actor, now)
    version = _changed(proposal, step, press, actor=actor, now=now)
    came_from, proposal.status = proposal.status, step.to
    proposal.moves += 1
    with recorded(actor=actor, reason=press.reason, at=now):
        proposal.save()
    Review.objects.create(
        proposal=proposal,
        position=proposal.moves,
        action=press.action,
        came_from=came_from,
        led_to=step.to,
        actor=actor,
        version=version,
        reason=press.reason,
        remarks=press.remarks,
        at=now,
    )
    if step.says:
        _tell(proposal, step.says, press.reason, now=now)
    return proposal


def possible(proposal: Proposal, actor: User, now: datetime) -> set[Action]:
    """Return what this person could do with the proposal now; what must hold is asked when it is done."""
    cells = [(action, step) for (state, action), step in MOVES.items() if state == proposal.status]
    return {action for action, step in cells if not step.who(proposal, actor, Press(action, proposal.moves), now)}


def _is_done(proposal: Proposal, press: Press, actor: User) -> bool:
    """Tell whether the last move is this very press, sent again."""
    last = proposal.reviews.last()
    is_same = last is not None and (last.action, last.actor_id) == (press.action, actor.pk)
    return is_same and press.seen == proposal.moves - 1


def _step(proposal: Proposal, press: Press, actor: User, now: datetime) -> Move:
    step = MOVES.get((Status(proposal.status), press.action))
    if step is None:
        values = {"status": proposal.get_status_display(), "action": press.action.label}
        raise ProposalRefused([Problem("wrong_state", _("申报现在是“%(status)s”，不能“%(action)s”。") % values)])
    _refuse(step.who(proposal, actor, press, now))
    if press.seen != proposal.moves:
        raise ProposalRefused([Problem("stale", _("这份申报刚被处理过。"), _("请看最新的内容再决定。"))])
    if step.needs_reason and not press.reason.strip():
        raise ProposalRefused([Problem("reason_missing", _("请写明理由，会记入审核记录。"), field="reason")])
    if len(press.reason) > LONGEST_REASON:
        raise ProposalRefused([Problem("reason_long", _("理由请缩短到 500 个字以内。"), field="reason")])
    _refuse(step.requires(proposal, actor, press, now))
    return step


def _refuse(found: list[Problem]) -> None:
    if found:
        raise ProposalRefused(found)


def _changed(proposal: Proposal, step: Move, press: Press, *, actor: User, now: datetime) -> ProposalVersion | None:
    """Do what comes with the new state, and return the submission that the move is about."""
    latest = proposal.versions.last()
    if step.to == Status.SUBMITTED and press.content:
        proposal.title, proposal.submitted_at = press.content.title, now
        number = latest.number + 1 if latest else 1
        return proposal.versions.create(number=number, content=kept(press.content), created_at=now)
    if step.to == Status.PUBLICITY:
        proposal.publicity_ends_at = publicity_end(now)
    if step.to == Status.APPROVED and latest:
        _publish(proposal, latest, press, actor=actor, now=now)
    return latest


def publicity_end(now: datetime) -> datetime:
    """Return when a publicity that begins at `now` is over: at the end of its last whole working day."""
    last = add_workdays(local(now).date(), PUBLICITY_WORKDAYS)
    return datetime.combine(last + timedelta(days=1), time(), SHANGHAI)


def _publish(proposal: Proposal, version: ProposalVersion, press: Press, *, actor: User, now: datetime) -> None:
    teacher = instructors.of_user(proposal.author)
    try:
        proposal.course = publish_course(
            content=content_of(version.content),
            instructors=[teacher] if teacher else [],
            actor=actor,
            reason=press.reason,
            now=now,
        )
    except CatalogueRefused as refused:
        raise ProposalRefused(refused.problems) from refused


def _tell(proposal: Proposal, says: say.Sentence, reason: str, *, now: datetime) -> None:
    subject = f"proposal/{proposal.pk}"
    outbox.tell(
        person=proposal.author,
        key=f"proposal:{subject}:move/{proposal.moves}",
        kind="proposal",
        subject=subject,
        path=reverse("portal:teach_proposal", args=[proposal.public_id]),
        due_at=now,
        use_by=now + NEWS_IS_OF_USE,
        now=now,
        **says(proposal=proposal, reason=reason),
    )
