"""Which rule of the database said no."""

from django.db import IntegrityError


def refused_by(error: IntegrityError) -> str:
    """Return the name of the constraint that refused; nothing when the database names none."""
    diagnosis = getattr(error.__cause__, "diag", None)
    return (diagnosis.constraint_name or "") if diagnosis else ""
