"""How the tests of the pages read what came back."""

import re
from html import unescape
from typing import Protocol

from django.test import Client
from django.utils.html import strip_tags

from accounts.models import User


class Answer(Protocol):
    """What a test's browser gets back."""

    @property
    def content(self) -> bytes:
        """The page."""


def words_of(response: Answer) -> str:
    """Return what a reader sees of the page's body, spaces collapsed."""
    return text_of(response.content.decode().partition('<main id="main" tabindex="-1">')[2].partition("</main>")[0])


def text_of(html: str) -> str:
    """Return the text of some HTML, spaces collapsed."""
    return re.sub(r"\s+", " ", unescape(strip_tags(html.replace("<", " <")))).strip()


def signed_in(user: User) -> Client:
    """Return a browser in which the person has signed in."""
    client = Client()
    client.force_login(user)
    return client
