"""Worker and beat as processes of their own, on the test's database and a Valkey of their own, to be killed at will."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import redis
from django.db import connection

from config.embedded import Valkey
from policy.models import ClockOffset
from tests.conftest import NOW

PATIENCE_SECONDS = 40
COMMANDS = {
    "worker": ["worker", "--concurrency", "2", "--loglevel", "INFO"],
    "beat": ["beat", "--loglevel", "INFO", "--schedule", "beat"],
}


class House:
    """Everything behind the web pages, with a second between two beats."""

    def __init__(self, var: Path, valkey: Valkey, root: Path) -> None:
        self.var = var
        self.valkey = valkey
        database = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
        self.environment = {
            **os.environ,
            "DATABASE_URL": database.geturl(),
            "REDIS_URL": valkey.url,
            "VAR_DIR": str(var),
            "PYTHONPATH": str(root),
            "SMS_BACKEND": "file",
            "DEMO": "1",
            "BEAT_SECONDS": "1",
        }
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, *names: str) -> None:
        for name in names:
            command = [sys.executable, "-m", "celery", "-A", "config", *COMMANDS[name]]
            with (self.var / f"{name}.log").open("ab") as log:
                self.processes[name] = subprocess.Popen(
                    command, cwd=self.var, env=self.environment, stdout=log, stderr=log, start_new_session=True
                )

    def kill(self, *names: str) -> None:
        """Kill a process and its children as the kernel would: no warning, no last word."""
        for name in names:
            process = self.processes.pop(name)
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def set_clock(self, moment: datetime) -> None:
        """Let the processes' clock go on from a moment; the test's own one stands still."""
        offset = moment - datetime.now(UTC)  # noqa: TID251 -- what the processes will add it to
        ClockOffset.objects.update_or_create(defaults={"offset": offset})

    def queue_length(self) -> int:
        with redis.Redis.from_url(self.valkey.url) as client:
            return int(client.llen("celery"))

    def flush(self) -> None:
        with redis.Redis.from_url(self.valkey.url) as client:
            client.flushall()

    @property
    def sms_log(self) -> Path:
        return self.var / "sms.log"

    @property
    def log(self) -> str:
        return "".join(path.read_text(encoding="utf-8") for path in self.var.glob("*.log") if path != self.sms_log)

    def sms(self) -> list[str]:
        """Return the keys of what was sent."""
        if not self.sms_log.exists():
            return []
        return [json.loads(line)["key"] for line in self.sms_log.read_text(encoding="utf-8").splitlines()]

    def wait_for(self, condition: Callable[[], object]) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not condition():
            assert time.monotonic() < deadline, self.log[-3000:]
            time.sleep(0.05)


@pytest.fixture
def house(transactional_db: None, tmp_path: Path, project_root: Path) -> Iterator[House]:
    valkey = Valkey(tmp_path / "valkey")
    valkey.start()
    house = House(tmp_path, valkey, project_root)
    house.set_clock(NOW)
    try:
        yield house
    finally:
        house.kill(*list(house.processes))
        valkey.stop()
