"""Pages that everybody may read: first page, course list, course, topic and class run."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import allow, anyone
from catalogue.models import Course, Topic
from policy import clock
from portal import facets, listing, mine
from portal.cards import best_of, course_cards, page_of, run_card
from portal.filters import CourseFilter
from timetable.models import ClassRun

CARDS_ON_FIRST_PAGE = 3


@require_safe
@allow(anyone)
def home(request: HttpRequest) -> HttpResponse:
    """Show the search, the nine categories, what can be taken soon and, signed in, the reader's next class."""
    now = clock.now()
    runs = ClassRun.objects.visible_to(None).open_with_seats(now)
    courses = Course.objects.published().with_any_of(runs).soonest_first(runs).for_cards()
    context = {
        "figures": listing.figures(),
        "categories": listing.category_tiles(),
        "cards": course_cards(courses[:CARDS_ON_FIRST_PAGE], runs, now),
        "next_class": mine.next_class(request.user, now),
    }
    return render(request, "portal/home.html", context)


@require_safe
@allow(anyone)
def course_list(request: HttpRequest) -> HttpResponse:
    """Show the courses that the address asks for, 24 a page, and what else it could ask for."""
    now = clock.now()
    narrowed = CourseFilter(request.GET, choices=facets.known_choices(), now=now)
    counts = facets.counted(narrowed)
    page = page_of(narrowed.ordered().for_cards(), request.GET.get("page", ""), total=counts.get((facets.TOTAL, ""), 0))
    context = {
        "figures": listing.figures(),
        "page": page,
        "cards": course_cards(page, narrowed.runs(), now),
        **listing.list_frame(narrowed, counts),
    }
    return render(request, "portal/course_list.html", context)


@require_safe
@allow(anyone)
def topic(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the courses of a topic that cuts across the categories, and its tracks."""
    now = clock.now()
    shown = get_object_or_404(Topic, slug=slug)
    runs = ClassRun.objects.visible_to(None).standing().upcoming(now)
    courses = Course.objects.published().on_topics([shown.slug]).for_cards()
    page = page_of(courses.soonest_first(runs.best_first(now)), request.GET.get("page", ""))
    context = {
        "topic": shown,
        "tracks": listing.track_tiles(shown),
        "page": page,
        "cards": course_cards(page, runs, now),
    }
    return render(request, "portal/topic.html", context)


@require_safe
@allow(anyone)
def course(request: HttpRequest, code: str) -> HttpResponse:
    """Show a course and its coming runs. One that left the menu keeps its page, without enrolling."""
    now = clock.now()
    if code != code.upper():
        return redirect("portal:course", code.upper())
    shown = get_object_or_404(Course.objects.for_page(), code=code)
    runs = shown.runs.visible_to(None).standing().upcoming(now)
    runs = runs.for_rows() if shown.retired_at is None else runs.none()
    own = mine.own_enrollments(request.user, runs)
    rows = [run_card(run, now, own.get(run.pk)) for run in runs]
    context = {
        "course": shown,
        "facts": listing.course_facts(shown),
        "rows": rows,
        "best": best_of(rows),
        "teachers": [link.instructor for link in shown.course_instructors.all()],
    }
    return render(request, "portal/course.html", context)


@require_safe
@allow(anyone)
def class_run(request: HttpRequest, number: str) -> HttpResponse:
    """Show a class run: its lessons, its place, its seats, and the rules before one presses."""
    now = clock.now()
    run = get_object_or_404(ClassRun.objects.visible_to(request.user).for_rows(), number=number)
    context = {
        "run": run,
        "card": run_card(run, now, mine.own_enrollments(request.user, [run]).get(run.pk)),
        "lessons": run.lessons.all(),
        "rules": [_("名额先到先得，以服务器时间为准。"), mine.cancel_rule(run)],
    }
    return render(request, "portal/class_run.html", context)
