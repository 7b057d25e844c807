"""Seconds to make the full demonstration and to audit it, and milliseconds of the pages people open most on it.

    ./dev bench demo [--people 20000] [--runs 5000]

The menu is imported into the empty database first; the bound is for the demonstration alone, on two cores.
"""

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import django

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.core.management import call_command  # noqa: E402 -- after setup
from django.test import Client  # noqa: E402
from django.test.utils import override_settings  # noqa: E402

from catalogue.models import Course  # noqa: E402
from policy import clock  # noqa: E402
from portal.demo import people  # noqa: E402
from timetable.models import ClassRun  # noqa: E402

BOUND = 60.0
LOOKS = 21


def timed(what: str, work: Callable[[], object]) -> float:
    """Do the work, print its seconds and those of this process's own work, and return the seconds."""
    started, cpu = time.perf_counter(), time.process_time()
    work()
    seconds = time.perf_counter() - started
    print(f"{what:<40} {seconds:7.2f} s  (python {time.process_time() - cpu:.2f} s)", flush=True)
    return seconds


def look(what: str, client: Client, path: str) -> None:
    """Print the median of some looks at a page, after one to warm up."""
    lasted = []
    for _look in range(LOOKS + 1):
        started = time.perf_counter()
        response = client.get(path)
        lasted.append(1000 * (time.perf_counter() - started))
        if response.status_code != 200:  # noqa: PLR2004 -- HTTP's OK
            raise SystemExit(f"{path}: {response.status_code}")
    print(f"{what:<40} {statistics.median(lasted[1:]):7.1f} ms at p50", flush=True)


def pages() -> None:
    """Look at public pages as a visitor and at the desk as the officer."""
    visitor, officer = Client(), Client()
    officer.post("/login/staff/", {"phone": people.OFFICER_PHONE, "password": people.PASSWORD})
    busiest = ClassRun.objects.visible_to(None).upcoming(clock.now()).order_by("-seats_taken", "pk").first()
    course = Course.objects.filter(runs=busiest).first()
    if busiest is None or course is None:
        raise SystemExit("no class run is to come")
    for client, path in [
        (visitor, "/courses/"),
        (visitor, "/courses/?q=消防"),
        (visitor, f"/courses/{course.code}/"),
        (visitor, f"/classes/{busiest.number}/"),
        (officer, "/desk/"),
        (officer, "/desk/courses/"),
        (officer, f"/desk/runs/{busiest.number}/"),
    ]:
        look(path, client, path)


def main() -> int:
    """Print the figures; return 1 when the demonstration takes longer than its bound."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", default="20000")
    parser.add_argument("--runs", default="5000")
    options = parser.parse_args()
    menu = [str(ROOT / "data" / name) for name in ("课程菜单.xlsx", "学堂名录.xlsx")]
    call_command("import_menu", menu[0], "--sites", menu[1])
    what = f"demo, {options.people} people, {options.runs} runs"
    seconds = timed(what, lambda: call_command("demo", people=options.people, runs=options.runs))
    timed("invariants", lambda: call_command("invariants"))
    call_command("build_css")
    call_command("collectstatic", "--no-input", "--verbosity=0")
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        pages()
    print(f"bound: {BOUND:.0f} s")
    return int(seconds > BOUND)


if __name__ == "__main__":
    sys.exit(main())
