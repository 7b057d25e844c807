"""Our own answers to refused requests; 500 and 503 are static files that need nothing to work."""

import sys
from pathlib import Path

from django.conf import settings
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from psycopg_pool import PoolTimeout


def _static_page(name: str, status: int) -> HttpResponse:
    page = Path(settings.BASE_DIR, "templates", name).read_bytes()
    response = HttpResponse(page, status=status, headers={"Cache-Control": "no-store"})
    if status == 503:  # noqa: PLR2004 -- the status itself
        response["Retry-After"] = "5"
    return response


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 -- Django's signature
    """Answer 400."""
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 -- Django's signature
    """Answer 403."""
    return render(request, "403.html", status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 -- Django's signature
    """Answer 403 for a form without its token."""
    return render(request, "403.html", {"stale_form": True}, status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 -- Django's signature
    """Answer 404."""
    return render(request, "404.html", status=404)


def method_not_allowed(request: HttpRequest, allowed: str) -> HttpResponse:
    """Answer 405 with the methods that the address takes; reading it again would be 405 again, so `here` is empty."""
    response = render(request, "405.html", {"here": ""}, status=405)
    response.headers["Allow"] = allowed
    return response


def server_error(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 -- Django's signature
    """Answer without touching the database or a template.

    503 where the database was lost, silent or too busy, so that a repeat may help; else 500.
    Django calls this while the exception is still being handled, wherever it rose.
    """
    if isinstance(sys.exception(), OperationalError | PoolTimeout):
        return _static_page("503.html", 503)
    return _static_page("500.html", 500)
