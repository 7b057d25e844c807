"""The house rules that a machine can measure (architecture.md "Ten rules", style.md "Length")."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

APPS = [
    "policy",
    "messaging",
    "accounts",
    "catalogue",
    "proposals",
    "timetable",
    "enrollment",
    "bookings",
    "portal",
    "config",
]
FILE_LINES = 400
FUNCTION_LINES = 40
TEMPLATE_LINES = 120
# The only modules that may set what they own; everybody else calls their doors.
# The demonstration writes a year of them by set; tests/portal/test_demo_town.py shows that doors leave the same rows.
SEAT_WRITERS = {"enrollment/seats.py", "portal/demo/writing.py"}


def tracked(root: Path, *patterns: str) -> list[Path]:
    """Return the files git knows, tracked or new, that match."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", *patterns]
    listed = subprocess.run(command, cwd=root, capture_output=True, check=True).stdout.decode()
    return [root / name for name in listed.split("\0") if name and (root / name).exists()]


def code(root: Path) -> list[Path]:
    """Return our own Python files outside the tests, without migrations."""
    patterns = [f"{app}/*.py" for app in APPS]
    return [path for path in tracked(root, *patterns) if "migrations" not in path.parts]


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_files_and_templates_stay_short(project_root: Path) -> None:
    limits = [(code(project_root), FILE_LINES), (tracked(project_root, "templates/*.html"), TEMPLATE_LINES)]
    too_long = {
        str(path.relative_to(project_root)): lines
        for paths, limit in limits
        for path in paths
        if (lines := path.read_text(encoding="utf-8").count("\n")) > limit
    }
    assert too_long == {}


def test_functions_stay_short(project_root: Path) -> None:
    too_long = [
        f"{path.relative_to(project_root)}:{node.lineno} {node.name}"
        for path in code(project_root)
        for node in functions(path)
        if (node.end_lineno or 0) - node.lineno + 1 > FUNCTION_LINES
    ]
    assert too_long == []


def test_public_functions_say_what_they_mean(project_root: Path) -> None:
    silent = [
        f"{path.relative_to(project_root)}:{node.lineno} {node.name}"
        for path in code(project_root)
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and not ast.get_docstring(node)
    ]
    assert silent == []


@pytest.mark.parametrize(
    ("forbidden", "allowed"),
    [
        (
            r"\b(datetime\.now|timezone\.now|localtime\(\)|date\.today|time\.time)\b",
            {"policy/clock.py", "config/devtool"},
        ),
        (r"@receiver|post_save|pre_save", set()),
        (r"def save\(self", set()),
        (r"unique_together", set()),
        (r"\bmark_safe\b|\|safe\b|autoescape off", set()),
        (r"csrf_exempt", set()),
        (r"\bprint\(", {"config/devtool"}),
    ],
)
def test_what_has_one_place_stands_nowhere_else(project_root: Path, forbidden: str, allowed: set[str]) -> None:
    files = [*code(project_root), *tracked(project_root, "templates/*.html")]
    named = {str(path.relative_to(project_root)): path for path in files}
    found = [
        f"{name}:{number}"
        for name, path in named.items()
        if not any(name.startswith(place) for place in allowed)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if re.search(forbidden, line)
    ]
    assert found == []


def test_one_module_writes_seats(project_root: Path) -> None:
    writing = re.compile(
        r"\.(seats_taken|waiting)\s*(=|\+=|-=)(?!=)"
        r"|\bupdate\([^)]*\b(seats_taken|waiting|status)\s*="
        r"|Enrollment\([^)]*status"
        r"|UPDATE timetable_classrun|INTO enrollment_enrollment|copy_into\(Enrollment"
    )
    writers = {
        str(path.relative_to(project_root))
        for path in code(project_root)
        if path.parts[-2] != "messaging" and writing.search(path.read_text(encoding="utf-8"))
    }
    assert writers == SEAT_WRITERS


def test_nothing_names_an_address_of_this_machine_or_of_an_index(project_root: Path) -> None:
    place = re.compile(r"(?<![\w.])/(home|root|work)/\w|--index-url|--extra-index|pypi\.org|registry\.npmjs")
    patterns = ["*.py", "*.toml", "*.in", "*.lock", "*.html", "*.css", "*.md", "*.yml", "dev", ".ci/run"]
    files = [path for path in tracked(project_root, *patterns) if path != Path(__file__)]
    found = [
        f"{path.relative_to(project_root)}:{number}"
        for path in files
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if place.search(line)
    ]
    assert found == []


def test_an_empty_place_is_no_app(project_root: Path) -> None:
    assert [app for app in APPS if not (project_root / app / "__init__.py").read_text(encoding="utf-8").strip()] == []
