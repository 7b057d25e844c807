"""The locks name versions and hashes, and nothing of the machine that made them."""

import re
from pathlib import Path

import pytest

LOCKS = ["requirements.lock", "requirements-dev.lock"]
# One requirement: its pin, a marker perhaps, and its hashes on lines of their own.
REQUIREMENT = re.compile(
    r"[a-z0-9-]+(\[[a-z0-9,-]+\])?==[^ \\]+( ; [^\\]+)? \\\n(    --hash=sha256:[0-9a-f]{64}( \\)?\n)+"
)
PIN = re.compile(r"^([a-z0-9-]+)(?:\[[a-z0-9,-]+\])?==([^ ]+)", re.MULTILINE)


def pins(lock: Path) -> dict[str, str]:
    return dict(PIN.findall(lock.read_text(encoding="utf-8")))


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_is_made_of_pins_with_hashes_only(project_root: Path, name: str) -> None:
    rest = REQUIREMENT.sub("", (project_root / name).read_text(encoding="utf-8"))

    assert rest == ""


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_no_address_and_no_path(project_root: Path, name: str) -> None:
    text = (project_root / name).read_text(encoding="utf-8")

    assert [word for word in ("://", "file:", "index", "find-links", " /") if word in text] == []


def test_the_lock_of_the_tools_has_the_whole_runtime_in_it(project_root: Path) -> None:
    runtime, tools = (pins(project_root / name) for name in LOCKS)

    assert runtime.items() - tools.items() == set()


@pytest.mark.parametrize(("name", "lock"), [("requirements.in", LOCKS[0]), ("requirements-dev.in", LOCKS[1])])
def test_everything_asked_for_is_locked(project_root: Path, name: str, lock: str) -> None:
    asked = re.findall(r"^([a-z][a-z0-9-]*)", (project_root / name).read_text(encoding="utf-8"), re.MULTILINE)

    assert set(asked) - set(pins(project_root / lock)) == set()
