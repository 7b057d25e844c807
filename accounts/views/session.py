"""What the sign-in pages share: safe ways back, the beginning of a session, the answer to too many tries."""

import ipaddress
from collections.abc import Callable
from datetime import timedelta
from enum import Enum
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import auth
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme

from accounts import limits, people
from accounts.middleware import WELCOME, WELCOME_KEY
from accounts.models import User
from policy import clock

View = Callable[..., HttpResponse]
STAFF_SESSION = timedelta(hours=12)
IPV6_NETWORK = 64


class Level(Enum):
    """What a session may open: a value of AUTHENTICATION_BACKENDS."""

    PERSON = "accounts.backends.PersonBackend"
    STAFF = "accounts.backends.StaffBackend"


def safe_next(request: HttpRequest, wanted: str, default: str = "portal:my") -> str:
    """Return `wanted` if it is the path of a page of this site, else the default page."""
    # Without the slash Django's redirect would take it for the name of a URL, and fail for want of one.
    is_ours = wanted.startswith("/") and url_has_allowed_host_and_scheme(
        wanted, {request.get_host()}, require_https=request.is_secure()
    )
    return wanted if is_ours else resolve_url(default)


def begin(request: HttpRequest, *, person: User, level: Level, after: str) -> HttpResponse:
    """Start a fresh session of the person and go to `after`, by way of the first sign-in's questions if need be.

    Nothing of the session before stays, so neither a planted id nor another person's session lives on.
    """
    request.session.flush()
    auth.login(request, person, backend=level.value)
    # What was chosen before anybody knew who chose holds for the messages too.
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, person.language)
    if chosen != person.language and chosen in dict(settings.LANGUAGES):
        people.choose_language(person=person, language=chosen)
    if level is Level.STAFF:
        request.session.set_expiry(STAFF_SESSION)
    elif people.needs_welcome(person):
        request.session[WELCOME_KEY] = after
        return redirect(WELCOME)
    return redirect(after)


def limited(view: View) -> View:
    """Answer 429 with the sentence of limits.TooMany when the view raises it."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except limits.TooMany as refusal:
            response = render(request, "429.html", {"problems": refusal.problems}, status=429)
            response.headers["Retry-After"] = str(max(1, int(refusal.wait.total_seconds())))
            return response

    return answer


def count_address(request: HttpRequest, action: str) -> None:
    """Count a try of the address the request came from. Raises limits.TooMany."""
    limits.spend(action=action, whose=client_address(request), limits=limits.PER_ADDRESS, now=clock.now())


def client_address(request: HttpRequest) -> str:
    """Return the caller's address; X-Forwarded-For counts only as far as trusted proxies wrote it. IPv6: the /64."""
    hops: list[str] = [request.META.get("REMOTE_ADDR", "")]
    hops += reversed(request.headers.get("X-Forwarded-For", "").split(","))
    for hop in hops:
        try:
            address = ipaddress.ip_address(hop.strip())
        except ValueError:
            return hops[0]
        # A server that listens on :: sees IPv4 callers so; they would all share one /64.
        address = getattr(address, "ipv4_mapped", None) or address
        if not any(address in network for network in settings.TRUSTED_PROXIES):
            break
    if address.version == 6:  # noqa: PLR2004 -- IPv6
        return str(ipaddress.ip_network((address, IPV6_NETWORK), strict=False))
    return str(address)
