"""What must always be true of the menu: every course can be sorted, under a code of its own category."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import F

from catalogue.models import Course


def disagreements(*, now: datetime) -> Iterator[str]:  # noqa: ARG001 -- the same signature in every app
    """Yield one Chinese sentence for every course that has no pinyin to sort by, or whose code is another's."""
    for code in Course.objects.filter(search=None).order_by("code").values_list("code", flat=True):
        yield f"课程 {code}：没有排序用的拼音。"
    odd = Course.objects.exclude(code__startswith=F("category__prefix")).order_by("code")
    for code, category in odd.values_list("code", "category__name"):
        yield f"课程 {code}：编码不是“{category}”的。"
