"""PostgreSQL stops under a running web server: a calm answer in time, and pages again soon after it is back."""

import re
import shlex
import shutil
import tempfile
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import psycopg
import pytest

from config.embedded import START_SECONDS, Postgres, Shared
from config.shelter import postgres_place, run_as
from tests.servers import HOST, web

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("real_clock")]

# Five seconds for an answer (R15) and some for a slow machine; twice the wait would be a second wait for the database.
ANSWER_SECONDS = 5.5
RECOVERY_SECONDS = 8
# All that a page for anybody needs of the database when its reader has a session.
SESSIONS = "CREATE TABLE django_session (session_key text PRIMARY KEY, session_data text, expire_date timestamptz)"
SIGNED_IN = {"Cookie": "sessionid=0123456789abcdefghijklmnopqrstuv; __Host-sessionid=0123456789abcdefghijklmnopqrstuv"}


@pytest.fixture
def postgres(project_root: Path) -> Iterator[Postgres]:
    home = Path(tempfile.mkdtemp(prefix="xuetang-embedded-"))
    home.chmod(0o711)
    server = Postgres(home / "postgres", postgres_place(project_root / "var")[1], durable=False)
    with Shared(home, [server]):
        with psycopg.connect(server.url) as connection:
            connection.execute(SESSIONS)
        yield server
    shutil.rmtree(home)


def control(postgres: Postgres, *arguments: str) -> None:
    """Stop or start the server behind its address, which stays as it is."""
    files = [f"--pgdata={postgres.home / 'data'}", f"--log={postgres.home / 'server.log'}"]
    done = run_as(postgres.account, [postgres.binaries / "pg_ctl", *arguments, "--wait", *files])
    assert done.returncode == 0, done.stderr


def get(port: int, path: str) -> tuple[int, str | None, str, float]:
    """Return status, Retry-After, title and how many seconds the answer took."""
    http = HTTPConnection(HOST, port, timeout=START_SECONDS)
    began = time.monotonic()
    http.request("GET", path, headers=SIGNED_IN)
    response = http.getresponse()
    page = response.read().decode()
    seconds = time.monotonic() - began
    http.close()
    title = re.search("<h1[^>]*>(.*?)</h1>", page, re.DOTALL)
    return response.status, response.headers["Retry-After"], title[1] if title else page, seconds


def test_a_stopped_database_is_answered_in_time_and_found_again(postgres: Postgres) -> None:
    sockets = postgres.url.partition("?host=")[2]
    options = shlex.join(["-c", "listen_addresses=", "-c", f"unix_socket_directories={sockets}"])
    with web(DATABASE_URL=postgres.url) as port:
        before = get(port, "/healthz")
        control(postgres, "stop", "--mode=fast")
        without = [get(port, path) for _number in range(2) for path in ("/healthz", "/my/")]
        # Long enough for attempts to grow rare, as they did when the pool went on for minutes.
        time.sleep(RECOVERY_SECONDS)
        control(postgres, "start", f"--options={options}")
        back, answers = time.monotonic(), []
        while (answer := get(port, "/healthz"))[0] != 200:
            answers.append(answer[0])
            assert time.monotonic() < back + RECOVERY_SECONDS, answers
            time.sleep(0.1)

    assert before[:3] == (200, None, "ok")
    assert {answer[:2] for answer in without} == {(503, "5")}
    assert {answer[2] for answer in without} == {"系统正忙，请稍后再试"}
    assert max(answer[3] for answer in without) < ANSWER_SECONDS
    assert set(answers) <= {503}
