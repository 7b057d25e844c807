"""Share of the frozen queries whose course is among the first three, by kind; milliseconds and CPU per search.

Run with DATABASE_URL naming a database that was migrated and has reference data; all is rolled back. The queries and
their bars are described in bench/queries/README.md; an argument names the only set to run.
"""

import csv
import os
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import django

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.db import transaction  # noqa: E402 -- after setup

from catalogue import search  # noqa: E402
from catalogue.menu.importing import MenuFiles, import_menu  # noqa: E402
from catalogue.models import Course  # noqa: E402
from catalogue.search import held, scoring  # noqa: E402
from catalogue.search.index import SearchIndex, build  # noqa: E402
from catalogue.search.reading import read  # noqa: E402
from policy import clock  # noqa: E402

REAL = MenuFiles(ROOT / "data" / "课程菜单.xlsx", ROOT / "data" / "学堂名录.xlsx")
SETS = {"everyday": 0.95, "listed": 0.90}
ROUNDS = 5
TIMES_AS_MANY = 10
BOUND_MS = 120.0

Row = dict[str, str]


def rows_of(name: str) -> list[Row]:
    """Return the queries of one of the frozen sets."""
    with (ROOT / "bench" / "queries" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def share(name: str, rows: Sequence[Row]) -> float:
    """Print the shares found among the first three, by kind, and what was missed; return the whole share."""
    titles = dict(Course.objects.values_list("pk", "title"))
    asked: Counter[str] = Counter(row["kind"] for row in rows)
    found: Counter[str] = Counter()
    missed = []
    for row in rows:
        wanted = {title.strip() for title in row["titles"].split("|")}
        if wanted & {titles[pk] for pk in search.ranked(row["query"])[:3]}:
            found[row["kind"]] += 1
        else:
            missed.append(row["query"])
    kinds = "  ".join(f"{kind} {found[kind]}/{asked[kind]}" for kind in asked)
    print(f"{name}: {found.total()}/{len(rows)} among the first three; bar {SETS[name]:.0%}\n  {kinds}")
    print(f"  missed: {'、'.join(missed)}")
    return found.total() / len(rows)


def timed(what: str, index: SearchIndex, queries: Sequence[str]) -> float:
    """Print what reading and scoring a query costs; return the 95th percentile in milliseconds."""
    walls = []
    started = time.process_time()
    for query in list(queries) * ROUNDS:
        begun = time.perf_counter()
        scoring.best(index, read(search.normalised(query), index))
        walls.append((time.perf_counter() - begun) * 1000)
    cpu = (time.process_time() - started) * 1000 / len(walls)
    walls.sort()
    p50, p95 = walls[len(walls) // 2], walls[len(walls) * 95 // 100]
    print(f"{what:<28} p50 {p50:5.2f} ms  p95 {p95:5.2f} ms  CPU {cpu:5.2f} ms a search")
    return p95


def ten_times(source: held.Source) -> SearchIndex:
    """Return the index of a menu ten times as long."""
    courses = [replace(one, pk=one.pk * 100 + copy) for one in source.courses for copy in range(TIMES_AS_MANY)]
    return build(courses, source.meanings, source.places)


def main() -> int:
    """Print the figures; return 1 when a bar is missed."""
    with transaction.atomic():
        if Course.objects.exists():
            print("the catalogue must be empty")
            return 1
        import_menu(menu=REAL, now=clock.now())
        sets = {name: rows_of(name) for name in sys.argv[1:] or SETS}
        kept = [share(name, rows) >= SETS[name] for name, rows in sets.items()]
        queries = [row["query"] for rows in sets.values() for row in rows]
        source = held.source()
        begun = time.process_time()
        index = build(source.courses, source.meanings, source.places)
        print(f"index of {len(source.courses)} courses made anew in {time.process_time() - begun:.2f} s of CPU")
        p95 = timed(f"{len(source.courses)} courses", index, queries)
        timed(f"{len(source.courses) * TIMES_AS_MANY} courses", ten_times(source), queries)
        transaction.set_rollback(True)
    return int(p95 > BOUND_MS or not all(kept))


if __name__ == "__main__":
    sys.exit(main())
