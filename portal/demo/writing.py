"""Writes the drawn town by set, each row as its door would have written it (tests/portal/test_demo_town.py compares).

Left out on purpose: messages about what is over, which nobody would look for. History rows are written by the
triggers as always, so they tell when the demonstration was made; what a door records with them stands there too.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from django.db import connection, models
from django.db.models import F
from psycopg.types.range import TimestamptzRange

from accounts.models import User
from catalogue.menu.progress import Progress
from catalogue.models import Instructor, Room
from enrollment import say
from enrollment.models import SEATED, Enrollment, EnrollmentStatus, Via
from messaging.models import Channel, Delivery, DeliveryStatus, Message
from policy import ids
from policy.clock import local
from policy.history import recorded
from policy.models import NumberSeries, Policy, Term
from portal.demo.presses import Place, term_at
from portal.demo.timetable import Drawn
from timetable.models import ClassRun, Lesson, Occupancy, Resource

M = TypeVar("M", bound=models.Model)

BATCH = 1000
PLACE_COLUMNS = [
    "id",
    "public_id",
    "class_run_id",
    "worker_id",
    "status",
    "via",
    "entered_by_id",
    "created_at",
    "queued_at",
    "seated_at",
    "cancelled_at",
]


@dataclass(frozen=True)
class Pen:
    """By whom and when the town is written, and who is told how far it is."""

    officer: User
    now: datetime
    progress: Progress


class Written(NamedTuple):
    """An enrollment that was written: its ids, its run, and its place."""

    pk: int
    public_id: str
    run: ClassRun
    place: Place


def write(model: type[M], rows: Iterable[M], label: str, progress: Progress) -> list[M]:
    """Insert the rows, some thousand at a time, and say how far it is; they have their ids afterwards."""
    waiting = list(rows)
    manager: Any = model._default_manager  # noqa: SLF001 -- Django's own name for it
    for start in range(0, len(waiting), BATCH):
        manager.bulk_create(waiting[start : start + BATCH])
        progress(label, min(start + BATCH, len(waiting)), len(waiting))
    return waiting


def prepare() -> None:
    """Ready the transaction: it may last, and its foreign keys are checked at once.

    Checks put off until the end would pile up, and each history trigger looks through the pile: ten times the time.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def write_runs(drawn: Sequence[Drawn], places: Sequence[Sequence[Place]], pen: Pen) -> list[ClassRun]:
    """Write the runs, in the order in which they were made, with lessons, what these occupy, and the seats taken."""
    terms = list(Term.objects.all())
    policies = list(Policy.objects.order_by("-valid_from", "-pk"))
    rows = (
        ClassRun(
            number=number,
            course=run.plan.course,
            site=run.plan.site,
            term=term_at(run.plan.lessons[0].starts_at, terms),
            private_to=run.private_to,
            policy=next(policy for policy in policies if policy.valid_from <= run.made_at),
            capacity=run.plan.capacity,
            min_size=run.plan.min_size,
            seats_taken=sum(place.status in SEATED for place in taken),
            waiting=sum(place.status == EnrollmentStatus.WAITING for place in taken),
            opens_at=run.plan.opens_at,
            starts_at=run.plan.lessons[0].starts_at,
            ends_at=run.plan.lessons[-1].ends_at,
            created_at=run.made_at,
            created_by=pen.officer,
        )
        for run, taken, number in zip(drawn, places, _numbers(drawn), strict=True)
    )
    with recorded(actor=pen.officer, reason="schedule run"):
        runs = write(ClassRun, rows, "班次", pen.progress)
        _write_lessons(drawn, runs, pen)
    _record_no_more()
    return runs


def write_places(runs: Sequence[ClassRun], places: Sequence[Sequence[Place]], pen: Pen) -> list[Written]:
    """Write everybody's enrollment, the oldest first, and what those were told whose seat or line is still theirs."""
    pairs = [(run, place) for run, taken in zip(runs, places, strict=True) for place in taken]
    pairs.sort(key=lambda pair: pair[1].created_at)
    ids_given = _new_ids(Enrollment, len(pairs))
    written = [Written(pk, ids.public_id(), *pair) for pk, pair in zip(ids_given, pairs, strict=True)]
    copy_into(Enrollment, PLACE_COLUMNS, [_row(one, pen.officer) for one in written], "报名", pen.progress)
    told = (message for one in written for message in _told(one))
    messages = write(Message, told, "消息", pen.progress)
    write(Delivery, (_carried(message) for message in messages), "短信", pen.progress)
    return written


def copy_into(
    model: type[models.Model], columns: Sequence[str], rows: Sequence[Sequence[object]], label: str, progress: Progress
) -> None:
    """Insert rows of plain values by COPY: for the tens of thousands, where making objects would take most time."""
    statement = f"COPY {model._meta.db_table} ({', '.join(columns)}) FROM STDIN"  # noqa: SLF001 -- Django's own name
    with connection.cursor() as cursor:
        for start in range(0, len(rows), BATCH):
            with cursor.copy(statement) as copy:
                for row in rows[start : start + BATCH]:
                    copy.write_row(row)
            progress(label, min(start + BATCH, len(rows)), len(rows))


def carry_all(*, now: datetime) -> None:
    """Leave nothing for the courier, who would send hundreds of texts to phones that nobody has."""
    messages = list(Message.objects.to_dispatch(now))
    Delivery.objects.bulk_create([_carried(message) for message in messages if message.channels])
    Message.objects.filter(pk__in=[message.pk for message in messages]).update(dispatched_at=now)


def count_anew() -> None:
    """Let the database look at what it has, so that the first pages find good ways."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _record_no_more() -> None:
    """End what recorded() began: its variables stay until the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('pghistory.context_id', '', true), set_config('pghistory.context_metadata', '', true)"
        )


def _numbers(drawn: Sequence[Drawn]) -> Iterable[str]:
    """Return a number for each run, going on from the last one of the year in which the run was made."""
    years = [local(run.made_at).year for run in drawn]
    following = {}
    for year in sorted(set(years)):
        following[year] = NumberSeries.objects.take(series="class_run", year=year)
        more = years.count(year) - 1
        NumberSeries.objects.filter(series="class_run", year=year).update(last=F("last") + more)
    for year in years:
        yield f"{year % 100:02d}-{following[year]:05d}"
        following[year] += 1


def _write_lessons(drawn: Sequence[Drawn], runs: Sequence[ClassRun], pen: Pen) -> None:
    slots = [slot for run in drawn for slot in run.plan.lessons]
    rows = (
        Lesson(
            class_run=row,
            position=position,
            room=slot.room,
            instructor=slot.instructor,
            starts_at=slot.starts_at,
            ends_at=slot.ends_at,
        )
        for run, row in zip(drawn, runs, strict=True)
        for position, slot in enumerate(run.plan.lessons, start=1)
    )
    lessons = write(Lesson, rows, "课次", pen.progress)
    resources = _resources(slot_thing for slot in slots for slot_thing, _during in slot.takes())
    occupied = (
        Occupancy(resource=resources[thing], lesson=lesson, during=TimestamptzRange(*during))
        for slot, lesson in zip(slots, lessons, strict=True)
        for thing, during in slot.takes()
    )
    write(Occupancy, occupied, "占用", pen.progress)


def _resources(things: Iterable[Room | Instructor]) -> dict[Room | Instructor, Resource]:
    """Return the resource of each room and instructor, made at its first use."""
    wanted = {
        thing: Resource(room=thing) if isinstance(thing, Room) else Resource(instructor=thing)
        for thing in dict.fromkeys(things)
    }
    Resource.objects.bulk_create(wanted.values(), ignore_conflicts=True)
    known = {row.room or row.instructor: row for row in Resource.objects.select_related("room", "instructor")}
    return {thing: known[thing] for thing in wanted}


def _new_ids(model: type[models.Model], count: int) -> list[int]:
    """Take that many ids of a table."""
    with connection.cursor() as cursor:
        table = model._meta.db_table  # noqa: SLF001 -- Django's own name for it
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count])
        return [pk for (pk,) in cursor.fetchall()]


def _row(one: Written, officer: User) -> list[object]:
    """Return an enrollment in the order of PLACE_COLUMNS."""
    place = one.place
    typed_in_by = None if place.via == Via.WEB else place.named_by or officer
    return [
        one.pk,
        one.public_id,
        one.run.pk,
        place.worker.pk,
        place.status.value,
        place.via.value,
        typed_in_by and typed_in_by.pk,
        place.created_at,
        place.queued_at,
        place.seated_at,
        place.cancelled_at,
    ]


def _told(one: Written) -> Iterable[Message]:
    """Yield what the bearer of a seat or of a place in line has been told, as long as it is still so."""
    place, use_by = one.place, one.run.starts_at
    if place.status not in {EnrollmentStatus.ENROLLED, EnrollmentStatus.WAITING}:
        return
    if place.queued_at is None:
        firm = one.run.private_to
        text = say.named_by(firm.name) if firm else say.enrolled
        yield _message("enrolled", text, one, due_at=place.created_at, use_by=use_by)
        return
    yield _message("in_line", say.in_line, one, due_at=place.queued_at, use_by=use_by)
    if place.seated_at:
        yield _message("moved_up", say.moved_up, one, due_at=place.seated_at, use_by=use_by)


def _message(kind: str, text: say.Sentence, one: Written, *, due_at: datetime, use_by: datetime) -> Message:
    """Return the message as the courier has left it."""
    parts = text(worker=one.place.worker, run=one.run, public_id=one.public_id)
    subject, ahead = f"enrollment/{one.pk}", str(one.place.ahead)
    return Message(
        person=one.place.worker,
        key=f"{kind}:{subject}",
        kind=kind,
        subject=subject,
        title=parts["title"],
        body=parts["body"].replace("{ahead}", ahead),
        sms=parts["sms"].replace("{ahead}", ahead),
        path=parts["path"],
        channels=[Channel.SMS],
        due_at=due_at,
        use_by=use_by,
        created_at=due_at,
        dispatched_at=due_at,
    )


def _carried(message: Message) -> Delivery:
    at = message.due_at
    return Delivery(
        message=message,
        channel=Channel.SMS,
        status=DeliveryStatus.SENT,
        due_at=at,
        claimed_at=at,
        finished_at=at,
        receipt="demo",
    )
