"""What is about to become a course, as everybody reads it."""

from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from proposals.models import Proposal, Status
from tests.factories import NOW
from tests.portal.pages import words_of
from tests.proposals.factories import CONTENT, ProposalFactory

pytestmark = pytest.mark.django_db

NASTY = "<script>alert(1)</script>[x](javascript:alert(1)){{7*7}}"


def in_publicity(**values: object) -> Proposal:
    made: Proposal = ProposalFactory(
        **{"status": Status.PUBLICITY, "publicity_ends_at": NOW + timedelta(days=1), **values}
    )
    return made


def test_everybody_reads_what_is_in_publicity_and_nothing_else() -> None:
    shown = ProposalFactory(status=Status.PUBLICITY, publicity_ends_at=NOW + timedelta(days=1), title="公示中的课")
    ProposalFactory(status=Status.PUBLICITY, publicity_ends_at=NOW, title="公示完的课")
    ProposalFactory(status=Status.SECOND_REVIEW, title="复审中的课")

    page = words_of(Client().get("/publicity/"))

    assert ["公示中的课" in page, "公示完的课" in page, "复审中的课" in page] == [True, False, False]
    assert shown.author.instructor.name in page


def test_a_page_shows_24_and_leads_to_the_next() -> None:
    for number in range(25):
        in_publicity(title=f"第{number}门", publicity_ends_at=NOW + timedelta(days=1, minutes=number))

    first, second = (Client().get(f"/publicity/?page={page}") for page in (1, 2))

    assert [len(answer.context["shown"]) for answer in (first, second)] == [24, 1]
    assert ("第24门" in words_of(second), "?page=2" in first.content.decode()) == (True, True)


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_asks_the_same_of_the_database(
    count: int, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(count):
        in_publicity()
    client.get("/publicity/")

    with django_assert_num_queries(6):
        assert len(client.get("/publicity/").context["shown"]) == count


def test_every_text_of_a_proposal_stays_text() -> None:
    said = dict.fromkeys(("title", "audience", "summary", "note"), NASTY)
    lists = {name: [NASTY] for name in ("outline", "keywords")}
    proposal = in_publicity(title=NASTY)
    proposal.versions.create(number=2, content={**CONTENT, **said, **lists}, created_at=NOW)

    page = Client().get("/publicity/")

    assert words_of(page).count(NASTY) == 7
    assert "<script>alert" not in page.content.decode()
