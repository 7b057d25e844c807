"""What search engines and messengers read of a page: schema.org's Course, CourseInstance and Place, as JSON-LD."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse

from catalogue.models import Course, Site
from policy.clock import local
from portal.cards import RunCard

Json = dict[str, Any]
SCHEMA = "https://schema.org"


def absolute(path: str) -> str:
    """Return the public address of a path."""
    return settings.SITE_URL + path


def course(shown: Course, rows: Iterable[RunCard]) -> Json:
    """Return a course and its coming runs."""
    return {
        "@context": SCHEMA,
        "@type": "Course",
        "name": shown.title,
        "courseCode": shown.code,
        "description": shown.summary,
        "url": absolute(reverse("portal:course", args=[shown.code])),
        "inLanguage": "zh-Hans",
        "isAccessibleForFree": True,
        "provider": {"@type": "Organization", "name": settings.ORGANISER, "url": absolute("/")},
        "hasCourseInstance": [_instance(row) for row in rows],
    }


def site(shown: Site) -> Json:
    """Return a site as a place."""
    return {
        "@context": SCHEMA,
        "@type": "Place",
        "name": shown.name,
        "address": shown.address,
        "url": absolute(reverse("portal:site", args=[shown.slug])),
        "geo": {
            "@type": "GeoCoordinates",
            "latitude": float(shown.latitude),
            "longitude": float(shown.longitude),
        },
        "isAccessibleForFree": True,
    }


def _instance(row: RunCard) -> Json:
    return {
        "@type": "CourseInstance",
        "courseMode": "Onsite",
        "url": absolute(reverse("portal:class_run", args=[row.number])),
        "startDate": _moment(row.starts_at),
        "endDate": _moment(row.ends_at),
        "location": {"@type": "Place", "name": row.place},
    }


def _moment(value: datetime) -> str:
    return local(value).isoformat()
