"""What is about to become a course, for everybody to read and to object to."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import allow, anyone
from policy import clock
from portal.cards import page_of
from proposals.content import Names, sections
from proposals.models import Proposal


@require_safe
@allow(anyone)
def publicity(request: HttpRequest) -> HttpResponse:
    """Show what is in publicity and until when one may object, 24 a page, what ends first comes first."""
    found = Proposal.objects.in_publicity(clock.now()).for_rows().prefetch_related("versions")
    page, names = page_of(found, request.GET.get("page", "")), Names.read()
    shown = [(one, sections(list(one.versions.all())[-1].content, names)) for one in page]
    return render(request, "portal/teach/publicity.html", {"page": page, "shown": shown})
