"""Every command of ours answers wrong arguments with one Chinese sentence and exit 1."""

import pytest
from django.core.management import execute_from_command_line, get_commands

OURS = sorted(name for name, app in get_commands().items() if app in {"catalogue", "portal"})


@pytest.mark.parametrize("name", OURS)
def test_wrong_arguments_are_one_sentence(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        execute_from_command_line(["manage.py", name, "--no-such-thing"])

    said = capsys.readouterr()
    assert (ended.value.code, said.out) == (1, "")
    assert said.err.splitlines() == [f"CommandError: 命令的参数不对，写法见 manage.py {name} --help。"]


def test_the_commands_are_those_of_the_readme_and_more() -> None:
    assert {"demo", "export_menu", "import_menu", "invariants"} < set(OURS)
