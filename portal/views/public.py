"""Pages that everybody may read: first page, course list, course, topic and class run."""

from django.core.paginator import Page
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import allow, anyone
from catalogue import search
from catalogue.models import Course, Topic
from policy import clock
from portal import course_index, facets, listing, mine, structured
from portal.cards import best_of, course_cards, page_of, run_card
from portal.filters import CourseFilter
from portal.finished import finished
from portal.selection import Selection
from timetable.models import ClassRun

CARDS_ON_FIRST_PAGE = 3
NEAREST = 3


@require_safe
@allow(anyone)
@finished
def home(request: HttpRequest) -> HttpResponse:
    """Show the search, the nine categories, what can be taken soon and, signed in, the reader's next class."""
    now = clock.now()
    index = course_index.current(now)
    soon = Selection(index, {"state": ["open"]})
    context = {
        "figures": listing.figures(index),
        "categories": listing.category_tiles(index),
        "cards": course_cards(soon, soon.ordered("soonest")[:CARDS_ON_FIRST_PAGE], now),
        "next_class": mine.next_class(request.user, now),
    }
    return render(request, "portal/home.html", context)


@require_safe
@allow(anyone)
@finished
def course_list(request: HttpRequest) -> HttpResponse:
    """Show the courses that the address asks for, 24 a page, and what else it could ask for."""
    now = clock.now()
    index = course_index.current(now)
    narrowed = CourseFilter(request.GET, index=index, choices=facets.known_choices(index))
    page = page_of(narrowed.selection.ordered(narrowed.sort), request.GET.get("page", ""))
    context = {
        "figures": listing.figures(index),
        "page": page,
        "cards": course_cards(narrowed.selection, [*page.object_list], now),
        "nearest": course_cards(Selection(index, {}), _nearest(narrowed, page), now),
        **listing.list_frame(narrowed, narrowed.selection.counts()),
    }
    return render(request, "portal/course_list.html", context)


def _nearest(narrowed: CourseFilter, page: Page[int]) -> list[int]:
    """Return what comes nearest to the words of a search that found nothing under its filters."""
    if page.paginator.count or not narrowed.words:
        return []
    return search.nearest(narrowed.words, NEAREST, version=narrowed.selection.index.version)


@require_safe
@allow(anyone)
@finished
def topic(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the courses of a topic that cuts across the categories, and its tracks."""
    now = clock.now()
    shown = get_object_or_404(Topic, slug=slug)
    index = course_index.current(now)
    of_topic = Selection(index, {"topic": [shown.slug]})
    page = page_of(of_topic.ordered("soonest"), request.GET.get("page", ""))
    context = {
        "topic": shown,
        "tracks": listing.track_tiles(index, shown),
        "page": page,
        "cards": course_cards(of_topic, [*page.object_list], now),
    }
    return render(request, "portal/topic.html", context)


@require_safe
@allow(anyone)
@finished
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
        "facts_for_machines": structured.course(shown, rows),
        "teachers": [link.instructor for link in shown.course_instructors.all()],
    }
    return render(request, "portal/course.html", context)


@require_safe
@allow(anyone)
@finished
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
