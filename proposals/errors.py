"""Refusals of this app."""

from policy.problems import Refused


class ProposalRefused(Refused):
    """A door of proposals said no; the problems say why and how to mend it."""
