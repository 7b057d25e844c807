"""Three hundred workers, thirty seats, the same instant, over HTTP, against the real server; and again.

The negative control puts the obvious claim (read the counter, then write) into the database in the place of ours: the
same rush must oversell, or it was no rush.
"""

import secrets
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from threading import Barrier
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from accounts.models import User
from enrollment import invariants
from enrollment.models import Enrollment
from policy import clock
from tests import servers
from tests.factories import ClassRunFactory, UserFactory
from timetable.models import ClassRun

pytestmark = pytest.mark.django_db(transaction=True)

SEATS = 30
PRESSES = 300
READ_THEN_WRITE = """
    CREATE OR REPLACE FUNCTION enrollment_claim(
        p_worker bigint, p_run bigint, p_now timestamptz, p_public_id text, p_join_line boolean,
        p_via text, p_entered_by bigint, p_seated jsonb, p_queued jsonb
    ) RETURNS TABLE (outcome text, enrollment bigint, ahead integer) LANGUAGE plpgsql AS $$
    DECLARE seen integer;
    BEGIN
        SELECT seats_taken INTO seen FROM timetable_classrun WHERE id = p_run;
        ahead := 0;
        IF seen >= (SELECT capacity FROM timetable_classrun WHERE id = p_run) THEN
            outcome := 'full';
        ELSE
            PERFORM pg_sleep(0.005);
            enrollment := enrollment_write(p_worker, p_run, p_now, p_public_id, 'enrolled', p_via, p_entered_by);
            UPDATE timetable_classrun SET seats_taken = seen + 1 WHERE id = p_run;
            outcome := 'enrolled';
        END IF;
        RETURN NEXT;
    END $$
"""


@pytest.fixture
def port(real_clock: None) -> Iterator[int]:
    with servers.web() as number:
        yield number


def open_run() -> ClassRun:
    now = clock.now()
    return ClassRunFactory(capacity=SEATS, opens_at=now - timedelta(days=1), starts_at=now + timedelta(days=7))


def cookies_of(worker: User) -> str:
    client = Client()
    client.force_login(worker)
    token = secrets.token_hex(16)
    return "; ".join([*(f"{name}={cookie.value}" for name, cookie in client.cookies.items()), f"csrftoken={token}"])


def rush(port: int, run: ClassRun, presses: list[str]) -> Counter[tuple[int, str]]:
    """Press once for every cookie at the same moment; count statuses and where the answer led."""
    barrier = Barrier(len(presses))

    def press(cookies: str) -> tuple[int, str]:
        token = cookies.rpartition("csrftoken=")[2]
        headers = {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"}
        with closing(HTTPConnection(servers.HOST, port, timeout=60)) as http:
            http.connect()
            barrier.wait()
            http.request("POST", f"/classes/{run.number}/enroll/", urlencode({"csrfmiddlewaretoken": token}), headers)
            answer = http.getresponse()
            answer.read()
            return answer.status, "mine" if "/my/enrollments/" in answer.getheader("Location", "") else ""

    with ThreadPoolExecutor(max_workers=len(presses)) as pool:
        return Counter(pool.map(press, presses))


@pytest.fixture
def workers_cookies() -> list[str]:
    return [cookies_of(worker) for worker in UserFactory.create_batch(PRESSES)]


def test_thirty_of_three_hundred_get_a_seat_and_nobody_meets_an_error(port: int, workers_cookies: list[str]) -> None:
    for _time in range(3):
        run = open_run()

        answers = rush(port, run, workers_cookies)

        run.refresh_from_db()
        seated = Enrollment.objects.seated().filter(class_run=run)
        assert answers[302, "mine"] == SEATS
        assert {status for status, _where in answers} <= {302, 409}
        assert (run.seats_taken, seated.count(), seated.values("worker").distinct().count()) == (SEATS, SEATS, SEATS)
    assert list(invariants.disagreements(now=clock.now())) == []


def test_fifty_identical_presses_of_one_worker_are_fifty_friendly_answers(port: int) -> None:
    run = open_run()

    answers = rush(port, run, [cookies_of(UserFactory())] * 50)

    run.refresh_from_db()
    assert answers == {(302, "mine"): 50}
    assert run.seats_taken == 1


def test_the_obvious_claim_oversells_in_the_same_rush(port: int, workers_cookies: list[str]) -> None:
    ours = Path(settings.BASE_DIR, "enrollment", "sql", "claim_1.sql").read_text(encoding="utf-8")
    with connection.cursor() as cursor:
        cursor.execute(READ_THEN_WRITE)
    try:
        run = open_run()
        rush(port, run, workers_cookies)
        assert Enrollment.objects.seated().filter(class_run=run).count() > SEATS
    finally:
        with connection.cursor() as cursor:
            cursor.execute(ours.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"))
