"""What the pages of long forms share: what comes without a sign-in is kept until the sign-in; the number a page saw."""

from collections.abc import Iterable
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.urls import reverse

from accounts import limits
from accounts.limits import HOUR, Limit
from accounts.views.session import client_address
from policy import clock, drafts
from policy.models import Draft, DraftQuerySet

KEPT_PER_ADDRESS = (Limit(60, HOUR),)
LONGEST_NUMBER = 9
LONGEST_SUBJECT = 80


def signed_out(request: HttpRequest, *, kind: str, fields: Iterable[str], subject: str, kept_page: str) -> HttpResponse:
    """Keep what was sent without an owner, within the limit of the address, and lead to the sign-in.

    `kept_page` is the URL's name of the page that gives it back. Raises limits.TooMany.
    """
    data = drafts.typed(request.POST, fields)
    wanted = request.path
    if data:
        now = clock.now()
        limits.spend(action="draft", whose=client_address(request), limits=KEPT_PER_ADDRESS, now=now)
        draft = drafts.begin(kind=kind, owner=None, data=data, subject=subject[:LONGEST_SUBJECT], now=now)
        wanted = reverse(kept_page, args=[draft.public_id])
    return redirect(f"{resolve_url('accounts:login')}?{urlencode({'next': wanted}, safe='/')}")


def to_take_over(own: DraftQuerySet, kind: str) -> DraftQuerySet:
    """Return the drafts of a kind that the owner of `own` may take over: those of nobody, and the own ones."""
    waiting: DraftQuerySet = Draft.objects.unclaimed(clock.now() - drafts.UNCLAIMED) | own
    return waiting.filter(kind=kind)


def sent_number(text: str) -> int:
    """Return the number that a page had sent along; what is none never fits."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER else -1
