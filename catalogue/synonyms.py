"""Everyday words and what the menu calls it. Staff keep them; the search reads them."""

from typing import Self

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from catalogue.version import moves_catalogue
from policy import ids

LONGEST_WORD = 12
MOST_WORDS = 30


class SynonymQuerySet(models.QuerySet["Synonym"]):
    """What one may ask about synonyms."""

    def live(self) -> Self:
        """Keep those that the search uses."""
        return self.filter(retired_at=None)

    def with_word(self, word: str) -> Self:
        """Keep those that hold a word on either side."""
        return self.filter(Q(said__contains=[word]) | Q(meant__contains=[word]))

    def after(self, first: str) -> Self:
        """Keep those that follow the one with this first word; all without one."""
        return self.filter(first__gt=first) if first else self


@pghistory.track(append_only=True, model_name="SynonymEvent", exclude=["created_at"])
class Synonym(models.Model):
    """Words people say (`said`) and the words of the menu they stand for (`meant`), as the search reads them.

    `first` is the first of the words said and names the row; one that was shipped is not shipped again.
    """

    public_id = models.CharField(max_length=12, unique=True, default=ids.public_id, editable=False)
    first = models.CharField(max_length=LONGEST_WORD)
    said = ArrayField(models.CharField(max_length=LONGEST_WORD))
    meant = ArrayField(models.CharField(max_length=LONGEST_WORD))
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = SynonymQuerySet.as_manager()

    class Meta:
        triggers = [moves_catalogue()]
        ordering = ["first", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["first"], condition=Q(retired_at=None), name="synonym_first_once"),
            models.CheckConstraint(condition=~Q(said=[]) & ~Q(meant=[]), name="synonym_has_both_sides"),
            models.CheckConstraint(condition=Q(said__0=models.F("first")), name="synonym_first_is_said"),
        ]

    def __str__(self) -> str:
        return f"{'、'.join(self.said)} → {'、'.join(self.meant)}"
