"""Pages of the instructors: who teaches, and what one of them teaches next."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.access import allow, anyone
from catalogue.models import Instructor
from catalogue.titles import InstructorTitle
from policy import clock
from policy.text import one_line
from portal import course_index
from portal.cards import course_cards, page_of
from portal.finished import finished
from portal.selection import Selection
from timetable.models import Lesson

LONGEST_NAME = 40


@require_safe
@allow(anyone)
@finished
def instructor_list(request: HttpRequest) -> HttpResponse:
    """Show the instructors whose names, organisations and titles fit, 24 a page."""
    words = one_line(request.GET.get("q", "")[:LONGEST_NAME])
    titles = [title for title in request.GET.getlist("title") if title in InstructorTitle.values]
    found = Instructor.objects.public()
    found = found.about(words) if words else found
    found = found.with_titles(titles) if titles else found
    context = {
        "page": page_of(found.order_by("pinyin", "pk"), request.GET.get("page", "")),
        "q": words,
        "titles": [(value, label, value in titles) for value, label in InstructorTitle.choices],
    }
    return render(request, "portal/instructors.html", context)


@require_safe
@allow(anyone)
@finished
def instructor(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show an instructor: titles, the honour that was verified, courses, and how many lessons were given."""
    now = clock.now()
    shown = get_object_or_404(Instructor.objects.public(), public_id=public_id)
    menu = Selection(course_index.current(now), {})
    own = set(shown.courses.published().values_list("pk", flat=True))
    courses = [pk for pk in menu.ordered("soonest") if pk in own]
    context = {
        "teacher": shown,
        "cards": course_cards(menu, courses, now),
        "lessons_given": Lesson.objects.filter(instructor=shown, cancelled_at=None, ends_at__lte=now).count(),
    }
    return render(request, "portal/instructor.html", context)
