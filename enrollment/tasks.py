"""Work that beat starts."""

from celery import shared_task

from enrollment import reminders, seats
from policy import clock


@shared_task
def plan_reminders() -> None:
    """Run by beat every minute. Running it twice plans nothing twice."""
    reminders.plan_due(now=clock.now())


@shared_task
def fill_free_seats() -> None:
    """Run by beat every minute: a sweep behind the doors, which leave no free seat in front of a line."""
    seats.fill_free_seats(now=clock.now())
