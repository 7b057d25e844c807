"""What machines read: the site map for search engines, the feed of new class runs, and where robots may go."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.feedgenerator import Rss201rev2Feed
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import allow, anyone
from catalogue.models import Course, Instructor, Site, Topic
from policy import clock
from portal.finished import finished
from portal.structured import absolute
from timetable.models import ClassRun
from timetable.words import day_and_time

NEWEST = 50
# What has nothing for strangers: personal pages, desks, and each of the many ways to narrow the list.
CLOSED = ("/my/", "/desk/", "/login/", "/enterprise/", "/teach/", "/language/", "/display/", "/courses/?")


@require_safe
@allow(anyone)
@finished
def site_map(request: HttpRequest) -> HttpResponse:
    """Answer every public page that stays: pages of the programme, courses, topics, sites and instructors."""
    fixed = ["home", "course_list", "calendar", "sites", "instructors", "help", "accessibility"]
    paths = [reverse(f"portal:{name}") for name in fixed]
    named = {
        "course": Course.objects.published().values_list("code", flat=True),
        "topic": Topic.objects.filter(retired_at=None).values_list("slug", flat=True),
        "site": Site.objects.filter(retired_at=None).values_list("slug", flat=True),
        "instructor": Instructor.objects.public().values_list("public_id", flat=True),
    }
    paths += [reverse(f"portal:{page}", args=[name]) for page, names in named.items() for name in names]
    context = {"addresses": [absolute(path) for path in paths]}
    return render(request, "portal/sitemap.xml", context, content_type="application/xml")


@require_safe
@allow(anyone)
@finished
def robots(_request: HttpRequest) -> HttpResponse:
    """Answer which pages search engines leave alone, and where the site map is."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in CLOSED), f"Sitemap: {absolute('/sitemap.xml')}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@require_safe
@allow(anyone)
@finished
def new_runs(_request: HttpRequest) -> HttpResponse:
    """Answer the newest class runs that one may still take, as RSS."""
    feed = Rss201rev2Feed(
        title=_("%(site)s：新开的班") % {"site": settings.SITE_NAME},
        link=absolute(reverse("portal:calendar")),
        description=_("最近排好、还没有开课的班次。"),
        language="zh-Hans",
    )
    coming = ClassRun.objects.on_offer(clock.now()).select_related("course", "site")
    for run in coming.order_by("-created_at", "-pk")[:NEWEST]:
        link = absolute(reverse("portal:class_run", args=[run.number]))
        feed.add_item(
            title=run.course.title,
            link=link,
            unique_id=link,
            description=f"{day_and_time(run.starts_at)} {run.site.name}",
            pubdate=run.created_at,
        )
    return HttpResponse(feed.writeString("utf-8"), content_type="application/rss+xml; charset=utf-8")
