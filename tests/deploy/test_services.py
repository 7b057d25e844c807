"""The commands of docker-compose.yml start, each as a plain process, and its health is seen."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from accounts.models import Union
from config.embedded import free_port
from tests.servers import environment, running, wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("real_clock")]

Service = dict[str, Any]
NOT_IN_TESTS = "python manage.py db_settings"  # the limits would hold for all tests that run beside this one


@pytest.fixture(scope="module")
def services(project_root: Path) -> dict[str, Service]:
    return dict(yaml.safe_load((project_root / "docker-compose.yml").read_text(encoding="utf-8"))["services"])


@pytest.fixture
def own(tmp_path: Path) -> dict[str, str]:
    """Give variables for processes with a data directory and a broker's room of their own."""
    broker = os.environ["REDIS_URL"].rsplit("/", 1)[0] + "/9"
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    return environment(VAR_DIR=str(tmp_path), REDIS_URL=broker, PATH=path, ALLOWED_HOSTS="localhost,127.0.0.1")


def command_of(service: Service, **changes: str) -> list[str]:
    """Return what comes after `python -m` in a service's command, with words of the container replaced."""
    python, dash_m, *words = service["command"]
    assert (python, dash_m) == ("python", "-m")
    return [changes.get(word, word) for word in words]


def is_healthy(service: Service, env: dict[str, str], root: Path) -> bool:
    check = service["healthcheck"]["test"][1:]
    return subprocess.run(check, cwd=root, env=env, capture_output=True, timeout=60, check=False).returncode == 0


def test_the_web_server_answers_and_its_health_is_seen(
    services: dict[str, Service], own: dict[str, str], project_root: Path
) -> None:
    env = own | {"PORT": str(free_port())}
    command = command_of(services["web"], **{"0.0.0.0": "127.0.0.1", "8000": env["PORT"]})  # noqa: S104 -- replaced

    before = is_healthy(services["web"], env, project_root)
    with running(command, env):
        wait_until(lambda: is_healthy(services["web"], env, project_root), seconds=90)
        unknown_host = is_healthy(services["web"], env | {"ALLOWED_HOSTS": "elsewhere.example"}, project_root)
    after = is_healthy(services["web"], env, project_root)

    assert (before, unknown_host, after) == (False, False, False)


def test_the_worker_answers_a_ping(services: dict[str, Service], own: dict[str, str], project_root: Path) -> None:
    with running(command_of(services["worker"]), own):
        wait_until(lambda: is_healthy(services["worker"], own, project_root), seconds=120)
    after = is_healthy(services["worker"], own, project_root)

    assert not after


def test_beat_keeps_time_and_its_health_is_seen(
    services: dict[str, Service], own: dict[str, str], project_root: Path, tmp_path: Path
) -> None:
    schedule = tmp_path / "beat-schedule"
    command = command_of(services["beat"], **{"/data/beat-schedule": str(schedule)})

    before = is_healthy(services["beat"], own, project_root)
    with running(command, own):
        wait_until(lambda: is_healthy(services["beat"], own, project_root), seconds=90)
    for file in tmp_path.glob("beat-schedule*"):
        os.utime(file, (0, 0))
    stale = is_healthy(services["beat"], own, project_root)

    assert (before, stale) == (False, False)


def test_the_migration_may_run_again(services: dict[str, Service], own: dict[str, str], project_root: Path) -> None:
    shell, dash_c, line = services["migrate"]["command"]
    steps = line.split(" && ")

    codes = [
        subprocess.run([shell, dash_c, step], cwd=project_root, env=own, timeout=120, check=False).returncode
        for step in steps
        if step != NOT_IN_TESTS
    ]

    assert NOT_IN_TESTS in steps
    assert codes == [0, 0]
    assert Union.objects.get().slug == "district"
