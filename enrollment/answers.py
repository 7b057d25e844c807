"""Answers to wishes: a class was arranged, or not for now and why. Everybody who wants it is told once."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as mark

from accounts.models import RoleKind, User
from enrollment.errors import WishRefused
from enrollment.models import Wish, WishStatus
from enrollment.say import SHORT_TITLE, SMS_LENGTH
from messaging import outbox
from policy.history import recorded
from policy.problems import Problem
from timetable.models import ClassRun
from timetable.words import day_and_time

NEWS_IS_OF_USE = timedelta(days=30)
LONGEST_TITLE = 80


@transaction.atomic
def arrange(*, wish_id: int, number: str, actor: User, now: datetime) -> Wish:
    """Answer with the class run of this number, and tell everybody who wants it. Again: nothing happens.

    Raises WishRefused: not an officer, answered otherwise, no such public run to come, a run of another course.
    """
    wish = _lock(wish_id, WishStatus.ARRANGED, actor=actor, now=now)
    if wish.status == WishStatus.ARRANGED:
        return wish
    coming = ClassRun.objects.visible_to(None).standing().upcoming(now).select_related("course", "site")
    run = coming.filter(number=number).first()
    if run is None:
        sentence = _("没有这个班次，或者它已经开课、已取消、只对单位开放。")
        raise WishRefused([Problem("no_such_run", sentence, _("请核对班次号，例如 26-00417。"), field="number")])
    if wish.course_id not in {None, run.course_id}:
        sentence = _("班次 %(number)s 是《%(course)s》，不是大家想学的那门课。")
        values = {"number": run.number, "course": run.course.title}
        raise WishRefused([Problem("other_course", sentence % values, field="number")])
    wish.class_run = run
    _answer(wish, WishStatus.ARRANGED, actor=actor, now=now)
    values = {"course": run.course.title, "number": run.number, "site": run.site.short_name, "reason": ""}
    _tell(
        wish,
        lambda: values | {"start": day_and_time(run.starts_at)},
        path=reverse("portal:class_run", args=[run.number]),
        use_by=run.starts_at,
        now=now,
    )
    return wish


@transaction.atomic
def decline(*, wish_id: int, reason: str, actor: User, now: datetime) -> Wish:
    """Answer that nothing can be arranged for now, with the reason that all who want it read. Again: nothing happens.

    Raises WishRefused: not an officer, answered otherwise, no reason.
    """
    wish = _lock(wish_id, WishStatus.DECLINED, actor=actor, now=now)
    if wish.status == WishStatus.DECLINED:
        return wish
    if not reason:
        raise WishRefused([Problem("reason_missing", _("请写明原因，想学的人会看到。"), field="reason")])
    wish.reason = reason
    _answer(wish, WishStatus.DECLINED, actor=actor, now=now)
    path = reverse("portal:wish", args=[wish.public_id])
    _tell(wish, lambda: {"reason": reason}, path=path, use_by=now + NEWS_IS_OF_USE, now=now)
    return wish


TEXTS = {
    WishStatus.ARRANGED: (
        mark("您想学的开班了：%(wish)s"),
        mark(
            "您想学的“%(wish)s”已经安排：《%(course)s》（班次 %(number)s），%(start)s，%(site)s。"
            "名额先到先得，请尽快报名。"
        ),
        mark("您想学的“%(short)s”开班了，%(start)s %(site)s，请尽快报名。"),
    ),
    WishStatus.DECLINED: (
        mark("您想学的暂时不能安排：%(wish)s"),
        mark("很抱歉，您想学的“%(wish)s”暂时不能安排：%(reason)s"),
        mark("您想学的“%(short)s”暂时不能安排，原因请看站内消息。"),
    ),
}


def _lock(wish_id: int, wished: WishStatus, *, actor: User, now: datetime) -> Wish:
    """Return the wish under its lock, open or answered just so."""
    if not actor.holds(RoleKind.OFFICER, now):
        raise WishRefused([Problem("not_an_officer", _("只有区总工会经办人可以答复。"))])
    wishes = Wish.objects.select_related("course", "class_run")
    wish = wishes.select_for_update(of=("self",), no_key=True).get(pk=wish_id)
    if wish.status not in {WishStatus.OPEN, wished}:
        sentence = _("这一项已经答复过：%(status)s。") % {"status": wish.get_status_display()}
        raise WishRefused([Problem("answered", sentence)])
    return wish


def _answer(wish: Wish, status: WishStatus, *, actor: User, now: datetime) -> None:
    wish.status, wish.answered_at, wish.answered_by = status, now, actor
    with recorded(actor=actor, reason=wish.reason, at=now):
        wish.save(update_fields=["status", "answered_at", "answered_by", "class_run", "reason"])


def _tell(wish: Wish, values: Callable[[], dict[str, str]], *, path: str, use_by: datetime, now: datetime) -> None:
    """Tell everybody who wants it, each in the own language; `values` are asked for within it."""
    subject = f"wish/{wish.pk}"
    title, body, sms = TEXTS[WishStatus(wish.status)]
    for backing in wish.backings.select_related("person"):
        with translation.override(backing.person.language):
            said = {"wish": str(wish), "short": str(wish)[:SHORT_TITLE], **values()}
            outbox.tell(
                person=backing.person,
                key=f"wish_{wish.status}:{subject}:user/{backing.person_id}",
                kind=f"wish_{wish.status}",
                subject=subject,
                title=(_(title) % said)[:LONGEST_TITLE],
                body=_(body) % said,
                sms=(_(sms) % said)[:SMS_LENGTH],
                path=path,
                due_at=now,
                use_by=use_by,
                now=now,
            )
