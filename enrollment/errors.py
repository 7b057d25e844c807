"""Refusals of this app."""

from policy.problems import Refused


class EnrollmentRefused(Refused):
    """A door of enrollment said no; the problems say why and how to mend it."""


class WishRefused(Refused):
    """A door to wishes said no."""
