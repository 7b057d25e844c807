"""Work that beat starts."""

from celery import shared_task

from messaging import courier


@shared_task
def send_due() -> None:
    """Send what is due. Run by beat every few seconds; running it twice, or twice at once, sends nothing twice."""
    courier.run_round()
