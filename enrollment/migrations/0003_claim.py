"""Install the claim: one database function that gives a seat or a place in line."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql" / "claim_1.sql"
DROP = """
DROP FUNCTION enrollment_claim;
DROP FUNCTION enrollment_problems;
DROP FUNCTION enrollment_write;
DROP FUNCTION enrollment_tell;
"""


class Migration(migrations.Migration):
    """A changed function is a new file and a new migration; a test compares the newest file with the database."""

    dependencies = [
        ("accounts", "0002_initial"),
        ("enrollment", "0002_initial"),
        ("messaging", "0001_initial"),
        ("policy", "0001_initial"),
        ("timetable", "0001_initial"),
    ]
    operations = [migrations.RunSQL(SQL.read_text(encoding="utf-8"), DROP)]
