"""What every command of manage.py owes to whoever typed it wrong."""

import sys
from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser


class StaffCommand(BaseCommand):
    """A command that answers wrong arguments like all bad input: one Chinese sentence on stderr and exit 1."""

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Return the parser, which raises CommandError instead of printing English and leaving with 2."""
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.called_from_command_line = False
        return parser

    def run_from_argv(self, argv: list[str]) -> None:
        """Run; what goes wrong behind the parser is answered by Django in the same form, unless it is to be raised."""
        try:
            super().run_from_argv(argv)
        except CommandError:
            if "--traceback" in argv:
                raise
            self.stderr.write(f"CommandError: 命令的参数不对，写法见 manage.py {argv[1]} --help。")
            sys.exit(1)
