"""Every choice of an installation is explained in .env.example."""

import re
from itertools import pairwise
from pathlib import Path


def test_env_example_names_exactly_what_settings_read(project_root: Path) -> None:
    settings = (project_root / "config" / "settings.py").read_text(encoding="utf-8")
    example = (project_root / ".env.example").read_text(encoding="utf-8")

    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', settings))

    assert set(re.findall(r"^([A-Z_]+)=", example, re.MULTILINE)) == read


def test_each_variable_has_a_line_that_says_what_it_means(project_root: Path) -> None:
    lines = (project_root / ".env.example").read_text(encoding="utf-8").splitlines()

    unexplained = [
        after for before, after in pairwise(lines) if not after.startswith("#") and not before.startswith("#")
    ]

    assert [line for line in unexplained if line] == []
