"""What allauth.mfa asks the project."""

import base64

from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings

from accounts import phones
from accounts.models import User


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc] # allauth has no types
    """Secrets are encrypted like phones; an authenticator app shows the site's name and a masked person."""

    def encrypt(self, text: str) -> str:
        """Return what is stored of a secret."""
        return base64.b64encode(phones.encrypt(text)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return the secret of what is stored."""
        return phones.decrypt(base64.b64decode(encrypted_text))

    def get_totp_issuer(self) -> str:
        """Return the name above the digits in an authenticator app."""
        return settings.SITE_NAME

    def get_totp_label(self, user: User) -> str:
        """Return the name of the account in an authenticator app."""
        return f"{user.name} {user.masked_phone}".strip()
