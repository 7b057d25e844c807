"""Seconds to import the shipped menu and site list into an empty catalogue, to import them again, and to export.

Run with DATABASE_URL naming a database that was migrated and has reference data; all is rolled back.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import django

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.db import transaction  # noqa: E402 -- after setup

from catalogue.menu.export import export_menu  # noqa: E402
from catalogue.menu.importing import MenuFiles, import_menu  # noqa: E402
from catalogue.menu.report import Kind, Outcome  # noqa: E402
from catalogue.models import Course  # noqa: E402
from policy import clock  # noqa: E402

REAL = MenuFiles(ROOT / "data" / "课程菜单.xlsx", ROOT / "data" / "学堂名录.xlsx")
BOUND = 10.0


def timed(what: str, work: Callable[[], object]) -> float:
    """Do the work, print its seconds and return them."""
    started = time.perf_counter()
    work()
    seconds = time.perf_counter() - started
    print(f"{what:<40} {seconds:6.2f} s")
    return seconds


def main() -> int:
    """Print the figures; return 1 when the first import is slower than its bound."""
    with transaction.atomic(), tempfile.TemporaryDirectory() as directory:
        now = clock.now()
        if Course.objects.exists():
            print("the catalogue must be empty")
            return 1
        first = timed("first import, 654 courses, 56 sites", lambda: import_menu(menu=REAL, now=now))
        timed("second import, nothing changes", lambda: import_menu(menu=REAL, now=now))
        timed("export", lambda: export_menu(path=Path(directory) / "menu.xlsx"))
        again = import_menu(menu=REAL, now=now)
        print(f"unchanged at last: {again.count(Outcome.UNCHANGED, Kind.COURSE)} courses; bound: {BOUND} s")
        transaction.set_rollback(True)
    return int(first > BOUND)


if __name__ == "__main__":
    sys.exit(main())
