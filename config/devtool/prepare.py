"""What `./dev run` does before it starts web, worker and beat, in one process since each start of Python costs time."""

import os
import sys
from collections.abc import Mapping

from django.core.management import execute_from_command_line
from django.db import connection

from config.devtool.environment import VAR

EVERY_START = {
    "页面样式 / stylesheet": ["build_css"],
    "页面文件 / static files": ["collectstatic", "--no-input", "--verbosity=0"],
    "更新数据库 / migrations": ["migrate", "--no-input", "--verbosity=0"],
    "数据库设置 / database settings": ["db_settings"],
    "基础数据 / reference data": ["reference_data"],
}
FIRST_START = {
    "导入课程菜单 / course menu": ["import_menu", "data/课程菜单.xlsx", "--sites", "data/学堂名录.xlsx"],
    "建立演示数据 / demonstration": ["demo"],
}
# Kept while the first start is under way, so that a broken one is taken up again although there are courses.
UNFINISHED = VAR / "first-start-unfinished"


def prepare() -> None:
    """Bring files and database up to date, fill an empty database, and show the sign-ins of a demonstration."""
    do(EVERY_START)
    if UNFINISHED.exists() or not has_courses():
        UNFINISHED.touch()
        do(FIRST_START)
        UNFINISHED.unlink()
    if os.environ["DEMO"] == "1":
        do({"": ["demo", "--show-sign-ins"]})


def do(steps: Mapping[str, list[str]]) -> None:
    """Run commands of manage.py, each announced; one that fails says why and ends the process with its exit code."""
    for title, arguments in steps.items():
        print(f"· {title}" if title else "", flush=True)
        execute_from_command_line(["manage.py", *arguments])


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
