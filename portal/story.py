"""The history of one thing as people read it: when, who, what, why; told from the append-only event rows."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import Enterprise, User
from bookings.models import Booking, BookingStatus
from catalogue.synonyms import Synonym
from enrollment.models import Wish, WishStatus

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise


@dataclass(frozen=True)
class Step:
    """One step: its moment, the name of who did it (empty: the system), what happened, and the reason given."""

    at: datetime
    who: str
    what: str
    reason: str


def of_enterprise(enterprise: Enterprise) -> list[Step]:
    """Return what happened to an enterprise, the first step first."""
    return _steps(_events(enterprise), _of_enterprise)


def of_booking(booking: Booking, *, for_desk: bool) -> list[Step]:
    """Return how an order got where it is, the first step first; what the instructor said is for the desk alone."""
    steps = _steps(_events(booking), lambda event: BookingStatus(event.status).label)
    scheduled = str(BookingStatus.CONFIRMED.label)
    return [step if for_desk or step.what != scheduled else replace(step, reason="") for step in steps]


def of_wish(wish: Wish) -> list[Step]:
    """Return what became of a wish, the first step first; who had it is not told."""
    return _steps(_events(wish), lambda event: WishStatus(event.status).label)


def of_synonym(synonym: Synonym) -> list[Step]:
    """Return how everyday words came to stand for others, the first step first."""
    return _steps(_events(synonym), _of_synonym)


def _events(thing: Any) -> QuerySet[Any]:
    events: QuerySet[Any] = thing.pgh_event_model.objects.filter(pgh_obj=thing.pk)
    return events.select_related("pgh_context").order_by("pgh_id")


def _steps(events: Iterable[Any], what: Callable[[Any], "StrOrPromise"]) -> list[Step]:
    """Return the events as steps. Two statements."""
    rows = [(event, event.pgh_context.metadata if event.pgh_context else {}) for event in events]
    names = {
        person.pk: person.name for person in User.objects.filter(pk__in={said.get("actor") for _row, said in rows})
    }
    return [
        Step(
            at=datetime.fromisoformat(said["at"]) if "at" in said else event.pgh_created_at,
            who=names.get(said.get("actor") or 0, ""),
            what=str(what(event)),
            reason=said.get("reason", ""),
        )
        for event, said in rows
    ]


def _of_enterprise(event: Any) -> "StrOrPromise":
    if event.verified_at:
        return _("核验通过")
    return _("退回") if event.declined_at else _("登记")


def _of_synonym(event: Any) -> str:
    if event.retired_at:
        return _("停用")
    words = f"{'、'.join(event.said)} → {'、'.join(event.meant)}"
    return _("%(what)s：%(words)s") % {"what": _("新增") if event.pgh_label == "insert" else _("修改"), "words": words}
