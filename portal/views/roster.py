"""The roster of an order: who is in, a box to paste into, and the rows that are to be mended."""

from collections.abc import Iterator

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import allow, signed_in
from accounts.types import UserRequest
from bookings import mending, moves, reading, roster, roster_files
from bookings.errors import BookingRefused
from bookings.mending import Answer
from bookings.models import Booking
from bookings.reading import Row, Verdict
from policy import clock
from portal import ordering
from portal.forms_booking import RosterForm

UNPROCESSABLE = 422


@require_http_methods(["GET", "HEAD", "POST"])
@allow(signed_in)
def page(request: UserRequest, public_id: str) -> HttpResponse:
    """Show who was named and what is to be mended; seat the people of a pasted or uploaded list."""
    booking = get_object_or_404(Booking.objects.of(request.user).for_page(), public_id=public_id)
    if booking.class_run is None:
        return redirect("portal:booking", booking.public_id)
    if request.method != "POST":
        return _show(request, booking, RosterForm())
    form = RosterForm(request.POST, request.FILES)
    if not form.is_valid():
        return _show(request, booking, form, status=UNPROCESSABLE)
    try:
        upload = form.cleaned_data["file"]
        lines = roster_files.cells(upload) if upload else reading.pasted(form.cleaned_data["people"])
        rows = reading.read(lines)
        answers = roster.take(booking_id=booking.pk, actor=request.user, rows=rows, now=clock.now())
    except BookingRefused as refused:
        return _show(request, booking, form, status=UNPROCESSABLE, problems=refused.problems)
    return _done(request, booking, answers)


@require_POST
@allow(signed_in)
def mend(request: UserRequest, public_id: str) -> HttpResponse:
    """Take rows that were wrong, as they were corrected; strike out those that were emptied or marked."""
    booking = get_object_or_404(Booking.objects.of(request.user).for_page(), public_id=public_id)
    struck = set(request.POST.getlist("strike"))
    rows = list(_corrected(request, booking, struck))
    left = [row for row in rows if row.key not in struck and (row.name or row.typed)]
    try:
        keys = {row.key for row in rows}
        answers = roster.take(booking_id=booking.pk, actor=request.user, rows=left, now=clock.now(), mended=keys)
    except BookingRefused as refused:
        return _show(request, booking, RosterForm(), status=UNPROCESSABLE, problems=refused.problems)
    return _done(request, booking, answers, struck=len(rows) - len(left))


def _corrected(request: UserRequest, booking: Booking, struck: set[str]) -> Iterator[Row]:
    """Yield the rows of the form; one that a colleague has settled meanwhile is a new row, or struck out already."""
    numbers = {row.key: row.number for row in mending.rows(booking)}
    columns = [request.POST.getlist(name)[: ordering.MOST_TO_MEND] for name in ("key", "name", "phone")]
    for key, name, phone in zip(*columns, strict=False):
        if key in numbers or (key not in struck and (name + phone).strip()):
            yield reading.mended(key=key if key in numbers else "", number=numbers.get(key, 0), name=name, phone=phone)


def _done(request: UserRequest, booking: Booking, answers: list[Answer], *, struck: int = 0) -> HttpResponse:
    """Say how many went in and how many are to be mended; the rows themselves stand on the page."""
    seated = sum(answer.verdict == Verdict.SEATED for answer in answers)
    wrong = sum(not answer.is_in for answer in answers)
    values = {"total": len(answers), "seated": seated, "known": len(answers) - seated - wrong, "wrong": wrong}
    said = [_("共 %(total)s 行：录入 %(seated)s 人，原来就在名单里 %(known)s 人，要改 %(wrong)s 行。") % values]
    if struck:
        said.append(_("删去 %(count)s 行。") % {"count": struck})
    tell = messages.warning if wrong else messages.success
    tell(request, "".join(said))
    return redirect("portal:booking_roster", booking.public_id)


def _show(
    request: UserRequest, booking: Booking, form: RosterForm, *, status: int = 200, **context: object
) -> HttpResponse:
    now = clock.now()
    run = booking.class_run
    may_send = moves.booker(booking, request.user, now) and run is not None and now < run.starts_at
    lines = ordering.roster_lines(booking)
    context |= {"booking": booking, "run": run, "form": form, "lines": lines, "may_send": may_send}
    if may_send:
        context |= ordering.to_mend(mending.rows(booking), lines)
    return render(request, "portal/enterprise/roster.html", context, status=status)
