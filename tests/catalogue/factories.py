"""Makers of what only the catalogue's tests need."""

import factory
from factory.django import DjangoModelFactory

from catalogue.synonyms import Synonym
from tests.factories import NOW


class SynonymFactory(DjangoModelFactory[Synonym]):
    """A row of everyday words; `first` is the first of the words said."""

    class Meta:
        model = Synonym

    said = factory.LazyFunction(lambda: ["睡不着"])
    meant = factory.LazyFunction(lambda: ["失眠"])
    first = factory.LazyAttribute(lambda row: row.said[0])
    created_at = NOW
