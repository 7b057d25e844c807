"""`./dev run` as a newcomer sees it: from nothing to a page, and back to no process."""

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from config.embedded import free_port

SECONDS = 180
READY = "职工学堂已启动"


@contextmanager
def dev_run(root: Path, var: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """Start `./dev run` on a var directory of its own and yield it once it says that it is ready."""
    unset = {"DATABASE_URL", "REDIS_URL", "SECRET_KEY", "FIELD_KEYS", "ALLOWED_HOSTS", "SITE_URL"}
    variables = {name: value for name, value in os.environ.items() if name not in unset}
    command = [sys.executable, str(root / "dev"), "run", "--port", str(port)]
    log = (var.parent / "output").open("w+", encoding="utf-8")
    with (
        log,
        subprocess.Popen(command, env=variables | {"VAR_DIR": str(var)}, stdout=log, stderr=log, text=True) as dev,
    ):
        deadline = time.monotonic() + SECONDS
        while READY not in (var.parent / "output").read_text(encoding="utf-8"):
            assert dev.poll() is None, (var.parent / "output").read_text(encoding="utf-8")
            assert time.monotonic() < deadline
            time.sleep(0.2)
        yield dev


def interrupt(dev: subprocess.Popen[str]) -> int:
    dev.send_signal(signal.SIGINT)
    return dev.wait(timeout=60)


def get(port: int, path: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path)
    response = connection.getresponse()
    answer = response.status, response.read().decode()
    connection.close()
    return answer


def processes_of(var: Path) -> list[str]:
    """Return the command lines of what runs on a var directory or was started for it."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            environment, line = (entry / "environ").read_bytes(), (entry / "cmdline").read_bytes()
        except (FileNotFoundError, PermissionError, ProcessLookupError):
            continue
        if str(var).encode() in environment + line:
            found.append(line.replace(b"\0", b" ").decode())
    return found


@pytest.mark.slow
@pytest.mark.usefixtures("real_clock")
def test_first_start_ctrl_c_second_start_and_the_start_after_a_kill(project_root: Path, tmp_path: Path) -> None:
    var, port = tmp_path / "职工 学堂", free_port()

    with dev_run(project_root, var, port) as first:
        menu = get(port, "/courses/")
        first_code = interrupt(first)
    left_by_first = processes_of(var)
    began = time.monotonic()
    with dev_run(project_root, var, port) as second:
        seconds = time.monotonic() - began
        menu_again = get(port, "/courses/")
        second.kill()
    with dev_run(project_root, var, port) as third:
        after_kill = get(port, "/courses/")[0]
        third_code = interrupt(third)

    assert (menu[0], menu_again[0], after_kill) == (200, 200, 200)
    assert "654" in menu[1]
    assert "654" in menu_again[1]
    assert (first_code, third_code) == (0, 0)
    assert (left_by_first, processes_of(var)) == ([], [])
    assert seconds < 60
    subprocess.run([sys.executable, project_root / "dev", "reset"], env=os.environ | {"VAR_DIR": str(var)}, check=True)
