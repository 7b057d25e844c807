"""What `./dev` says when something stands in its way: one sentence, exit code 1."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from config.embedded import try_lock

UNREACHABLE_DATABASE = "postgresql://nobody:secret-word@127.0.0.1:1/nothing"
# Runs `./dev run` with a Python that lacks something; the sentence must come before anything is made.
POORER_PYTHON = """
import importlib.util, runpy, sys
{poverty}
sys.argv = ["dev", "run"]
runpy.run_path("dev", run_name="__main__")
"""
NO_ENSUREPIP = (
    "found = importlib.util.find_spec; importlib.util.find_spec = lambda name: name != 'ensurepip' and found(name)"
)
OLD = "sys.version_info, sys.version = (3, 10, 4), '3.10.4 (main)'"


@pytest.fixture
def var(tmp_path: Path) -> Path:
    path = tmp_path / "var"
    path.mkdir()
    return path


def dev(root: Path, var: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command: Sequence[str | Path] = [sys.executable, root / "dev", *arguments]
    given = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
    variables = {**given, "VAR_DIR": str(var), **environment}
    return subprocess.run(command, env=variables, capture_output=True, text=True, check=False, timeout=120)


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_a_taken_port_is_named_with_a_free_one(project_root: Path, var: Path, taken_port: int) -> None:
    done = dev(project_root, var, "run", "--port", str(taken_port))

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"端口 {taken_port} 已被占用，请换一个：./dev run --port ")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("port", ["0", "65536", "-1", "八千", "８０００", "80a"])
def test_an_impossible_port_is_refused(project_root: Path, var: Path, port: str) -> None:
    done = dev(project_root, var, "run", f"--port={port}")

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"--port 应是 1 到 65535 的整数，现在是“{port}”。\n"


@pytest.mark.parametrize(
    ("name", "address"), [("DATABASE_URL", UNREACHABLE_DATABASE), ("REDIS_URL", "redis://:secret-word@127.0.0.1:1/0")]
)
def test_a_given_server_that_cannot_be_reached_is_named(project_root: Path, var: Path, name: str, address: str) -> None:
    done = dev(project_root, var, "run", "--port", "18999", **{name: address})

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"连不上 {name} 指定的 ")
    assert done.stderr.count("\n") == 1
    assert "secret-word" not in done.stderr


def test_a_given_server_replaces_the_embedded_one(project_root: Path, var: Path) -> None:
    given = {name: os.environ[name] for name in ("DATABASE_URL", "REDIS_URL")}

    done = dev(project_root, var, "manage", "check", **given)

    assert done.returncode == 0, done.stderr
    assert {path.name for path in var.iterdir()} == {"dev.env", "start.lock", "users.lock"}


def test_an_address_that_is_set_but_empty_counts_as_unset(project_root: Path, var: Path) -> None:
    done = dev(project_root, var, "manage", "check", DATABASE_URL="", REDIS_URL="", SECRET_KEY=" ")

    assert done.returncode == 0, done.stderr
    assert {"valkey", "dev.env"} <= {path.name for path in var.iterdir()}
    assert dev(project_root, var, "reset").returncode == 0


def test_a_second_start_in_one_checkout_is_refused(project_root: Path, var: Path) -> None:
    with (var / "run.lock").open("a") as held:
        try_lock(held)
        done = dev(project_root, var, "run", "--port", "18999")

    assert (done.returncode, done.stderr) == (1, "这个目录里的职工学堂已经在运行；请先在那个窗口按 Ctrl-C。\n")


def test_reset_refuses_while_somebody_uses_the_data(project_root: Path, var: Path) -> None:
    with (var / "users.lock").open("a") as held:
        try_lock(held)
        done = dev(project_root, var, "reset")

    assert (done.returncode, done.stdout, var.exists()) == (1, "", True)


def test_reset_removes_the_data_and_a_second_one_has_nothing_to_do(project_root: Path, var: Path) -> None:
    first, second = dev(project_root, var, "reset"), dev(project_root, var, "reset")

    assert (first.returncode, second.returncode, second.stdout) == (0, 0, "")
    assert first.stdout.splitlines()[-1] == f"已删除 / removed {var}"
    assert not var.exists()


def test_reset_removes_no_directory_that_dev_did_not_make(project_root: Path, var: Path, tmp_path: Path) -> None:
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    (var / "postgres.path").write_text(f"{foreign}\n")

    done = dev(project_root, var, "reset")

    assert (done.returncode, foreign.exists(), var.exists()) == (1, True, True)


def test_an_unknown_command_shows_what_there_is(project_root: Path, var: Path) -> None:
    done = dev(project_root, var, "rnu")

    assert (done.returncode, done.stdout.splitlines()[0].split()[:2]) == (2, ["./dev", "run"])


@pytest.mark.parametrize(
    ("poverty", "start"), [(NO_ENSUREPIP, "这台机器的 python3 没有 venv 模块"), (OLD, "职工学堂需要 Python 3.11 以上")]
)
def test_a_python_that_lacks_something_is_told_in_one_sentence(
    project_root: Path, tmp_path: Path, poverty: str, start: str
) -> None:
    (tmp_path / "dev").write_bytes((project_root / "dev").read_bytes())
    (tmp_path / "requirements.lock").touch()
    (tmp_path / "requirements-dev.lock").touch()

    done = subprocess.run(
        [sys.executable, "-c", POORER_PYTHON.format(poverty=poverty)],
        cwd=tmp_path,
        env={"PATH": "/nowhere"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines()[-1].startswith(start)
    assert not (tmp_path / ".venv").exists()
