"""What somebody who types into the search may mean, for the script beside the search; the page does without it."""

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from accounts.access import allow, anyone
from catalogue import search

KEPT_SECONDS = 60


@require_safe
@allow(anyone)
@cache_control(public=True, max_age=KEPT_SECONDS)
def suggest(request: HttpRequest) -> HttpResponse:
    """Answer with a list of links: words to search for, then courses; an empty page when there is nothing to say."""
    found = search.suggestions(request.GET.get("q", ""))
    return HttpResponse(render_to_string("portal/parts/suggestions.html", found._asdict()).strip())
