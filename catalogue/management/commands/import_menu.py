"""Import the course menu and the site list."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from catalogue.menu import writing
from catalogue.menu.errors import MenuRefused
from catalogue.menu.importing import MenuFiles, Mode, import_menu
from catalogue.menu.progress import bar
from catalogue.menu.report import Kind, Outcome, Report
from config.commands import StaffCommand
from policy import clock

MOST_LINES = 20
KINDS = list(Kind)
WRITTEN = (Outcome.CHANGED, Outcome.MISSING, Outcome.RENAME, Outcome.NOTICE)
COMPARED = (Outcome.ADDED, Outcome.CHANGED, Outcome.UNCHANGED, Outcome.MISSING, Outcome.RENAME, Outcome.NOTICE)


class Command(StaffCommand):
    """Import the course menu and the site list; exit 1 when nothing could be imported.

    Rows that were skipped while others were saved leave the exit code 0, unless --strict.
    """

    help = (
        "导入课程菜单（.xlsx、.xls、.ods、.csv）；再次导入同一文件不会重复，文件里没有的课程不会删除。"
        "有几行有误而其他行已保存时退出码仍是 0；要一行有误就失败，请加 --strict"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name the files and the ways to run."""
        parser.add_argument("file", type=Path, metavar="FILE", help="课程菜单")
        parser.add_argument("--sites", type=Path, metavar="FILE", help="学堂名录")
        parser.add_argument(
            "--dry-run", action="store_true", help="只比较并列出新增、修改、未变、缺少和疑似改名，不保存"
        )
        parser.add_argument("--strict", action="store_true", help="有一行不能保存就全部不保存")
        parser.add_argument("--report", type=Path, metavar="FILE", help="把全部结果写入 .xlsx 或 .csv")

    def handle(self, *_args: object, **options: Any) -> None:
        """Import, say what happened, write the report."""
        mode = Mode(dry_run=options["dry_run"], strict=options["strict"])
        try:
            if options["report"]:
                writing.check_target(options["report"])
            menu = MenuFiles(options["file"], options["sites"])
            report = import_menu(menu=menu, mode=mode, now=clock.now(), progress=bar())
            if options["report"]:
                report.write(options["report"])
        except MenuRefused as refused:
            raise CommandError(str(refused)) from refused
        self.say(report, COMPARED if mode.dry_run else WRITTEN)
        self.conclude(report, mode)

    def say(self, report: Report, outcomes: tuple[Outcome, ...]) -> None:
        """Print the report's lines under their headings, problems on stderr, and the counts."""
        for outcome in outcomes:
            self.section(outcome, report, self.stdout.write)
        self.section(Outcome.PROBLEM, report, self.stderr.write)
        self.stdout.write("".join(f"{line}\n" for line in report.summary()), ending="")

    def section(self, outcome: Outcome, report: Report, write: Any) -> None:
        """Print what had one outcome, course lines together, the first 20 of them."""
        lines = sorted(report.of(outcome), key=lambda line: KINDS.index(line.kind))
        if not lines:
            return
        write(f"【{outcome.label}】")
        for line in lines[:MOST_LINES]:
            write(f"  {line}")
        if len(lines) > MOST_LINES:
            write("  " + _("另有 {n} 条，用 --report FILE 写入文件查看").format(n=len(lines) - MOST_LINES))

    def conclude(self, report: Report, mode: Mode) -> None:
        """Say whether anything was saved. Raises CommandError when bad rows left nothing to save."""
        wrong = len(report.of(Outcome.PROBLEM)) + len(report.of(Outcome.RENAME))
        if mode.dry_run:
            self.stdout.write(_("这是试运行，没有保存任何内容。"))
        elif not report.saved:
            raise CommandError(_("有 {n} 处要先解决，按 --strict 没有保存任何内容。").format(n=wrong))
        elif wrong and not any(report.of(outcome) for outcome in (Outcome.ADDED, Outcome.CHANGED, Outcome.UNCHANGED)):
            raise CommandError(_("没有一行可以导入，共有 {n} 处要先解决。").format(n=wrong))
        else:
            self.stdout.write(_("已保存，有 {n} 处没有保存，见上。").format(n=wrong) if wrong else _("已保存。"))
