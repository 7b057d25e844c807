"""Who may call a view. Every URL says it; one that does not, stops the start (check `access.E001`).

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
    """Allow everybody, signed in or not."""
    return True


def signed_in(user: User | AnonymousUser, now: "datetime") -> bool:  # noqa: ARG001 -- a rule's signature
    """Allow a person who proved a phone number."""
    return isinstance(user, User) and user.is_active and user.erased_at is None


def officer(user: User | AnonymousUser, now: "datetime") -> bool:
    """Allow an officer of the district union whose role is in force, signed in as staff."""
    return _holds(user, now, RoleKind.OFFICER)


def site_manager(user: User | AnonymousUser, now: "datetime") -> bool:
    """Allow a manager of some site, signed in as staff; which site is the QuerySet's question."""
    return _holds(user, now, RoleKind.SITE_MANAGER)


def reviewer(user: User | AnonymousUser, now: "datetime") -> bool:
    """Allow somebody who decides on proposals, signed in as staff; that nobody decides on an own one, the move says."""
    return _holds(user, now, RoleKind.REVIEWER)


def staff(user: User | AnonymousUser, now: "datetime") -> bool:
    """Allow whoever holds a role of the programme, signed in as staff; what they see is the QuerySet's question."""
    return _holds(user, now, RoleKind.OFFICER, RoleKind.REVIEWER, RoleKind.SITE_MANAGER)


STAFF_RULES: frozenset[Rule] = frozenset({officer, reviewer, site_manager, staff})


def should_sign_in_as_staff(user: User | AnonymousUser, now: "datetime") -> bool:
    """Tell whether the person has a role in force, in a session that passed the worker's sign-in only."""
    if not isinstance(user, User) or user.has_staff_session:
        return False
    return signed_in(user, now) and user.roles.in_force(now).exists()


def _holds(user: User | AnonymousUser, now: "datetime", *kinds: RoleKind) -> bool:
    if not isinstance(user, User) or not user.has_staff_session:
        return False
    return signed_in(user, now) and user.roles.in_force(now).filter(kind__in=kinds).exists()


def allow(rule: Rule) -> Callable[[View], View]:
    """Declare who may call the view. accounts.middleware.require_access asks the rule before the view runs."""

    def declare(view: View) -> View:
        view.access_rule = rule  # type: ignore[attr-defined]
        return view

    return declare
