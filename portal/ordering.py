"""An order as its pages show it: facts, where it stands, what the reader may do, its history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as mark

from accounts.models import User
from bookings import drafting, moves
from bookings.mending import KeptRow
from bookings.models import Booking, BookingStatus, RosterEntry
from bookings.reading import Verdict
from bookings.rules import say_day
from policy.models import Draft, DraftQuerySet
from portal import story
from timetable.words import day_and_time

# The step that an order waits at; what comes before is behind it.
REACHED = {
    BookingStatus.DRAFT: 2,
    BookingStatus.SUBMITTED: 3,
    BookingStatus.ACCEPTED: 4,
    BookingStatus.CONFIRMED: 5,
    BookingStatus.DONE: 6,
}
# The shape and colour of a state, in the words of components/status_badge.html.
LOOKS = {
    BookingStatus.SUBMITTED: "waiting",
    BookingStatus.ACCEPTED: "offered",
    BookingStatus.CONFIRMED: "enrolled",
    BookingStatus.DONE: "completed",
}
PAGE_SIZE = 50
DESK_STATES = [(state.value, state.label) for state in BookingStatus if state != BookingStatus.DRAFT]
LONGEST_TITLE = 80
MOST_DRAFTS = 50
# A form may have a thousand fields at most.
MOST_TO_MEND = 100
# The column of a roster's row that its reason speaks of; some speak of neither.
COLUMN_OF = {
    Verdict.WRONG_PHONE: "phone",
    Verdict.NO_PHONE: "phone",
    Verdict.TWO_PHONES: "phone",
    Verdict.SCIENTIFIC: "phone",
    Verdict.DUPLICATE: "phone",
    Verdict.OTHER_NAME: "phone",
    Verdict.NO_NAME: "name",
    Verdict.UNCLEAR_NAME: "name",
    Verdict.LONG_NAME: "name",
}
KINDS = {
    "frontline": mark("一线"),
    "management": mark("管理"),
    "new_form": mark("新就业形态"),
    "migrant": mark("农民工"),
}


def order_steps() -> list[str]:
    """Return the steps of an order, from the form to the class."""
    return [_("填写"), _("核对提交"), _("工会受理"), _("排课"), _("名单和上课")]


def booking_page(booking: Booking, reader: User, now: datetime, *, for_desk: bool) -> dict[str, Any]:
    """Return the context of the pages of one order (fetched by for_page): the desk's, or its enterprise's."""
    possible = moves.possible(booking, reader, now)
    return {
        "booking": booking,
        "look": look_of(booking),
        "steps": order_steps(),
        "current": REACHED.get(BookingStatus(booking.status)),
        "facts": facts(booking, for_desk=for_desk),
        "can": {action.value for action in possible},
        "story": story.of_booking(booking, for_desk=for_desk),
    }


def look_of(booking: Booking) -> str:
    """Return the look of an order's state."""
    return LOOKS.get(BookingStatus(booking.status), "cancelled")


@dataclass(frozen=True)
class DeskPage:
    """A page of the desk's list: orders with the look of their state; `next_after` is empty on the last page."""

    rows: list[tuple[Booking, str]]
    next_after: str


def desk_page(*, words: str, state: str, after: str) -> DeskPage:
    """Return 50 of the orders that are about the words and in the state, sent before the one numbered `after`."""
    found = Booking.objects.sent().newest_first().about(words).before(after)
    if state in BookingStatus.values:
        found = found.filter(status=state)
    rows = list(found.for_page()[: PAGE_SIZE + 1])
    shown = rows[:PAGE_SIZE]
    return DeskPage([(one, look_of(one)) for one in shown], str(shown[-1].number) if len(rows) > PAGE_SIZE else "")


def facts(booking: Booking, *, for_desk: bool) -> list[tuple[str, str]]:
    """Return what an order asks for, and what became of it, as pairs of label and value.

    The desk reads the contact's whole number: officers must ring an enterprise to settle its order.
    """
    phone = booking.contact.phone.removeprefix("+86") if for_desk else booking.contact.masked_phone
    days = [f"{say_day(wish.day)} {wish.get_band_display()}" for wish in booking.date_wishes.all()]
    pairs = [
        (_("单位"), booking.enterprise.name),
        (_("课程志愿"), _("；").join(wish.course.title for wish in booking.course_wishes.all())),
        (_("日期志愿"), _("；").join(days)),
        (_("人数"), _people(booking)),
        (_("希望的地点"), booking.place),
        (_("想解决的问题"), booking.purpose),
        (_("联系人"), f"{booking.contact.name} {phone}"),
        (_("来源"), _source(booking)),
    ]
    if booking.reply_by and booking.status == BookingStatus.SUBMITTED:
        pairs.insert(0, (_("最晚答复"), say_day(booking.reply_by)))
    if booking.class_run:
        run = booking.class_run
        pairs.insert(0, (_("已排"), f"{run.course.title} {day_and_time(run.starts_at)} {run.site.name}"))
    return pairs


def title_of(draft: Draft) -> str:
    """Return by what one knows an order that is being filled in: the course it asks for first."""
    return draft.data.get("course_1", [""])[0].strip()[:LONGEST_TITLE] or _("还没有选课程")


def draft_rows(drafts: DraftQuerySet, reader: User) -> list[dict[str, Any]]:
    """Return the orders that are being filled in, with what a row shows of each. Two statements."""
    found = drafting.by_enterprise(drafts[:MOST_DRAFTS], reader)
    return [{"draft": draft, "enterprise": enterprise, "title": title_of(draft)} for draft, enterprise in found]


def to_mend(rows: Sequence[KeptRow], lines: Sequence[RosterEntry]) -> dict[str, Any]:
    """Return the rows of a roster that are to be mended, as many as fit a form: each with the column that is wrong."""
    named = {line.name for line in lines}
    shown = [
        {"row": row, "column": COLUMN_OF.get(row.verdict, ""), "is_named": bool(row.name) and row.name in named}
        for row in rows[:MOST_TO_MEND]
    ]
    return {"wrong": shown, "wrong_in_all": len(rows), "wrong_later": len(rows) - len(shown)}


def roster_lines(booking: Booking) -> list[RosterEntry]:
    """Return the people an enterprise named, with the enrollment of each."""
    return list(booking.roster.select_related("enrollment__worker"))


def _source(booking: Booking) -> str:
    if booking.entered_by is None:
        return booking.get_channel_display()
    return _("%(channel)s（%(officer)s代录）") % {
        "channel": booking.get_channel_display(),
        "officer": booking.entered_by.name,
    }


def _people(booking: Booking) -> str:
    of_kinds = [f"{_(label)} {count}" for kind, label in KINDS.items() if (count := getattr(booking, kind))]
    inside = _("（%(kinds)s）") % {"kinds": _("，").join(of_kinds)} if of_kinds else ""
    return _("%(count)s 人") % {"count": booking.headcount} + inside
