"""What is on offer: categories, topics, courses, sites, rooms and instructors."""

from collections.abc import Iterable
from typing import Self

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Count, F, Prefetch, Q
from django.utils.translation import gettext_lazy as _

from catalogue import honors
from catalogue.titles import PROVEN_TITLES, InstructorTitle, labels_of
from catalogue.version import moves_catalogue
from policy import ids


class Category(models.Model):
    """One of the nine categories of the menu. Reference data, written by reference_data()."""

    code = models.SlugField(primary_key=True)
    name = models.CharField(max_length=20, unique=True)
    name_en = models.CharField(max_length=40)
    prefix = models.CharField(max_length=2, unique=True)
    position = models.PositiveSmallIntegerField(unique=True)

    class Meta:
        triggers = [moves_catalogue()]
        ordering = ["position"]

    def __str__(self) -> str:
        return self.name


class Topic(models.Model):
    """A theme that cuts across the categories (专题): AI技术, 消防安全 and others."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=30, unique=True)
    name_en = models.CharField(max_length=60, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        triggers = [moves_catalogue()]
        ordering = ["slug", "pk"]

    def __str__(self) -> str:
        return self.name


class Track(models.Model):
    """A direction inside a topic (方向); the AI topic has five."""

    topic = models.ForeignKey(Topic, models.PROTECT, related_name="tracks")
    code = models.SlugField()
    name = models.CharField(max_length=30)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        triggers = [moves_catalogue()]
        ordering = ["topic", "position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["code"], name="track_code_once"),
            models.UniqueConstraint(fields=["topic", "name"], name="track_name_once_per_topic"),
        ]

    def __str__(self) -> str:
        return self.name


class InstructorQuerySet(models.QuerySet["Instructor"]):
    """What one may ask about instructors."""

    def public(self) -> Self:
        """Keep those who teach something of the menu, with their courses counted and an honour where it is verified."""
        shown = Count("courses", filter=Q(courses__retired_at=None))
        found = self.filter(retired_at=None).annotate(course_count=shown).filter(course_count__gt=0)
        return found.prefetch_related(Prefetch("honor", honors.Honor.objects.public()))

    def about(self, words: str) -> Self:
        """Keep those whose name, pinyin or organisation holds the words."""
        places = Q(name__icontains=words) | Q(organisation__icontains=words)
        return self.filter(places | Q(pinyin__istartswith=words.replace(" ", "")))

    def with_titles(self, titles: Iterable[str]) -> Self:
        """Keep those who have any of these titles."""
        return self.filter(titles__overlap=list(titles))


@pghistory.track(
    append_only=True, model_name="InstructorEvent", fields=["titles", "claimed", "organisation", "retired_at"]
)
class Instructor(models.Model):
    """Somebody who teaches (讲师). Not everybody has an account.

    `titles` stand on public pages: the union's menu says them, or a reviewer has verified the honour, or nobody asks a
    proof of them. `claimed` is what the person says and nobody has proven: only that person and reviewers read it.
    """

    public_id = models.CharField(max_length=12, unique=True, default=ids.public_id, editable=False)
    name = models.CharField(max_length=40)
    pinyin = models.CharField(max_length=120)
    titles = ArrayField(models.CharField(max_length=20, choices=InstructorTitle), default=list, blank=True)
    claimed = ArrayField(models.CharField(max_length=20, choices=InstructorTitle), default=list, blank=True)
    organisation = models.CharField(max_length=80, blank=True)
    user = models.OneToOneField("accounts.User", models.PROTECT, null=True, blank=True, related_name="instructor")
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = InstructorQuerySet.as_manager()

    class Meta:
        triggers = [moves_catalogue()]
        ordering = ["pinyin", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["name", "organisation"], name="instructor_once_per_organisation"),
            models.CheckConstraint(
                condition=Q(titles__contained_by=InstructorTitle.values), name="instructor_titles_known"
            ),
            models.CheckConstraint(
                condition=Q(claimed__contained_by=PROVEN_TITLES), name="instructor_claims_what_needs_a_proof"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def title_labels(self) -> list[str]:
        """The kinds of instructor as people read them."""
        return labels_of(self.titles)

    @property
    def unproven(self) -> list[str]:
        """The titles that the person claims and neither the menu nor a verified honour bears out."""
        return [title for title in self.claimed if title not in self.titles]

    @property
    def said(self) -> list[str]:
        """Every title that the person goes by, proven or not."""
        return [*self.titles, *self.unproven]

    @property
    def unproven_labels(self) -> list[str]:
        """What is claimed only, as people read it."""
        return labels_of(self.unproven)


class Delivery(models.TextChoices):
    """How a course is taught (授课形式); a course may have several."""

    ON_SITE = "on_site", _("学堂授课")
    AT_ENTERPRISE = "at_enterprise", _("送教上门")
    LIVE = "live", _("线上直播")


class Level(models.TextChoices):
    """How hard a course is (难度)."""

    BEGINNER = "beginner", _("入门")
    INTERMEDIATE = "intermediate", _("进阶")
    ADVANCED = "advanced", _("高级")


class Band(models.TextChoices):
    """When a course can be taught (可授课时间). The union's menu knows these; `any` is 可协商."""

    WEEKDAY_DAY = "weekday_day", _("工作日白天")
    NOON = "noon", _("工作日午间")
    AFTER_WORK = "after_work", _("工作日晚间")
    WEEKEND = "weekend", _("周末")
    ANY = "any", _("可协商")


class CourseQuerySet(models.QuerySet["Course"]):
    """What one may ask about courses."""

    def published(self) -> Self:
        """Keep what the public menu shows."""
        return self.filter(retired_at=None)

    def in_categories(self, codes: Iterable[str]) -> Self:
        """Keep courses of any of these categories."""
        return self.filter(category__in=codes)

    def delivered_as(self, deliveries: Iterable[str]) -> Self:
        """Keep courses that can be taught in any of these ways."""
        return self.filter(deliveries__overlap=list(deliveries))

    def for_cards(self) -> Self:
        """Fetch with each course what a card shows of it."""
        return self.select_related("category", "topic")

    def for_page(self) -> Self:
        """Fetch with a course what its own page shows of it, except its runs; of honours the verified ones only."""
        honor = Prefetch("instructor__honor", honors.Honor.objects.public())
        teachers = CourseInstructor.objects.select_related("instructor").prefetch_related(honor)
        return self.select_related("category", "topic", "track").prefetch_related(
            Prefetch("course_instructors", teachers)
        )


@pghistory.track(append_only=True, model_name="CourseEvent", exclude=["created_at"])
class Course(models.Model):
    """An entry of the menu (课程). Its code is given at the first import and never used again."""

    code = models.CharField(max_length=6, unique=True)
    category = models.ForeignKey(Category, models.PROTECT, related_name="courses")
    topic = models.ForeignKey(Topic, models.PROTECT, null=True, blank=True, related_name="courses")
    track = models.ForeignKey(Track, models.PROTECT, null=True, blank=True, related_name="courses")
    title = models.CharField(max_length=60)
    title_key = models.CharField(max_length=60, editable=False)
    summary = models.CharField(max_length=300)
    outline = ArrayField(models.CharField(max_length=100), default=list, blank=True)
    audience = models.CharField(max_length=100, blank=True)
    level = models.CharField(max_length=20, choices=Level, default=Level.BEGINNER)
    hours = models.DecimalField(max_digits=4, decimal_places=1)
    lesson_count = models.PositiveSmallIntegerField(default=1)
    deliveries = ArrayField(models.CharField(max_length=20, choices=Delivery), default=list)
    min_size = models.PositiveSmallIntegerField()
    max_size = models.PositiveSmallIntegerField()
    instructors: "models.ManyToManyField[Instructor, CourseInstructor]" = models.ManyToManyField(
        Instructor, through="CourseInstructor", related_name="courses"
    )
    provider = models.CharField(max_length=80, blank=True)
    bands = ArrayField(models.CharField(max_length=20, choices=Band), default=list, blank=True)
    keywords = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    note = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = CourseQuerySet.as_manager()

    class Meta:
        triggers = [moves_catalogue()]
        ordering = ["code"]
        indexes = [
            models.Index(fields=["topic", "track"], condition=Q(retired_at=None), name="course_by_topic"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["category", "title_key"], condition=Q(retired_at=None), name="course_title_once_per_category"
            ),
            models.CheckConstraint(condition=Q(code__regex=r"^[A-Z]{2}[0-9]{4}$"), name="course_code_form"),
            models.CheckConstraint(
                condition=Q(min_size__gte=1, max_size__gte=F("min_size")), name="course_sizes_in_order"
            ),
            models.CheckConstraint(condition=Q(hours__gt=0, lesson_count__gte=1), name="course_has_hours"),
            models.CheckConstraint(condition=Q(level__in=Level.values), name="course_level_known"),
            models.CheckConstraint(
                condition=Q(deliveries__contained_by=Delivery.values) & ~Q(deliveries=[]),
                name="course_deliveries_known",
            ),
            models.CheckConstraint(condition=Q(bands__contained_by=Band.values), name="course_bands_known"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def delivery_labels(self) -> list[str]:
        """The ways of teaching as people read them."""
        return [str(Delivery(value).label) for value in self.deliveries]

    @property
    def band_labels(self) -> list[str]:
        """The possible times as people read them."""
        return [str(Band(value).label) for value in self.bands]


class CourseInstructor(models.Model):
    """Who teaches a course, in the order of the menu."""

    course = models.ForeignKey(Course, models.CASCADE, related_name="course_instructors")
    instructor = models.ForeignKey(Instructor, models.PROTECT, related_name="course_instructors")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        triggers = [moves_catalogue()]
        ordering = ["course", "position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["course", "instructor"], name="course_instructor_once"),
        ]

    def __str__(self) -> str:
        return f"{self.course} {self.instructor}"


class CourseSearch(models.Model):
    """The pinyin of a course's title, to sort by: no collation of Chinese is asked of the database."""

    course = models.OneToOneField(Course, models.CASCADE, primary_key=True, related_name="search")
    pinyin = models.CharField(max_length=500)

    class Meta:
        triggers = [moves_catalogue()]
        verbose_name_plural = "course searches"
        ordering = ["course"]

    def __str__(self) -> str:
        return str(self.course)


class HostKind(models.TextChoices):
    """What kind of body lends the rooms of a site (单位类型)."""

    ENTERPRISE = "enterprise", _("企业")
    TOWN_UNION = "town_union", _("街镇工会")
    PARK = "park", _("园区")
    SOCIETY = "society", _("社会机构")
    BUILDING = "building", _("商圈楼宇")
    DEPARTMENT = "department", _("职能部门")
    COLLEGE = "college", _("职业院校")


@pghistory.track(append_only=True, model_name="SiteEvent", exclude=["manager_name", "manager_phone"])
class Site(models.Model):
    """A training site (学堂). A municipally named one (上海职工学堂) has `municipal_named_on`."""

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=40, unique=True)
    short_name = models.CharField(max_length=20)
    host = models.CharField(max_length=60)
    host_kind = models.CharField(max_length=20, choices=HostKind)
    union = models.ForeignKey("accounts.Union", models.PROTECT, related_name="sites")
    address = models.CharField(max_length=100)
    longitude = models.DecimalField(max_digits=8, decimal_places=5)
    latitude = models.DecimalField(max_digits=7, decimal_places=5)
    area_m2 = models.PositiveIntegerField()
    equipment = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    is_accessible = models.BooleanField()
    municipal_named_on = models.DateField(null=True, blank=True)
    opened_on = models.DateField()
    opening_hours = models.CharField(max_length=100)
    year_target = models.PositiveIntegerField()
    manager_name = models.CharField(max_length=40)
    manager_phone = models.CharField(max_length=30)
    transport = models.CharField(max_length=100, blank=True)
    introduction = models.CharField(max_length=300, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        triggers = [moves_catalogue()]
        ordering = ["slug", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(host_kind__in=HostKind.values), name="site_host_kind_known"),
            models.CheckConstraint(
                condition=Q(longitude__range=(-180, 180), latitude__range=(-90, 90)), name="site_is_on_earth"
            ),
        ]

    def __str__(self) -> str:
        return self.short_name


class RoomKind(models.TextChoices):
    """What a room is made for."""

    CLASSROOM = "classroom", _("教室")
    HALL = "hall", _("多功能厅")
    WORKSHOP = "workshop", _("实训室")
    MEETING = "meeting", _("会议室")
    COMPUTERS = "computers", _("机房")
    DANCE = "dance", _("舞蹈房")
    OUTDOOR = "outdoor", _("户外场地")


@pghistory.track(append_only=True)
class Room(models.Model):
    """A room of a site and how many people it holds."""

    site = models.ForeignKey(Site, models.PROTECT, related_name="rooms")
    name = models.CharField(max_length=30)
    capacity = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=20, choices=RoomKind)
    position = models.PositiveSmallIntegerField(default=0)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        triggers = [moves_catalogue()]
        ordering = ["site", "position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["site", "name"], name="room_name_once_per_site"),
            models.CheckConstraint(condition=Q(capacity__gte=1), name="room_holds_somebody"),
            models.CheckConstraint(condition=Q(kind__in=RoomKind.values), name="room_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.site.short_name} {self.name}"
