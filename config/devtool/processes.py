"""The programs `./dev` starts, and how they end: in order, all of them, also when `./dev` itself was killed."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).resolve().parents[2]
STOP_SECONDS = 15

Environment = Mapping[str, str]


class Stop:
    """Whether somebody asked `./dev` to end. A signal is only noted, so that no start or stop is cut in two."""

    def __init__(self) -> None:
        self.requested = False
        self.passes_ctrl_c = False
        self.child: subprocess.Popen[bytes] | None = None

    def listen(self) -> None:
        """Note Ctrl-C, SIGTERM and SIGHUP from now on."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self.note)

    def note(self, number: int, _frame: FrameType | None) -> None:
        """Remember the signal; the terminal sends Ctrl-C to a child of our group as well; the rest is passed on."""
        self.requested = True
        if self.child is not None and (number != signal.SIGINT or self.passes_ctrl_c):
            self.child.send_signal(signal.SIGTERM)


stop = Stop()


def call(command: Sequence[str], environment: Environment, *, cwd: Path = ROOT) -> int:
    """Run a program to its end and return its exit code."""
    if stop.requested:
        return 1
    stop.child = subprocess.Popen(command, cwd=cwd, env=environment)
    try:
        return stop.child.wait()
    finally:
        stop.child = None


def call_recorded(command: Sequence[str], environment: Environment, var: Path) -> int:
    """Run a program to its end like `call`, in a group of its own: the next `./dev run` ends it when we are killed."""
    if stop.requested:
        return 1
    child = subprocess.Popen(command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, process_group=0)
    record(var, [child.pid])
    stop.child, stop.passes_ctrl_c = child, True
    try:
        if stop.requested:
            child.terminate()
        return child.wait()
    finally:
        stop.child, stop.passes_ctrl_c = None, False
        (var / "processes").unlink()


@contextmanager
def running(
    commands: Mapping[str, list[str]], environment: Environment, var: Path
) -> Iterator[dict[str, subprocess.Popen[bytes]]]:
    """Run programs, each in a process group of its own with a log of its own, and end all at the exit of the block."""
    children: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for name, command in commands.items():
            with log_of(name, var).open("wb") as log:
                children[name] = subprocess.Popen(
                    command,
                    cwd=ROOT,
                    env=environment,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    process_group=0,
                )
            record(var, [child.pid for child in children.values()])
        yield children
    finally:
        end([child.pid for child in children.values()])
        for child in children.values():
            child.wait()
        (var / "processes").unlink(missing_ok=True)


def log_of(name: str, var: Path) -> Path:
    """Return where a program's output goes."""
    return var / f"{name}.log"


def record(var: Path, groups: Sequence[int]) -> None:
    """Write down what runs, with when it started: a process number alone may be somebody else's later."""
    lines = [f"{group} {started_at(group)}\n" for group in groups]
    (var / "processes").write_text("".join(lines), encoding="utf-8")


def end_left_over(var: Path) -> None:
    """End the processes of a `./dev run` that was killed itself."""
    file = var / "processes"
    if not file.exists():
        return
    known = (line.split() for line in file.read_text(encoding="utf-8").splitlines())
    end([int(group) for group, started in known if started == started_at(int(group))])
    file.unlink()


def started_at(process: int) -> str:
    """Return when a process started, in clock ticks since the machine did, or a dash where Linux does not tell."""
    try:
        # proc(5): field 22; the name in brackets before may hold spaces.
        return Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[19]
    except FileNotFoundError:
        return "-"


def end(groups: Sequence[int]) -> None:
    """Ask the leader of each process group to end, and kill what has not gone after STOP_SECONDS.

    A leader ends its own, so that a worker lets its running task finish; only orphans are asked themselves.
    """
    for group in groups:
        send(os.kill, group, signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    while (left := [group for group in groups if is_there(group)]) and time.monotonic() < deadline:
        for group in left:
            if not send(os.kill, group, 0):
                send(os.killpg, group, signal.SIGTERM)
        time.sleep(0.1)
    for group in groups:
        send(os.killpg, group, signal.SIGKILL)


def is_there(group: int) -> bool:
    """Tell whether any process of the group lives."""
    let_go(group)
    return send(os.killpg, group, 0)


def let_go(child: int) -> None:
    """Take note of a child's end, without which the system keeps its number."""
    with suppress(ChildProcessError):
        os.waitpid(child, os.WNOHANG)


def send(how: Callable[[int, int], None], target: int, number: int) -> bool:
    """Signal a process or a group; tell whether it was there."""
    try:
        how(target, number)
    except ProcessLookupError:
        return False
    return True
