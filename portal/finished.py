"""Finished public pages, kept for some seconds as bytes, so that a rush on one page renders it once.

Only for visitors: with a session, or something to tell, a page is made anew. Kept in each web process, never longer
than a seat's state may be old, and dropped when the catalogue's version moves.
"""

import gzip
import hashlib
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers

from accounts.views.choices import SIZE_COOKIE
from catalogue import version
from policy import clock
from portal.course_index import FRESH

View = Callable[..., HttpResponse]
Key = tuple[str, str, str, str]
MOST_PAGES = 300
LONGEST_ADDRESS = 300


@dataclass(frozen=True)
class Page:
    """A page as it was made: its bytes, plain and compressed."""

    made_at: datetime
    version: int
    content_type: str
    plain: bytes
    small: bytes
    etag: str

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Return the page, or "not modified" to a browser that has it."""
        takes_gzip = "gzip" in request.headers.get("Accept-Encoding", "")
        response = HttpResponse(self.small if takes_gzip else self.plain, content_type=self.content_type)
        response.headers["ETag"] = self.etag
        response.headers["Cache-Control"] = "no-cache"
        if takes_gzip:
            response.headers["Content-Encoding"] = "gzip"
        patch_vary_headers(response, ["Cookie", "Accept-Encoding"])
        return get_conditional_response(request, etag=self.etag, response=response) or response


def finished(view: View) -> View:
    """Let a public view answer visitors with the page it made a moment ago."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if _is_personal(request):
            return view(request, *args, **kwargs)
        now, moved_to, key = clock.now(), version.current(), _key(request)
        page = _pages.get(key)
        if page is None or page.version != moved_to or abs(now - page.made_at) >= FRESH:
            response = view(request, *args, **kwargs)
            if not _may_be_shared(request, response):
                return response
            page = _keep(key, response, now, moved_to)
        return page.answer(request)

    return answer


def forget() -> None:
    """Make every page anew; tests need it, whose rows vanish without a trace."""
    _pages.clear()


_pages: OrderedDict[Key, Page] = OrderedDict()


def _keep(key: Key, response: HttpResponse, now: datetime, moved_to: int) -> Page:
    plain = response.content
    page = Page(
        made_at=now,
        version=moved_to,
        content_type=response.headers["Content-Type"],
        plain=plain,
        small=gzip.compress(plain, compresslevel=6, mtime=0),
        etag=f'"{hashlib.sha256(plain).hexdigest()[:32]}"',
    )
    _pages[key] = page
    while len(_pages) > MOST_PAGES:
        _pages.popitem(last=False)
    return page


def _is_personal(request: HttpRequest) -> bool:
    has_session = settings.SESSION_COOKIE_NAME in request.COOKIES
    return has_session or len(get_messages(request)) > 0 or len(request.get_full_path()) > LONGEST_ADDRESS


def _may_be_shared(request: HttpRequest, response: HttpResponse) -> bool:
    """Tell whether a page is for everybody: found, without a cookie, and no form in it holds one visitor's token."""
    has_token = "CSRF_COOKIE_NEEDS_UPDATE" in request.META
    return response.status_code == 200 and not response.cookies and not has_token  # noqa: PLR2004 -- HTTP's OK


def _key(request: HttpRequest) -> Key:
    size = "lg" if request.COOKIES.get(SIZE_COOKIE) == "lg" else ""
    return request.get_host(), request.get_full_path(), request.LANGUAGE_CODE, size
