"""Pages that explain: how to use the programme, and how far everybody can."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import allow, anyone
from policy import clock
from policy.models import Policy
from portal.finished import finished


@require_safe
@allow(anyone)
@finished
def help_page(request: HttpRequest) -> HttpResponse:
    """Answer what people ask on the telephone, with the rules in force."""
    policy = Policy.objects.current(now=clock.now())
    return render(request, "portal/help.html", {"policy": policy})


@require_safe
@allow(anyone)
@finished
def accessibility(request: HttpRequest) -> HttpResponse:
    """State what was done so that everybody can use the site, what is not, and whom to tell."""
    return render(request, "portal/accessibility.html")
