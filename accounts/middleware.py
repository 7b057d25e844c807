"""Asks every view's access rule before the view runs."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme

from accounts import access, checks
from policy import clock

Handler = Callable[[HttpRequest], HttpResponseBase]
# The page (of the person's own choice) that waits behind the first sign-in's questions.
WELCOME_KEY = "welcome"
WELCOME = "accounts:welcome"


def require_access(handler: Handler) -> Handler:
    """Let nobody call a view that its rule does not allow. Visitors are led to sign in, others find nothing.

    Refuses to start when a URL has no rule (check access.E001 says which before that).
    """
    if silent := checks.urls_without_rule():
        message = f"access.E001: no access rule on /{', /'.join(silent)}"
        raise ImproperlyConfigured(message)

    def middleware(request: HttpRequest) -> HttpResponseBase:
        return handler(request)

    middleware.process_view = ask_rule  # type: ignore[attr-defined]
    return middleware


def ask_rule(
    request: HttpRequest,
    view: Callable[..., Any],
    _args: list[Any],
    _kwargs: dict[str, Any],
) -> HttpResponse | None:
    """Return a redirect to the sign-in that is missing, raise Http404 where none would help, else let the view run."""
    rule: access.Rule = view.access_rule  # type: ignore[attr-defined]
    if rule is access.anyone:  # and the session is not even read
        return None
    now, user = clock.now(), request.user
    if rule(user, now):
        return _welcome_first(request)
    if rule in access.STAFF_RULES and (user.is_anonymous or access.should_sign_in_as_staff(user, now)):
        return _sign_in(request, "accounts:staff_login")
    if user.is_anonymous:
        return _sign_in(request, "accounts:login")
    raise Http404


def _welcome_first(request: HttpRequest) -> HttpResponse | None:
    """Lead a person who has not answered the first sign-in's questions back to them."""
    match = request.resolver_match
    if WELCOME_KEY in request.session and match and match.view_name != WELCOME:
        return redirect(WELCOME)
    return None


def _sign_in(request: HttpRequest, page: str) -> HttpResponse:
    address = resolve_url(page)
    wanted = page_to_return_to(request)
    return redirect(f"{address}?{urlencode({'next': wanted}, safe='/')}" if wanted else address)


def page_to_return_to(request: HttpRequest) -> str:
    """Return the page of this site that is read, or held the form that was sent: a POST is not repeated by a link.

    Empty when the browser does not say where the form was.
    """
    if request.method in {"GET", "HEAD"}:
        return request.get_full_path()
    referrer = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(referrer, {request.get_host()}, require_https=request.is_secure()):
        return ""
    parts = urlsplit(referrer)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
