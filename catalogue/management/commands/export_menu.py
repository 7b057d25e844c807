"""Export the course menu as a workbook."""

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from catalogue.menu.errors import MenuRefused
from catalogue.menu.export import export_menu
from config.commands import StaffCommand


class Command(StaffCommand):
    """Write the union's own workbook, with a 编码 column; importing it back changes nothing."""

    help = "把课程菜单导出为 .xlsx，带“编码”列，可以改好再导入"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name the file."""
        parser.add_argument("file", type=Path, metavar="FILE", help="要写的 .xlsx 文件；已有的会被替换")

    def handle(self, *_args: object, file: Path, **_options: object) -> None:
        """Export and say how many."""
        try:
            count = export_menu(path=file)
        except MenuRefused as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(_("已导出 {count} 门课程到 {file}。").format(count=count, file=file))
