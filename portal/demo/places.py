"""What the demonstration's timetable is drawn from: short courses, ordinary rooms, the hours people are free."""

from datetime import date, datetime, time, timedelta
from random import Random
from typing import TypeVar

from catalogue.models import Course, Delivery, Room, RoomKind
from policy.clock import SHANGHAI
from portal.forms import lesson_minutes

T = TypeVar("T")

NOON, EVENING, MORNING, AFTERNOON = time(12, 0), time(18, 30), time(9, 30), time(14, 0)
LONGEST_AT_NOON = timedelta(minutes=80)
LONGEST_MINUTES = 120
SATURDAY, SUNDAY = 5, 6
SMALLEST_ROOM = 12
OFFICE_OPENS, OFFICE_MINUTES = time(9, 0), 8 * 60
USUAL_KINDS = [RoomKind.CLASSROOM, RoomKind.MEETING, RoomKind.HALL]


def short_courses() -> list[Course]:
    """Return the courses whose lessons fit into a noon, an evening or half a Saturday."""
    offered = Course.objects.published().delivered_as([Delivery.ON_SITE])
    return [course for course in offered if lesson_minutes(course) <= LONGEST_MINUTES]


def lesson_length(course: Course) -> timedelta:
    """Return how long one lesson takes."""
    return timedelta(minutes=lesson_minutes(course))


def all_rooms() -> list[Room]:
    """Return the rooms for ordinary lessons, those of a site together and in its order."""
    rooms = Room.objects.filter(retired_at=None, site__retired_at=None, kind__in=USUAL_KINDS)
    big_enough = rooms.filter(capacity__gte=SMALLEST_ROOM)
    return list(big_enough.select_related("site").order_by("site_id", "position", "pk"))


def usual_rooms() -> list[Room]:
    """Return the first of these rooms at each site."""
    return list({room.site_id: room for room in reversed(all_rooms())}.values())[::-1]


def shuffled(things: list[T], chance: Random) -> list[T]:
    """Return the same things in another order."""
    return chance.sample(things, len(things))


def at_work(day: date, chance: Random) -> datetime:
    """Return a moment of the day at which offices are open."""
    return datetime.combine(day, OFFICE_OPENS, SHANGHAI) + timedelta(minutes=chance.randrange(OFFICE_MINUTES))
