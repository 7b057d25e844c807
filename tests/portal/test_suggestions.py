"""Suggestions while typing, and what a search without results offers."""

import re

import pytest
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from tests.factories import CategoryFactory, CourseFactory
from tests.portal.pages import words_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def courses() -> None:
    CourseFactory(code="SK0001", title="办公椅瑜伽", keywords=["瑜伽", "椅子瑜伽"])
    CourseFactory(code="SK0002", title="焊接入门", keywords=["焊接"])
    CategoryFactory(code="health", name="健康教育", name_en="Health", prefix="HE", position=8)


def links(client: Client, query: str) -> list[tuple[str, str]]:
    html = client.get("/courses/suggest/", {"q": query}).content.decode()
    return [(url, re.sub("<[^>]+>", "", label)) for url, label in re.findall(r'<a href="([^"]+)">(.*?)</a>', html)]


def test_words_come_before_courses_and_lead_to_them(client: Client) -> None:
    expected = [("/courses/?q=%E7%91%9C%E4%BC%BD", "瑜伽"), ("/courses/SK0001/", "办公椅瑜伽")]
    assert links(client, "瑜") == links(client, "yuj") == expected


@pytest.mark.parametrize("query", ["", " ", "魑魅", "<script>", "' or 1=1--", "魑" * 10_000])
def test_nothing_to_suggest_is_an_empty_answer(client: Client, query: str) -> None:
    response = client.get("/courses/suggest/", {"q": query})
    assert (response.status_code, response.content) == (200, b"")


def test_a_null_character_is_refused(client: Client) -> None:
    assert client.get("/courses/suggest/", {"q": "\x00"}).status_code == 400


def test_an_answer_costs_one_statement_and_may_be_kept(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    links(client, "瑜")
    with django_assert_num_queries(1):
        response = client.get("/courses/suggest/", {"q": "焊"})
    assert response.headers["Cache-Control"] == "public, max-age=60"


def test_a_search_that_filters_leave_empty_offers_the_nearest(client: Client) -> None:
    page = words_of(client.get("/courses/", {"q": "瑜伽", "category": "health"}))
    assert ("没有符合条件的课程" in page, "最接近的课程" in page, "办公椅瑜伽" in page) == (True, True, True)


def test_a_search_for_nothing_known_offers_no_courses(client: Client) -> None:
    page = words_of(client.get("/courses/", {"q": "魑魅魍魉"}))
    assert ("没有符合条件的课程" in page, "最接近的课程" in page) == (True, False)


def test_a_list_with_courses_offers_no_others(client: Client) -> None:
    assert "最接近的课程" not in words_of(client.get("/courses/", {"q": "瑜伽"}))
