"""What `./dev check` runs: the same lines on every machine."""

import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from config.devtool.environment import fresh_services, new_secrets
from config.devtool.processes import ROOT, Environment, call

BIN = Path(sys.executable).parent
PYTHON = [sys.executable, "-m"]
MANAGE = [sys.executable, "manage.py"]
NOT_OURS = (".*", "var", "node_modules", "static-build")

PRODUCTION = {
    "DEMO": "0",
    "DATABASE_URL": "postgresql://xuetang@127.0.0.1/xuetang",
    "REDIS_URL": "redis://127.0.0.1/0",
    "ALLOWED_HOSTS": "xuetang.example.org",
    "SITE_URL": "https://xuetang.example.org",
}


def templates() -> list[str]:
    """Return the pages, for the tools that want files."""
    return sorted(str(path.relative_to(ROOT)) for path in (ROOT / "templates").rglob("*.html"))


def steps() -> dict[str, list[str]]:
    """Return each check's name and command, the quick ones first."""
    return {
        "ruff format": [*PYTHON, "ruff", "format", "--check"],
        "ruff": [*PYTHON, "ruff", "check"],
        "import-linter": [sys.executable, str(BIN / "lint-imports"), "--no-logo"],
        "djade": [str(BIN / "djade"), "--check", "--target-version", "5.2", *templates()],
        "djhtml": [*PYTHON, "djhtml", "--check", "--tabwidth", "2", "templates"],
        "djlint": [*PYTHON, "djlint", "--lint", "--quiet", "templates"],
        "migrations": [*MANAGE, "makemigrations", "--check", "--dry-run"],
        "mypy": [*PYTHON, "mypy", "."],
    }


def run_checks(_arguments: Sequence[str]) -> int:
    """Run every check, also after a failed one, and return 1 if any failed."""
    production = os.environ | new_secrets() | PRODUCTION
    deploy = [*MANAGE, "check", "--deploy", "--fail-level", "WARNING"]
    with fresh_services() as environment:
        results = {name: check(name, command, environment) for name, command in steps().items()}
    results["deploy"] = check("deploy", deploy, production)
    results["django-upgrade"] = upgrade()
    failed = [name for name, code in results.items() if code]
    print(f"没有通过 / failed: {', '.join(failed)}" if failed else "全部通过 / all checks passed")
    return 1 if failed else 0


def check(name: str, command: list[str], environment: Environment, *, cwd: Path = ROOT) -> int:
    """Say which check comes, run it and return its exit code."""
    print(f"── {name}", flush=True)
    return call(command, environment, cwd=cwd)


def upgrade() -> int:
    """Run django-upgrade on a copy, since it rewrites what it finds and has no mode that only looks."""
    with tempfile.TemporaryDirectory() as directory:
        copy = Path(directory) / "copy"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*NOT_OURS))
        files = [str(path.relative_to(copy)) for path in copy.rglob("*.py") if "migrations" not in path.parts]
        command = [*PYTHON, "django_upgrade", "--target-version", "5.2", *files]
        return check("django-upgrade", command, dict(os.environ), cwd=copy)
