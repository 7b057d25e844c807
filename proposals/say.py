"""What an author is told of the own proposal, in the author's language. No reviewer is ever named."""

from typing import Protocol, TypedDict

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as mark

from policy.clock import local
from proposals.models import Proposal


class Text(TypedDict):
    """A rendered message: inbox title and body."""

    title: str
    body: str


class Sentence(Protocol):
    """One of the functions below."""

    def __call__(self, *, proposal: Proposal, reason: str) -> Text:
        """Render it."""


def received(*, proposal: Proposal, reason: str) -> Text:
    """Tell that the proposal has arrived."""
    return _told(
        proposal, reason, mark("已收到申报：%(title)s"), mark("《%(title)s》已提交，等待初审。有结果会通知您。")
    )


def passed_on(*, proposal: Proposal, reason: str) -> Text:
    """Tell that the first review is passed."""
    return _told(proposal, reason, mark("初审通过：%(title)s"), mark("《%(title)s》初审已通过，进入复审。"))


def returned(*, proposal: Proposal, reason: str) -> Text:
    """Tell that something must be corrected, and why."""
    body = mark("《%(title)s》需要补正：%(reason)s 请打开申报，按意见修改后再提交。")
    return _told(proposal, reason, mark("请补正：%(title)s"), body)


def made_public(*, proposal: Proposal, reason: str) -> Text:
    """Tell that the publicity has begun, and when it ends."""
    body = mark("《%(title)s》复审已通过，开始公示，到 %(ends)s 结束。公示期满后决定是否进入课程目录。")
    return _told(proposal, reason, mark("开始公示：%(title)s"), body)


def approved(*, proposal: Proposal, reason: str) -> Text:
    """Tell that it is a course now."""
    body = mark("《%(title)s》已进入课程目录，编码 %(code)s。排课时会与您联系。")
    return _told(proposal, reason, mark("申报通过：%(title)s"), body)


def declined(*, proposal: Proposal, reason: str) -> Text:
    """Tell that it will not be a course, and why."""
    return _told(proposal, reason, mark("未予采纳：%(title)s"), mark("《%(title)s》没有采纳：%(reason)s"))


def _told(proposal: Proposal, reason: str, title: str, body: str) -> Text:
    ends = proposal.publicity_ends_at
    with translation.override(proposal.author.language):
        values = {
            "title": proposal.title,
            "reason": reason,
            "code": proposal.course.code if proposal.course else "",
            "ends": f"{local(ends):%Y-%m-%d %H:%M}" if ends else "",
        }
        return {"title": (_(title) % values)[:80], "body": _(body) % values}
