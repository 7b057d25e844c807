"""Who may call a view. Every URL says it; one that does not, stops the start (config check `access.E001`).

The predicates are the permission matrix as code: tests/rules walks every URL with every role against them.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import AnonymousUser

from accounts.models import RoleKind, User

if TYPE_CHECKING:
    from datetime import datetime

View = Callable[..., Any]
Rule = Callable[["User | AnonymousUser", "datetime"], bool]


def anyone(user: User | AnonymousUser, now: "datetime") -> bool:  # noqa: ARG001 -- a rule's signature
    """Everybody, signed in or not."""
    return True


def signed_in(user: User | AnonymousUser, now: "datetime") -> bool:  # noqa: ARG001 -- a rule's signature
    """A person who proved a phone number."""
    return isinstance(user, User) and user.is_active and user.erased_at is None


def officer(user: User | AnonymousUser, now: "datetime") -> bool:
    """An officer of the district union whose role is in force."""
    return _holds(user, now, RoleKind.OFFICER)


def site_manager(user: User | AnonymousUser, now: "datetime") -> bool:
    """A manager of some site; which one is the QuerySet's question."""
    return _holds(user, now, RoleKind.SITE_MANAGER)


def _holds(user: User | AnonymousUser, now: "datetime", *kinds: RoleKind) -> bool:
    return isinstance(user, User) and signed_in(user, now) and user.roles.in_force(now).filter(kind__in=kinds).exists()


def allow(rule: Rule) -> Callable[[View], View]:
    """Declare who may call the view. accounts.middleware.require_access asks the rule before the view runs."""

    def declare(view: View) -> View:
        view.access_rule = rule  # type: ignore[attr-defined]
        return view

    return declare
