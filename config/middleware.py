"""What happens to every request before it finds its view."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponseBase, HttpResponseNotAllowed
from django.utils import translation

from config import errors

Handler = Callable[[HttpRequest], HttpResponseBase]


def refuse_unstorable_text(handler: Handler) -> Handler:
    """Answer 400 to NUL bytes and lone surrogates, which PostgreSQL cannot store (bad inputs 10, 11)."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if any(_is_unstorable(value) for value in _texts(request)):
            raise BadRequest
        return handler(request)

    return middleware


def choose_language(handler: Handler) -> Handler:
    """Speak Chinese unless the reader's cookie says English; Accept-Language decides nothing."""
    known = dict(settings.LANGUAGES)

    def middleware(request: HttpRequest) -> HttpResponseBase:
        wanted = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, settings.LANGUAGE_CODE)
        language = wanted if wanted in known else settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = handler(request)
            response.headers.setdefault("Content-Language", language)
            return response

    return middleware


def keep_personal_pages_private(handler: Handler) -> Handler:
    """Forbid storing any page made for a signed-in person (S20).

    A failure forbids it by itself (config.errors); asking who reads it would wait for a lost database once more.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = handler(request)
        if response.status_code < 500 and request.user.is_authenticated:  # noqa: PLR2004 -- the first failure
            response.headers["Cache-Control"] = "no-store"
        return response

    return middleware


def explain_wrong_methods(handler: Handler) -> Handler:
    """Give a 405, which Django leaves blank, a page with a way back."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = handler(request)
        if isinstance(response, HttpResponseNotAllowed):
            return errors.method_not_allowed(request, response.headers["Allow"])
        return response

    return middleware


def _texts(request: HttpRequest) -> list[str]:
    # A quoted cookie may spell a NUL as \000, and the session is looked up by one.
    texts = [request.path, *request.COOKIES.values()]
    for data in (request.GET, request.POST):
        texts.extend(value for values in data.lists() for value in values[1])
        texts.extend(data)
    return texts


def _is_unstorable(value: str) -> bool:
    return "\x00" in value or any("\ud800" <= letter <= "\udfff" for letter in value)
