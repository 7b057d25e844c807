"""Things that a menu names and that are made when nobody knew them: topics, tracks, instructors, town unions.

Each register is read once, answers from memory, remembers what it made, and saves that when asked to. A dry run asks
for everything and saves nothing.
"""

from collections.abc import Container

from django.utils.text import slugify
from pypinyin import lazy_pinyin

from accounts.models import Union, UnionKind
from accounts.reference import district
from catalogue.menu.cells import key
from catalogue.menu.courses import Person
from catalogue.menu.report import Kind, Line, Outcome, Report
from catalogue.models import Course, Instructor, Topic, Track
from catalogue.titles import InstructorTitle

SLUG_LENGTH = 50
PINYIN_LENGTH = 120


def pinyin(text: str) -> str:
    """Return the text in pinyin without tones or spaces."""
    return "".join("".join(lazy_pinyin(text)).split()).lower()


def free_slug(text: str, taken: Container[str], longest: int = SLUG_LENGTH) -> str:
    """Return the pinyin of a name as a slug that is not taken; the second of a kind ends in -2."""
    base = slugify(pinyin(text))[: longest - 4] or "x"
    slug, number = base, 1
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    return slug


class Topics:
    """Topics by name, and their tracks."""

    def __init__(self, report: Report) -> None:
        """Read those there are."""
        self.report = report
        self.topics = {key(topic.name): topic for topic in Topic.objects.all()}
        self.tracks = {(key(t.topic.name), key(t.name)): t for t in Track.objects.select_related("topic")}
        self.new_topics: list[Topic] = []
        self.new_tracks: list[Track] = []

    def topic(self, name: str) -> Topic | None:
        """Return the topic of a name, made if need be; None for no name."""
        if not name:
            return None
        if key(name) not in self.topics:
            slug = free_slug(name, {topic.slug for topic in self.topics.values()})
            self.topics[key(name)] = topic = Topic(slug=slug, name=name)
            self.new_topics.append(topic)
            self.report.add(Line(Outcome.ADDED, Kind.TOPIC, name=name))
        return self.topics[key(name)]

    def track(self, topic: Topic | None, name: str) -> Track | None:
        """Return the track of a topic by name, made if need be; None for no name."""
        if not name or not topic:
            return None
        mark = (key(topic.name), key(name))
        if mark not in self.tracks:
            siblings = [track for (of_topic, _name), track in self.tracks.items() if of_topic == mark[0]]
            code = free_slug(name, {track.code for track in siblings})
            position = max((track.position for track in siblings), default=0) + 1
            self.tracks[mark] = track = Track(topic=topic, code=code, name=name, position=position)
            self.new_tracks.append(track)
            self.report.add(Line(Outcome.ADDED, Kind.TRACK, name=f"{topic.name} / {name}"))
        return self.tracks[mark]

    def write(self) -> None:
        Topic.objects.bulk_create(self.new_topics)
        Track.objects.bulk_create(self.new_tracks)


class Instructors:
    """Instructors by name and organisation. Titles are added to one, never taken away."""

    def __init__(self, report: Report) -> None:
        """Read those there are."""
        self.report = report
        self.known = {(key(one.name), key(one.organisation)): one for one in Instructor.objects.all()}
        self.new: list[Instructor] = []
        self.changed: dict[int, Instructor] = {}

    def get(self, person: Person, course: Course | None) -> Instructor:
        """Return the instructor a row means, made if need be.

        Where the course keeps its provider, whoever of that name teaches it already is meant: staff may have given it
        an instructor of another organisation.
        """
        mark = (key(person.name), key(person.organisation))
        instructor = self._teaching(person, course) or self.known.get(mark)
        if instructor:
            self._honour(instructor, person)
            return instructor
        instructor = Instructor(
            name=person.name,
            pinyin=pinyin(person.name)[:PINYIN_LENGTH],
            organisation=person.organisation,
            titles=list(person.titles),
        )
        self.known[mark] = instructor
        self.new.append(instructor)
        self.report.add(Line(Outcome.ADDED, Kind.INSTRUCTOR, name=_named(instructor)))
        return instructor

    def write(self) -> None:
        Instructor.objects.bulk_create(self.new)
        Instructor.objects.bulk_update(self.changed.values(), ["titles"])

    def _teaching(self, person: Person, course: Course | None) -> Instructor | None:
        if not course or key(course.provider) != key(person.organisation):
            return None
        teaching = [one.instructor for one in course.course_instructors.all()]
        # The registered object, so that titles of two rows come together on one.
        found = [
            self.known[key(one.name), key(one.organisation)] for one in teaching if key(one.name) == key(person.name)
        ]
        return found[0] if len(found) == 1 else None

    def _honour(self, instructor: Instructor, person: Person) -> None:
        titles = list(dict.fromkeys([*instructor.titles, *person.titles]))
        if titles == instructor.titles:
            return
        if instructor.pk:
            old, new = (said(some) for some in (instructor.titles, titles))
            line = Line(Outcome.CHANGED, Kind.INSTRUCTOR, name=_named(instructor), field="荣誉/职称", old=old, new=new)
            self.report.add(line)
            self.changed[instructor.pk] = instructor
        instructor.titles = titles


class Towns:
    """Unions of towns (and of parks that a site list names like towns) by the area people call them."""

    def __init__(self, report: Report) -> None:
        """Read those there are, and the district above them. Raises Union.DoesNotExist without reference data."""
        self.report = report
        self.district = district()
        unions = list(Union.objects.all())
        self.slugs = {union.slug for union in unions}
        self.names = {key(union.name): union for union in unions}
        self.known = {key(union.area): union for union in unions if union.kind == UnionKind.TOWN}
        self.new: list[Union] = []

    def get(self, area: str) -> Union:
        """Return the union of an area, made if need be. One of another kind with the name we would give is meant."""
        name = f"{area}总工会"
        if key(area) not in self.known and key(name) in self.names:
            self.known[key(area)] = self.names[key(name)]
        if key(area) not in self.known:
            slug = free_slug(area, self.slugs)
            self.slugs.add(slug)
            union = Union(kind=UnionKind.TOWN, slug=slug, name=name, area=area, parent=self.district)
            self.known[key(area)] = union
            self.new.append(union)
            self.report.add(Line(Outcome.ADDED, Kind.UNION, name=union.name))
        return self.known[key(area)]

    def registered(self, union: Union) -> Union:
        """Return the object that `get` gives for the union's area, so that the two can be compared."""
        return self.names[key(union.name)]

    def write(self) -> None:
        Union.objects.bulk_create(self.new)


def said(titles: list[str]) -> str:
    """Return instructor titles as people read them."""
    return "、".join(str(InstructorTitle(title).label) for title in titles)


def _named(instructor: Instructor) -> str:
    return f"{instructor.name}（{instructor.organisation}）" if instructor.organisation else instructor.name
