"""`./dev run`: from an empty machine to a running school, and back to no process at all."""

import argparse
import errno
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from http.client import HTTPConnection, HTTPException

from config.devtool.environment import VAR, Services, kept_services
from config.devtool.processes import call_recorded, end_left_over, log_of, running, stop
from config.embedded import Server, try_lock, why_closed
from config.shelter import ServerError

LOOK_EVERY_SECONDS = 0.5
LOOKS_BETWEEN_SERVER_CHECKS = 10
ANSWER_SECONDS, SILENT_SECONDS = 5, 30
WEB_START_SECONDS = 60
LINES_OF_LOG = 15
DEFAULT_PORT, LAST_PORT = 8000, 65_535
# How to call a server that listens on all addresses.
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 -- compared, not bound

READY = """
职工学堂已启动 / running at   {url}
停止 / to stop               Ctrl-C
日志 / logs                  var/web.log var/worker.log var/beat.log
换端口 / another port         ./dev run --port {other}
删除数据 / remove the data    ./dev reset
"""


def run(arguments: Sequence[str]) -> int:
    """Start everything, say where it is, and watch it until Ctrl-C or until a part of it dies."""
    host, port = address(arguments)
    VAR.mkdir(exist_ok=True)
    with ExitStack() as stack:
        if not try_lock(stack.enter_context((VAR / "run.lock").open("a"))):
            raise ServerError("这个目录里的职工学堂已经在运行；请先在那个窗口按 Ctrl-C。")
        end_left_over(VAR)
        require_free(host, port)
        url = f"http://{shown(host)}:{port}"
        services = stack.enter_context(kept_services(ALLOWED_HOSTS=allowed_hosts(host), SITE_URL=url))
        if call_recorded([sys.executable, "-m", "config.devtool.prepare"], services.environment, VAR):
            return 1
        children = stack.enter_context(running(commands(host, port), services.environment, VAR))
        if answers(host, port, children["web"]):
            print(READY.format(url=url, other=port + 1), flush=True)
        return watch(children, services)


def address(arguments: Sequence[str]) -> tuple[str, int]:
    """Return host and port of the command line; raise ServerError for a port that cannot be one."""
    parser = argparse.ArgumentParser(prog="./dev run")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", default=str(DEFAULT_PORT))
    options = parser.parse_args(arguments)
    if not options.port.isascii() or not options.port.isdigit() or not 1 <= int(options.port) <= LAST_PORT:
        raise ServerError(f"--port 应是 1 到 {LAST_PORT} 的整数，现在是“{options.port}”。")
    return options.host, int(options.port)


def require_free(host: str, port: int) -> None:
    """Raise ServerError, with a way out, when the web server could not listen there."""
    problem = why_closed(host, port)
    if problem is None:
        return
    if problem.errno == errno.EADDRINUSE:
        others = range(port + 1, min(port + 100, LAST_PORT))
        free = next((other for other in others if why_closed(host, other) is None), DEFAULT_PORT)
        raise ServerError(f"端口 {port} 已被占用，请换一个：./dev run --port {free}")
    raise ServerError(f"不能在 {host} 的端口 {port} 上启动（{problem.strerror}），请换 --host 或 --port。")


def allowed_hosts(host: str) -> str:
    """Return the names under which a browser may call: this machine's, and the private address it listens on."""
    return ",".join(dict.fromkeys(["localhost", "127.0.0.1", "[::1]", shown(host)]))


def shown(host: str) -> str:
    """Return a host as it stands in an address."""
    if host in EVERYWHERE:
        return own_address()
    return f"[{host}]" if ":" in host else host


def own_address() -> str:
    """Return this machine's address in its local network. Connecting a datagram socket sends nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("10.255.255.255", 1))
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])


def commands(host: str, port: int) -> dict[str, list[str]]:
    """Return what runs beside the servers, by the name a person is told."""
    python = [sys.executable, "-m"]
    web = ["granian", "--interface", "wsgi", "config.wsgi:application", "--host", host, "--port", str(port)]
    celery = ["celery", "--quiet", "-A", "config"]
    return {
        "web": [*python, *web, "--workers", "2", "--blocking-threads", "4"],
        "worker": [*python, *celery, "worker", "--concurrency", "2", "--loglevel", "WARNING"],
        "beat": [*python, *celery, "beat", "--schedule", str(VAR / "beat-schedule"), "--loglevel", "WARNING"],
    }


def answers(host: str, port: int, web: subprocess.Popen[bytes]) -> bool:
    """Wait until the web server answers a request; tell whether it did before it died or was to stop."""
    deadline = time.monotonic() + WEB_START_SECONDS
    while time.monotonic() < deadline and web.poll() is None and not stop.requested:
        connection = HTTPConnection(EVERYWHERE.get(host, host), port, timeout=WEB_START_SECONDS)
        try:
            connection.request("GET", "/healthz")
            connection.getresponse()
        except (OSError, HTTPException):
            time.sleep(0.1)
        else:
            return True
        finally:
            connection.close()
    return False


class Care:
    """Looks after the embedded servers: only one that is gone for good, or silent for SILENT_SECONDS, is lost."""

    def __init__(self, servers: Iterable[Server]) -> None:
        self.answered = dict.fromkeys(servers, time.monotonic())
        self.silent: set[Server] = set()

    def lost(self) -> list[str]:
        """Return the names of the lost servers; help the silent ones, and say so once."""
        return [str(server) for server in self.answered if not self._serves(server)]

    def _serves(self, server: Server) -> bool:
        if server.is_running(ANSWER_SECONDS):
            self.answered[server] = time.monotonic()
            if server in self.silent:
                self.silent.remove(server)
                print(f"{server} 已恢复。 / {server} is back.", flush=True)
            return True
        if server not in self.silent:
            self.silent.add(server)
            print(f"{server} 没有响应，正在恢复。 / {server} does not answer, recovering.", file=sys.stderr)
        return server.mend() and (server.expendable or time.monotonic() - self.answered[server] < SILENT_SECONDS)


def watch(children: Mapping[str, subprocess.Popen[bytes]], services: Services) -> int:
    """Look after everything until Ctrl-C (0) or until a part has died (1)."""
    looks, care = 0, Care(services.servers.values())
    while not stop.requested:
        dead = [name for name, child in children.items() if child.poll() is not None]
        if looks % LOOKS_BETWEEN_SERVER_CHECKS == 0:
            dead += care.lost()
        if dead:
            report(dead)
            return 1
        looks += 1
        time.sleep(LOOK_EVERY_SECONDS)
    print("正在停止… / stopping…", flush=True)
    return 0


def report(dead: Sequence[str]) -> None:
    """Say which part died, with the end of its log."""
    for name in dead:
        print(f"{name} 意外停止，正在停下其余部分。 / {name} died, stopping the rest.", file=sys.stderr)
        log = log_of(name, VAR)
        if log.exists():
            print(
                *log.read_text(encoding="utf-8", errors="replace").splitlines()[-LINES_OF_LOG:],
                sep="\n",
                file=sys.stderr,
            )
