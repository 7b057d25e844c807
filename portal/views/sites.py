"""Pages of the sites: the map and list, a site with today's board, and its poster for the door."""

from datetime import datetime, timedelta
from io import BytesIO

import segno
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.access import allow, anyone
from catalogue.models import Site
from catalogue.places import for_phone_maps, point_of
from policy import clock
from portal import course_index, mine, site_map, structured
from portal.cards import run_card
from portal.finished import finished
from timetable.models import ClassRun, Lesson

RUNS_ON_PAGE = 8
QR_UNIT = 8


@require_safe
@allow(anyone)
@finished
def site_list(request: HttpRequest) -> HttpResponse:
    """Show the district's sites as a map of towns and as a list, by town or from near to far."""
    shown = site_map.sites()
    starts = site_map.starting_points(shown)
    near = request.GET.get("near", "")
    name, place = starts.get(near, ("", None))
    rows = site_map.rows(shown, course_index.current(clock.now()), place)
    context = {
        "site_count": len(shown),
        "map": site_map.drawing(shown),
        "near": near if place else "",
        "near_name": name,
        "rows": rows if place else [],
        "groups": [] if place else site_map.by_town(rows),
        "towns": [(value, label) for value, (label, _at) in starts.items() if value.startswith("town:")],
        "stations": sorted((value, label) for value, (label, _at) in starts.items() if value.startswith("station:")),
    }
    return render(request, "portal/sites.html", context)


@require_safe
@allow(anyone)
@finished
def site(request: HttpRequest, slug: str) -> HttpResponse:
    """Show how to get to a site, what it has, what is on today, and its coming runs."""
    now = clock.now()
    shown = get_object_or_404(Site.objects.select_related("union"), slug=slug)
    runs = ClassRun.objects.on_offer(now).filter(site=shown)
    coming = [*runs.for_rows()[:RUNS_ON_PAGE]]
    own = mine.own_enrollments(request.user, coming)
    context = {
        "site": shown,
        "facts_for_machines": structured.site(shown),
        "rooms": shown.rooms.filter(retired_at=None),
        "map_point": for_phone_maps(point_of(shown)),
        "board": _board(shown, now),
        "rows": [(run, run_card(run, now, own.get(run.pk))) for run in coming],
        "run_count": runs.count(),
    }
    return render(request, "portal/site.html", context)


@require_safe
@allow(anyone)
@finished
def site_poster(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a page to print and put on the door: name, way, and the code of the site's page."""
    shown = get_object_or_404(Site.objects.select_related("union"), slug=slug, retired_at=None)
    return render(request, "portal/site_poster.html", {"site": shown, "address": _public_address(shown)})


@require_safe
@allow(anyone)
@finished
def site_qr(_request: HttpRequest, slug: str) -> HttpResponse:
    """Answer the QR code of a site's page, as a drawing."""
    shown = get_object_or_404(Site, slug=slug)
    drawn = BytesIO()
    segno.make(_public_address(shown), error="m", micro=False).save(drawn, kind="svg", scale=QR_UNIT, border=2)
    return HttpResponse(drawn.getvalue(), content_type="image/svg+xml")


def _board(shown: Site, now: datetime) -> list[Lesson]:
    """Return today's public lessons of a site, cancelled ones too: whoever stands at the door must be told."""
    midnight = clock.local(now).replace(hour=0, minute=0, second=0, microsecond=0)
    today = Lesson.objects.filter(starts_at__gte=midnight, starts_at__lt=midnight + timedelta(days=1))
    lessons = today.filter(class_run__site=shown, class_run__in=ClassRun.objects.visible_to(None))
    return list(lessons.select_related("class_run__course", "room", "instructor").order_by("starts_at", "pk"))


def _public_address(shown: Site) -> str:
    return settings.SITE_URL + reverse("portal:site", args=[shown.slug])
