"""The door through which a single course gets into the menu; the import of a whole menu has its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from catalogue import codes, search
from catalogue.errors import CatalogueRefused
from catalogue.menu.cells import key
from catalogue.models import Category, Course, CourseInstructor, Instructor, Topic, Track
from policy.history import recorded
from policy.problems import Problem


@dataclass(frozen=True)
class Content:
    """What a course says of itself. `hours` are learning hours of 45 minutes."""

    category: Category
    topic: Topic | None
    track: Track | None
    title: str
    level: str
    audience: str
    summary: str
    outline: tuple[str, ...]
    hours: Decimal
    lesson_count: int
    min_size: int
    max_size: int
    deliveries: tuple[str, ...]
    bands: tuple[str, ...]
    keywords: tuple[str, ...]
    note: str


def namesake(content: Content) -> Course | None:
    """Return the live course of the same category that has the same title, blanks and width aside."""
    courses = Course.objects.published().filter(category=content.category, title_key=key(content.title))
    return courses.first()


@transaction.atomic
def publish_course(
    *, content: Content, instructors: Sequence[Instructor], actor: User, reason: str, now: datetime
) -> Course:
    """Make a course with the next code of its category, taught by the instructors in this order, and let it be found.

    Locks the category, as an import does, so that no code is given twice. Raises CatalogueRefused.
    """
    category = Category.objects.select_for_update(no_key=True).get(pk=content.category.pk)
    if twin := namesake(content):
        sentence = _("“%(category)s”里已有同名课程 %(code)s。") % {"category": category.name, "code": twin.code}
        raise CatalogueRefused([Problem("same_title", sentence, _("请换一个课程名称。"), "title")])
    taken = Course.objects.filter(code__startswith=category.prefix).values_list("code", flat=True)
    try:
        code = codes.Series(taken).next(category.prefix)
    except codes.UsedUp as error:
        sentence = _("“{name}”的编码用完了。").format(name=category.name)
        raise CatalogueRefused([Problem("codes_used_up", sentence)]) from error
    with recorded(actor=actor, reason=reason, at=now):
        course = _written(content, code, instructors[0].organisation if instructors else "", now)
    CourseInstructor.objects.bulk_create(
        CourseInstructor(course=course, instructor=one, position=place) for place, one in enumerate(instructors)
    )
    search.reindex([course])
    return course


def _written(content: Content, code: str, provider: str, now: datetime) -> Course:
    return Course.objects.create(
        code=code,
        category=content.category,
        topic=content.topic,
        track=content.track,
        title=content.title,
        title_key=key(content.title),
        level=content.level,
        audience=content.audience,
        summary=content.summary,
        outline=list(content.outline),
        hours=content.hours,
        lesson_count=content.lesson_count,
        min_size=content.min_size,
        max_size=content.max_size,
        deliveries=list(content.deliveries),
        bands=list(content.bands),
        keywords=list(content.keywords),
        note=content.note,
        provider=provider,
        created_at=now,
    )
