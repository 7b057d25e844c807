"""What a reader chooses on any page: language, size, and to leave."""

from datetime import timedelta

from django.conf import settings
from django.contrib import auth
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from accounts import access, people
from accounts.access import allow
from accounts.models import User
from accounts.views.session import safe_next

SIZE_COOKIE = "size"
A_YEAR = timedelta(days=365)


@allow(access.anyone)
@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    """End the session and have the browser drop what it kept of it; language and size stay chosen."""
    auth.logout(request)
    response = redirect(settings.LOGOUT_REDIRECT_URL)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@allow(access.anyone)
@require_http_methods(["GET", "HEAD", "POST"])
def language(request: HttpRequest) -> HttpResponse:
    """Speak Chinese or English from now on. A link changes a cookie; a form, of a person, what messages speak too."""
    chosen = _answers(request).get("language", "")
    if chosen not in dict(settings.LANGUAGES):
        return _back(request)
    if request.method == "POST" and isinstance(request.user, User):
        people.choose_language(person=request.user, language=chosen)
    return _remember(_back(request), settings.LANGUAGE_COOKIE_NAME, chosen)


@allow(access.anyone)
@require_http_methods(["GET", "HEAD", "POST"])
def display(request: HttpRequest) -> HttpResponse:
    """Show pages large or in the standard size from now on: a link in this browser, a form for the person."""
    chosen = _answers(request).get("size", "")
    if chosen not in {"lg", "normal"}:
        return _back(request)
    if request.method == "POST" and isinstance(request.user, User):
        people.choose_size(person=request.user, large=chosen == "lg")
    return _remember(_back(request), SIZE_COOKIE, chosen)


def _answers(request: HttpRequest) -> QueryDict:
    return request.POST if request.method == "POST" else request.GET


def _back(request: HttpRequest) -> HttpResponse:
    return redirect(safe_next(request, _answers(request).get("next", ""), "portal:home"))


def _remember(response: HttpResponse, cookie: str, value: str) -> HttpResponse:
    response.set_cookie(cookie, value, max_age=A_YEAR, secure=not settings.DEMO, httponly=True, samesite="Lax")
    return response
