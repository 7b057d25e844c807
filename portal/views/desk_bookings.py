"""The desk's pages of orders: all of them, a yes or no, a room and an instructor, and the end of one."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import allow, officer
from accounts.types import UserRequest
from bookings import moves
from bookings.errors import BookingRefused
from bookings.models import Booking, BookingStatus
from bookings.moves import Action
from catalogue import search
from catalogue.models import Site
from policy import clock
from portal import desk as board
from portal import ordering
from portal.forms import SiteForm
from portal.forms_booking import BookingRunForm, template_of_order
from portal.forms_enterprise import ReasonForm
from timetable.errors import TimetableRefused
from timetable.models import ClassRun
from timetable.placement import schedule_run

CONFLICT, UNPROCESSABLE = 409, 422


@require_safe
@allow(officer)
def bookings(request: UserRequest) -> HttpResponse:
    """List the orders that reached the union, the newest first, 50 a page; search and narrow them."""
    words, state = search.normalised(request.GET.get("q", "")), request.GET.get("state", "")
    after = request.GET.get("after", "")
    page = ordering.desk_page(words=words, state=state, after=after)
    context = {"page": page, "q": words, "state": state, "after": after, "states": ordering.DESK_STATES}
    return render(request, "portal/desk/bookings/bookings.html", context)


@require_safe
@allow(officer)
def booking(request: UserRequest, public_id: str) -> HttpResponse:
    """Show an order with what an officer may do about it."""
    return _show(request, _find(public_id), ReasonForm())


@require_POST
@allow(officer)
def accept(request: UserRequest, public_id: str) -> HttpResponse:
    """Take an order on."""
    return _move(request, _find(public_id), Action.ACCEPT)


@require_POST
@allow(officer)
def finish(request: UserRequest, public_id: str) -> HttpResponse:
    """Close an order whose class is over."""
    return _move(request, _find(public_id), Action.FINISH)


@require_POST
@allow(officer)
def decline(request: UserRequest, public_id: str) -> HttpResponse:
    """Say no to an order, with a reason."""
    return _move_with_reason(request, public_id, Action.DECLINE)


@require_POST
@allow(officer)
def cancel(request: UserRequest, public_id: str) -> HttpResponse:
    """Call off an order that was taken on, with a reason."""
    return _move_with_reason(request, public_id, Action.CANCEL)


@require_http_methods(["GET", "HEAD", "POST"])
@allow(officer)
def schedule(request: UserRequest, public_id: str) -> HttpResponse:
    """Ask for course and site, then for everything else; make the private class and confirm the order."""
    shown, now = _find(public_id), clock.now()
    if shown.status != BookingStatus.ACCEPTED:
        return redirect("portal:desk_booking", shown.public_id)
    courses = [wish.course for wish in shown.course_wishes.all() if wish.course.retired_at is None]
    course = next((course for course in courses if course.code == request.GET.get("course")), None)
    site = Site.objects.filter(slug=request.GET.get("site", ""), retired_at=None).first()
    if course is None or site is None:
        context = {"booking": shown, "courses": courses, "form": SiteForm()}
        return render(request, "portal/desk/bookings/choose.html", context)
    if request.method == "POST":
        return _place(request, shown, BookingRunForm(request.POST, booking=shown, course=course, site=site, now=now))
    wished = {name: request.GET[name] for name in BookingRunForm.base_fields if name in request.GET}
    first = template_of_order(shown, course, site, now=now) | wished
    form = BookingRunForm(initial=first, booking=shown, course=course, site=site, now=now)
    return _show_schedule(request, form)


def _find(public_id: str) -> Booking:
    return get_object_or_404(Booking.objects.sent().for_page(), public_id=public_id)


def _place(request: UserRequest, shown: Booking, form: BookingRunForm) -> HttpResponse:
    """Make the class of a filled form. The instructor and the room must be free; the order decides who it is for."""
    if not form.is_valid():
        return _show_schedule(request, form, status=UNPROCESSABLE)

    def make(booking: Booking) -> ClassRun:
        return schedule_run(
            course=form.course,
            site=form.site,
            actor=request.user,
            now=form.now,
            private_to=booking.enterprise,
            **form.plan(),
        )

    word = form.cleaned_data["instructor_word"]
    try:
        moves.move(
            booking_id=shown.pk, action=Action.CONFIRM, actor=request.user, now=form.now, reason=word, schedule=make
        )
    except TimetableRefused as refused:
        form.add_problems(refused.problems)
        ways = board.ways_out(refused.alternatives, form)
        return _show_schedule(request, form, status=UNPROCESSABLE, ways=ways)
    except BookingRefused as refused:
        if all(problem.field in form.fields for problem in refused.problems):
            form.add_problems(refused.problems)
            return _show_schedule(request, form, status=UNPROCESSABLE)
        return _show(request, shown, ReasonForm(), status=CONFLICT, problems=refused.problems)
    messages.success(request, _("已排课，并通知了单位。"))
    return redirect("portal:desk_booking", shown.public_id)


def _move_with_reason(request: UserRequest, public_id: str, action: Action) -> HttpResponse:
    shown, form = _find(public_id), ReasonForm(request.POST)
    if not form.is_valid():
        return _show(request, shown, form, status=UNPROCESSABLE)
    return _move(request, shown, action, reason=form.cleaned_data["reason"])


def _move(request: UserRequest, shown: Booking, action: Action, *, reason: str = "") -> HttpResponse:
    try:
        moves.move(booking_id=shown.pk, action=action, actor=request.user, now=clock.now(), reason=reason)
    except BookingRefused as refused:
        return _show(request, shown, ReasonForm(), status=CONFLICT, problems=refused.problems)
    messages.success(request, _("已记录，并通知了单位联系人。"))
    return redirect("portal:desk_booking", shown.public_id)


def _show(
    request: UserRequest, shown: Booking, form: ReasonForm, *, status: int = 200, **context: object
) -> HttpResponse:
    context |= ordering.booking_page(shown, request.user, clock.now(), for_desk=True) | {"form": form}
    return render(request, "portal/desk/bookings/booking.html", context, status=status)


def _show_schedule(
    request: UserRequest, form: BookingRunForm, *, status: int = 200, ways: list[board.Ways] | None = None
) -> HttpResponse:
    form.say_who_is_free()
    context = {"form": form, "booking": form.booking, "course": form.course, "site": form.site, "ways": ways}
    return render(request, "portal/desk/bookings/schedule.html", context, status=status)
