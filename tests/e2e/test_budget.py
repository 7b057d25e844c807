"""What a public page may weigh, at both widths, in the large size, with and without scripts (ux.md section 11)."""

import gzip
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.management import call_command

from catalogue.models import Course, Instructor, Site
from policy.models import Policy, Term
from tests.conftest import NOW
from tests.e2e.conftest import House, OpenWindow
from tests.e2e.windows import DESKTOP, PHONE, PHONE_WITHOUT_SCRIPT, Window
from timetable.models import ClassRun, Lesson

pytestmark = pytest.mark.django_db(transaction=True)

TRANSFERRED, HTML_GZIPPED, REQUESTS, NODES, SHIFT = 60_000, 20_000, 12, 1_200, 0.02
# How far what was drawn has moved since the page began; the browser tells even what came before it was asked.
WATCH_SHIFT = """
window.shifted = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) { if (!entry.hadRecentInput) window.shifted += entry.value; }
}).observe({type: "layout-shift", buffered: true});
"""
WEIGHT = """performance.getEntries().filter((one) => "transferSize" in one).map((one) => one.transferSize)"""


@pytest.fixture
def runs(menu: None) -> list[ClassRun]:
    """Give a hundred courses a run in the coming month, on ten sites, so that lists and calendar are full."""
    call_command("reference_data")
    term, policy = Term.objects.touching(NOW.date(), NOW.date()).get(), Policy.objects.current(now=NOW)
    sites = [*Site.objects.order_by("pk")[:10]]
    made = [
        ClassRun(
            number=f"26-{number:05d}",
            course=course,
            site=sites[number % 10],
            term=term,
            policy=policy,
            capacity=30,
            min_size=10,
            seats_taken=number % 31,
            opens_at=NOW - timedelta(days=1),
            starts_at=NOW + timedelta(days=number % 28 + 1, hours=number % 9),
            ends_at=NOW + timedelta(days=number % 28 + 1, hours=number % 9 + 2),
            created_at=NOW,
        )
        for number, course in enumerate(Course.objects.order_by("code")[:100], start=1)
    ]
    ClassRun.objects.bulk_create(made)
    Lesson.objects.bulk_create(
        Lesson(class_run=run, position=1, starts_at=run.starts_at, ends_at=run.ends_at) for run in made
    )
    return made


def public_paths(runs: list[ClassRun]) -> Iterator[str]:
    yield from ("/", "/courses/", "/courses/?q=消防&state=open", "/topics/ai/")
    yield from (f"/courses/{runs[0].course.code}/", f"/classes/{runs[0].number}/")
    yield from ("/calendar/", f"/calendar/?day={runs[0].starts_at:%Y-%m-%d}")
    yield from ("/sites/", "/sites/?near=station:莘庄站", f"/sites/{runs[0].site.slug}/")
    yield from (f"/sites/{runs[0].site.slug}/poster/", "/instructors/")
    yield f"/instructors/{Instructor.objects.public().earliest('pk').public_id}/"
    yield from ("/help/", "/accessibility/", "/privacy/", "/publicity/", "/login/")


def weigh(window: Window, path: str) -> dict[str, float]:
    """Open a page as the first of a visit and return what is over its bound."""
    window.page.context.clear_cookies()
    window.page.add_init_script(WATCH_SHIFT)
    window.open(path)
    sizes = window.page.evaluate(WEIGHT)
    measured = {
        "transferred": (sum(sizes), TRANSFERRED),
        "requests": (len(sizes), REQUESTS),
        "html": (len(gzip.compress(window.page.content().encode())), HTML_GZIPPED),
        "nodes": (window.page.evaluate("document.querySelectorAll('*').length"), NODES),
        "shift": (window.page.evaluate("window.shifted"), SHIFT),
    }
    return {name: value for name, (value, most) in measured.items() if value > most}


def test_public_pages_keep_to_their_budget(runs: list[ClassRun], house: House, open_window: OpenWindow) -> None:
    for screen in (PHONE, DESKTOP):
        over: dict[str, dict[str, float]] = {}
        for path in public_paths(runs):
            # A window of its own: nothing is in its cache.
            window = open_window(f"visitor-{len(over)}-{abs(hash(path))}", screen)
            over[path] = weigh(window, path)
            window.page.context.close()
        assert {path: what for path, what in over.items() if what} == {}
    assert house.address.startswith("http://127.0.0.1")


def test_public_pages_do_without_scripts_and_at_large_size(
    runs: list[ClassRun], house: House, open_window: OpenWindow
) -> None:
    for screen in (PHONE_WITHOUT_SCRIPT, DESKTOP):
        window = open_window("reader", screen)
        window.page.context.add_cookies([{"name": "size", "value": "lg", "url": house.address}])
        for path in public_paths(runs):
            window.open(path)
            assert window.page.locator("html").get_attribute("data-size") == "lg"
