"""Write what every installation has. Safe to run again; run after every migrate."""

from argparse import ArgumentParser

from accounts import reference as accounts_reference
from catalogue import reference as catalogue_reference
from catalogue import wording
from config.commands import StaffCommand
from policy import clock
from policy import reference as policy_reference


class Command(StaffCommand):
    """Categories, topics, everyday words, the district union, the terms of today and after, the policy in force."""

    help = "写入各安装通用的基础数据（可重复执行）"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Let tests that search for nothing do without 1,500 rows."""
        parser.add_argument("--without-words", action="store_true", help="不写搜索同义词")

    def handle(self, *_args: object, without_words: bool, **_options: object) -> None:
        """Ask each app for its own, in the order of the imports."""
        now = clock.now()
        policy_reference.reference_data(now=now)
        accounts_reference.reference_data()
        catalogue_reference.reference_data()
        if not without_words:
            wording.ship(now=now)
