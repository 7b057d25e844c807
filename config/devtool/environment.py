"""The environment variables and servers of the commands of `./dev`."""

import base64
import os
import secrets
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import redis

from config.devtool.processes import ROOT, Environment, call
from config.embedded import Postgres, Server, Shared, Valkey, try_lock
from config.shelter import NAME, ServerError, postgres_place, write_private

VAR = Path(os.environ.get("VAR_DIR", ROOT / "var")).absolute()
OLDEST_POSTGRES = 150_000
TEMPORARY = f"{NAME}-test-"
SECONDS_TO_TAKE_THE_LOCK = 60
UNREACHABLE = "连不上 {} 指定的 {}，请检查地址、密码，以及它是否已启动（{}）。"


@dataclass(frozen=True)
class Services:
    """The environment of the programs `./dev` starts, and the embedded servers it names by variable."""

    environment: dict[str, str]
    servers: dict[str, Server]


def manage(environment: Environment, *arguments: str) -> int:
    """Run manage.py and return its exit code."""
    return call([sys.executable, "manage.py", *arguments], environment)


def new_secrets() -> dict[str, str]:
    """Return fresh keys for one installation."""
    key = base64.b64encode(secrets.token_bytes(32)).decode()
    return {"SECRET_KEY": secrets.token_urlsafe(50), "FIELD_KEYS": f"1:{key}"}


def kept_secrets() -> dict[str, str]:
    """Return the keys of this checkout, made at the first start and kept in var/dev.env."""
    file = VAR / "dev.env"
    if not file.exists():
        lines = [f"{name}={value}\n" for name, value in new_secrets().items()]
        write_private(file, "".join(lines))
    pairs = (line.partition("=") for line in file.read_text(encoding="utf-8").splitlines())
    return {name: value for name, _, value in pairs}


def local_environment(**values: str) -> dict[str, str]:
    """Return the caller's variables, completed by what a start on this machine needs; the caller's go first."""
    defaults = {"DEMO": "1", "PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1", **values}
    return {**os.environ, **defaults, **{name: os.environ[name] for name in defaults if given(name)}}


def given(name: str) -> str:
    """Return a variable of the caller; one that is set but empty counts as unset, as in config.env."""
    return os.environ.get(name, "").strip()


def check_given_servers() -> None:
    """Raise ServerError unless the servers of DATABASE_URL and REDIS_URL answer."""
    if url := given("DATABASE_URL"):
        try:
            with psycopg.connect(url, connect_timeout=5) as connection:
                version = connection.info.server_version
        except psycopg.Error as error:
            raise ServerError(UNREACHABLE.format("DATABASE_URL", "PostgreSQL", first_line(error))) from error
        if version < OLDEST_POSTGRES:
            raise ServerError(f"DATABASE_URL 指定的 PostgreSQL 版本太旧（{version // 10_000}），需要 15 以上。")
    if url := given("REDIS_URL"):
        try:
            with redis.Redis.from_url(url, socket_connect_timeout=5) as client:
                client.ping()
        except (redis.RedisError, ValueError) as error:
            raise ServerError(UNREACHABLE.format("REDIS_URL", "Redis", first_line(error))) from error


def first_line(error: Exception) -> str:
    """Return what an error says, without its hints on further lines."""
    return str(error).strip().partition("\n")[0]


@contextmanager
def kept_services(**values: str) -> Iterator[Services]:
    """Lend the servers of this checkout, with their data under var/, unless addresses are given."""
    check_given_servers()
    VAR.mkdir(exist_ok=True)
    servers: dict[str, Server] = {}
    if not given("DATABASE_URL"):
        servers["DATABASE_URL"] = Postgres(*postgres_place(VAR))
    if not given("REDIS_URL"):
        servers["REDIS_URL"] = Valkey(VAR / "valkey")
    with Shared(VAR, list(servers.values())):
        urls = {name: server.url for name, server in servers.items()}
        yield Services(local_environment(**kept_secrets(), **values, **urls), servers)


@contextmanager
def fresh_services(*, durable: bool = False) -> Iterator[dict[str, str]]:
    """Lend empty servers in a temporary directory that is gone afterwards; yield the environment that names them."""
    VAR.mkdir(exist_ok=True)
    remove_left_over()
    home = Path(tempfile.mkdtemp(prefix=TEMPORARY))
    home.chmod(0o711)
    (home / "var").mkdir()
    postgres = Postgres(home / "postgres", postgres_place(VAR)[1], durable=durable)
    valkey = Valkey(home / "valkey")
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, home)
        stack.enter_context(Shared(home, [postgres, valkey]))
        own = {"DATABASE_URL": postgres.url, "REDIS_URL": valkey.url, **new_secrets()}
        own |= {"VAR_DIR": str(home / "var"), "STATIC_ROOT": str(home / "static")}
        yield local_environment() | own


def remove_left_over() -> None:
    """Stop and remove temporary servers whose owner was killed: nobody holds their lock any more."""
    binaries = postgres_place(VAR)[1]
    for home in Path(tempfile.gettempdir()).glob(f"{TEMPORARY}*"):
        status = home.stat()
        if status.st_uid != os.geteuid() or time.time() - status.st_mtime < SECONDS_TO_TAKE_THE_LOCK:
            continue
        with (home / "users.lock").open("a") as users:
            if not try_lock(users):
                continue
            for server in (Postgres(home / "postgres", binaries, durable=False), Valkey(home / "valkey")):
                if server.is_running():
                    server.stop()
            shutil.rmtree(home)
