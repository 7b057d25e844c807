"""The project as an app: its only job is to register start-up checks."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """Holds the checks that must hold before the first request."""

    name = "config"
