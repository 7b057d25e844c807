"""The doors to everyday words: shipped once with every installation, then kept by staff."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from catalogue.errors import CatalogueRefused
from catalogue.synonyms import LONGEST_WORD, MOST_WORDS, Synonym
from policy.history import recorded
from policy.problems import Problem
from policy.text import one_line

SHIPPED = Path(__file__).with_name("everyday_words.txt")
REMARK, STANDS_FOR = "#", "="
SHORTEST_WORD = 2


@dataclass(frozen=True)
class Words:
    """What people say, and what the menu calls it, each in small letters and once."""

    said: tuple[str, ...]
    meant: tuple[str, ...]


def words(*, said: Sequence[str], meant: Sequence[str]) -> Words:
    """Return two lists of words as the search reads words. Raises CatalogueRefused."""
    read = Words(_read(said), _read(meant))
    problems = [*_problems(read.said, "said"), *_problems(read.meant, "meant")]
    if read.said and all(set(read.meant) <= {word} for word in read.said):
        sentence = _("两边是同样的词，搜索不会多找到什么。")
        problems.append(Problem("nothing_new", sentence, _("“课程目录里怎么说”请写课程名称或关键词里的词。"), "meant"))
    if problems:
        raise CatalogueRefused(problems)
    return read


@transaction.atomic
def add(*, words: Words, actor: User, reason: str, now: datetime) -> Synonym:
    """Let the search know these words. Raises CatalogueRefused when a row begins with the same word."""
    with recorded(actor=actor, reason=reason, at=now):
        return _saved(Synonym(created_at=now), words)


@transaction.atomic
def change(*, synonym_id: int, words: Words, actor: User, reason: str, now: datetime) -> Synonym:
    """Give a row other words. Raises CatalogueRefused when it is retired or another begins with the same word."""
    synonym = _live(synonym_id)
    if (tuple(synonym.said), tuple(synonym.meant)) == (words.said, words.meant):
        return synonym
    with recorded(actor=actor, reason=reason, at=now):
        return _saved(synonym, words)


@transaction.atomic
def retire(*, synonym_id: int, actor: User, reason: str, now: datetime) -> Synonym:
    """Let the search forget a row; its history stays. Raises CatalogueRefused when it is retired already."""
    synonym = _live(synonym_id)
    synonym.retired_at = now
    with recorded(actor=actor, reason=reason, at=now):
        synonym.save(update_fields=["retired_at"])
    return synonym


def ship(*, now: datetime) -> int:
    """Write the shipped rows that were never here, and return how many: what staff changed or retired stays so."""
    known = set(Synonym.objects.values_list("first", flat=True))
    new = [
        Synonym(first=row.said[0], said=list(row.said), meant=list(row.meant), created_at=now)
        for row in shipped()
        if row.said[0] not in known
    ]
    with recorded(actor=None, reason=_("随系统提供"), at=now):
        Synonym.objects.bulk_create(new)
    return len(new)


def shipped() -> Iterator[Words]:
    """Yield the shipped rows."""
    for line in SHIPPED.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith(REMARK):
            said, meant = line.split(STANDS_FOR)
            yield Words(_read(said.split()), _read(meant.split()))


def _read(typed: Sequence[str]) -> tuple[str, ...]:
    read = (one_line(unicodedata.normalize("NFKC", word)).lower() for word in typed)
    return tuple(dict.fromkeys(word for word in read if word))


def _problems(read: Sequence[str], field: str) -> Iterator[Problem]:
    if not read:
        yield Problem("no_words", _("请至少写一个词。"), "", field)
    if len(read) > MOST_WORDS:
        yield Problem("too_many_words", _("一条最多 %(most)s 个词。") % {"most": MOST_WORDS}, _("请分成几条。"), field)
    for word in read:
        if not SHORTEST_WORD <= len(word) <= LONGEST_WORD:
            limits = {"word": word, "least": SHORTEST_WORD, "most": LONGEST_WORD}
            yield Problem("word_length", _("“%(word)s”应有 %(least)s 到 %(most)s 个字。") % limits, "", field)


def _live(synonym_id: int) -> Synonym:
    synonym = Synonym.objects.select_for_update(no_key=True).get(pk=synonym_id)
    if synonym.retired_at is not None:
        raise CatalogueRefused([Problem("retired", _("这一条已经停用。"))])
    return synonym


def _saved(synonym: Synonym, words: Words) -> Synonym:
    synonym.first, synonym.said, synonym.meant = words.said[0], list(words.said), list(words.meant)
    try:
        with transaction.atomic():
            synonym.save()
    except IntegrityError as error:
        sentence = _("已有一条以“%(word)s”开头。") % {"word": words.said[0]}
        raise CatalogueRefused([Problem("said_twice", sentence, _("请在那一条里修改。"), "said")]) from error
    return synonym
