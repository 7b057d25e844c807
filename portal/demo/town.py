"""The whole demonstration, one subject after another."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from catalogue.menu.progress import Progress
from policy.reference import reference_data
from portal.demo import featured, firms, orders, people, proposing, timetable, wanting
from portal.demo.presses import Crowd, finish, play
from portal.demo.timetable import BEGAN, COMING, Drawn
from portal.demo.writing import Pen, carry_all, count_anew, prepare, write_places, write_runs

TERM_STEP = timedelta(days=60)


@dataclass(frozen=True)
class Size:
    """How many workers and public class runs the town has; its enterprises and orders follow from these."""

    people: int
    runs: int

    @property
    def firms(self) -> int:
        """Enterprises: 300 of 20,000 people."""
        return max(1, self.people * 300 // 20_000)

    @property
    def orders(self) -> int:
        """Orders: 160 beside 5,000 runs; always one of every way."""
        return max(len(orders.WAYS), self.runs * 160 // 5000)


def make(*, size: Size, seed: int, now: datetime, progress: Progress) -> None:
    """Make the staff, the workers, the runs everybody finds, and the town around them. Call it in a transaction.

    Raises timetable.TownIsFull.
    """
    prepare()
    chance = Random(seed)  # noqa: S311 -- a demonstration is to be the same again
    began = now - BEGAN
    for step in range((BEGAN + 2 * COMING) // TERM_STEP + 1):
        reference_data(now=began + step * TERM_STEP)
    officer = people.make_officer(now=began)
    workers = people.make_workers(size.people, chance=chance, began=began, progress=progress)
    wished = featured.wishes(workers=size.people, chance=chance, now=now)
    made = featured.schedule(wished, officer=officer, chance=chance, now=now)
    featured.fill(made, wished, workers, now=now)
    people.make_manager(site=made[0].site, now=began)
    crowd, pen = Crowd(workers[2:], chance), Pen(officer, now, progress)
    make_runs(size.runs - len(made), crowd=crowd, pen=pen)
    ordering = firms.make_firms(size.firms, crowd.workers, chance=chance, pen=pen)
    orders.make_orders(size.orders, ordering, crowd=crowd, pen=pen)
    proposing.make_proposals(now=now)
    wanting.make_wishes(crowd.workers, officer=officer, now=now)
    carry_all(now=now)
    count_anew()


def make_runs(count: int, *, crowd: Crowd, pen: Pen) -> list[Drawn]:
    """Make that many class runs with all who press for them; return the plans they followed."""
    drawn = timetable.draw(count, chance=crowd.chance, now=pen.now, progress=pen.progress)
    places = []
    for run in drawn:
        standing = play(run.plan, crowd.presses(run, now=pen.now))
        if run.plan.lessons[-1].ends_at <= pen.now:
            finish(standing, chance=crowd.chance)
        places.append(standing)
    write_places(write_runs(drawn, places, pen), places, pen)
    return drawn
