"""What of the menu is left by what was asked for: courses, their order, and the counts beside every choice."""

from collections.abc import Iterator, Sequence

from portal.course_index import COURSE_FACETS, RUN_FACETS, CourseIndex, IndexedRun, Mask, Masks, masks_of
from portal.facets import Counts

Chosen = dict[str, list[str]]


class Selection:
    """The index narrowed by what was chosen: any value within a facet, all facets together.

    `found` are the keys of the courses a search found, the best first; without a search it is None. What is asked of
    runs must hold for one and the same run. The counts of a facet ignore its own choice and respect all others.
    """

    def __init__(self, index: CourseIndex, chosen: Chosen, found: Sequence[int] | None = None) -> None:
        """Remember what was chosen."""
        self.index = index
        self.chosen = {facet: frozenset(values) for facet, values in chosen.items() if values}
        self.found = found

    def runs(self, apart_from: str = "") -> Iterator[IndexedRun]:
        """Yield the runs that fit what is asked of runs, the ones to press for first."""
        asked = [(facet, self.chosen[facet]) for facet in RUN_FACETS if facet in self.chosen and facet != apart_from]
        for run in self.index.runs:
            if all(run.values[facet] & values for facet, values in asked):
                yield run

    def courses(self, apart_from: str = "") -> Mask:
        """Return the courses that fit everything, apart from one facet."""
        return self._of_menu(apart_from) & self._with_runs(apart_from)

    def counts(self) -> Counts:
        """Return the courses each choice would leave."""
        counts: Counts = {}
        whole = self.courses()
        for facet in COURSE_FACETS:
            rest = self.courses(facet) if facet in self.chosen else whole
            counts |= _counted(facet, self.index.of_courses[facet], rest)
        menu = self._of_menu("")
        for facet in RUN_FACETS:
            counts |= _counted(facet, self._masks_of_runs(facet), menu)
        return counts

    def ordered(self, sort: str) -> list[int]:
        """Return the keys of the courses that fit, in one of the orders of portal/filters.py."""
        fitting, places = self.courses(), self.index.places
        return [pk for pk in self._all_in_order(sort) if fitting >> places[pk] & 1]

    def next_runs(self, courses: Sequence[int], most: int) -> dict[int, list[int]]:
        """Return of each of these courses up to `most` fitting runs, the ones to press for first."""
        bits = {1 << self.index.places[pk]: pk for pk in courses}
        wanted: dict[int, list[int]] = {pk: [] for pk in courses}
        for run in self.runs():
            pk = bits.get(run.course_bit)
            if pk is not None and len(wanted[pk]) < most:
                wanted[pk].append(run.pk)
        return wanted

    def _of_menu(self, apart_from: str) -> Mask:
        mask = self.index.everything if self.found is None else self._found_mask()
        for facet in COURSE_FACETS:
            if facet in self.chosen and facet != apart_from:
                mask &= _any_of(self.index.of_courses[facet], self.chosen[facet])
        return mask

    def _found_mask(self) -> Mask:
        places = self.index.places
        return sum(1 << places[pk] for pk in self.found or () if pk in places)

    def _with_runs(self, apart_from: str) -> Mask:
        if not any(facet in self.chosen for facet in RUN_FACETS if facet != apart_from):
            return self.index.everything
        mask = 0
        for run in self.runs(apart_from):
            mask |= run.course_bit
        return mask

    def _masks_of_runs(self, facet: str) -> Masks:
        asks_others = any(other in self.chosen for other in RUN_FACETS if other != facet)
        return masks_of(self.runs(facet), facet) if asks_others else self.index.of_runs[facet]

    def _all_in_order(self, sort: str) -> Sequence[int]:
        if sort == "best" and self.found is not None:
            return [pk for pk in self.found if pk in self.index.places]
        kept = {"newest": self.index.newest, "wanted": self.index.wanted, "title": self.index.by_title}
        return kept[sort] if sort in kept else self._soonest()

    def _soonest(self) -> list[int]:
        """Return the courses by the run one would take of each; those without one come last, by code."""
        bits = dict.fromkeys(run.course_bit for run in self.runs())
        first = dict.fromkeys(self.index.courses[bit.bit_length() - 1] for bit in bits)
        return [*(first | dict.fromkeys(self.index.courses))]


def _any_of(masks: Masks, values: frozenset[str]) -> Mask:
    mask = 0
    for value in values:
        mask |= masks.get(value, 0)
    return mask


def _counted(facet: str, masks: Masks, rest: Mask) -> Counts:
    return {(facet, value): (mask & rest).bit_count() for value, mask in masks.items()}
