"""A person's own enrollments as the pages show them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from enrollment import rules
from enrollment.models import LIVE, Enrollment, EnrollmentStatus
from portal.cards import RunCard, run_card, run_facts
from timetable import words
from timetable.models import ClassRun, Lesson


@dataclass(frozen=True)
class EnrollmentCard:
    """An enrollment with its run. `ahead` counts only for who waits; `next_lesson` only for who has a seat."""

    enrollment: Enrollment
    run: RunCard
    url: str
    ahead: int
    next_lesson: Lesson | None


def enrollment_cards(enrollments: Iterable[Enrollment], now: datetime) -> list[EnrollmentCard]:
    """Return enrollments (fetched by for_cards, and with_ahead where somebody waits) as cards."""
    return [
        EnrollmentCard(
            enrollment=enrollment,
            run=run_card(enrollment.class_run, now),
            url=reverse("portal:enrollment", args=[enrollment.public_id]),
            ahead=getattr(enrollment, "ahead", 0),
            next_lesson=_next_lesson(enrollment, now),
        )
        for enrollment in enrollments
    ]


def next_class(user: User | AnonymousUser, now: datetime) -> EnrollmentCard | None:
    """Return the enrollment whose lesson comes next for a person; None for a visitor or when nothing comes."""
    if not isinstance(user, User):
        return None
    seated = user.enrollments.seated().coming(now).for_cards()
    return soonest(enrollment_cards(seated, now))


def soonest(cards: Iterable[EnrollmentCard]) -> EnrollmentCard | None:
    """Return the card whose next lesson starts first."""
    coming = [(card.next_lesson.starts_at, card.enrollment.pk, card) for card in cards if card.next_lesson]
    return min(coming)[2] if coming else None


def own_enrollments(user: User | AnonymousUser, runs: Iterable[ClassRun]) -> dict[int, Enrollment]:
    """Return a person's live enrollments in some runs by the run's id, with_ahead. No statement for a visitor."""
    if not isinstance(user, User):
        return {}
    own = user.enrollments.live().filter(class_run__in=list(runs)).with_ahead()
    return {enrollment.class_run_id: enrollment for enrollment in own}


def enrollment_page(enrollment: Enrollment, now: datetime) -> dict[str, Any]:
    """Return the context of the pages of one enrollment."""
    run = enrollment.class_run
    card = run_card(run, now)
    return {
        "enrollment": enrollment,
        "run": run,
        "card": card,
        "facts": run_facts(run, card),
        "lessons": run.lessons.all(),
        "ahead": getattr(enrollment, "ahead", 0),
        "can_cancel": enrollment.status in LIVE and now < run.starts_at,
        "cancel_rule": cancel_rule(run),
    }


def rule_sentences(*, worker: User, run: ClassRun, now: datetime, joins_line: bool) -> list[str]:
    """Return the rules of a run in plain words, with the worker's own numbers: what one reads before pressing."""
    held = rules.live_count(worker=worker, run=run, now=now)
    policy = run.policy
    values = {"held": held, "cap": policy.max_live_enrollments}
    sentences = [_("本学期最多同时报 %(cap)s 个班（含候补），您现在是 %(held)s/%(cap)s。") % values]
    if policy.one_per_course_per_term:
        sentences.append(_("同一门课每学期只能报一个班。"))
    if joins_line:
        sentences.append(_("有人退出时按排队先后自动递补，并发消息通知您。"))
    sentences.append(cancel_rule(run))
    return sentences


def cancel_rule(run: ClassRun) -> str:
    """Return until when one may cancel, and from when on it is late."""
    values = {"hours": run.policy.cancel_cutoff_hours, "start": words.day_and_time(run.starts_at)}
    return _("%(start)s 开课前都可以取消；开课前 %(hours)s 小时内取消记为逾期取消。") % values


def cancel_warning(enrollment: Enrollment, now: datetime) -> str:
    """Return what a cancel at `now` would mean, before it is confirmed."""
    run = enrollment.class_run
    if enrollment.status == EnrollmentStatus.WAITING:
        return _("退出候补后，您的位置会让给后面的人；再次候补要重新排队。")
    if rules.is_late(run=run, now=now):
        values = {"hours": run.policy.cancel_cutoff_hours}
        return _("现在距开课已不足 %(hours)s 小时，会记为逾期取消；目前不影响您以后报名。") % values
    return _("按时取消，不留任何记录影响以后报名。名额会马上给下一位。")


def _next_lesson(enrollment: Enrollment, now: datetime) -> Lesson | None:
    if enrollment.status != EnrollmentStatus.ENROLLED:
        return None
    coming = [
        lesson for lesson in enrollment.class_run.lessons.all() if lesson.ends_at > now and not lesson.cancelled_at
    ]
    return coming[0] if coming else None
