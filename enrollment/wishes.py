"""Wishes (我想学): say what one wants to learn, join those who want the same, take it back.

Locks are taken in one order: the person, the wish. What two people call the same is one wish; the database holds that.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from accounts.models import Union, User
from catalogue.menu.cells import key as title_key
from catalogue.models import Course
from enrollment.errors import WishRefused
from enrollment.models import WISH_LONGEST, Backing, Wish, WishQuerySet
from policy.defaults import OPEN_WISHES
from policy.history import recorded
from policy.problems import Problem
from policy.text import one_line

SHORTEST = 2
LETTERS = {"L", "M", "N"}
# C++ is not C#.
SIGNS = {"+", "#"}
# A telephone number, an identity number, an address of a web page: nothing that strangers should read in a list.
PRIVATE = re.compile(r"\d(?:[\s-]*\d){6}|://|www\.|@", re.IGNORECASE)


@dataclass(frozen=True)
class Wanted:
    """What somebody wants to learn: a course, or words with the key that makes them the same as another's."""

    course: Course | None
    words: str = ""
    key: str = ""


def key_of(words: str) -> str:
    """Return the words as they are compared: width, case, blanks, punctuation and pictures do not matter."""
    folded = unicodedata.normalize("NFKC", words).casefold()
    return "".join(letter for letter in folded if unicodedata.category(letter)[0] in LETTERS or letter in SIGNS)


def of_course(course: Course) -> Wanted:
    """Return a course as something wanted. Raises WishRefused when it left the menu."""
    if course.retired_at:
        sentence = _("《%(course)s》已下架，不再开班。") % {"course": course.title}
        raise WishRefused([Problem("course_retired", sentence, _("可以用自己的话写下想学的内容。"))])
    return Wanted(course)


def of_words(text: str) -> Wanted:
    """Return somebody's own words as something wanted; the title of a course is that course. Raises WishRefused."""
    words = one_line(text)
    key = key_of(words)
    if len(key) < SHORTEST or max(len(words), len(key)) > WISH_LONGEST:
        limits = {"least": SHORTEST, "most": WISH_LONGEST}
        sentence = _("请用 %(least)s 到 %(most)s 个字写下想学什么。") % limits
        raise WishRefused([Problem("words_length", sentence, field="words")])
    if PRIVATE.search(unicodedata.normalize("NFKC", words)):
        sentence = _("大家都看得到这句话，请不要写号码和网址。")
        raise WishRefused([Problem("words_private", sentence, _("只写想学的内容就可以。"), field="words")])
    course = Course.objects.published().filter(title_key=title_key(words)).order_by("code").first()
    return Wanted(course) if course else Wanted(None, words, key)


@transaction.atomic
def back(*, person: User, wanted: Wanted, town: Union | None, band: str, now: datetime) -> Wish:
    """Let the person want this, with those who want it already. Again: the same backing, with the new town and band.

    Raises WishRefused when the person has too many open wishes, or the wish was answered this very moment.
    """
    User.objects.select_for_update(no_key=True).get(pk=person.pk)
    wish = _open_wish(wanted, now)
    others = Backing.objects.filter(person=person, wish__in=Wish.objects.open()).exclude(wish=wish)
    if others.count() >= OPEN_WISHES:
        sentence = _("您想学的已经有 %(most)s 项在等结果。") % {"most": OPEN_WISHES}
        raise WishRefused([Problem("too_many_wishes", sentence, _("请先撤回一项，再写新的。"))])
    where_and_when = {"town": town, "band": band}
    Backing.objects.update_or_create(
        wish=wish, person=person, defaults=where_and_when, create_defaults={**where_and_when, "created_at": now}
    )
    return wish


@transaction.atomic
def withdraw(*, person: User, wish_id: int) -> bool:
    """Take back that the person wants this, and tell whether anything changed. What was answered stays as it was."""
    wish = Wish.objects.select_for_update(no_key=True).get(pk=wish_id)
    deleted, _rows = Backing.objects.filter(wish__in=Wish.objects.open(), wish=wish, person=person).delete()
    return bool(deleted)


def backers_by_course() -> dict[int, int]:
    """Return how many people want which course now, by the course's id. One statement."""
    wanted = Backing.objects.filter(wish__in=Wish.objects.open(), wish__course__isnull=False).order_by()
    return dict(wanted.values_list("wish__course").annotate(people=Count("pk")))


def _open_wish(wanted: Wanted, now: datetime) -> Wish:
    """Return the open wish for this, made if there is none, under its lock: no answer comes between."""
    same = Wish.objects.open().filter(course=wanted.course) if wanted.course else _same_words(wanted.key)
    if not same.exists():
        new = Wish(course=wanted.course, words=wanted.words, key=wanted.key, created_at=now)
        with recorded(actor=None, reason="", at=now):
            Wish.objects.bulk_create([new], ignore_conflicts=True)
    try:
        return same.select_for_update(no_key=True).get()
    except Wish.DoesNotExist as answered:
        raise WishRefused([Problem("answered", _("这一项刚刚有了结果。"), _("如果还想学，请再试一次。"))]) from answered


def _same_words(key: str) -> WishQuerySet:
    return Wish.objects.open().filter(course=None, key=key)
