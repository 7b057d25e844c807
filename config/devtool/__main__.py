"""The commands of `./dev`."""

import os
import subprocess
import sys
from collections.abc import Callable, Sequence

from config.devtool.environment import ROOT, fresh_services, kept_services, manage
from config.embedded import ServerError

USAGE = """\
./dev run [--port 8000] [--host 127.0.0.1]   启动职工学堂 / start everything
./dev test [pytest …]                        运行测试 / run the tests
./dev check                                  检查代码 / format, lint, types, imports, migrations
./dev bench [NAME]                           压力测试 / run bench/NAME.py
./dev manage …                               manage.py，用 ./dev run 的数据 / manage.py on the data of ./dev run
./dev reset                                  删除数据 / remove the data under var/
"""


def run_manage(arguments: Sequence[str]) -> int:
    """Pass a command through to manage.py, on the data of `./dev run`."""
    with kept_services() as environment:
        return manage(environment, *arguments)


def run_tests(arguments: Sequence[str]) -> int:
    """Run pytest on fresh servers, on all cores unless the caller says how many."""
    chosen = any(word.startswith(("-n", "-p", "--pdb")) for word in arguments)
    workers = [] if chosen else ["-n", str(len(os.sched_getaffinity(0)))]
    with fresh_services() as environment:
        if built := manage(environment, "collectstatic", "--no-input", "--verbosity=0"):
            return built
        command = [sys.executable, "-m", "pytest", *workers, *arguments]
        return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def show_usage(_arguments: Sequence[str]) -> int:
    """Print what there is to call."""
    print(USAGE, end="")
    return 0


COMMANDS: dict[str, Callable[[Sequence[str]], int]] = {
    "manage": run_manage,
    "test": run_tests,
    "help": show_usage,
}


def main() -> int:
    """Run the command named on the command line and return its exit code."""
    name, *arguments = sys.argv[1:] or ["help"]
    try:
        return COMMANDS.get(name, show_usage)(arguments)
    except ServerError as error:
        print(error, file=sys.stderr)
        return 1


sys.exit(main())
