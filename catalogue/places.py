"""Where sites lie: distances, metro stations, and what maps on phones ask for. WGS-84 (CGCS2000) throughout."""

import re
from collections.abc import Iterable
from math import cos, hypot, pi, radians, sin, sqrt
from typing import NamedTuple

from catalogue.models import Site

EARTH_M = 6_371_000
STATION = re.compile(r"(?:[0-9]+号线|浦江线)(?P<name>[^，、,。；]{2,8}?站)")

# Krasovsky's ellipsoid: half axis in metres, squared eccentricity.
AXIS_M, ECCENTRICITY2 = 6_378_245.0, 0.006_693_421_622_965_943


class Point(NamedTuple):
    """A place in degrees."""

    longitude: float
    latitude: float


def point_of(site: Site) -> Point:
    """Return where a site lies."""
    return Point(float(site.longitude), float(site.latitude))


def middle_of(points: Iterable[Point]) -> Point:
    """Return the mean of some points, at least one."""
    longitudes, latitudes = zip(*points, strict=True)
    return Point(sum(longitudes) / len(longitudes), sum(latitudes) / len(latitudes))


def distance_m(one: Point, other: Point) -> int:
    """Return the distance as the crow flies, in metres; exact to a thousandth within a district."""
    east = radians(other.longitude - one.longitude) * cos(radians((one.latitude + other.latitude) / 2))
    return round(EARTH_M * hypot(east, radians(other.latitude - one.latitude)))


def stations_of(site: Site) -> list[str]:
    """Return the metro stations that a site's directions name: `莘庄站`."""
    return [match["name"] for match in STATION.finditer(site.transport)]


def for_phone_maps(place: Point) -> Point:
    """Return the point in GCJ-02, the datum by law of maps on phones here: some 500 m away from WGS-84."""
    x, y = place.longitude - 105, place.latitude - 35
    north, east = _shift_north(x, y), _shift_east(x, y)
    latitude = radians(place.latitude)
    flattening = 1 - ECCENTRICITY2 * sin(latitude) ** 2
    north *= 180 / (AXIS_M * (1 - ECCENTRICITY2) / (flattening * sqrt(flattening)) * pi)
    east *= 180 / (AXIS_M / sqrt(flattening) * cos(latitude) * pi)
    return Point(round(place.longitude + east, 6), round(place.latitude + north, 6))


def _shift_north(x: float, y: float) -> float:
    """Return the shift of the published GCJ-02 series to the north, in metres of its own scale."""
    plain = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x))
    return plain + _waves(x) + _waves_of(y, (20, 1), (40, 1 / 3)) + _waves_of(y, (160, 1 / 12), (320, 1 / 30))


def _shift_east(x: float, y: float) -> float:
    plain = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x))
    return plain + _waves(x) + _waves_of(x, (20, 1), (40, 1 / 3)) + _waves_of(x, (150, 1 / 12), (300, 1 / 30))


def _waves(x: float) -> float:
    return _waves_of(x, (20, 6), (20, 2))


def _waves_of(angle: float, *waves: tuple[float, float]) -> float:
    """Return two thirds of the sum of sine waves, each an amplitude and a frequency in half turns."""
    return sum(height * sin(angle * times * pi) for height, times in waves) * 2 / 3
