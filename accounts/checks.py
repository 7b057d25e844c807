"""Start-up check access.E001: every URL says who may call it."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.core.checks import CheckMessage, Error
from django.urls import URLPattern, URLResolver, get_resolver

Pattern = URLPattern | URLResolver


def urls_with_views(
    patterns: Sequence[Pattern] | None = None,
    prefix: str = "",
) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Yield route and view of every URL of the project."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = f"{prefix}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            yield from urls_with_views(pattern.url_patterns, route)
        else:
            yield route, pattern.callback


def urls_without_rule() -> list[str]:
    """Return the routes whose view does not say who may call it."""
    return [route for route, view in urls_with_views() if not hasattr(view, "access_rule")]


def every_url_says_who(**_kwargs: Any) -> list[CheckMessage]:
    """Report each URL without an access rule."""
    hint = "Put @allow(...) of accounts.access on top of the view."
    return [Error(f"/{route} has no access rule.", hint=hint, id="access.E001") for route in urls_without_rule()]
