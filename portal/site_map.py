"""The district as a drawing, and its sites by place: by town, or from near to far."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from math import cos, radians, sqrt
from typing import Any

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from catalogue.models import Site
from catalogue.places import Point, distance_m, middle_of, point_of, stations_of
from portal.course_index import CourseIndex

OUTLINE_FILE = settings.BASE_DIR / "data" / "district.json"
# Units of the drawing; its height follows from the district's shape.
WIDTH, MARGIN = 360.0, 14.0
SMALLEST_BUBBLE, BUBBLE_GROWTH = 9.0, 2.6
KILOMETRE, STEP_M = 1000, 50


@dataclass(frozen=True)
class SiteRow:
    """A site in the list: its class runs one may press for, and how far it is from the place one named, in metres."""

    site: Site
    open_runs: int
    distance: int | None

    @property
    def distance_words(self) -> str:
        """How far it is, as people say it."""
        if self.distance is None:
            return ""
        if self.distance < KILOMETRE:
            return _("约 %(metres)s 米") % {"metres": max(STEP_M, round(self.distance / STEP_M) * STEP_M)}
        return _("约 %(km).1f 公里") % {"km": self.distance / KILOMETRE}


@dataclass(frozen=True)
class TownGroup:
    """The sites of a town."""

    slug: str
    name: str
    rows: list[SiteRow]


def sites() -> list[Site]:
    """Return the sites that are open to the public, by town. One statement."""
    return list(Site.objects.filter(retired_at=None).select_related("union").order_by("union__slug", "slug"))


def starting_points(shown: Iterable[Site]) -> dict[str, tuple[str, Point]]:
    """Return the places one may say one is near to, by their value: towns, and the metro stations of directions."""
    found: dict[str, list[Point]] = defaultdict(list)
    names: dict[str, str] = {}
    for site in shown:
        town = f"town:{site.union.slug}"
        names[town] = site.union.place
        found[town].append(point_of(site))
        for station in stations_of(site):
            names[f"station:{station}"] = station
            found[f"station:{station}"].append(point_of(site))
    return {value: (names[value], middle_of(points)) for value, points in found.items()}


def rows(shown: Iterable[Site], index: CourseIndex, near: Point | None) -> list[SiteRow]:
    """Return sites as rows; with a place to be near to, from near to far."""
    open_runs = Counter(slug for run in index.runs if run.can_press for slug in run.values["site"])
    made = [
        SiteRow(site, open_runs[site.slug], distance_m(near, point_of(site)) if near is not None else None)
        for site in shown
    ]
    return sorted(made, key=lambda row: row.distance or 0) if near is not None else made


def by_town(made: Iterable[SiteRow]) -> list[TownGroup]:
    """Return rows under the towns they lie in, in the order of the rows."""
    groups: dict[str, TownGroup] = {}
    for row in made:
        union = row.site.union
        groups.setdefault(union.slug, TownGroup(union.slug, union.place, [])).rows.append(row)
    return [*groups.values()]


def drawing(shown: Sequence[Site]) -> dict[str, Any]:
    """Return the map for parts/site_map.html: the outline, and one bubble for each town with its number of sites."""
    outline = _outline()
    scale = _Scale(outline["outline"])
    towns = by_town(SiteRow(site, 0, None) for site in shown)
    bubbles = []
    for town in towns:
        x, y = scale.place(middle_of(point_of(row.site) for row in town.rows))
        radius = round(SMALLEST_BUBBLE + BUBBLE_GROWTH * sqrt(len(town.rows)), 1)
        bubbles.append({"slug": town.slug, "name": town.name, "count": len(town.rows), "x": x, "y": y, "r": radius})
    return {
        "width": WIDTH,
        "height": scale.height,
        "points": " ".join("{},{}".format(*scale.place(point)) for point in outline["outline"]),
        "source": outline["source_en"] if get_language() == "en" else outline["source"],
        "bubbles": bubbles,
    }


class _Scale:
    """Degrees to units of the drawing: east to the right, north up, true to angles at this latitude."""

    def __init__(self, outline: Sequence[Point]) -> None:
        longitudes, latitudes = zip(*outline, strict=True)
        self.west, self.north = min(longitudes), max(latitudes)
        self.squeeze = cos(radians((self.north + min(latitudes)) / 2))
        self.unit = (WIDTH - 2 * MARGIN) / ((max(longitudes) - self.west) * self.squeeze)
        self.height = round((self.north - min(latitudes)) * self.unit + 2 * MARGIN, 1)

    def place(self, point: Point) -> tuple[float, float]:
        """Return x and y."""
        x = MARGIN + (point.longitude - self.west) * self.squeeze * self.unit
        return round(x, 1), round(MARGIN + (self.north - point.latitude) * self.unit, 1)


@cache
def _outline() -> dict[str, Any]:
    read = json.loads(OUTLINE_FILE.read_text(encoding="utf-8"))
    return {**read, "outline": [Point(*pair) for pair in read["outline"]]}
