"""The search looks into memory (docs/decisions/002-search.md); what remains of its rows is the pinyin to sort by."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0004_synonym"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="coursesearch",
            name="course_search_document",
        ),
        migrations.RemoveField(
            model_name="coursesearch",
            name="document",
        ),
    ]
