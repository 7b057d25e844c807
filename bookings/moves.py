"""The states of an order, as a table, and the one door through which it gets from one to the other."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import models, transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import BOOKERS, Enterprise, RoleKind, User
from bookings import drafting, mending, rules, say
from bookings.errors import BookingRefused
from bookings.models import Booking, BookingStatus
from messaging import outbox
from policy import ids
from policy.calendar import add_workdays
from policy.clock import local
from policy.defaults import BOOKING_REPLY_WORKDAYS
from policy.history import recorded
from policy.problems import Problem
from timetable.models import ClassRun

NEWS_IS_OF_USE = timedelta(days=30)


class Action(models.TextChoices):
    """What may be done with an order."""

    SUBMIT = "submit", gettext_lazy("提交")
    ACCEPT = "accept", gettext_lazy("受理")
    DECLINE = "decline", gettext_lazy("婉拒")
    CONFIRM = "confirm", gettext_lazy("确认排课")
    FINISH = "finish", gettext_lazy("完成")
    WITHDRAW = "withdraw", gettext_lazy("单位取消")
    CANCEL = "cancel", gettext_lazy("工会取消")


def booker(booking: Booking, actor: User, now: datetime) -> bool:  # noqa: ARG001 -- a predicate's signature
    """Allow the enterprise's owner and those who order for it."""
    return booking.enterprise.memberships.filter(user=actor, role__in=BOOKERS).exists()


def officer(booking: Booking, actor: User, now: datetime) -> bool:
    """Allow an officer who does not belong to the enterprise."""
    is_officer = actor.holds(RoleKind.OFFICER, now)
    return is_officer and not booking.enterprise.memberships.filter(user=actor).exists()


def sender(booking: Booking, actor: User, now: datetime) -> bool:
    """Allow those who order for the enterprise; an order that an officer writes down for it, that officer."""
    if booking.entered_by_id is None:
        return booker(booking, actor, now)
    return booking.entered_by_id == actor.pk and officer(booking, actor, now)


def anything(booking: Booking, now: datetime) -> list[Problem]:  # noqa: ARG001 -- a precondition's signature
    """Ask for nothing more."""
    return []


def orderable(booking: Booking, now: datetime) -> list[Problem]:
    """Ask that what was checked is the latest, keeps the rules today, and that its enterprise was not declined."""
    # What an officer enters may be sooner than the rule: bookings/entering.py has asked why.
    found = rules.problems(rules.order_of(booking), now=now, may_be_soon=booking.entered_by_id is not None)
    if drafting.has_changed(booking):
        found.append(Problem("draft_changed", _("这张点单核对以后又改过。"), _("请点“返回修改”，再核对一次。")))
    if booking.enterprise.declined_at:
        found.append(Problem("enterprise_declined", _("这个单位没有通过核验，不能点单。"), _("请改正后重新登记单位。")))
    return found


def verified(booking: Booking, now: datetime) -> list[Problem]:  # noqa: ARG001 -- a precondition's signature
    """Ask that an officer has verified the enterprise."""
    if booking.enterprise.verified_at:
        return []
    return [Problem("enterprise_unverified", _("这个单位还没有核验。"), _("请先在工作台核验单位，再受理点单。"))]


def run_over(booking: Booking, now: datetime) -> list[Problem]:
    """Ask that the class is over."""
    if booking.class_run and booking.class_run.ends_at <= now:
        return []
    return [Problem("run_not_over", _("课还没有上完，不能标记完成。"))]


def roomy(booking: Booking, run: ClassRun) -> list[Problem]:
    """Ask that the class has a seat for each of the order's people."""
    if run.capacity >= booking.headcount:
        return []
    values = {"seats": run.capacity, "count": booking.headcount}
    sentence = _("这个班只有 %(seats)s 个名额，点单是 %(count)s 人。") % values
    mend = _("请把名额改成 %(count)s 个以上；教室坐不下就换一间，或选别的日期。") % values
    return [Problem("run_too_small", sentence, mend, field="capacity")]


@dataclass(frozen=True)
class Move:
    """One cell of the table: who may, where it leads, what is said, whether a reason must be given, what must hold.

    `is_offered_early`: also while what must hold does not, because the refusal says how somebody mends it.
    """

    who: Callable[[Booking, User, datetime], bool]
    to: BookingStatus
    says: say.Sentence | None
    needs_reason: bool = False
    requires: Callable[[Booking, datetime], list[Problem]] = anything
    is_offered_early: bool = True


MOVES: dict[tuple[BookingStatus, Action], Move] = {
    (BookingStatus.DRAFT, Action.SUBMIT): Move(sender, BookingStatus.SUBMITTED, say.submitted, requires=orderable),
    (BookingStatus.DRAFT, Action.WITHDRAW): Move(booker, BookingStatus.CANCELLED_BY_ENTERPRISE, None),
    (BookingStatus.SUBMITTED, Action.ACCEPT): Move(officer, BookingStatus.ACCEPTED, say.accepted, requires=verified),
    (BookingStatus.SUBMITTED, Action.DECLINE): Move(officer, BookingStatus.DECLINED, say.declined, needs_reason=True),
    (BookingStatus.SUBMITTED, Action.WITHDRAW): Move(booker, BookingStatus.CANCELLED_BY_ENTERPRISE, say.cancelled),
    (BookingStatus.ACCEPTED, Action.CONFIRM): Move(officer, BookingStatus.CONFIRMED, say.confirmed, needs_reason=True),
    (BookingStatus.ACCEPTED, Action.WITHDRAW): Move(booker, BookingStatus.CANCELLED_BY_ENTERPRISE, say.cancelled),
    (BookingStatus.ACCEPTED, Action.CANCEL): Move(
        officer, BookingStatus.CANCELLED_BY_UNION, say.called_off, needs_reason=True
    ),
    (BookingStatus.CONFIRMED, Action.FINISH): Move(
        officer, BookingStatus.DONE, None, requires=run_over, is_offered_early=False
    ),
}
# What these ask of the enterprise must still be so when they are done.
ASKS_OF_THE_ENTERPRISE = {Action.SUBMIT, Action.ACCEPT}


@transaction.atomic
def move(  # noqa: PLR0913 -- who does what to what, when, why, and what came of it
    *,
    booking_id: int,
    action: Action,
    actor: User,
    now: datetime,
    reason: str = "",
    schedule: Callable[[Booking], ClassRun] | None = None,
) -> Booking:
    """Take an order one step on, remember who did it and why, and tell the enterprise's people.

    Doing again what was done changes nothing. CONFIRM wants `schedule`, which makes the class run inside this
    transaction, and the instructor's word as `reason`. Raises BookingRefused, and whatever `schedule` raises.
    """
    if action in ASKS_OF_THE_ENTERPRISE:
        # Locks are taken in one order, as bookings/orders.py takes them: the enterprise, then the order.
        Enterprise.objects.select_for_update(no_key=True).get(bookings=booking_id)
    booking = Booking.objects.select_related("enterprise").select_for_update(of=("self",)).get(pk=booking_id)
    step = _step(booking, action, actor, now)
    if step is None:
        return booking
    _refuse(_no_reason(reason) if step.needs_reason else [])
    _refuse(step.requires(booking, now))
    changed = _written(booking, action, now)
    if action == Action.CONFIRM and schedule:
        run = schedule(booking)
        _refuse(roomy(booking, run))
        booking.class_run, booking.instructor_word = run, reason
        changed += ["class_run", "instructor_word"]
    booking.status = step.to
    with recorded(actor=actor, reason=reason, at=now):
        booking.save(update_fields=["status", *changed])
    drafting.forget(booking.key, booking.enterprise.public_id)
    if booking.status != BookingStatus.CONFIRMED:
        mending.forget(booking)
    if step.says:
        _tell(booking, action, step.says, reason=reason, now=now)
    return booking


def possible(booking: Booking, actor: User, now: datetime) -> set[Action]:
    """Return what this person could do with the order now; what somebody can mend is asked when it is done."""
    return {
        action
        for (state, action), step in MOVES.items()
        if state == booking.status
        and step.who(booking, actor, now)
        and (step.is_offered_early or not step.requires(booking, now))
    }


def _step(booking: Booking, action: Action, actor: User, now: datetime) -> Move | None:
    """Return the cell of the table, or None when the order is already where the action leads."""
    leading = [step for (_state, other), step in MOVES.items() if other == action]
    if not leading[0].who(booking, actor, now):
        raise BookingRefused([Problem("not_yours", _("您不能对这张点单这样操作。"))])
    if booking.status in {step.to for step in leading}:
        return None
    step = MOVES.get((BookingStatus(booking.status), action))
    if step is None:
        values = {"status": booking.get_status_display(), "action": action.label}
        raise BookingRefused([Problem("wrong_state", _("点单现在是“%(status)s”，不能“%(action)s”。") % values)])
    return step


def _refuse(found: list[Problem]) -> None:
    if found:
        raise BookingRefused(found)


def _no_reason(reason: str) -> list[Problem]:
    return [] if reason else [Problem("reason_missing", _("请写明原因，对方会看到。"), field="reason")]


def _written(booking: Booking, action: Action, now: datetime) -> list[str]:
    """Give a sent order its number and the day of the promised answer; return the names of changed fields."""
    if action != Action.SUBMIT:
        return []
    today = local(now).date()
    booking.number = f"DD-{ids.next_number(series='booking', year=today.year)}"
    booking.submitted_at, booking.reply_by = now, add_workdays(today, BOOKING_REPLY_WORKDAYS)
    return ["number", "submitted_at", "reply_by"]


def _tell(booking: Booking, action: Action, says: say.Sentence, *, reason: str, now: datetime) -> None:
    for membership in booking.enterprise.memberships.filter(role__in=BOOKERS).select_related("user"):
        text = says(booking, membership.user, reason)
        tell(booking, membership.user, kind=f"booking_{action}", text=text, now=now)


def tell(booking: Booking, person: User, *, kind: str, text: say.Text, now: datetime) -> None:
    """Tell one of the enterprise's people something about the order, each kind of news once."""
    subject = f"booking/{booking.pk}"
    outbox.tell(
        person=person,
        key=f"{kind}:{subject}:user/{person.pk}",
        kind=kind,
        subject=subject,
        path=reverse("portal:booking", args=[booking.public_id]),
        due_at=now,
        use_by=now + NEWS_IS_OF_USE,
        now=now,
        **text,
    )
