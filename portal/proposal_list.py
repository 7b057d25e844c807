"""The reviewers' list of proposals: what the address asks for, and one page of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from django.utils.translation import gettext as _

from catalogue import search
from portal.proposing import look_of
from proposals.models import Proposal, ProposalQuerySet, Status

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise

PAGE_SIZE = 50
UNDER_REVIEW, EVERYTHING = "", "all"
# Drafts are their author's alone, and what was withdrawn is nobody's business any more.
SHOWN = [status for status in Status if status not in {Status.DRAFT, Status.WITHDRAWN}]


@dataclass(frozen=True)
class Asked:
    """What the address asks for: a state (none: all under review), words, and the proposal to go on after."""

    state: str
    words: str
    after: str

    @classmethod
    def of(cls, address: Mapping[str, str]) -> Self:
        """Read an address; a state that does not exist asks for what is under review."""
        state = address.get("state", "")
        known = state if state in {EVERYTHING, *SHOWN} else UNDER_REVIEW
        return cls(state=known, words=search.normalised(address.get("q", "")), after=address.get("after", ""))


@dataclass(frozen=True)
class ProposalPage:
    """A page of the list: each proposal with the look of its state, and the one to go on after (none: the last)."""

    rows: list[tuple[Proposal, str]]
    next_after: str


def states() -> list[tuple[str, "StrOrPromise"]]:
    """Return what the list may be narrowed to."""
    return [(UNDER_REVIEW, _("审核中")), (EVERYTHING, _("全部")), *((one.value, one.label) for one in SHOWN)]


def page_of(proposals: ProposalQuerySet, asked: Asked) -> ProposalPage:
    """Return 50 of the proposals: what is under review by its age, everything else the newest first. One statement.

    A page that goes on after another costs a second one.
    """
    found = proposals.about(asked.words).for_rows()
    if asked.state == UNDER_REVIEW:
        found = found.under_review().sent_after(asked.after)
    else:
        found = found.newest_first().sent_before(asked.after)
        found = found if asked.state == EVERYTHING else found.filter(status=asked.state)
    rows = [(one, look_of(one)) for one in found[: PAGE_SIZE + 1]]
    shown = rows[:PAGE_SIZE]
    return ProposalPage(shown, shown[-1][0].public_id if len(rows) > PAGE_SIZE else "")
