"""Titles that only the person has said become claims, until an honour bears them out."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import Q

NO_PROOF = "other"


def claim(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Keep as titles what somebody else than the person wrote: an import of the menu, or the union by hand."""
    instructors = apps.get_model("catalogue", "Instructor").objects
    events = apps.get_model("catalogue", "InstructorEvent").objects
    for instructor in instructors.exclude(user=None).exclude(honor__verified_at__isnull=False):
        own = Q(pgh_context__metadata__actor=instructor.user_id)
        others = events.filter(pgh_obj_id=instructor.pk).exclude(own).values_list("titles", flat=True)
        proven = {NO_PROOF}.union(*others)
        instructor.claimed = [title for title in instructor.titles if title not in proven]
        instructor.titles = [title for title in instructor.titles if title in proven]
        instructor.save(update_fields=["titles", "claimed"])


class Migration(migrations.Migration):
    """Data only."""

    dependencies = [("catalogue", "0008_claimed_titles"), ("pghistory", "0007_auto_20250421_0444")]

    operations = [migrations.RunPython(claim, migrations.RunPython.noop)]
