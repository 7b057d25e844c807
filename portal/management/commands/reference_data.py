"""Write what every installation has. Safe to run again; run after every migrate."""

from accounts import reference as accounts_reference
from catalogue import reference as catalogue_reference
from catalogue import wording
from config.commands import StaffCommand
from policy import clock
from policy import reference as policy_reference


class Command(StaffCommand):
    """Categories, topics, the district union, the terms of today and after, the policy in force."""

    help = "写入各安装通用的基础数据（可重复执行）"

    def handle(self, *_args: object, **_options: object) -> None:
        """Ask each app for its own, in the order of the imports."""
        now = clock.now()
        policy_reference.reference_data(now=now)
        accounts_reference.reference_data()
        catalogue_reference.reference_data()
        wording.ship(now=now)
