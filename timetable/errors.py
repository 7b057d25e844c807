"""Refusals of this app, and what could be done instead."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from catalogue.models import Instructor, Room
from policy.problems import Problem, Refused
from timetable.models import ClassRun


@dataclass(frozen=True)
class Alternatives:
    """What is free instead: rooms at the wished times, instructors of the course, starts of the first lesson."""

    rooms: tuple[Room, ...] = ()
    instructors: tuple[Instructor, ...] = ()
    starts: tuple[datetime, ...] = ()


class TimetableRefused(Refused):
    """The timetable said no; the problems name what is in the way, the alternatives are free.

    `twin` is the run that the same person made of the same plan before, where that one is in the way.
    """

    def __init__(
        self,
        problems: Iterable[Problem],
        alternatives: Alternatives | None = None,
        twin: ClassRun | None = None,
    ) -> None:
        """Keep the problems in reading order; without alternatives there is nothing to offer."""
        super().__init__(problems)
        self.alternatives = alternatives or Alternatives()
        self.twin = twin
