"""What a submission said: kept as plain JSON, read back as a course's content, shown and compared as text."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from decimal import Decimal
from difflib import SequenceMatcher
from typing import Any, Self

from django.utils.translation import gettext_lazy

from catalogue.courses import Content
from catalogue.models import Band, Category, Delivery, Level, Topic, Track

Kept = dict[str, Any]

LABELS = {
    "title": gettext_lazy("课程名称"),
    "category": gettext_lazy("类别"),
    "topic": gettext_lazy("专题"),
    "track": gettext_lazy("方向"),
    "level": gettext_lazy("难度"),
    "audience": gettext_lazy("面向对象"),
    "summary": gettext_lazy("简介"),
    "outline": gettext_lazy("提纲"),
    "keywords": gettext_lazy("关键词"),
    "hours": gettext_lazy("学时"),
    "lesson_count": gettext_lazy("课次"),
    "min_size": gettext_lazy("人数下限"),
    "max_size": gettext_lazy("人数上限"),
    "deliveries": gettext_lazy("授课形式"),
    "bands": gettext_lazy("可授课时段"),
    "note": gettext_lazy("备注"),
}
# What belongs together in the form and on every page of a proposal.
SECTIONS = {
    "about": (gettext_lazy("课程是什么"), ("title", "category", "topic", "track", "level", "audience")),
    "contents": (gettext_lazy("讲什么"), ("summary", "outline", "keywords")),
    "arrangement": (
        gettext_lazy("怎么上课"),
        ("hours", "lesson_count", "min_size", "max_size", "deliveries", "bands", "note"),
    ),
}
# Two lines that have less than this in common are easier to read one below the other than letter by letter.
LEAST_ALIKE = 0.5


def kept(content: Content) -> Kept:
    """Return the content as JSON that outlives renamed categories, topics and tracks."""
    values = {field.name: getattr(content, field.name) for field in fields(content)}
    return values | {
        "category": content.category.pk,
        "topic": content.topic.slug if content.topic else "",
        "track": content.track.code if content.track else "",
        "hours": str(content.hours),
        **{name: list(values[name]) for name in ("outline", "deliveries", "bands", "keywords")},
    }


def content_of(said: Kept) -> Content:
    """Return the content of what was kept."""
    topic = Topic.objects.filter(slug=said["topic"]).first()
    return Content(
        **said
        | {
            "category": Category.objects.get(pk=said["category"]),
            "topic": topic,
            "track": Track.objects.filter(topic=topic, code=said["track"]).first(),
            "hours": Decimal(said["hours"]),
            **{name: tuple(said[name]) for name in ("outline", "deliveries", "bands", "keywords")},
        }
    )


@dataclass(frozen=True)
class Names:
    """The names of categories, topics and tracks, read once for however many submissions."""

    categories: dict[str, str]
    topics: dict[str, str]
    tracks: dict[tuple[str, str], str]

    @classmethod
    def read(cls) -> Self:
        """Read them, in three statements."""
        return cls(
            categories=dict(Category.objects.values_list("pk", "name")),
            topics=dict(Topic.objects.values_list("slug", "name")),
            tracks={(slug, code): name for slug, code, name in Track.objects.values_list(*_OF_TRACKS)},
        )

    def of(self, name: str, said: Kept) -> str:
        """Return what stands in one of the three fields as people read it."""
        if name == "category":
            return self.categories[said["category"]]
        if name == "topic":
            return self.topics.get(said["topic"], "")
        return self.tracks.get((said["topic"], said["track"]), "")


_OF_TRACKS = ("topic__slug", "code", "name")


@dataclass(frozen=True)
class Line:
    """One field as people read it."""

    name: str
    label: str
    text: str


def lines(said: Kept, names: Names) -> list[Line]:
    """Return every field of a submission as text, in the order of the form."""
    return [Line(name, str(label), _text(name, said, names)) for name, label in LABELS.items()]


def sections(said: Kept, names: Names) -> list[tuple[str, list[Line]]]:
    """Return the fields of a submission that say something, by what belongs together."""
    filled = {line.name: line for line in lines(said, names) if line.text}
    return [(str(label), [filled[name] for name in of if name in filled]) for label, of in SECTIONS.values()]


@dataclass(frozen=True)
class Remark:
    """What a reviewer said of one field, and what stood there."""

    name: str
    label: str
    text: str
    before: str


def remarks(said: dict[str, str], version: Kept, names: Names) -> list[Remark]:
    """Return the remarks on a submission in the order of the form."""
    shown = lines(version, names)
    return [Remark(line.name, line.label, said[line.name], line.text) for line in shown if line.name in said]


@dataclass(frozen=True)
class Part:
    """A piece of a text; `differs` where the other version has something else."""

    text: str
    differs: bool


@dataclass(frozen=True)
class Change:
    """A field that two versions do not have in common."""

    label: str
    old: list[Part]
    new: list[Part]


def changes(old: Kept, new: Kept, names: Names) -> list[Change]:
    """Return the fields in which two submissions differ, each with what was and what is."""
    pairs = zip(lines(old, names), lines(new, names), strict=True)
    return [Change(was.label, *_compared(was.text, now.text)) for was, now in pairs if was.text != now.text]


def _compared(old: str, new: str) -> tuple[list[Part], list[Part]]:
    """Compare line by line, and letter by letter only within a line: whole texts would take seconds."""
    was, now = old.splitlines(keepends=True), new.splitlines(keepends=True)
    before: list[Part] = []
    after: list[Part] = []
    for kind, start, end, first, last in SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
        if kind == "replace" and end - start == last - first:
            for one, other in zip(was[start:end], now[first:last], strict=True):
                _compare_line(one, other, before, after)
        else:
            before += [Part(line, kind != "equal") for line in was[start:end]]
            after += [Part(line, kind != "equal") for line in now[first:last]]
    return before, after


def _compare_line(old: str, new: str, before: list[Part], after: list[Part]) -> None:
    found = SequenceMatcher(None, old, new, autojunk=False)
    if found.ratio() < LEAST_ALIKE:
        before.append(Part(old, differs=True))
        after.append(Part(new, differs=True))
        return
    for kind, start, end, first, last in found.get_opcodes():
        before += [Part(old[start:end], kind != "equal")] if end > start else []
        after += [Part(new[first:last], kind != "equal")] if last > first else []


def _text(name: str, said: Kept, names: Names) -> str:
    value = said[name]
    if name == "outline":
        return "\n".join(value)
    if isinstance(value, list):
        return "、".join(_words(name, value))
    if name in {"category", "topic", "track"}:
        return names.of(name, said)
    return str(Level(value).label) if name == "level" else str(value)


def _words(name: str, values: list[str]) -> Iterator[str]:
    known = {"deliveries": Delivery, "bands": Band}.get(name)
    for value in values:
        yield str(known(value).label) if known else value
