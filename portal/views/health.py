"""Whether this process can do its work; for the proxy and for docker."""

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from accounts.access import allow, anyone


@require_safe
@allow(anyone)
def healthz(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 -- Django's signature
    """Answer ok when the database answers; a lost database is 503 by config.errors.server_error."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")
