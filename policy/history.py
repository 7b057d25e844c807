"""Who changed what and why: the context that history rows carry (append-only, written by triggers)."""

from typing import TYPE_CHECKING

import pghistory

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser


def recorded(*, actor: "AbstractBaseUser | None", reason: str) -> pghistory.context:
    """Return a context manager: history rows written inside carry the actor's id (none: the system) and the reason."""
    return pghistory.context(actor=actor.pk if actor else None, reason=reason)
