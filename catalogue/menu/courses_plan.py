"""Compares drafts of courses with the catalogue, and saves what is new or different."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from catalogue import search
from catalogue.menu.cells import key
from catalogue.menu.courses import FIELDS, NEEDED, CourseDraft, Mentioned
from catalogue.menu.matching import Matcher, Pair
from catalogue.menu.naming import Instructors, Topics
from catalogue.menu.progress import Progress, batches
from catalogue.menu.report import Kind, Line, Outcome, Report
from catalogue.models import Band, Course, CourseInstructor, Delivery, Instructor, Level

CHOICES: Mapping[str, type[models.TextChoices]] = {"deliveries": Delivery, "bands": Band, "level": Level}
BY_NAME = ("topic", "track")


@dataclass
class CoursesPlan:
    """What an import will do to courses. Made without writing; `write` saves it."""

    report: Report
    now: datetime
    usual: Mapping[str, Any]
    topics: Topics
    instructors: Instructors
    new: list[Course] = field(default_factory=list)
    changed: list[Course] = field(default_factory=list)
    changed_fields: set[str] = field(default_factory=set)
    teaching: list[tuple[Course, list[Instructor]]] = field(default_factory=list)

    def add(self, pair: Pair) -> None:
        """Plan one row."""
        if pair.course:
            self._change(pair.draft, pair.course)
        else:
            self._create(pair.draft)

    def write(self, progress: Progress) -> None:
        """Write the plan, renamed courses first: a title given up may be the title of a new course."""
        self.topics.write()
        self.instructors.write()
        for batch in batches(self.changed, _("修改课程"), progress):
            if self.changed_fields:
                Course.objects.bulk_update(batch, sorted(self.changed_fields))
        for batch in batches(self.new, _("保存课程"), progress):
            Course.objects.bulk_create(batch)
        self._save_teaching()
        for batch in batches([*self.changed, *self.new], _("建立搜索"), progress):
            search.reindex(batch)

    def _save_teaching(self) -> None:
        CourseInstructor.objects.filter(course__in=[course for course, _people in self.teaching]).delete()
        CourseInstructor.objects.bulk_create(
            CourseInstructor(course=course, instructor=instructor, position=position)
            for course, people in self.teaching
            for position, instructor in enumerate(people)
        )

    def _create(self, draft: CourseDraft) -> None:
        absent = [key for key in NEEDED if key not in draft.values and key != "title"]
        if absent:
            labels = "、".join(FIELDS[key].label for key in absent)
            draft.row.wrong("title", _("是新课程，但表里没有“{labels}”列").format(labels=labels), _("请补上这些列"))
            return
        values = {**self.usual, **draft.values}
        if not sizes_agree(draft, values["min_size"], values["max_size"]):
            return
        topic = self.topics.topic(values.pop("topic"))
        track = self.topics.track(topic, values.pop("track"))
        course = Course(
            code=draft.code, category=draft.category, topic=topic, track=track,
            title=draft.title, title_key=draft.title_key, created_at=self.now, **values,
        )  # fmt: skip
        self.new.append(course)
        self.teaching.append((course, self._people(draft, None)))
        self.report.add(Line(Outcome.ADDED, Kind.COURSE, course.code, course.title, draft.row.place()))

    def _change(self, draft: CourseDraft, course: Course) -> None:
        if not sizes_agree(draft, course.min_size, course.max_size):
            return
        people = self._people(draft, course)
        lines = [*self._new_values(draft, course), *self._new_topic(draft, course)]
        before = [one.instructor for one in course.course_instructors.all()]
        if draft.people is not None and [identity(one) for one in people] != [identity(one) for one in before]:
            lines.append(change(draft, course, "instructors", names(before), names(people)))
            self.teaching.append((course, people))
        if lines:
            self.changed.append(course)
        else:
            lines = [Line(Outcome.UNCHANGED, Kind.COURSE, course.code, course.title, draft.row.place())]
        self.report.lines += lines

    def _new_values(self, draft: CourseDraft, course: Course) -> Iterator[Line]:
        """Set the plain fields that differ, and yield a line for each."""
        values = {"title": draft.title, **draft.values}
        for name, new in values.items():
            old = "" if name in BY_NAME else getattr(course, name)
            if name in BY_NAME or old == new:
                continue
            setattr(course, name, new)
            self.changed_fields.add(name)
            yield change(draft, course, name, said(name, old), said(name, new))
        if course.title_key != draft.title_key:
            course.title_key = draft.title_key
            self.changed_fields.add("title_key")

    def _new_topic(self, draft: CourseDraft, course: Course) -> Iterator[Line]:
        """Set topic and track where they differ; a track never stays with a topic that is not its own."""
        old_topic, old_track = (one.name if one else "" for one in (course.topic, course.track))
        new_topic = draft.values.get("topic", old_topic)
        is_other = key(old_topic) != key(new_topic)
        new_track = draft.values.get("track", "" if is_other else old_track)
        if is_other:
            course.topic = self.topics.topic(new_topic)
            yield change(draft, course, "topic", old_topic, new_topic)
        if is_other or key(old_track) != key(new_track):
            course.track = self.topics.track(course.topic, new_track)
            self.changed_fields |= set(BY_NAME)
        if key(old_track) != key(new_track):
            yield change(draft, course, "track", old_track, new_track)

    def _people(self, draft: CourseDraft, course: Course | None) -> list[Instructor]:
        people = [self.instructors.get(person, course) for person in draft.people or ()]
        return list({identity(one): one for one in people}.values())


def plan(
    drafts: list[CourseDraft], mentioned: Mentioned, *, report: Report, usual: Mapping[str, Any], now: datetime
) -> CoursesPlan:
    """Return what the drafts change. Reads the catalogue, writes nothing.

    Only fields whose columns the file has are compared; a new course gets the usual values for the others.
    """
    related = Course.objects.select_related("category", "topic", "track")
    courses = list(related.prefetch_related("course_instructors__instructor"))
    made = CoursesPlan(report, now, usual, Topics(report), Instructors(report))
    matcher = Matcher(courses, report)
    pairs = matcher.match(drafts, mentioned)
    matcher.give_codes(pairs)
    for pair in pairs:
        made.add(pair)
    return made


def sizes_agree(draft: CourseDraft, usual_low: int, usual_high: int) -> bool:
    """Tell whether 开班人数 is not above 人数上限 where the file leaves one of them as it is; report it otherwise."""
    low = draft.values.setdefault("min_size", usual_low)
    high = draft.values.setdefault("max_size", usual_high)
    if low <= high:
        return True
    sentence = _("开班人数 {low} 大于人数上限 {high}").format(low=low, high=high)
    draft.row.wrong("max_size" if draft.row.has("max_size") else "min_size", sentence, _("请同时填写这两列"))
    return False


def change(draft: CourseDraft, course: Course, name: str, old: str, new: str) -> Line:
    """Return the line of one changed field. The place is the cell that says the new value."""
    place = draft.row.place(name)
    return Line(Outcome.CHANGED, Kind.COURSE, course.code, course.title, place, FIELDS[name].label, old, new)


def said(name: str, value: Any) -> str:
    """Return a field's value as the menu writes it."""
    if name in CHOICES:
        values = value if isinstance(value, list) else [value]
        return "、".join(str(CHOICES[name](one).label) for one in values)
    if isinstance(value, list):
        return ("；" if name == "outline" else "、").join(value)
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


def names(people: Iterable[Instructor]) -> str:
    """Return the names of instructors as a cell lists them."""
    return "、".join(one.name for one in people)


def identity(instructor: Instructor) -> tuple[str, str]:
    """Return what tells two instructors apart, also before they are saved."""
    return key(instructor.name), key(instructor.organisation)
