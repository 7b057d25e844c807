"""The Celery application: the courier of what is already decided and stored."""

import logging
import os

from celery import Celery
from celery.signals import setup_logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("xuetang")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def keep_our_handlers(*, loglevel: int, **_options: object) -> None:
    """Write to the handlers of settings.LOGGING, which hide numbers; Celery would put its own in their place."""
    logging.getLogger("celery").setLevel(loglevel)
