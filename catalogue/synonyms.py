"""Everyday words and what the menu calls it. Staff keep them; the search reads them."""

from typing import Self

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Concat

from catalogue.version import moves_catalogue
from policy import ids

LONGEST_WORD = 12
MOST_WORDS = 30


class SynonymQuerySet(models.QuerySet["Synonym"]):
    """What one may ask about synonyms."""

    def live(self) -> Self:
        """Keep those that the search uses."""
        return self.filter(retired_at=None)

    def retired(self) -> Self:
        """Keep those that staff took out of use."""
        return self.exclude(retired_at=None)

    def about(self, words: str) -> Self:
        """Keep those that hold a text on either side; all for none."""
        if not words:
            return self
        both = Concat(_SAID, _BLANK, _MEANT, output_field=_TEXT)
        return self.annotate(both=both).filter(both__contains=words)

    def after(self, public_id: str) -> Self:
        """Keep those that follow one of them; all if there is none with that id."""
        last = Synonym.objects.filter(public_id=public_id).values_list("first", "pk").first()
        return self.filter(Q(first__gt=last[0]) | Q(first=last[0], pk__gt=last[1])) if last else self


_TEXT: "models.TextField[str, str]" = models.TextField()
_BLANK = Value(" ")
_SAID = Func(F("said"), _BLANK, function="array_to_string", output_field=_TEXT)
_MEANT = Func(F("meant"), _BLANK, function="array_to_string", output_field=_TEXT)


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
