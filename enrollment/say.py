"""What people are told about their seats. Rendered in the reader's language when it happens."""

from typing import Protocol, TypedDict

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as mark

from accounts.models import User
from timetable.models import ClassRun
from timetable.words import day_and_time


class Text(TypedDict):
    """A rendered message: inbox title and body, the short SMS (at most 70 characters), the page it leads to."""

    title: str
    body: str
    sms: str
    path: str


class Sentence(Protocol):
    """One of the functions below."""

    def __call__(self, *, worker: User, run: ClassRun, public_id: str) -> Text:
        """Render it."""


SMS_LENGTH = 70
SHORT_TITLE = 12


def enrolled(*, worker: User, run: ClassRun, public_id: str) -> Text:
    """Tell that you have a seat."""
    return _text(
        worker,
        run,
        public_id,
        title=mark("报名成功：%(course)s"),
        body=mark("您已录取《%(course)s》，%(start)s 在%(site)s上课。不能来请提前取消，名额会给下一位。"),
        sms=mark("您已录取《%(short)s》，%(start)s %(site)s。不能来请提前取消。"),
    )


def named_by(enterprise: str) -> Sentence:
    """Return the sentence that tells that an enterprise has named you, and you have a seat."""

    def named(*, worker: User, run: ClassRun, public_id: str) -> Text:
        return _text(
            worker,
            run,
            public_id,
            enterprise=enterprise,
            title=mark("单位为您报名：%(course)s"),
            body=mark(
                "%(enterprise)s把您列入名单，您已录取《%(course)s》，%(start)s 在%(site)s上课。不能来请提前取消。"
            ),
            sms=mark("%(firm)s为您报了《%(short)s》，%(start)s %(site)s。"),
        )

    return named


def in_line(*, worker: User, run: ClassRun, public_id: str) -> Text:
    """Tell that you wait; `{ahead}` is filled in by the claim, which alone knows it."""
    return _text(
        worker,
        run,
        public_id,
        title=mark("已候补：%(course)s"),
        body=mark(
            "《%(course)s》（%(start)s，%(site)s）已满，您在候补队列中，前面 {ahead} 人。一有名额按顺序递补并通知您。"
        ),
        sms=mark("《%(short)s》已满，您已候补，前面 {ahead} 人，递补会通知您。"),
    )


def moved_up(*, worker: User, run: ClassRun, public_id: str) -> Text:
    """Tell that the line has served you."""
    return _text(
        worker,
        run,
        public_id,
        title=mark("递补成功：%(course)s"),
        body=mark("有人退出，您已递补录取《%(course)s》，%(start)s 在%(site)s上课。不能来请提前取消，名额会给下一位。"),
        sms=mark("您已递补录取《%(short)s》，%(start)s %(site)s。不能来请提前取消。"),
    )


def cancelled(*, worker: User, run: ClassRun, public_id: str) -> Text:
    """Tell that your enrollment is over, by your own wish or staff's."""
    return _text(
        worker,
        run,
        public_id,
        title=mark("已取消：%(course)s"),
        body=mark("您在《%(course)s》（%(start)s，%(site)s）的报名已取消。"),
        sms="",
    )


def left_line(*, worker: User, run: ClassRun, public_id: str) -> Text:
    """Tell that your place in line is given up."""
    return _text(
        worker,
        run,
        public_id,
        title=mark("已退出候补：%(course)s"),
        body=mark("您已退出《%(course)s》（%(start)s，%(site)s）的候补。"),
        sms="",
    )


def _text(worker: User, run: ClassRun, public_id: str, enterprise: str = "", **templates: str) -> Text:
    with translation.override(worker.language):
        values = {
            "course": run.course.title,
            "short": run.course.title[:SHORT_TITLE],
            "start": day_and_time(run.starts_at),
            "site": run.site.short_name,
            "enterprise": enterprise,
            "firm": enterprise[:SHORT_TITLE],
        }
        title, body, sms = (_(templates[name]) % values for name in ("title", "body", "sms"))
    return {
        "title": title,
        "body": body,
        "sms": sms[:SMS_LENGTH],
        "path": reverse("portal:enrollment", args=[public_id]),
    }
