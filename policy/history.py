"""Who changed what and why: the context that history rows carry (append-only, written by triggers)."""

from typing import TYPE_CHECKING

import pghistory

if TYPE_CHECKING:
    from datetime import datetime

    from django.contrib.auth.base_user import AbstractBaseUser


def recorded(*, actor: "AbstractBaseUser | None", reason: str, at: "datetime | None" = None) -> pghistory.context:
    """Return a context manager: history rows written inside carry the actor's id (none: the system) and the reason.

    `at` is kept where people read the history: the rows' own time is the database's, not that of the one clock.
    """
    when = {"at": at.isoformat()} if at else {}
    return pghistory.context(actor=actor.pk if actor else None, reason=reason, **when)
