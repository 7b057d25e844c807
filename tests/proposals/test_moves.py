"""The table of moves, cell by cell, and what every move leaves behind."""

from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, transaction

from accounts.models import User
from catalogue import instructors, search
from catalogue.models import Course, Instructor
from messaging.models import Message
from proposals.content import content_of
from proposals.errors import ProposalRefused
from proposals.models import Action, Proposal, Review, Status
from proposals.moves import MOVES, Press, move, publicity_end
from tests import factories
from tests.factories import NOW, CategoryFactory, CourseFactory, InstructorFactory, UserFactory
from tests.proposals.factories import CONTENT, HonorFactory, ProposalFactory

pytestmark = pytest.mark.django_db

# What each may do in each state: a (author), 1 (the reviewer who passed the first review), 2 (another reviewer).
ALLOWED = {
    (Status.DRAFT, Action.SUBMIT): ("a", Status.SUBMITTED),
    (Status.DRAFT, Action.WITHDRAW): ("a", Status.WITHDRAWN),
    (Status.SUBMITTED, Action.TAKE): ("12", Status.FIRST_REVIEW),
    (Status.SUBMITTED, Action.WITHDRAW): ("a", Status.WITHDRAWN),
    (Status.FIRST_REVIEW, Action.PASS): ("12", Status.SECOND_REVIEW),
    (Status.FIRST_REVIEW, Action.RETURN): ("12", Status.RETURNED),
    (Status.FIRST_REVIEW, Action.DECLINE): ("12", Status.DECLINED),
    (Status.FIRST_REVIEW, Action.WITHDRAW): ("a", Status.WITHDRAWN),
    (Status.SECOND_REVIEW, Action.PASS): ("2", Status.PUBLICITY),
    (Status.SECOND_REVIEW, Action.RETURN): ("2", Status.RETURNED),
    (Status.SECOND_REVIEW, Action.DECLINE): ("2", Status.DECLINED),
    (Status.SECOND_REVIEW, Action.WITHDRAW): ("a", Status.WITHDRAWN),
    (Status.RETURNED, Action.SUBMIT): ("a", Status.SUBMITTED),
    (Status.RETURNED, Action.WITHDRAW): ("a", Status.WITHDRAWN),
    (Status.PUBLICITY, Action.APPROVE): ("12", Status.APPROVED),
    (Status.PUBLICITY, Action.DECLINE): ("12", Status.DECLINED),
    (Status.PUBLICITY, Action.WITHDRAW): ("a", Status.WITHDRAWN),
}
SILENT = {Action.TAKE, Action.WITHDRAW}


def press(action: Action, proposal: Proposal, **values: object) -> Press:
    said = {"seen": proposal.moves, "reason": "符合要求", **values}
    return Press(action, content=content_of(CONTENT) if action == Action.SUBMIT else None, **said)  # type: ignore[arg-type]


def passed_by(proposal: Proposal, person: User) -> None:
    """Write that the person passed the first review."""
    Review.objects.create(
        proposal=proposal,
        position=1,
        action=Action.PASS,
        came_from=Status.FIRST_REVIEW,
        led_to=Status.SECOND_REVIEW,
        actor=person,
        at=NOW,
    )
    proposal.moves = 1
    proposal.save(update_fields=["moves"])


def attempt(proposal: Proposal, action: Action, actor: User, now: datetime) -> Status | str:
    """Return where the move leads, and undo it; or the code of the refusal."""
    try:
        with transaction.atomic():
            moved = move(proposal_id=proposal.pk, press=press(action, proposal), actor=actor, now=now)
            transaction.set_rollback(True)
            return Status(moved.status)
    except ProposalRefused as refused:
        return refused.problems[0].code


@pytest.mark.parametrize("state", Status)
def test_every_cell_lets_through_exactly_whom_it_names(state: Status, now: datetime) -> None:
    CategoryFactory()
    first, second = factories.reviewer(), factories.reviewer()
    proposal = ProposalFactory(status=state)
    passed_by(proposal, first)
    people = {"a": proposal.author, "1": first, "2": second, "o": factories.officer(), "s": UserFactory()}

    found = {
        (action, who): attempt(proposal, action, person, now) for action in Action for who, person in people.items()
    }

    let_through = {cell: led for cell, led in found.items() if led in Status}
    assert let_through == {
        (action, who): to for (at, action), (allowed, to) in ALLOWED.items() if at == state for who in allowed
    }
    assert {found[action, who] for action in Action for who in people if (state, action) not in ALLOWED} <= {
        "wrong_state"
    }


def test_the_table_has_no_other_cells() -> None:
    assert {cell: step.to for cell, step in MOVES.items()} == {cell: to for cell, (_who, to) in ALLOWED.items()}


@pytest.mark.parametrize("cell", MOVES, ids="-".join)
def test_a_move_leaves_its_record_and_its_message(cell: tuple[Status, Action], now: datetime) -> None:
    CategoryFactory()
    state, action = cell
    proposal = ProposalFactory(status=state)
    actor = proposal.author if ALLOWED[cell][0] == "a" else factories.reviewer()

    moved = move(proposal_id=proposal.pk, press=press(action, proposal), actor=actor, now=now)

    record = proposal.reviews.get()
    assert (record.position, record.action, record.came_from, record.led_to) == (1, action, state, moved.status)
    assert (record.actor, record.reason, record.at) == (actor, "符合要求", now)
    told = Message.objects.filter(person=proposal.author)
    assert [message.subject for message in told] == ([] if action in SILENT else [f"proposal/{proposal.pk}"])
    assert all(actor.name not in message.title + message.body for message in told if actor != proposal.author)


@pytest.mark.parametrize("cell", [cell for cell, step in MOVES.items() if step.needs_reason], ids="-".join)
def test_without_a_reason_nothing_is_decided(cell: tuple[Status, Action], now: datetime) -> None:
    state, action = cell
    proposal = ProposalFactory(status=state)

    with pytest.raises(ProposalRefused, match="请写明理由"):
        move(proposal_id=proposal.pk, press=press(action, proposal, reason=" "), actor=factories.reviewer(), now=now)
    assert (Proposal.objects.get().status, Review.objects.count()) == (state, 0)


def test_an_author_who_is_a_reviewer_decides_nothing_about_the_own_proposal(now: datetime) -> None:
    both = factories.reviewer()
    InstructorFactory(user=both, titles=["other"])
    for state in (Status.SUBMITTED, Status.FIRST_REVIEW, Status.SECOND_REVIEW, Status.PUBLICITY):
        proposal = ProposalFactory(author=both, status=state)
        found = {attempt(proposal, action, both, now) for at, action in ALLOWED if at == state}
        assert found == {"own_proposal", Status.WITHDRAWN}


def test_the_same_press_twice_is_one_move(now: datetime) -> None:
    proposal, person = ProposalFactory(status=Status.FIRST_REVIEW), factories.reviewer()
    twice = press(Action.PASS, proposal)

    results = [move(proposal_id=proposal.pk, press=twice, actor=person, now=now).status for _ in range(2)]

    assert (results, Review.objects.count()) == ([Status.SECOND_REVIEW] * 2, 1)


def test_what_another_has_decided_meanwhile_is_not_decided_again(now: datetime) -> None:
    proposal = ProposalFactory(status=Status.FIRST_REVIEW)
    old = press(Action.PASS, proposal)
    move(proposal_id=proposal.pk, press=old, actor=factories.reviewer(), now=now)

    with pytest.raises(ProposalRefused, match="刚被处理过"):
        move(proposal_id=proposal.pk, press=old, actor=factories.reviewer(), now=now)


def test_records_cannot_be_changed(now: datetime) -> None:
    proposal = ProposalFactory(status=Status.SUBMITTED)
    move(proposal_id=proposal.pk, press=press(Action.TAKE, proposal), actor=factories.reviewer(), now=now)

    for change in (Review.objects.update, proposal.versions.all().delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            change(**({"reason": "x"} if change == Review.objects.update else {}))


@pytest.mark.parametrize(
    ("titles", "has_proof", "codes"),
    [(["craftsman"], False, ["no_proof"]), (["craftsman"], True, []), (["other"], False, [])],
)
def test_of_the_seven_titles_a_proof_is_asked(
    titles: list[str],
    has_proof: bool,  # noqa: FBT001 -- a parameter of the test
    codes: list[str],
    now: datetime,
) -> None:
    CategoryFactory()
    teacher = instructors.introduce(user=UserFactory(), titles=titles, organisation="演示厂", now=now)
    if has_proof:
        HonorFactory(instructor=teacher)
    proposal = ProposalFactory(author=teacher.user)

    assert attempt(proposal, Action.SUBMIT, proposal.author, now) == (codes[0] if codes else Status.SUBMITTED)


@pytest.mark.parametrize(
    ("state", "action", "led"),
    [
        (Status.SECOND_REVIEW, Action.PASS, Status.PUBLICITY),
        (Status.PUBLICITY, Action.APPROVE, Status.APPROVED),
    ],
)
def test_a_title_gets_public_only_with_a_verified_honour(
    state: Status, action: Action, led: Status, now: datetime
) -> None:
    teacher = instructors.introduce(user=UserFactory(), titles=["model_worker"], organisation="演示厂", now=now)
    proposal, person = ProposalFactory(author=teacher.user, status=state), factories.reviewer()
    without = attempt(proposal, action, person, now)
    honor = HonorFactory(instructor=teacher)
    unverified = attempt(proposal, action, person, now)

    instructors.verify_honor(honor_id=honor.pk, seen=instructors.mark_of(honor), actor=person, now=now)

    assert (without, unverified, attempt(proposal, action, person, now)) == ("unproven", "unproven", led)
    assert Instructor.objects.get().titles == ["model_worker"]


def test_the_unions_menu_is_a_proof(now: datetime) -> None:
    teacher = InstructorFactory(user=UserFactory(), titles=["model_worker"])
    proposal = ProposalFactory(author=teacher.user, status=Status.SECOND_REVIEW)

    assert attempt(proposal, Action.PASS, factories.reviewer(), now) == Status.PUBLICITY


def test_a_title_of_the_menu_is_refused_at_once(now: datetime) -> None:
    CourseFactory(code="SK0007", title="焊接 机器人入门", title_key="焊接机器人入门")
    proposal = ProposalFactory()

    with pytest.raises(ProposalRefused, match="已有同名课程 SK0007"):
        move(proposal_id=proposal.pk, press=press(Action.SUBMIT, proposal), actor=proposal.author, now=now)


def test_publicity_ends_after_five_whole_working_days() -> None:
    # Tuesday 1 December; Saturday and Sunday do not count: over at the end of Tuesday 8 December.
    assert publicity_end(NOW).isoformat() == "2026-12-09T00:00:00+08:00"


def test_nothing_is_approved_before_its_publicity_is_over(now: datetime) -> None:
    proposal, person = ProposalFactory(status=Status.SECOND_REVIEW), factories.reviewer()
    ends = move(proposal_id=proposal.pk, press=press(Action.PASS, proposal), actor=person, now=now).publicity_ends_at
    proposal.refresh_from_db()
    assert ends is not None

    early = attempt(proposal, Action.APPROVE, person, ends - timedelta(seconds=1))

    assert (early, attempt(proposal, Action.APPROVE, person, ends)) == ("publicity_runs", Status.APPROVED)


def test_an_approved_proposal_is_a_course_that_is_found(now: datetime) -> None:
    CourseFactory(code="SK0041", retired_at=NOW)
    proposal, person = ProposalFactory(status=Status.PUBLICITY), factories.reviewer()

    move(proposal_id=proposal.pk, press=press(Action.APPROVE, proposal), actor=person, now=now)

    course = Course.objects.get(title="焊接机器人入门")
    teacher = proposal.author.instructor
    assert (course.code, course.outline, str(course.hours), course.min_size, course.max_size) == (
        "SK0042",
        ["安全", "示教", "练习"],
        "1.5",
        8,
        20,
    )
    assert (list(course.instructors.all()), course.provider) == ([teacher], teacher.organisation)
    assert list(search.matching(Course.objects.published(), "焊接机器人")) == [course]
    assert Proposal.objects.get().course == course
