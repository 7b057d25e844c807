"""The town's orders: every way an order can go, through twelve months, each step made through its door.

The class runs of orders and the seats of rosters are written by set, as those of everybody else.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain, cycle, islice
from random import Random

from accounts.models import User
from bookings import moves, orders
from bookings.models import RosterEntry
from bookings.moves import Action
from bookings.rules import Order, earliest_day
from catalogue.models import Band, Course
from enrollment.models import EnrollmentStatus, Via
from policy import ids
from policy.calendar import add_workdays, is_workday
from policy.clock import local
from policy.defaults import BOOKING_MIN_HEADCOUNT
from portal.demo.firms import Firm
from portal.demo.places import EVENING, NOON, SATURDAY, all_rooms, at_work, shuffled
from portal.demo.presses import Crowd, Place, finish
from portal.demo.timetable import PAST, WEEK, Diary, Drawn, Offer, TownIsFull, find_place, offers, todays_diary
from portal.demo.writing import Pen, write, write_places, write_runs
from timetable.models import ClassRun
from timetable.plans import Plan, Time

DAY = timedelta(days=1)
ACCEPTED = (Action.SUBMIT, Action.ACCEPT)
CONFIRMED = (*ACCEPTED, Action.CONFIRM)
DONE = (*CONFIRMED, Action.FINISH)
# Every way from a draft to where an order stands at last, and how many in forty go it.
WAYS: dict[tuple[Action, ...], int] = {
    (): 3,
    (Action.SUBMIT,): 2,
    ACCEPTED: 1,
    CONFIRMED: 7,
    DONE: 13,
    (Action.SUBMIT, Action.DECLINE): 4,
    (Action.WITHDRAW,): 2,
    (Action.SUBMIT, Action.WITHDRAW): 3,
    (*ACCEPTED, Action.WITHDRAW): 2,
    (*ACCEPTED, Action.CANCEL): 3,
}
# How many working days ago those began that wait for somebody: the answer is promised within three.
BEGAN_AGO = {(): range(1, 9), (Action.SUBMIT,): range(1, 9), ACCEPTED: range(3, 13)}
OF_ENTERPRISE = {Action.SUBMIT, Action.WITHDRAW}
REASONS = {
    Action.DECLINE: "这门课本学期的讲师已经排满，建议下学期再点。",
    Action.CANCEL: "讲师临时有任务，和单位商量后取消。",
}
PURPOSES = [
    "一线职工基础不一样，想从最常用的讲起。",
    "换了新设备，班组长想先学会再教大家。",
    "希望结合本单位的例子讲，多留时间练习。",
    "去年听过一次，想再深入一些。",
]
PLACES = ["三楼会议室", "职工之家", "食堂二楼", "附近的学堂也可以"]
MOST_PEOPLE = 40
FIRST_CLASS, LAST_CLASS = PAST - 50 * DAY, 45 * DAY
MOST_MISSES = 200


@dataclass(frozen=True)
class Wanted:
    """An order as it will go: who asks for what, the moments of its steps, its class where it gets one."""

    firm: Firm
    contact: User
    key: str
    order: Order
    way: tuple[Action, ...]
    moments: Sequence[datetime]
    run: Drawn | None

    @property
    def created_at(self) -> datetime:
        """When the form was first kept: some minutes before it was sent."""
        return self.moments[0] - timedelta(minutes=20)


class Plans:
    """Draws orders: courses in turn, rooms and instructors that are free, days that the rules allow."""

    def __init__(self, chance: Random, now: datetime) -> None:
        self.chance, self.now = chance, now
        self.today = local(now).date()
        self.diary: Diary = todays_diary()
        self.rooms = [room for room in all_rooms() if room.capacity >= BOOKING_MIN_HEADCOUNT]
        big_enough = [offer for offer in offers() if offer.teacher and offer.course.max_size >= BOOKING_MIN_HEADCOUNT]
        if not (self.rooms and big_enough):
            raise TownIsFull
        self.offers = shuffled(big_enough, chance)
        self.next_offer = cycle(self.offers)

    def draw(self, firm: Firm, way: tuple[Action, ...]) -> Wanted:
        """Return an order of the firm that goes this way. Raises TownIsFull."""
        contact = self.chance.choice(firm.bookers)
        if Action.CONFIRM in way:
            return self._with_class(firm, contact, way)
        day = self._began(way)
        offer = next(self.next_offer)
        first_day = add_workdays(earliest_day(at_work(day, self.chance)), self.chance.randrange(10))
        bands = [Band.NOON, Band.AFTER_WORK, Band.WEEKDAY_DAY]
        order = self._order(firm, offer.course, self._headcount(offer), (first_day, self.chance.choice(bands)))
        return Wanted(firm, contact, self._key(), order, way, self._moments(way or (Action.SUBMIT,), day), None)

    def _with_class(self, firm: Firm, contact: User, way: tuple[Action, ...]) -> Wanted:
        for offer in islice(self.next_offer, MOST_MISSES):
            headcount = self._headcount(offer)
            rooms = [room for room in self.rooms if room.capacity >= headcount]
            between = self._between(offer, way)
            lessons = find_place(offer, rooms, self.diary, between=between, chance=self.chance) if rooms else None
            if lessons:
                break
        else:
            raise TownIsFull
        self.diary.take(lessons)
        start, end = lessons[0].starts_at, lessons[-1].ends_at
        moments = self._moments(CONFIRMED, self._asked_before(local(start).date()))
        plan = Plan(offer.course, lessons[0].room.site, lessons, headcount, 1, moments[-1])
        run = Drawn(plan, moments[-1], private_to=firm.enterprise)
        if way == DONE:
            moments.append(end + timedelta(minutes=self.chance.randrange(30, 47 * 60)))
        order = self._order(firm, offer.course, headcount, (local(start).date(), _band(start)))
        return Wanted(firm, contact, self._key(), order, way, moments, run)

    def _between(self, offer: Offer, way: tuple[Action, ...]) -> Time:
        """Return when the class may start: so that it is over for two days, or is not over or nearly so."""
        if way == DONE:
            return self.now - FIRST_CLASS, self.now - 3 * DAY - (offer.course.lesson_count - 1) * WEEK
        return self.now - 4 * DAY, self.now + LAST_CLASS

    def _began(self, way: tuple[Action, ...]) -> date:
        """Return the working day on which the order is written: lately where it still waits."""
        if way in BEGAN_AGO:
            day = self.today
            for _workday in range(self.chance.choice(BEGAN_AGO[way])):
                day = _workday_until(day - DAY)
            return day
        return _workday_until(self.today - self.chance.randrange(30, PAST.days - 20) * DAY)

    def _asked_before(self, start: date) -> date:
        """Return a working day early enough for a class of that day, and for its confirmation to be over."""
        day = min(start - self.chance.randrange(16, 40) * DAY, self.today - self.chance.randrange(20, 30) * DAY)
        while earliest_day(at_work(day, self.chance)) > start:
            day -= DAY
        return _workday_until(day)

    def _moments(self, way: tuple[Action, ...], day: date) -> list[datetime]:
        """Return when each step is made, one or two working days after another."""
        found = []
        for _step in way:
            found.append(at_work(day, self.chance))
            day = add_workdays(day, self.chance.randint(1, 2))
        return found

    def _headcount(self, offer: Offer) -> int:
        return self.chance.randint(BOOKING_MIN_HEADCOUNT, min(offer.course.max_size, MOST_PEOPLE))

    def _order(self, firm: Firm, course: Course, headcount: int, first: tuple[date, Band]) -> Order:
        """Return what is asked for: up to three courses that hold the people, and three days."""
        others = [offer.course for offer in self.chance.sample(self.offers, min(3, len(self.offers)))]
        fitting = [other for other in others if other != course and other.max_size >= headcount]
        frontline = self.chance.randrange(headcount)
        migrant = self.chance.randrange(headcount - frontline)
        second = add_workdays(first[0], self.chance.randint(1, 3))
        third = add_workdays(second, self.chance.randint(1, 3))
        return Order(
            courses=(course, *fitting[: self.chance.randrange(3)]),
            dates=(first, (second, Band.AFTER_WORK), (third, Band.ANY)),
            headcount=headcount,
            place=f"{firm.enterprise.name}{self.chance.choice(PLACES)}",
            purpose=self.chance.choice(PURPOSES),
            composition={"frontline": frontline, "migrant": migrant, "management": 1, "new_form": None},
        )

    def _key(self) -> str:
        return "".join(self.chance.choices(ids.ALPHABET, k=ids.PUBLIC_ID_LENGTH))


def make_orders(count: int, firms: Sequence[Firm], *, crowd: Crowd, pen: Pen) -> None:
    """Make that many orders: one of every way for the first firm, which visitors sign in for, then the others'.

    Raises TownIsFull.
    """
    plans = Plans(crowd.chance, pen.now)
    visitors, *others = firms
    many = [way for way, share in WAYS.items() for _one in range(share)]
    pairs = [(visitors, way) for way in WAYS]
    rounds = (shuffled(many, crowd.chance) for _round in range(count // len(many) + 1))
    pairs += zip(cycle(others or firms), chain.from_iterable(rounds), strict=False)
    wanted = [plans.draw(firm, way) for firm, way in pairs[:count]]
    scheduled = sorted((one for one in wanted if one.run), key=lambda one: one.moments[2])
    drawn = [one.run for one in scheduled if one.run]
    places = [list(_roster(one, crowd=crowd, now=pen.now)) for one in scheduled]
    runs = write_runs(drawn, places, pen)
    seated = write_places(runs, places, pen)
    bookings = _play(wanted, {one.key: run for one, run in zip(scheduled, runs, strict=True)}, pen)
    entries = (
        RosterEntry(
            booking_id=bookings[one.run.pk],
            enrollment_id=one.pk,
            name=one.place.worker.name,
            added_by=one.place.named_by,
            added_at=one.place.created_at,
        )
        for one in seated
    )
    write(RosterEntry, entries, "名单", pen.progress)


def _roster(wanted: Wanted, *, crowd: Crowd, now: datetime) -> Iterator[Place]:
    """Yield the seats of the people an enterprise named, some days after the class was confirmed, if it did yet."""
    run, chance = wanted.run, crowd.chance
    if run is None:
        return
    is_over = run.plan.lessons[-1].ends_at <= now
    named = round(run.plan.capacity * (chance.uniform(0.7, 1) if is_over else chance.choice([0.5, 0, 1])))
    until = min(now, run.plan.lessons[0].starts_at)
    named_at = run.made_at + (until - run.made_at) * chance.uniform(0.1, 0.9)
    people = crowd.roster(run.plan, shuffled(list(wanted.firm.staff), chance))
    places = [
        Place(worker, named_at, Via.ROSTER, EnrollmentStatus.ENROLLED, seated_at=named_at, named_by=wanted.contact)
        for worker in islice(people, named)
    ]
    if is_over:
        finish(places, chance=chance)
    yield from places


def _play(wanted: Sequence[Wanted], runs: dict[str, ClassRun], pen: Pen) -> dict[int, int]:
    """Let everybody do what was drawn, in the order of time; return the order of each class run, by their ids."""
    steps: list[tuple[datetime, Action | None, Wanted]] = [(one.created_at, None, one) for one in wanted]
    steps += [(at, action, one) for one in wanted for action, at in zip(one.way, one.moments, strict=False)]
    booking_ids: dict[str, int] = {}
    for done, (at, action, one) in enumerate(sorted(steps, key=lambda step: step[0]), start=1):
        if action is None:
            booking_ids[one.key] = _written(one, at)
        else:
            _move(booking_ids[one.key], action, one, runs.get(one.key), pen=pen, at=at)
        pen.progress("点单", done, len(steps))
    return {run.pk: booking_ids[key] for key, run in runs.items()}


def _written(one: Wanted, at: datetime) -> int:
    enterprise_id = one.firm.enterprise.pk
    return orders.save(enterprise_id=enterprise_id, person=one.contact, order=one.order, key=one.key, now=at).pk


def _move(  # noqa: PLR0913 -- who does what with which order, when, and what came of it
    booking_id: int, action: Action, one: Wanted, run: ClassRun | None, *, pen: Pen, at: datetime
) -> None:
    reason, schedule = REASONS.get(action, ""), None
    if action == Action.CONFIRM and run and one.run:
        reason, schedule = f"{one.run.plan.lessons[0].instructor}电话答应", lambda _booking: run
    actor = one.contact if action in OF_ENTERPRISE else pen.officer
    moves.move(booking_id=booking_id, action=action, actor=actor, now=at, reason=reason, schedule=schedule)


def _workday_until(day: date) -> date:
    """Return the day, or the last working day before it."""
    while not is_workday(day):
        day -= DAY
    return day


def _band(start: datetime) -> Band:
    """Return the band that a class of the town's hours is of."""
    moment = local(start)
    if moment.weekday() == SATURDAY:
        return Band.WEEKEND
    return {NOON: Band.NOON, EVENING: Band.AFTER_WORK}.get(moment.time(), Band.WEEKDAY_DAY)
