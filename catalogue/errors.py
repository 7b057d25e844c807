"""Refusals of this app."""

from policy.problems import Refused


class CatalogueRefused(Refused):
    """A door of the catalogue said no; the problems say why and how to mend it."""
