"""The real processes, started against the test's database: web (granian), worker and beat (Celery)."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.db import connection

from config.embedded import free_port

HOST = "127.0.0.1"
PATIENCE = 30


def environment(**changes: str) -> dict[str, str]:
    """Return the environment of a process that shall use the database this test uses."""
    database = connection.settings_dict
    who = f"{quote(database['USER'])}:{quote(database['PASSWORD'])}"
    place = f"{database['HOST']}:{database['PORT']}"
    url = f"postgresql://{who}@{place}/{database['NAME']}"
    if database["HOST"].startswith("/"):
        port = f":{database['PORT']}" if database["PORT"] else ""
        url = f"postgresql://{who}@localhost{port}/{database['NAME']}?host={quote(database['HOST'])}"
    return {**os.environ, "DATABASE_URL": url, "PYTHONUNBUFFERED": "1", **changes}


@contextmanager
def running(command: Sequence[str], env: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """Run a process of its own group; afterwards end the whole group."""
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=settings.BASE_DIR,
            env=env,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            if process.poll() is None:
                end_group(process)
            log.seek(0)
            sys.stdout.write(log.read().decode(errors="replace")[-8000:])


def end_group(process: subprocess.Popen[bytes]) -> None:
    """Ask a process and its children to stop; insist when they do not."""
    os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@contextmanager
def web(**changes: str) -> Iterator[int]:
    """Run the web server on a free port of this machine; give its port."""
    port = free_port()
    command = ["granian", "--interface", "wsgi", "config.wsgi:application", "--host", HOST, "--port", str(port)]
    with running([*command, "--workers", "2", "--blocking-threads", "4"], environment(**changes)) as process:
        wait_until(lambda: process.poll() is not None or answers(port))
        yield port


@contextmanager
def worker_and_beat(**changes: str) -> Iterator[None]:
    """Run one Celery worker and one beat."""
    env = environment(**changes)
    with tempfile.TemporaryDirectory() as place:
        beat = ["celery", "-A", "config", "beat", "-s", str(Path(place) / "schedule"), "-l", "INFO"]
        with running(["celery", "-A", "config", "worker", "-c", "2", "-l", "INFO"], env), running(beat, env):
            yield


def answers(port: int) -> bool:
    """Tell whether the web server is up."""
    http = HTTPConnection(HOST, port, timeout=PATIENCE)
    try:
        http.request("GET", "/healthz")
        return http.getresponse().status == 200
    except OSError:
        return False
    finally:
        http.close()


def wait_until(true: Any, *, seconds: float = PATIENCE, every: float = 0.1) -> None:
    """Wait for a condition; fail when it does not come."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            message = f"not within {seconds} s"
            raise TimeoutError(message)
        time.sleep(every)
