"""The app, and the check that must hold before the first request."""

from django.apps import AppConfig
from django.core import checks

from accounts.checks import every_url_says_who


class AccountsConfig(AppConfig):
    """Persons, sign-in, access."""

    name = "accounts"

    def ready(self) -> None:
        """Register the check."""
        checks.register(every_url_says_who, checks.Tags.security)
