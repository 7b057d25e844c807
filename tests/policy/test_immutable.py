"""What was decided stays written: versions of the policy and history rows cannot be changed or removed."""

import pytest
from django.db import ProgrammingError, connection, transaction

from enrollment import seats, wishes
from policy.models import Policy
from tests.accounts.factories import contact_of, verified_enterprise
from tests.bookings.factories import draft
from tests.catalogue.factories import SynonymFactory
from tests.factories import NOW, ClassRunFactory, InstructorFactory, PolicyFactory, UserFactory, officer
from tests.proposals.factories import HonorFactory, ProposalFactory

pytestmark = pytest.mark.django_db

HISTORIES = {
    "accounts_enterpriseevent",
    "accounts_membershipevent",
    "accounts_roleevent",
    "bookings_bookingevent",
    "catalogue_courseevent",
    "catalogue_honorevent",
    "catalogue_instructorevent",
    "catalogue_roomevent",
    "catalogue_siteevent",
    "catalogue_synonymevent",
    "enrollment_enrollmentevent",
    "enrollment_wishevent",
    "proposals_proposalevent",
    "timetable_classrunevent",
    "timetable_lessonevent",
}
WRITTEN_ONCE = HISTORIES | {"policy_policy"}
OF_PEOPLE = {"phone_cipher", "phone_hash", "phone_last4", "manager_name", "manager_phone"}


@pytest.fixture
def some_history() -> None:
    """Write at least one row into every history."""
    officer()
    InstructorFactory()
    draft(contact_of(verified_enterprise()).memberships.get().enterprise)
    HonorFactory()
    SynonymFactory()
    ProposalFactory()
    run = ClassRunFactory()
    seats.claim(worker=UserFactory(), run_id=run.pk, now=NOW)
    wishes.back(person=UserFactory(), wanted=wishes.of_course(run.course), town=None, band="", now=NOW)


def execute(statement: str) -> list[tuple[str, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall()) if cursor.description else []


def refusal(statement: str) -> str:
    """Return what the database says to a statement, nothing when it obeys."""
    try:
        with transaction.atomic():
            execute(statement)
    except ProgrammingError as error:
        return str(error).splitlines()[0]
    return ""


def test_every_history_is_known_and_holds_nothing_private() -> None:
    columns = execute(
        "SELECT table_name, column_name FROM information_schema.columns"
        " WHERE table_schema = current_schema() AND table_name LIKE '%event'"
    )

    assert {table for table, _column in columns} - {"pghistory_aggregateevent"} == HISTORIES
    assert {column for _table, column in columns} & OF_PEOPLE == set()


@pytest.mark.usefixtures("some_history")
@pytest.mark.parametrize("table", sorted(WRITTEN_ONCE))
def test_what_is_written_once_is_neither_changed_nor_removed(table: str) -> None:
    column = "reason" if table == "policy_policy" else "pgh_label"
    rows = execute(f"SELECT 1 FROM {table}")  # noqa: S608 -- a name of the set above
    said = [refusal(f"UPDATE {table} SET {column} = 'forged'"), refusal(f"DELETE FROM {table}")]  # noqa: S608 -- as above

    assert rows != []
    assert said == [f"pgtrigger: Cannot update or delete rows from {table} table"] * 2


def test_a_class_run_keeps_the_version_it_opened_with() -> None:
    run = ClassRunFactory()
    PolicyFactory(valid_from=NOW, max_live_enrollments=1)

    run.refresh_from_db()
    assert run.policy.max_live_enrollments == 3
    assert Policy.objects.current(now=NOW).max_live_enrollments == 1
