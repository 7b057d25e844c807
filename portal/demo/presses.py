"""Who presses for the town's class runs, who cancels, and where each of them stands at last: the doors, played ahead.

The rules are kept stricter than by the doors, so that no door would have refused: at most the cap in a term, finished
runs counted in; never two runs of a course in a term; never two lessons at once.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import NamedTuple

from accounts.models import User
from enrollment.models import Enrollment, EnrollmentStatus, Via
from policy.clock import local
from policy.defaults import CANCEL_CUTOFF_HOURS, MAX_LIVE_ENROLLMENTS
from policy.models import Term
from portal.demo.timetable import Drawn
from timetable.plans import Plan, Time

MOST_TRIES = 12
# Some people come often, most come seldom.
SKEW = 1.4
# Most press in the first days.
RUSH = 3
CANCELLING, BY_STAFF, COMPLETING = 0.06, 0.05, 0.87
# A run that is liked most is wished for by so many people a seat.
MOST_WISHES = 1.4
LATE = timedelta(hours=CANCEL_CUTOFF_HOURS)


class Press(NamedTuple):
    """Somebody wants a seat or, with `cancels`, gives it back."""

    at: datetime
    worker: User
    cancels: bool
    via: Via


@dataclass
class Place:
    """An enrollment as the doors leave it, with the number of people ahead when it joined the line.

    `named_by`: the person of an enterprise who had it on the roster; else staff typed in what did not come by web.
    """

    worker: User
    created_at: datetime
    via: Via
    status: EnrollmentStatus
    queued_at: datetime | None = None
    seated_at: datetime | None = None
    cancelled_at: datetime | None = None
    ahead: int = 0
    named_by: User | None = None


@dataclass(frozen=True)
class Held:
    """What somebody has already: the run's term, its course and its lessons."""

    term: int
    course: int
    times: Sequence[Time]


class Crowd:
    """The workers who press, and what each of them holds."""

    def __init__(self, workers: Sequence[User], chance: Random) -> None:
        self.workers = workers
        self.chance = chance
        self.terms = list(Term.objects.all())
        self.held: dict[int, list[Held]] = defaultdict(list)
        for row in Enrollment.objects.live().select_related("class_run").prefetch_related("class_run__lessons"):
            times = [(lesson.starts_at, lesson.ends_at) for lesson in row.class_run.lessons.all()]
            self.held[row.worker_id].append(Held(row.class_run.term_id, row.class_run.course_id, times))

    def presses(self, run: Drawn, *, now: datetime) -> list[Press]:
        """Return who presses for the run and who cancels, until `now` or the start, in the order of time."""
        plan = run.plan
        opens, until = plan.opens_at, min(now, plan.lessons[0].starts_at)
        if opens >= now:
            return []
        found = []
        for worker in self._people(plan, _wished(run, until)):
            at = opens + (until - opens) * self.chance.random() ** RUSH
            by_staff = self.chance.random() < BY_STAFF
            via = self.chance.choice([Via.PHONE, Via.COUNTER]) if by_staff else Via.WEB
            found.append(Press(at, worker, cancels=False, via=via))
            if self.chance.random() < CANCELLING:
                found.append(Press(at + (until - at) * self.chance.random(), worker, cancels=True, via=via))
        return sorted(found, key=lambda press: (press.at, press.cancels))

    def roster(self, plan: Plan, people: Iterable[User]) -> Iterator[User]:
        """Yield those of the people who may take a seat, and have it from then on."""
        wanted = self._wanted(plan)
        return (person for person in people if self._takes(person, wanted))

    def _people(self, plan: Plan, count: int) -> Iterable[User]:
        """Yield up to that many people who may take a seat; fewer where too few are left."""
        wanted = self._wanted(plan)
        found = 0
        for _try in range(MOST_TRIES * count if self.workers else 0):
            if found == count:
                return
            worker = self.workers[int(len(self.workers) * self.chance.random() ** SKEW)]
            if self._takes(worker, wanted):
                found += 1
                yield worker

    def _wanted(self, plan: Plan) -> Held:
        term = term_at(plan.lessons[0].starts_at, self.terms)
        return Held(term.pk, plan.course.pk, [(slot.starts_at, slot.ends_at) for slot in plan.lessons])

    def _takes(self, worker: User, wanted: Held) -> bool:
        """Let the worker hold it as well, unless a door would refuse; tell whether it did."""
        may = _fits(wanted, self.held[worker.pk])
        if may:
            self.held[worker.pk].append(wanted)
        return may


def term_at(moment: datetime, terms: Iterable[Term]) -> Term:
    """Return the one of the terms that the moment's day, in Shanghai, belongs to."""
    day = local(moment).date()
    return next(term for term in terms if term.starts_on <= day <= term.ends_on)


def play(plan: Plan, presses: Iterable[Press]) -> list[Place]:
    """Return where everybody stands at last, in the order of their first press."""
    places: dict[int, Place] = {}
    line: list[Place] = []
    taken = 0
    for at, worker, cancels, via in presses:
        if not cancels:
            is_free = taken < plan.capacity and not line
            places[worker.pk] = _seat(worker, at, via) if is_free else _join(worker, at, via, line)
            taken += is_free
            continue
        place = places[worker.pk]
        taken -= place.status == EnrollmentStatus.ENROLLED
        _cancel(place, at, line, starts_at=plan.lessons[0].starts_at)
        if line and taken < plan.capacity:
            served = line.pop(0)
            served.status, served.seated_at = EnrollmentStatus.ENROLLED, at
            taken += 1
    return list(places.values())


def finish(places: Iterable[Place], *, chance: Random) -> None:
    """End a run: most have come to enough lessons. Who is in line stays there, as long as no door says otherwise."""
    for place in places:
        if place.status == EnrollmentStatus.ENROLLED:
            has_completed = chance.random() < COMPLETING
            place.status = EnrollmentStatus.COMPLETED if has_completed else EnrollmentStatus.NOT_COMPLETED


def _wished(run: Drawn, until: datetime) -> int:
    """Return how many people want a seat of the run by then; runs that took place had enough for that."""
    plan = run.plan
    start = plan.lessons[0].starts_at
    if until == start:
        return round(plan.min_size + (MOST_WISHES * plan.capacity - plan.min_size) * run.liked**2)
    elapsed: float = (until - plan.opens_at) / (start - plan.opens_at)
    return int(MOST_WISHES * plan.capacity * run.liked * elapsed ** (1 / RUSH))


def _fits(wanted: Held, held: Sequence[Held]) -> bool:
    """Tell whether somebody who holds all this may take the wanted one as well."""
    in_term = [other for other in held if other.term == wanted.term]
    if len(in_term) >= MAX_LIVE_ENROLLMENTS or any(other.course == wanted.course for other in in_term):
        return False
    return not any(
        start < end and begin < stop for other in held for start, stop in other.times for begin, end in wanted.times
    )


def _seat(worker: User, at: datetime, via: Via) -> Place:
    return Place(worker, at, via, EnrollmentStatus.ENROLLED, seated_at=at)


def _join(worker: User, at: datetime, via: Via, line: list[Place]) -> Place:
    place = Place(worker, at, via, EnrollmentStatus.WAITING, queued_at=at, ahead=len(line))
    line.append(place)
    return place


def _cancel(place: Place, at: datetime, line: list[Place], *, starts_at: datetime) -> None:
    place.cancelled_at = at
    if place.status == EnrollmentStatus.WAITING:
        line.remove(place)
        place.status = EnrollmentStatus.CANCELLED
    else:
        place.status = EnrollmentStatus.CANCELLED_LATE if starts_at - at < LATE else EnrollmentStatus.CANCELLED
