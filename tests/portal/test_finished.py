"""Finished pages: made once for all visitors, never for a person, never older than a seat's state may be."""

import gzip
from datetime import timedelta

import pytest
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.test import Client, RequestFactory
from pytest_django.fixtures import DjangoAssertNumQueries

from catalogue.models import Course
from policy import clock
from portal import finished
from tests.accounts.steps import sign_in
from tests.factories import NOW, ClassRunFactory, CourseFactory
from timetable.models import ClassRun

pytestmark = pytest.mark.django_db


@pytest.fixture
def run() -> ClassRun:
    return ClassRunFactory(capacity=30, seats_taken=3)


def test_a_page_is_made_once(client: Client, run: ClassRun, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    path = f"/courses/{run.course.code}/"
    first = client.get(path)
    with django_assert_num_queries(1):
        again = client.get(path)
    assert again.content == first.content
    assert again.headers["ETag"] == first.headers["ETag"]


def test_a_browser_that_has_the_page_is_told_so(client: Client, run: ClassRun) -> None:
    path = f"/classes/{run.number}/"
    etag = client.get(path).headers["ETag"]
    again = client.get(path, headers={"if-none-match": etag})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get(path, headers={"if-none-match": '"other"'}).status_code == 200


def test_it_travels_compressed_to_whoever_can_read_it(client: Client, run: ClassRun) -> None:
    path = f"/classes/{run.number}/"
    plain = client.get(path)
    small = client.get(path, headers={"accept-encoding": "gzip"})
    assert (plain.headers.get("Content-Encoding"), small.headers["Content-Encoding"]) == (None, "gzip")
    assert gzip.decompress(small.content) == plain.content
    assert {"Accept-Encoding", "Cookie"} <= {name.strip() for name in small.headers["Vary"].split(",")}


def test_a_changed_course_is_shown_at_once_and_seats_within_seconds(client: Client, run: ClassRun) -> None:
    path = f"/classes/{run.number}/"
    assert "余 <b>27</b> 席" in client.get(path).content.decode()
    ClassRun.objects.filter(pk=run.pk).update(seats_taken=20)
    with clock.frozen_at(NOW + timedelta(seconds=4)):
        assert "余 <b>27</b> 席" in client.get(path).content.decode()
    with clock.frozen_at(NOW + timedelta(seconds=5)):
        assert "余 <b>10</b> 席" in client.get(path).content.decode()
    Course.objects.filter(pk=run.course_id).update(title="改了名的课")
    assert "改了名的课" in client.get(path).content.decode()


def test_language_size_host_and_query_are_pages_of_their_own(client: Client) -> None:
    CourseFactory()
    bodies = {client.get("/courses/").content, client.get("/courses/?sort=title").content}
    client.cookies["language"] = "en"
    bodies.add(client.get("/courses/").content)
    client.cookies["size"] = "lg"
    bodies.add(client.get("/courses/").content)
    assert len(bodies) == 4


def test_a_person_never_gets_nor_leaves_a_finished_page(client: Client, run: ClassRun) -> None:
    visitor, path = Client(), f"/courses/{run.course.code}/"
    sign_in(client, name="甲工友")
    own = client.get(path)
    assert own.headers["Cache-Control"] == "no-store"
    assert "ETag" not in own.headers
    assert "退出" in own.content.decode()
    assert "退出" not in visitor.get(path).content.decode()
    assert "退出" in client.get(path).content.decode()


def test_refusals_and_endless_addresses_are_not_kept(client: Client) -> None:
    assert client.get("/courses/SK9999/").status_code == 404
    assert client.get("/courses/?q=" + "x" * 400).status_code == 200
    assert finished._pages == {}  # noqa: SLF001 -- what is kept is the question


def test_a_page_with_a_token_or_a_cookie_of_one_visitor_is_not_kept(rf: RequestFactory) -> None:
    def with_token(request: HttpRequest) -> HttpResponse:
        return HttpResponse(get_token(request))

    def with_cookie(_request: HttpRequest) -> HttpResponse:
        response = HttpResponse("a")
        response.set_cookie("own", "1")
        return response

    for view in (with_token, with_cookie):
        request = rf.get("/")
        request.LANGUAGE_CODE = "zh-hans"
        assert finished.finished(view)(request).status_code == 200
    assert finished._pages == {}  # noqa: SLF001 -- as above


def test_no_more_pages_are_kept_than_allowed(client: Client) -> None:
    for number in range(finished.MOST_PAGES + 5):
        client.get(f"/robots.txt?{number}")
    assert len(finished._pages) == finished.MOST_PAGES  # noqa: SLF001 -- as above
