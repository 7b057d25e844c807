"""The form of everyday words: what people say, what the menu calls it, why; and a query to try them with."""

import re
from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import PlainField, PlainForm
from catalogue import wording
from catalogue.search import LONGEST_QUERY
from catalogue.synonyms import LONGEST_WORD, MOST_WORDS, Synonym
from catalogue.wording import Words

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

BETWEEN = re.compile(r"[\s、，,;；]+")
LONGEST_LIST = (LONGEST_WORD + 1) * MOST_WORDS


class WordsField(forms.CharField):
    """Words with blanks, commas or line ends between them; its value is the list of them."""

    def __init__(self, *, label: "StrPromise", help_text: "StrPromise") -> None:
        """Set what stands beside it."""
        super().__init__(
            label=label, help_text=help_text, max_length=LONGEST_LIST, widget=forms.Textarea({"rows": 3, "lang": "zh"})
        )

    def clean(self, value: str | None) -> list[str]:
        """Return the words as they were typed."""
        return [word for word in BETWEEN.split(super().clean(value)) if word]


class SynonymForm(PlainForm):
    """A row of everyday words and the reason of the change."""

    said = WordsField(label=_("大家怎么说"), help_text=_("用顿号、空格或换行分开，例如：睡不着、数绵羊。"))
    meant = WordsField(label=_("课程目录里怎么说"), help_text=_("课程名称或关键词里的词，例如：失眠。"))
    query = PlainField(
        label=_("试着搜"), required=False, max_length=LONGEST_QUERY, help_text=_("不填就用“大家怎么说”的第一个词试。")
    )
    reason = PlainField(label=_("原因"), max_length=200, help_text=_("记在这一条的经过里。"))

    def words(self) -> Words:
        """Return the words of a valid form as the search reads them. Raises CatalogueRefused."""
        return wording.words(said=self.cleaned_data["said"], meant=self.cleaned_data["meant"])

    def trying(self) -> bool:
        """Tell whether the words can be tried, whatever else is wrong."""
        return self.is_valid() or not {"said", "meant", "query"} & set(self.errors)


class RetireForm(PlainForm):
    """Why a row is taken out of use."""

    reason = PlainField(label=_("停用的原因"), max_length=200)


def initial_of(synonym: Synonym) -> dict[str, str]:
    """Return the form's fields as the row stands."""
    return {"said": "、".join(synonym.said), "meant": "、".join(synonym.meant)}
