"""An order and its enterprise's verification at the same moment, on real threads."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from time import sleep

import pytest
from django.db import connection, transaction

from accounts import enterprises
from bookings import moves
from bookings.errors import BookingRefused
from bookings.models import Booking, BookingStatus
from bookings.moves import Action
from policy import clock
from tests import factories
from tests.accounts.factories import EnterpriseFactory
from tests.bookings.factories import draft
from tests.factories import NOW

pytestmark = pytest.mark.django_db(transaction=True)

WAITS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


def in_a_thread(act: Callable[[], Booking]) -> str:
    try:
        with clock.frozen_at(NOW):
            return act().status
    except BookingRefused as refused:
        return refused.problems[0].code
    finally:
        connection.close()


def until_it_waits(is_done: Callable[[], bool]) -> None:
    with connection.cursor() as cursor:
        for _try in range(200):
            cursor.execute(WAITS)
            if cursor.fetchone() != (0,) or is_done():
                return
            sleep(0.02)


def test_an_order_sent_while_its_enterprise_is_declined_waits_for_the_answer() -> None:
    booking, officer = draft(EnterpriseFactory()), factories.officer()
    with ThreadPoolExecutor(max_workers=1) as pool:
        with transaction.atomic():
            enterprises.decline(enterprise_id=booking.enterprise_id, actor=officer, reason="重复", now=NOW)
            send = partial(moves.move, booking_id=booking.pk, action=Action.SUBMIT, actor=booking.contact, now=NOW)
            sent = pool.submit(in_a_thread, send)
            until_it_waits(sent.done)
        assert sent.result() == "enterprise_declined"
    booking.refresh_from_db()
    assert booking.status == BookingStatus.DRAFT
