"""Refusals of this app."""

from policy.problems import Refused


class BookingRefused(Refused):
    """A door of bookings said no; the problems say why and how to mend it."""
