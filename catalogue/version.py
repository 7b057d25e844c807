"""The version of the catalogue: one number that moves with every change a passer-by could see, seats apart.

Who keeps something made of the catalogue (portal/course_index.py) asks for the number and reads anew when it moved.
Triggers move it, so no door can forget to. It is a sequence: writers never wait for each other. A reader between a
writer's statement and its commit may keep the old state under the new number; keepers therefore also read anew after
some seconds.
"""

from typing import Any

import pgtrigger
from django.db import connection


def current() -> int:
    """Return the number. One statement."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT last_value FROM catalogue_version")
        (number,) = cursor.fetchone()
    return int(number)


def moves_catalogue(*columns: str) -> pgtrigger.Trigger:
    """Return the trigger of a table that is part of the catalogue; with columns, updates of no other ones count."""
    update: Any = pgtrigger.UpdateOf(*columns) if columns else pgtrigger.Update  # type: ignore[no-untyped-call]
    return pgtrigger.Trigger(
        name="moves_catalogue",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=pgtrigger.Insert | update | pgtrigger.Delete | pgtrigger.Truncate,
        func="PERFORM nextval('catalogue_version'); RETURN NULL;",
    )
