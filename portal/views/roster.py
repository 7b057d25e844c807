"""The roster of an order: who is in, a box to paste into, and what is wrong with which row."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from accounts.access import allow, signed_in
from accounts.types import UserRequest
from bookings import moves, reading, roster, roster_files
from bookings.errors import BookingRefused
from bookings.models import Booking
from bookings.roster import Answer
from policy import clock
from portal.forms_booking import RosterForm
from portal.ordering import roster_lines

UNPROCESSABLE = 422


@require_http_methods(["GET", "HEAD", "POST"])
@allow(signed_in)
def page(request: UserRequest, public_id: str) -> HttpResponse:
    """Show who was named; seat the people of a pasted or uploaded list, and give wrong rows back to be corrected."""
    booking = get_object_or_404(Booking.objects.of(request.user).for_page(), public_id=public_id)
    if booking.class_run is None:
        return redirect("portal:booking", booking.public_id)
    if request.method != "POST":
        return _show(request, booking, RosterForm())
    form = RosterForm(request.POST, request.FILES)
    if not form.is_valid():
        return _show(request, booking, form, status=UNPROCESSABLE)
    try:
        answers = _take(request, booking, form)
    except BookingRefused as refused:
        return _show(request, booking, form, status=UNPROCESSABLE, problems=refused.problems)
    wrong = [answer for answer in answers if not answer.is_in]
    again = RosterForm(initial={"people": "\n".join(f"{one.row.name}\t{one.row.typed}" for one in wrong)})
    return _show(request, booking, again, answers=answers, wrong=wrong)


def _take(request: UserRequest, booking: Booking, form: RosterForm) -> list[Answer]:
    upload = form.cleaned_data["file"]
    lines = roster_files.cells(upload) if upload else reading.pasted(form.cleaned_data["people"])
    return roster.take(booking_id=booking.pk, actor=request.user, rows=reading.read(lines), now=clock.now())


def _show(
    request: UserRequest, booking: Booking, form: RosterForm, *, status: int = 200, **context: object
) -> HttpResponse:
    now = clock.now()
    run = booking.class_run
    context |= {
        "booking": booking,
        "run": run,
        "form": form,
        "lines": roster_lines(booking),
        "may_send": moves.booker(booking, request.user, now) and run is not None and now < run.starts_at,
    }
    return render(request, "portal/enterprise/roster.html", context, status=status)
