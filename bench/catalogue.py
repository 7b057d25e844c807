"""CPU per request of the public pages, as a ratio to a bare hello world (Y1) on the same server in the same run.

    ./dev bench catalogue [--requests 150] [--rounds 3] [--runs 5000] [--grown]

Menu and demonstration are made in the empty database first. Each slice of a page stands between two slices of Y1, one
connection, no cookies; CPU is that of the web processes and of PostgreSQL, from /proc. A page "made anew" has a name in
its query that nobody knows, so that no finished page answers it. --grown adds ten times the courses, each with as many
runs as its model, and measures again: the factor is the growth of performance.md.
"""

import argparse
import csv
import gzip
import itertools
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

import django

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.core.management import call_command  # noqa: E402 -- after setup
from django.db import connection  # noqa: E402

from catalogue import search  # noqa: E402
from catalogue.models import Course  # noqa: E402
from config.embedded import free_port  # noqa: E402
from policy import clock  # noqa: E402
from tests import servers  # noqa: E402
from timetable.models import ClassRun, Lesson  # noqa: E402

TICKS = os.sysconf("SC_CLK_TCK")
WARM_UP = 20
QUERIES = ROOT / "bench" / "queries" / "everyday.csv"
TIMES_GROWN = 9
# performance.md: what each must keep to, in CPU of hello world.
MUST = {"kept": 4, "first page": 14, "filters": 30, "search": 20, "course": 8}

Path_ = Callable[[int], str]


class Server(NamedTuple):
    """A running server, and the processes whose CPU it costs."""

    port: int
    pids: list[int]


class Slice(NamedTuple):
    """One slice: CPU and wall milliseconds a request, bytes of the last answer as they are and compressed."""

    cpu: float
    p50: float
    p95: float
    size: int
    compressed: int


def cpu_of(pid: int) -> float:
    """Return the CPU seconds of a process and of its children that have ended; 0 for one that is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    except FileNotFoundError:
        return 0.0
    return sum(map(int, fields[11:15])) / TICKS


def tree(root: int) -> list[int]:
    """Return a process and everything below it."""
    found, fresh = [root], [root]
    while fresh:
        listed = [Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split() for pid in fresh]
        fresh = [int(pid) for pids in listed for pid in pids]
        found += fresh
    return found


def postmaster() -> int:
    """Return the process of the database server."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (backend,) = cursor.fetchone()
    return int(Path(f"/proc/{backend}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[1])


@contextmanager
def granian(application: str, **changes: str) -> Iterator[Server]:
    """Run an application as the product is run: two workers."""
    port = free_port()
    command = ["granian", "--interface", "wsgi", application, "--host", servers.HOST, "--port", str(port)]
    env = servers.environment(PYTHONPATH=str(ROOT), **changes)
    with servers.running([*command, "--workers", "2", "--blocking-threads", "4"], env) as process:
        servers.wait_until(lambda: process.poll() is not None or listens(port))
        yield Server(port, tree(process.pid))


def listens(port: int) -> bool:
    """Tell whether something answers at a port."""
    http = HTTPConnection(servers.HOST, port, timeout=5)
    try:
        http.request("GET", "/")
        return http.getresponse().status < 500  # noqa: PLR2004 -- the first failure
    except OSError:
        return False
    finally:
        http.close()


def measure(server: Server, path: Path_, requests: int, database: int | None) -> Slice:
    """Send requests one after the other and return what one costs."""
    http = HTTPConnection(servers.HOST, server.port, timeout=30)
    lasted, body = [], b""
    pids = server.pids + (tree(database) if database else [])
    before = sum(map(cpu_of, pids))
    for number in range(requests):
        started = time.perf_counter()
        http.request("GET", path(number), headers={"Accept-Encoding": "identity"})
        response = http.getresponse()
        body = response.read()
        lasted.append(1000 * (time.perf_counter() - started))
        if response.status != 200:  # noqa: PLR2004 -- HTTP's OK
            raise SystemExit(f"{path(number)}: {response.status}")
    cpu = 1000 * (sum(map(cpu_of, pids)) - before) / requests
    http.close()
    ranked = sorted(lasted)
    return Slice(cpu, ranked[len(ranked) // 2], ranked[int(len(ranked) * 0.95)], len(body), len(gzip.compress(body)))


def pages() -> dict[str, Path_]:
    """Return the pages to be measured."""
    run = ClassRun.objects.on_offer(clock.now()).select_related("course", "site").latest("seats_taken")
    fresh = itertools.count()
    words = [quote(row["query"]) for row in csv.DictReader(QUERIES.open(encoding="utf-8"))]

    def anew(address: str) -> Path_:
        return lambda _number: f"{address}{'&' if '?' in address else '?'}x={next(fresh)}"

    filters = f"/courses/?category=skills&band=after_work&town={run.site.union.slug}&state=open&weekday=2&weekday=4"
    return {
        "first page, kept": lambda _number: "/courses/",
        "first page": anew("/courses/"),
        "filters": anew(filters),
        "search": lambda number: f"/courses/?q={words[number % len(words)]}&x={next(fresh)}",
        "course": anew(f"/courses/{run.course.code}/"),
        "class run": anew(f"/classes/{run.number}/"),
        "calendar": anew("/calendar/"),
        "sites": anew("/sites/"),
        "site": anew(f"/sites/{run.site.slug}/"),
        "home": anew("/"),
    }


def grow() -> None:
    """Add nine copies of every course with its coming runs and their lessons."""
    now, courses = clock.now(), list(Course.objects.published())
    columns = [field.attname for field in Course._meta.concrete_fields if field.name not in {"id", "code"}]  # noqa: SLF001 -- Django's public name
    made = [
        Course(**{column: getattr(one, column) for column in columns})
        for one in courses
        for _copy in range(TIMES_GROWN)
    ]
    for number, (made_one, copy) in enumerate(zip(made, itertools.cycle(range(1, TIMES_GROWN + 1)), strict=False)):
        made_one.code, made_one.title = f"ZZ{number:04d}", f"{made_one.title[:50]} 第{copy}部"
        made_one.title_key = made_one.title
    Course.objects.bulk_create(made)
    search.reindex(made)
    of_model = {(one.category_id, one.title[:50]): one.pk for one in courses}
    for made_one in made:
        model = of_model[made_one.category_id, made_one.title.rpartition(" 第")[0]]
        for run in ClassRun.objects.on_offer(now).filter(course=model)[:2]:
            run.pk, run.course, run.number = None, made_one, f"9{made_one.pk % 10}-{ClassRun.objects.count():06d}"
            run.save()
            Lesson.objects.create(class_run=run, position=1, starts_at=run.starts_at, ends_at=run.ends_at)


def report(product: Server, hello: Server, requests: int, rounds: int) -> dict[str, float]:
    """Measure every page, print its line, and return the ratios."""
    database, ratios = postmaster(), {}
    print(f"{'page':<20}{'CPUx':>7}{'CPU ms':>9}{'p50':>8}{'p95':>8}{'kB':>7}{'gzip':>7}   Y1 CPU ms")
    for name, path in pages().items():
        measure(product, path, WARM_UP, database)
        taken, yards = [], []
        for _round in range(rounds):
            first = measure(hello, lambda _number: "/", requests * 4, None)
            taken.append(measure(product, path, requests, database))
            second = measure(hello, lambda _number: "/", requests * 4, None)
            yards.append((first.cpu + second.cpu) / 2)
        ratio = statistics.median(one.cpu / yard for one, yard in zip(taken, yards, strict=True))
        middle = sorted(taken)[len(taken) // 2]
        bar = next((most for word, most in MUST.items() if word in name), None)
        told = f"   must <= {bar}" if bar else ""
        print(
            f"{name:<20}{ratio:7.1f}{middle.cpu:9.2f}{middle.p50:8.1f}{middle.p95:8.1f}{middle.size / 1000:7.1f}"
            f"{middle.compressed / 1000:7.1f}   {statistics.median(yards):.2f}{told}",
            flush=True,
        )
        ratios[name] = ratio
    return ratios


def main() -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--requests", type=int, default=150)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--runs", default="5000")
    parser.add_argument("--people", default="20000")
    parser.add_argument("--grown", action="store_true")
    asked = parser.parse_args()
    call_command("build_css")
    call_command("collectstatic", "--no-input", "--verbosity=0")
    call_command("reference_data", verbosity=0)
    call_command("import_menu", ROOT / "data" / "课程菜单.xlsx", sites=ROOT / "data" / "学堂名录.xlsx", verbosity=0)
    call_command("demo", runs=asked.runs, people=asked.people, verbosity=0)
    with ExitStack() as running:
        hello = running.enter_context(granian("bench.hello:application"))
        product = running.enter_context(granian("config.wsgi:application", DEMO="1"))
        before = report(product, hello, asked.requests, asked.rounds)
        if asked.grown:
            grow()
            print(f"with {Course.objects.published().count()} courses")
            after = report(product, hello, asked.requests, asked.rounds)
            print({name: round(after[name] / before[name], 2) for name in before})
    return 0


if __name__ == "__main__":
    sys.exit(main())
