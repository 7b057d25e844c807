"""The documents show the tables of states as they are."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from pytest_django.fixtures import Settings

from policy.state_pages import page
from portal.management.commands.state_tables import TABLES


@pytest.mark.parametrize("name", TABLES)
def test_the_page_says_what_the_table_says(project_root: Path, name: str) -> None:
    assert (project_root / "docs" / name).read_text(encoding="utf-8") == page(TABLES[name])


def test_every_page_of_states_has_its_table(project_root: Path) -> None:
    assert {path.name for path in (project_root / "docs").glob("states-*.md")} == set(TABLES)


def test_the_command_writes_every_page(settings: Settings, tmp_path: Path) -> None:
    settings.BASE_DIR, said = tmp_path, StringIO()
    (tmp_path / "docs").mkdir()

    call_command("state_tables", stdout=said)

    assert said.getvalue().splitlines() == [*TABLES]
    assert {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "docs").iterdir()} == {
        name: page(table) for name, table in TABLES.items()
    }
