"""Every URL with every role, against a literal table: a URL without a row fails (architecture.md rule 9)."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from pytest_django.fixtures import Settings

from accounts.models import User
from bookings import drafting
from catalogue import search
from catalogue.models import Topic
from enrollment import wishes
from enrollment.models import Enrollment
from proposals.models import Status
from tests import factories
from tests.accounts.factories import MembershipFactory, verified_enterprise
from tests.bookings import factories as booking_factories
from tests.catalogue.factories import SynonymFactory
from tests.factories import (
    ClassRunFactory,
    CourseInstructorFactory,
    EnrollmentFactory,
    InstructorFactory,
    UserFactory,
)
from tests.proposals.factories import AttachmentFactory, ProposalFactory

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

pytestmark = pytest.mark.django_db

VISITOR, WORKER, OFFICER, REVIEWER, MANAGER = "visitor", "worker", "officer", "reviewer", "manager"
ROLES = (VISITOR, WORKER, OFFICER, REVIEWER, MANAGER)
EVERYBODY = {*ROLES}
SIGNED_IN = {WORKER, OFFICER, REVIEWER, MANAGER}
STAFF = {OFFICER, REVIEWER, MANAGER}
OWNER = {WORKER}  # the worker of the world below; the others are strangers to what is the worker's own

MAY_OPEN = {
    "accounts:code": EVERYBODY,
    "accounts:code_again": EVERYBODY,
    "accounts:display": EVERYBODY,
    "accounts:language": EVERYBODY,
    "accounts:login": EVERYBODY,
    "accounts:logout": EVERYBODY,
    "accounts:once": EVERYBODY,
    "accounts:privacy_notice": EVERYBODY,
    "accounts:second_factor": EVERYBODY,
    "accounts:second_factor_setup": EVERYBODY,
    "accounts:staff_login": EVERYBODY,
    "accounts:welcome": SIGNED_IN,
    "enrollment:cancel": SIGNED_IN,
    "enrollment:enroll": SIGNED_IN,
    "portal:accessibility": EVERYBODY,
    "portal:booking": OWNER,
    "portal:booking_draft": OWNER,
    "portal:booking_drop": OWNER,
    "portal:booking_edit": OWNER,
    "portal:booking_kept": OWNER,
    "portal:booking_new": OWNER,
    "portal:booking_roster": OWNER,
    "portal:booking_roster_mend": SIGNED_IN,
    "portal:booking_submit": SIGNED_IN,
    "portal:booking_withdraw": SIGNED_IN,
    "portal:calendar": EVERYBODY,
    "portal:cancel_confirm": OWNER,
    "portal:class_run": EVERYBODY,
    "portal:course": EVERYBODY,
    "portal:course_list": EVERYBODY,
    "portal:desk": STAFF,
    "portal:desk_booking": {OFFICER},
    "portal:desk_booking_accept": {OFFICER},
    "portal:desk_booking_cancel": {OFFICER},
    "portal:desk_booking_decline": {OFFICER},
    "portal:desk_booking_enter": {OFFICER},
    "portal:desk_booking_finish": {OFFICER},
    "portal:desk_booking_new": {OFFICER},
    "portal:desk_booking_schedule": {OFFICER},
    "portal:desk_bookings": {OFFICER},
    "portal:desk_courses": {OFFICER},
    "portal:desk_enterprise": {OFFICER},
    "portal:desk_enterprise_decline": {OFFICER},
    "portal:desk_enterprise_verify": {OFFICER},
    "portal:desk_new_run": {OFFICER},
    "portal:desk_proposal": {REVIEWER},
    "portal:desk_proposal_decide": {REVIEWER},
    "portal:desk_proposal_honor": {REVIEWER},
    "portal:desk_proposals": {REVIEWER},
    "portal:desk_run": {OFFICER, MANAGER},
    "portal:desk_wish": {OFFICER},
    "portal:desk_wish_arrange": {OFFICER},
    "portal:desk_wish_decline": {OFFICER},
    "portal:desk_synonym": {OFFICER},
    "portal:desk_synonym_new": {OFFICER},
    "portal:desk_synonym_retire": {OFFICER},
    "portal:desk_synonym_try": {OFFICER},
    "portal:desk_synonym_try_new": {OFFICER},
    "portal:desk_synonyms": {OFFICER},
    "portal:enroll_confirm": SIGNED_IN,
    "portal:enrollment": OWNER,
    "portal:enterprise_register": SIGNED_IN,
    "portal:enterprises": SIGNED_IN,
    "portal:file": {WORKER, REVIEWER},
    "portal:healthz": EVERYBODY,
    "portal:help": EVERYBODY,
    "portal:home": EVERYBODY,
    "portal:instructor": EVERYBODY,
    "portal:instructors": EVERYBODY,
    "portal:messages": SIGNED_IN,
    "portal:messages_read": SIGNED_IN,
    "portal:my": SIGNED_IN,
    "portal:new_runs": EVERYBODY,
    "portal:publicity": EVERYBODY,
    "portal:robots": EVERYBODY,
    "portal:site": EVERYBODY,
    "portal:site_map": EVERYBODY,
    "portal:site_poster": EVERYBODY,
    "portal:site_qr": EVERYBODY,
    "portal:sites": EVERYBODY,
    "portal:suggest": EVERYBODY,
    "portal:teach": SIGNED_IN,
    "portal:teach_edit": OWNER,
    "portal:teach_honor": SIGNED_IN,
    "portal:teach_kept": OWNER,
    "portal:teach_new": SIGNED_IN,
    "portal:teach_profile": SIGNED_IN,
    "portal:teach_proposal": OWNER,
    "portal:teach_proposals": SIGNED_IN,
    "portal:teach_withdraw": SIGNED_IN,
    "portal:topic": EVERYBODY,
    "portal:wish": EVERYBODY,
    "portal:wish_new": EVERYBODY,
    "portal:wish_withdraw": SIGNED_IN,
    "portal:wishes": EVERYBODY,
}
STAFF_PAGES = {name for name, roles in MAY_OPEN.items() if VISITOR not in roles and WORKER not in roles}


@dataclass(frozen=True)
class World:
    """One of everything that a URL may name, and a client for each role."""

    clients: dict[str, Client]
    names: dict[str, str]
    enrollment: Enrollment

    def path(self, name: str) -> str:
        pattern = PATTERNS[name].pattern
        return reverse(name, kwargs={key: self._word(name, key) for key in pattern.converters})

    def _word(self, name: str, key: str) -> str:
        return self.names.get(f"{name}:{key}", self.names.get(key, ""))


def patterns(within: URLResolver | None = None, namespace: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in (within or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            yield from patterns(pattern, f"{pattern.namespace}:" if pattern.namespace else namespace)
        else:
            yield f"{namespace}{pattern.name}", pattern


PATTERNS = dict(patterns())


def client_of(person: User, backend: str) -> Client:
    client = Client(raise_request_exception=True)
    client.force_login(person, backend=f"accounts.backends.{backend}")
    return client


@pytest.fixture
def world(reference: None, settings: Settings, tmp_path: Path) -> World:
    run = ClassRunFactory()
    search.reindex([run.course])
    enrollment = EnrollmentFactory(class_run=run)
    topic = Topic.objects.create(slug="topic", name="演示专题")
    clients = {
        VISITOR: Client(),
        WORKER: client_of(enrollment.worker, "PersonBackend"),
        OFFICER: client_of(factories.officer(), "StaffBackend"),
        REVIEWER: client_of(factories.reviewer(), "StaffBackend"),
        MANAGER: client_of(factories.site_manager(run.site), "StaffBackend"),
    }
    names = {
        "code": run.course.code,
        "number": run.number,
        "public_id": enrollment.public_id,
        "slug": topic.slug,
        "token": "made-up",
    }
    firm = verified_enterprise()
    MembershipFactory(user=enrollment.worker, enterprise=firm)
    booking = booking_factories.accepted(firm)
    order_draft = drafting.begin(enterprise=firm, person=enrollment.worker, press="", data={}, now=factories.NOW)
    ids = {"enterprise": firm.public_id, "booking_new": firm.public_id, "booking": booking.public_id}
    names |= {
        f"{name}:public_id": public_id
        for word, public_id in reversed(ids.items())
        for name in MAY_OPEN
        if name.removeprefix("portal:").removeprefix("desk_").startswith(word)
    }
    names["portal:desk_booking_enter:public_id"] = firm.public_id
    names |= {f"portal:booking_{name}:public_id": order_draft.public_id for name in ("draft", "drop", "kept")}
    settings.PRIVATE_FILES = tmp_path
    proof = AttachmentFactory(owner=enrollment.worker)
    (tmp_path / proof.stored_as).write_bytes(b"%PDF-1.4")
    proposal = ProposalFactory(
        author=InstructorFactory(user=enrollment.worker, titles=["other"]).user, status=Status.SUBMITTED
    )
    own = [name for name in MAY_OPEN if name.startswith(("portal:desk_proposal", "portal:teach_"))]
    names |= {f"{name}:public_id": proposal.public_id for name in own} | {"action": "take"}
    names |= {"portal:teach_kept:public_id": proposal.draft.public_id, "portal:file:public_id": proof.public_id}
    teacher = CourseInstructorFactory(course=run.course).instructor
    names |= {"portal:instructor:public_id": teacher.public_id}
    names |= {f"portal:{name}:slug": run.site.slug for name in ("site", "site_poster", "site_qr")}
    wish = wishes.back(
        person=enrollment.worker, wanted=wishes.of_course(run.course), town=None, band="", now=factories.NOW
    )
    names |= {f"{name}:public_id": wish.public_id for name in MAY_OPEN if "wish" in name}
    synonym = SynonymFactory()
    names |= {f"{name}:public_id": synonym.public_id for name in MAY_OPEN if "synonym" in name}
    return World(clients=clients, names=names, enrollment=enrollment)


def is_refused(response: "Answer") -> bool:
    """Tell whether the answer is "no such page" or the way to a sign-in."""
    to_sign_in = response.status_code == 302 and response.headers["Location"].startswith("/login/")
    return response.status_code == 404 or (to_sign_in and "next=" in response.headers["Location"])


def checksum() -> dict[str, str]:
    """Return a checksum of every table, sessions included."""
    sums = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT t::text FROM "{table}" t ORDER BY 1')  # noqa: S608 -- our own table names
            sums[table] = hashlib.sha256(repr(cursor.fetchall()).encode()).hexdigest()
    return sums


def test_every_url_has_a_row() -> None:
    assert set(PATTERNS) == set(MAY_OPEN)


@pytest.mark.parametrize("name", sorted(MAY_OPEN))
def test_who_opens_a_page(world: World, name: str) -> None:
    path = world.path(name)
    opened = {role for role, client in world.clients.items() if not is_refused(client.get(path))}
    assert opened == MAY_OPEN[name]


@pytest.mark.parametrize("name", sorted(MAY_OPEN))
def test_opening_a_page_changes_nothing(world: World, name: str) -> None:
    path = world.path(name)
    for client in world.clients.values():
        client.get(path)  # what is made once, is made now: content types, the policy in force
    before = checksum()
    for client in world.clients.values():
        assert client.get(path).status_code < 500
        client.head(path)
    assert checksum() == before


@pytest.mark.parametrize("name", sorted(name for name, roles in MAY_OPEN.items() if roles != EVERYBODY))
def test_a_form_of_the_wrong_role_does_nothing(world: World, name: str) -> None:
    path, before = world.path(name), checksum()
    for role in EVERYBODY - MAY_OPEN[name]:
        response = world.clients[role].post(path, {"state": "approved", "is_staff": "1", "capacity": "99"})
        refused = response.status_code in {404, 405} or response.headers.get("Location", "").startswith("/login/")
        assert refused, role
    assert checksum() == before


@pytest.mark.parametrize("name", sorted(STAFF_PAGES))
def test_an_officers_session_of_a_worker_opens_no_desk(world: World, name: str) -> None:
    weak = client_of(factories.officer(), "PersonBackend")
    path = world.path(name)
    assert weak.get(path).headers["Location"].startswith("/login/staff/?next=/desk/")
    assert weak.post(path).headers["Location"] == "/login/staff/"


def test_what_is_anothers_is_not_there(world: World) -> None:
    stranger = client_of(UserFactory(), "PersonBackend")
    public_id = world.enrollment.public_id
    before = checksum()
    statuses = [
        stranger.get(f"/my/enrollments/{public_id}/").status_code,
        stranger.get(f"/my/enrollments/{public_id}/cancel/").status_code,
        stranger.post(f"/enrollments/{public_id}/cancel/").status_code,
    ]
    assert (statuses, checksum()) == ([404] * 3, before)


def test_another_sites_run_is_not_there_for_its_manager(world: World) -> None:
    elsewhere = ClassRunFactory()
    assert world.clients[MANAGER].get(f"/desk/runs/{elsewhere.number}/").status_code == 404
    assert world.clients[OFFICER].get(f"/desk/runs/{elsewhere.number}/").status_code == 200


@pytest.mark.parametrize("role", ROLES)
def test_an_unknown_address_is_404(world: World, role: str) -> None:
    assert world.clients[role].get("/desk/nowhere/").status_code == 404


@pytest.mark.parametrize("role", sorted(SIGNED_IN))
def test_personal_pages_are_kept_nowhere(world: World, role: str) -> None:
    for name in ("portal:my", "portal:home", "portal:messages"):
        response = world.clients[role].get(world.path(name))
        assert "no-store" in response.headers["Cache-Control"], name
        assert "Cookie" in response.headers["Vary"], name


def test_no_page_shows_a_whole_phone_number(world: World) -> None:
    number = world.enrollment.worker.phone.removeprefix("+86")
    for name in sorted(MAY_OPEN):
        for role, client in world.clients.items():
            assert number not in client.get(world.path(name)).content.decode(), (name, role)
