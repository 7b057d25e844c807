"""A class run as it is wished, before it has a place."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from catalogue.models import Course, Instructor, Room, Site
from policy.defaults import ROOM_BUFFER_MINUTES

# A room is cleared after each lesson; people walk to the next one by themselves.
BUFFER = timedelta(minutes=ROOM_BUFFER_MINUTES)

# Half-open: the end is free again.
Time = tuple[datetime, datetime]


@dataclass(frozen=True)
class Slot:
    """One wished lesson: room, instructor (None: still to be found), half-open time with its zone."""

    room: Room
    instructor: Instructor | None
    starts_at: datetime
    ends_at: datetime

    def takes(self) -> Iterable[tuple[Room | Instructor, Time]]:
        """Yield what the lesson takes, and for how long."""
        yield self.room, (self.starts_at, self.ends_at + BUFFER)
        if self.instructor:
            yield self.instructor, (self.starts_at, self.ends_at)

    def moved_by(self, shift: timedelta) -> "Slot":
        """Return the same lesson at another time."""
        return Slot(self.room, self.instructor, self.starts_at + shift, self.ends_at + shift)


@dataclass(frozen=True)
class Plan:
    """A wished class run; `lessons` in the order in which they are held."""

    course: Course
    site: Site
    lessons: tuple[Slot, ...]
    capacity: int
    min_size: int
    opens_at: datetime
