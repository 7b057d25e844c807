"""What `./dev run` does before it starts web, worker and beat, in one process since each start of Python costs time."""

import os
import sys
from collections.abc import Mapping

from django.conf import settings
from django.core.management import CommandError, call_command, execute_from_command_line
from django.db import connection

from config.devtool.environment import VAR

EVERY_START = {
    "页面样式 / stylesheet": ["build_css"],
    "页面文件 / static files": ["collectstatic", "--no-input", "--verbosity=0"],
    "更新数据库 / migrations": ["migrate", "--no-input", "--verbosity=0"],
    "数据库设置 / database settings": ["db_settings"],
    "基础数据 / reference data": ["reference_data"],
}
MENU = {"导入课程菜单 / course menu": ["import_menu", "data/课程菜单.xlsx", "--sites", "data/学堂名录.xlsx"]}
DEMONSTRATION = {"建立演示数据 / demonstration": ["demo"]}
# Kept while the first start is under way, so that a broken one is taken up again although there are courses.
UNFINISHED = VAR / "first-start-unfinished"


def prepare() -> None:
    """Bring files and database up to date, fill an empty database, and show the sign-ins of a demonstration."""
    do(EVERY_START)
    if UNFINISHED.exists() or not has_courses():
        UNFINISHED.touch()
        do(MENU | DEMONSTRATION if settings.DEMO else MENU)
        UNFINISHED.unlink()
    elif settings.DEMO:
        show_sign_ins()


def do(steps: Mapping[str, list[str]]) -> None:
    """Run commands of manage.py, each announced; one that fails says why and ends the process with its exit code."""
    for title, arguments in steps.items():
        print(f"· {title}", flush=True)
        execute_from_command_line(["manage.py", *arguments])


def show_sign_ins() -> None:
    """Show who may sign in, or say that a given database has its own courses and no demonstration."""
    try:
        call_command("demo", "--show-sign-ins")
    except CommandError as error:
        print(error, flush=True)


def has_courses() -> bool:
    """Tell whether the catalogue has been filled before."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM catalogue_course)")
        return bool(cursor.fetchone()[0])


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        prepare()
    except KeyboardInterrupt:
        sys.exit(1)
