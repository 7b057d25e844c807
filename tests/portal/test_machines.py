"""What machines read: site map, feed, robots, linked data and the head of a page; and that no text breaks out of it."""

import json
import re
from datetime import timedelta
from html import unescape
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.test import Client

from tests.accounts.factories import verified_enterprise
from tests.factories import NOW, ClassRunFactory, CourseFactory, CourseInstructorFactory, SiteFactory

pytestmark = pytest.mark.django_db

SPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
HOSTILE = "</script><script>alert('x')</script>&\""


def linked(html: str) -> Any:
    (found,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    return json.loads(found)


def test_the_site_map_lists_what_is_public_and_stays(client: Client) -> None:
    course = CourseInstructorFactory(course__code="SK0007").course
    CourseFactory(code="SK0008", retired_at=NOW)
    site = SiteFactory(slug="xinsong")
    teacher = course.instructors.get()
    drawn = ET.fromstring(client.get("/sitemap.xml").content)  # noqa: S314 -- our own answer
    found = {str(place.text).split(":8000")[-1] for place in drawn.iter(f"{SPACE}loc")}
    assert {"/", "/courses/", "/calendar/", "/help/", "/accessibility/", "/instructors/"} <= found
    assert {f"/courses/{course.code}/", f"/sites/{site.slug}/", f"/instructors/{teacher.public_id}/"} <= found
    assert "/courses/SK0008/" not in found


def test_robots_are_told_what_is_not_for_them(client: Client) -> None:
    told = client.get("/robots.txt").content.decode()
    assert "Disallow: /my/" in told
    assert "Disallow: /desk/" in told
    assert told.rstrip().endswith("/sitemap.xml")


def test_the_feed_tells_public_runs_to_come_newest_first(client: Client) -> None:
    older = ClassRunFactory(course__title="早排的", created_at=NOW - timedelta(days=2))
    newer = ClassRunFactory(course__title=HOSTILE, created_at=NOW - timedelta(days=1))
    ClassRunFactory(private_to=verified_enterprise())
    ClassRunFactory(cancelled_at=NOW, cancel_reason="停电")
    ClassRunFactory(starts_at=NOW - timedelta(days=1), opens_at=NOW - timedelta(days=9))
    response = client.get("/classes/new.rss")
    feed = ET.fromstring(response.content)  # noqa: S314 -- our own answer
    assert response.headers["Content-Type"] == "application/rss+xml; charset=utf-8"
    assert [item.findtext("title") for item in feed.iter("item")] == [HOSTILE, "早排的"]
    links = [str(item.findtext("link")) for item in feed.iter("item")]
    assert [link.rsplit("/", 2)[1] for link in links] == [newer.number, older.number]


def test_a_course_says_what_it_is_to_machines(client: Client) -> None:
    run = ClassRunFactory(course__title=HOSTILE, course__summary=HOSTILE, site__short_name="莘松")
    html = client.get(f"/courses/{run.course.code}/").content.decode()
    facts = linked(html)
    assert facts["@type"] == "Course"
    assert facts["name"] == HOSTILE
    (instance,) = facts["hasCourseInstance"]
    assert instance["startDate"] == "2026-12-08T18:30:00+08:00"
    assert instance["url"].endswith(f"/classes/{run.number}/")
    assert html.count("<script") == 1


def test_a_site_says_where_it_is(client: Client) -> None:
    SiteFactory(slug="xinsong", name="莘松")
    facts = linked(client.get("/sites/xinsong/").content.decode())
    assert (facts["@type"], facts["name"], facts["geo"]["latitude"]) == ("Place", "莘松", 31.1)


def test_the_head_names_page_and_description_once_escaped(client: Client) -> None:
    course = CourseFactory(title="A & B <C>", summary='说“好”"坏"')
    html = client.get(f"/courses/{course.code}/").content.decode()
    head = html.split("</head>")[0]
    assert "<title>A &amp; B &lt;C&gt; · 职工学堂</title>" in head
    assert [unescape(text) for text in re.findall(r'property="og:title" content="([^"]*)"', head)] == ["A & B <C>"]
    assert [unescape(text) for text in re.findall(r'property="og:description" content="([^"]*)"', head)] == [
        '说“好”"坏"'
    ]


@pytest.mark.parametrize(("path", "words"), [("/help/", "同时最多占 3 个名额"), ("/accessibility/", "GB/T 37668")])
def test_pages_that_explain_say_the_rules_in_force(client: Client, path: str, words: str) -> None:
    assert words in client.get(path).content.decode()
