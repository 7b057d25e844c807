"""The union every installation starts with."""

from django.conf import settings

from accounts.models import Union, UnionKind

DISTRICT_SLUG = "district"


def reference_data() -> None:
    """Make sure that the district union is there; towns and parks come with the site list."""
    Union.objects.get_or_create(slug=DISTRICT_SLUG, defaults={"kind": UnionKind.DISTRICT, "name": settings.ORGANISER})


def district() -> Union:
    """Return the district union."""
    return Union.objects.get(slug=DISTRICT_SLUG)
