"""Titles that a person claims: where they stand, when they change, and who reads them (劳模 is the union's word)."""

import pytest
from django.test import Client

from accounts.models import User
from catalogue import instructors, search
from catalogue.models import Course, Instructor
from policy.problems import Refused
from portal import course_index
from proposals import profile
from proposals.models import UNDER_REVIEW, Status
from tests import factories
from tests.factories import NOW, CourseInstructorFactory, InstructorFactory, UserFactory
from tests.portal.pages import signed_in, words_of
from tests.proposals.factories import HonorFactory, ProposalFactory

pytestmark = pytest.mark.django_db

FACTORY = "演示机床厂"


def introduced(user: User, *titles: str) -> Instructor:
    return profile.introduce(user=user, titles=titles, organisation=FACTORY, now=NOW)


def titles_of(user: User) -> tuple[list[str], list[str]]:
    instructor = Instructor.objects.get(user=user)
    return instructor.titles, instructor.claimed


def test_what_needs_a_proof_is_claimed_and_what_needs_none_stands() -> None:
    person = UserFactory()

    introduced(person, "model_worker", "other")

    assert titles_of(person) == (["other"], ["model_worker"])


def test_a_title_of_the_menu_stays_and_another_is_claimed() -> None:
    person = InstructorFactory(user=UserFactory(), titles=["craftsman"], organisation=FACTORY).user

    introduced(person, "craftsman", "model_worker")

    assert titles_of(person) == (["craftsman"], ["model_worker"])


def test_the_menu_proves_what_was_claimed() -> None:
    person = UserFactory()
    introduced(person, "model_worker")

    Instructor.objects.update(titles=["model_worker"])  # what an import of the menu writes

    instructor = Instructor.objects.get()
    assert (instructor.unproven, instructor.said) == ([], ["model_worker"])


def test_a_verified_honour_proves_the_claim_once_and_for_this_claim_only() -> None:
    person = UserFactory()
    honor = HonorFactory(instructor=introduced(person, "craftsman"))

    instructors.verify_honor(honor_id=honor.pk, seen=instructors.mark_of(honor), actor=factories.reviewer(), now=NOW)

    with pytest.raises(Refused, match="已经公开，不能自己改"):
        introduced(person, "craftsman", "model_worker")
    assert titles_of(person) == (["craftsman"], [])


@pytest.mark.parametrize("state", Status)
def test_while_reviewers_have_a_proposal_its_author_keeps_the_titles(state: Status) -> None:
    person = UserFactory()
    introduced(person, "other")
    ProposalFactory(author=person, status=state)
    browser = signed_in(person)

    other = browser.post("/teach/profile/", {"titles": ["model_worker"], "organisation": FACTORY})
    same = browser.post("/teach/profile/", {"titles": ["other"], "organisation": "演示造船厂"})

    refused = state in UNDER_REVIEW
    assert (other.status_code, same.status_code) == (422 if refused else 302, 302)
    assert ("您的申报正在审核，荣誉/职称现在不能改。" in words_of(other)) == refused


def test_no_public_page_shows_offers_or_finds_a_claim() -> None:
    teacher = introduced(UserFactory(name="钱讲师"), "model_worker", "other")
    course: Course = CourseInstructorFactory(instructor=teacher).course
    search.reindex([course])
    course_index.forget()
    visitor = Client()

    pages = [f"/courses/{course.code}/", f"/instructors/{teacher.public_id}/", "/courses/?title=other"]

    shown = [words_of(visitor.get(page)) for page in pages]
    assert [place in page for place, page in zip(("钱讲师", "钱讲师", course.title), shown, strict=True)] == [True] * 3
    assert ["劳模" in page.partition("钱讲师")[2][:40] for page in shown[:2]] == [False, False]
    assert course.title not in words_of(visitor.get("/courses/?title=model_worker"))
    assert "钱讲师" not in words_of(visitor.get("/instructors/?title=model_worker"))
    assert list(search.matching(Course.objects.published(), "劳模")) == []


def test_the_person_and_the_reviewers_read_what_is_claimed() -> None:
    person = UserFactory()
    introduced(person, "model_worker")
    proposal, reviewer = ProposalFactory(author=person, status=Status.SUBMITTED), Client()
    reviewer.force_login(factories.reviewer(), backend="accounts.backends.StaffBackend")

    own, desk = signed_in(person).get("/teach/"), reviewer.get(f"/desk/proposals/{proposal.public_id}/")

    assert "劳模（核验荣誉证明后公开）" in words_of(own)
    assert "自称“劳模”，核验荣誉后才会公开。" in words_of(desk)
