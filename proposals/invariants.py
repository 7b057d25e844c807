"""What must always be true of proposals: where one stands is where its reviews have led it."""

from collections.abc import Iterator
from datetime import datetime

from proposals.models import Action, Proposal, Review, Status
from proposals.moves import MOVES


def disagreements(*, now: datetime) -> Iterator[str]:  # noqa: ARG001 -- the same signature in every app
    """Yield one Chinese sentence for every proposal that disagrees with its reviews, versions or draft."""
    for proposal in Proposal.objects.order_by("pk").select_related("draft").prefetch_related("reviews", "versions"):
        yield from (f"申报 {proposal.pk}：{what}。" for what in _wrong(proposal, list(proposal.reviews.all())))


def _wrong(proposal: Proposal, reviews: list[Review]) -> Iterator[str]:
    stands: str = Status.DRAFT
    for review in reviews:
        step = MOVES.get((Status(stands), Action(review.action)))
        if review.came_from != stands or step is None or step.to != review.led_to:
            yield f"第 {review.position} 步不是状态表里的一步"
        stands = review.led_to
    if proposal.status != stands:
        yield f"状态是“{proposal.get_status_display()}”，审核记录却到“{Status(stands).label}”"
    if proposal.moves != len(reviews):
        yield f"步数记为 {proposal.moves}，实有 {len(reviews)}"
    sent = sum(review.action == Action.SUBMIT for review in reviews)
    if [version.number for version in proposal.versions.all()] != list(range(1, sent + 1)):
        yield f"提交过 {sent} 次，版本却是 {proposal.versions.count()} 个"
    if proposal.draft.owner_id != proposal.author_id:
        yield "草稿不是申报人的"
