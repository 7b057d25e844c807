"""The programs of `./dev run` end together, also those of a `./dev` that was killed."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from config.devtool.environment import Services
from config.devtool.processes import ROOT, end, end_left_over, is_there, log_of, record, running, started_at
from config.devtool.run import watch
from config.embedded import wait_until

# A leader with a child of its own, as web servers and workers have.
FAMILY = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import time; time.sleep(60)'])"
# A `./dev run` while it prepares.
PREPARING = """
from pathlib import Path
from config.devtool.processes import call_recorded
call_recorded({command!r}, {{}}, Path({var!r}))
"""
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); time.sleep(60)"


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def start_group(code: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(python(code), process_group=0, stdout=subprocess.PIPE)


def test_leaving_the_block_ends_every_program_and_its_children(tmp_path: Path) -> None:
    with running({"web": python(FAMILY), "beat": python(FAMILY)}, dict(os.environ), tmp_path) as children:
        groups = [child.pid for child in children.values()]
        were_there = [is_there(group) for group in groups]

    assert were_there == [True, True]
    assert [is_there(group) for group in groups] == [False, False]
    assert not (tmp_path / "processes").exists()


def test_what_does_not_listen_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("config.devtool.processes.STOP_SECONDS", 0.2)
    with start_group(DEAF) as deaf:
        assert deaf.stdout is not None
        deaf.stdout.readline()
        end([deaf.pid])
        deaf.wait()

    assert not is_there(deaf.pid)


def test_a_part_that_dies_is_named_and_the_rest_is_stopped(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    commands = {"web": python(FAMILY), "worker": python("print('out of luck')")}
    with running(commands, dict(os.environ), tmp_path) as children:
        code = watch(children, Services({}, {}))
        web = children["web"].pid

    assert code == 1
    assert capsys.readouterr().err.startswith("worker 意外停止")
    assert log_of("worker", tmp_path).read_text() == "out of luck\n"
    assert not is_there(web)


def test_what_a_killed_dev_left_is_ended_by_the_next(tmp_path: Path) -> None:
    with start_group(FAMILY) as left:
        record(tmp_path, [left.pid])
        end_left_over(tmp_path)
        left.wait()

    assert not is_there(left.pid)
    assert not (tmp_path / "processes").exists()


def test_what_prepared_under_a_killed_dev_is_ended_by_the_next(tmp_path: Path) -> None:
    """The demonstration was made twice when both went on."""
    recorded = tmp_path / "processes"
    code = PREPARING.format(command=python(FAMILY), var=str(tmp_path))
    with subprocess.Popen(python(code), cwd=ROOT) as killed:
        wait_until(lambda: recorded.exists() and recorded.read_text() != "", "nothing was recorded")
        group = int(recorded.read_text().split()[0])
        killed.kill()
    was_there = is_there(group)

    end_left_over(tmp_path)

    assert (was_there, is_there(group)) == (True, False)


def test_a_process_that_only_has_the_number_of_an_old_one_is_left_alone(tmp_path: Path) -> None:
    with start_group(FAMILY) as stranger:
        (tmp_path / "processes").write_text(f"{stranger.pid} {int(started_at(stranger.pid)) - 1}\n")
        end_left_over(tmp_path)
        alive = stranger.poll() is None
        os.killpg(stranger.pid, signal.SIGKILL)

    assert alive
