"""Wishes at the same moment: the same words are one wish, everybody backs it once, the answer reaches everybody once.

The negative control looks first and writes then. It must try to write twice here; if it does not, the race is no race
and the other tests prove nothing.
"""

from collections import Counter
from time import sleep
from typing import TYPE_CHECKING, Any

import pytest
from django.db import IntegrityError

from accounts.models import User
from enrollment import answers, invariants, wishes
from enrollment.errors import WishRefused
from enrollment.models import Backing, Wish
from messaging.models import Message
from policy.defaults import OPEN_WISHES
from tests.factories import NOW, UserFactory, officer

if TYPE_CHECKING:
    from tests.races.conftest import Race

pytestmark = pytest.mark.django_db(transaction=True)

MANY = 20
SPELLINGS = ["焊接AI质检", "焊接 ai 质检", "焊接ＡＩ质检！"]


def back(person: User, text: str) -> int:
    return wishes.back(person=person, wanted=wishes.of_words(text), town=None, band="", now=NOW).pk


def test_twenty_say_the_same_at_once_and_it_is_one_wish(race: "Race[Any, Any]") -> None:
    people = UserFactory.create_batch(MANY)
    pairs = [(person, SPELLINGS[number % len(SPELLINGS)]) for number, person in enumerate(people)]

    found = race(lambda pair: back(*pair), pairs)

    assert (len(set(found)), Wish.objects.count(), Backing.objects.count()) == (1, 1, MANY)
    assert set(Backing.objects.values_list("person", flat=True)) == {person.pk for person in people}


def test_one_person_presses_twenty_times_at_once(race: "Race[Any, Any]") -> None:
    person = UserFactory()

    race(lambda _number: back(person, SPELLINGS[0]), range(MANY))

    assert (Wish.objects.count(), Backing.objects.count()) == (1, 1)


def test_twenty_windows_of_one_person_keep_the_limit(race: "Race[Any, Any]") -> None:
    person = UserFactory()

    def act(number: int) -> bool:
        try:
            back(person, f"想学第{number}项")
        except WishRefused:
            return False
        return True

    assert Counter(race(act, range(MANY))) == {True: OPEN_WISHES, False: MANY - OPEN_WISHES}
    assert (Wish.objects.count(), Backing.objects.count()) == (OPEN_WISHES, OPEN_WISHES)


def test_whoever_joins_while_it_is_answered_is_told_or_begins_anew(race: "Race[Any, Any]") -> None:
    first = UserFactory()
    answered = Wish.objects.get(pk=back(first, SPELLINGS[0]))
    officers, people = [officer(), officer()], UserFactory.create_batch(MANY - 2)

    def act(who: User) -> None:
        if who in officers:
            answers.decline(wish_id=answered.pk, reason="没有讲师", actor=who, now=NOW)
            return
        try:
            back(who, SPELLINGS[0])
        except WishRefused:
            back(who, SPELLINGS[0])

    race(act, [*people[:9], *officers, *people[9:]])

    told = Message.objects.filter(kind="wish_declined").values_list("person", flat=True)
    backers = answered.backings.values_list("person", flat=True)
    assert sorted(told) == sorted(backers)
    assert (Backing.objects.count(), Wish.objects.count() <= 2) == (MANY - 1, True)
    assert Wish.pgh_event_model.objects.filter(pgh_obj=answered.pk, status="declined").count() == 1  # type: ignore[attr-defined]
    assert list(invariants.disagreements(now=NOW)) == []


def test_looking_first_and_writing_then_writes_twice(race: "Race[Any, Any]") -> None:
    key = wishes.key_of(SPELLINGS[0])

    def act(_number: int) -> bool:
        if Wish.objects.open().filter(key=key).exists():
            return False
        sleep(0.2)  # a busy server's pause between two statements
        try:
            Wish.objects.create(words=SPELLINGS[0], key=key, created_at=NOW)
        except IntegrityError:
            return True
        return False

    assert Counter(race(act, range(MANY)))[True] > 0
    assert Wish.objects.count() == 1
