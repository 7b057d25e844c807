"""The first sign-in: a name and consent, the rest if one likes; and the notice it asks consent to."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import access, people, privacy_notice
from accounts.access import allow
from accounts.forms import WelcomeForm
from accounts.middleware import WELCOME_KEY
from accounts.types import UserRequest
from accounts.views.session import safe_next
from policy import clock


@allow(access.signed_in)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def welcome(request: UserRequest) -> HttpResponse:
    """Ask the questions of the first sign-in and go on to the page that was wanted."""
    if WELCOME_KEY not in request.session:
        return redirect("portal:my")
    form = WelcomeForm(request.POST if request.method == "POST" else None, initial={"name": request.user.name})
    form.fields["name"].disabled = people.is_name_settled(request.user, now=clock.now())
    if not form.is_valid():
        return render(request, "accounts/welcome.html", {"form": form}, status=422 if form.is_bound else 200)
    people.welcome(person=request.user, facts=form.facts(), now=clock.now())
    return redirect(safe_next(request, request.session.pop(WELCOME_KEY)))


@allow(access.anyone)
@require_safe
def privacy_notice_page(request: HttpRequest) -> HttpResponse:
    """Show the notice on personal data."""
    context = {"paragraphs": privacy_notice.paragraphs(), "version": privacy_notice.VERSION}
    return render(request, "accounts/privacy_notice.html", context)
