"""The commands of `./dev`."""

import os
import sys
from collections.abc import Callable, Sequence

from config.devtool.checks import run_checks
from config.devtool.environment import fresh_services, kept_services, manage
from config.devtool.processes import ROOT, call, stop
from config.devtool.reset import reset
from config.devtool.run import run
from config.shelter import ServerError

USAGE = """\
./dev run [--port 8000] [--host 127.0.0.1]   启动职工学堂 / start everything
./dev test [pytest …]                        运行测试 / run the tests
./dev check                                  检查代码 / format, lint, types, imports, migrations
./dev bench [NAME]                           压力测试 / run bench/NAME.py
./dev translate                              更新英文翻译 / collect what people read, build locale/en
./dev manage …                               manage.py，用 ./dev run 的数据 / manage.py on the data of ./dev run
./dev reset                                  删除数据 / remove the data under var/
"""


def run_manage(arguments: Sequence[str]) -> int:
    """Pass a command through to manage.py, on the data of `./dev run`."""
    with kept_services() as services:
        return manage(services.environment, *arguments)


def run_tests(arguments: Sequence[str]) -> int:
    """Run pytest on fresh servers, on all cores unless the caller says how many."""
    chosen = any(word.startswith(("-n", "-p", "--pdb")) for word in arguments)
    workers = [] if chosen else ["-n", str(os.cpu_count() or 1), "--dist=worksteal"]
    with fresh_services() as environment:
        for step in (["build_css"], ["collectstatic", "--no-input", "--verbosity=0"]):
            if code := manage(environment, *step):
                return code
        # The databases go with their server; dropping them one by one would only trip over a session not yet closed.
        return call([sys.executable, "-m", "pytest", "--reuse-db", *workers, *arguments], environment)


def run_bench(arguments: Sequence[str]) -> int:
    """Run one load script, or all of them, on fresh servers that write to disk as in earnest."""
    names = arguments[:1] or sorted(path.stem for path in (ROOT / "bench").glob("*.py"))
    with fresh_services(durable=True) as environment:
        steps = [
            ["manage.py", "migrate", "--verbosity=0"],
            ["manage.py", "reference_data"],
            *(["-m", f"bench.{name}", *arguments[1:]] for name in names),
        ]
        return next((code for step in steps if (code := call([sys.executable, *step], environment))), 0)


def run_translate(_arguments: Sequence[str]) -> int:
    """Collect what people read and build the English catalogue; its tool is in the lock of tests and tools only."""
    return call([sys.executable, "-m", "config.devtool.translations"], dict(os.environ))


COMMANDS: dict[str, Callable[[Sequence[str]], int]] = {
    "run": run,
    "manage": run_manage,
    "test": run_tests,
    "check": run_checks,
    "bench": run_bench,
    "translate": run_translate,
    "reset": reset,
}


def main() -> int:
    """Run the command named on the command line and return its exit code."""
    name, *arguments = sys.argv[1:] or ["help"]
    if name not in COMMANDS:
        print(USAGE, end="")
        return 0 if name in {"help", "-h", "--help"} else 2
    stop.listen()
    try:
        return COMMANDS[name](arguments)
    except ServerError as error:
        print(error, file=sys.stderr)
        return 1


sys.exit(main())
