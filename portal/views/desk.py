"""The desk: what is running, a new class run from a course's template, and the people of a run."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import access
from accounts.access import allow, officer, staff
from accounts.types import UserRequest
from catalogue import search
from catalogue.models import Course, Site
from policy import clock
from portal import desk as board
from portal.cards import page_of
from portal.forms import NewRunForm, SiteForm, template_of
from timetable.errors import TimetableRefused
from timetable.models import ClassRun
from timetable.placement import schedule_run


@require_safe
@allow(staff)
def desk(request: UserRequest) -> HttpResponse:
    """Show the figures and the class runs that are not over, 50 a page."""
    now = clock.now()
    runs = board.runs_of(request.user, now)
    words = search.normalised(request.GET.get("q", ""))
    page = board.run_page(runs, words=words, after=request.GET.get("after", ""), now=now)
    context = {"figures": board.figures(runs, now), "page": page, "q": words, "after": request.GET.get("after", "")}
    may = {"may_open": access.officer(request.user, now), "may_review": access.reviewer(request.user, now)}
    return render(request, "portal/desk/desk.html", context | may | {"todo": board.todo_rows(request.user, now)})


@require_safe
@allow(officer)
def desk_courses(request: UserRequest) -> HttpResponse:
    """Find the course to open a class run of."""
    words = search.normalised(request.GET.get("q", ""))
    category = request.GET.get("category", "")
    page = page_of(board.courses_about(words, category), request.GET.get("page", ""))
    context = {"page": page, "q": words, "category": category, "categories": board.categories()}
    return render(request, "portal/desk/courses.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@allow(officer)
def desk_new_run(request: UserRequest, code: str) -> HttpResponse:
    """Ask for the site, then for everything else; make the class run and show it."""
    if code != code.upper():
        return redirect(reverse("portal:desk_new_run", args=[code.upper()], query=request.GET))
    course = get_object_or_404(Course.objects.published().for_cards(), code=code)
    if not request.GET.get("site"):
        return render(request, "portal/desk/choose_site.html", {"course": course, "form": SiteForm()})
    site = get_object_or_404(Site, slug=request.GET["site"], retired_at=None)
    now = clock.now()
    if request.method != "POST":
        wished = {name: request.GET[name] for name in NewRunForm.base_fields if name in request.GET}
        initial = template_of(course, site, now=now) | wished
        return _show(request, course, site, NewRunForm(initial=initial, course=course, site=site, now=now))
    return _place(request, course, site, NewRunForm(request.POST, course=course, site=site, now=now))


@require_safe
@allow(staff)
def desk_run(request: UserRequest, number: str) -> HttpResponse:
    """Show a class run with its lessons, its people and its line."""
    now = clock.now()
    run = get_object_or_404(ClassRun.objects.managed_by(request.user, now).for_rows(), number=number)
    context = {"run": run, "state": run.state_at(now), "lessons": run.lessons.all(), "roster": board.roster(run)}
    return render(request, "portal/desk/run.html", context)


def _place(request: UserRequest, course: Course, site: Site, form: NewRunForm) -> HttpResponse:
    """Make the run of a filled form; a form sent twice leads to the run it made the first time."""
    if not form.is_valid():
        return _show(request, course, site, form, status=422)
    try:
        run = schedule_run(course=course, site=site, actor=request.user, now=clock.now(), **form.plan())
    except TimetableRefused as refused:
        if refused.twin:
            messages.info(request, _("这个班次已经开好了，没有重复开班。"))
            return redirect("portal:desk_run", refused.twin.number)
        form.add_problems(refused.problems)
        ways = board.ways_out(refused.alternatives, form)
        return _show(request, course, site, form, status=422, ways=ways)
    messages.success(request, _("已开班：%(number)s《%(course)s》。") % {"number": run.number, "course": course.title})
    return redirect("portal:desk_run", run.number)


def _show(
    request: UserRequest, course: Course, site: Site, form: NewRunForm, *, status: int = 200, **context: object
) -> HttpResponse:
    context |= {"course": course, "site": site, "form": form}
    return render(request, "portal/desk/new_run.html", context, status=status)
