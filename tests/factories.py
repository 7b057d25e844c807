"""Makers of rows without surprises: each makes one valid row, and what it must point to. Clock: tests.conftest.NOW."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from accounts.models import Role, RoleKind, Union, UnionKind, User, Worker
from catalogue.models import (
    Category,
    Course,
    CourseInstructor,
    Delivery,
    HostKind,
    Instructor,
    Room,
    RoomKind,
    Site,
)
from catalogue.titles import InstructorTitle
from enrollment.models import Enrollment, EnrollmentStatus
from policy.models import Policy, Term
from timetable.models import ClassRun, Lesson

NOW = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)
NEXT_WEEK = NOW + timedelta(days=7, hours=9, minutes=30)  # 18:30 in Shanghai


class UserFactory(DjangoModelFactory[User]):
    class Meta:
        model = User

    name = factory.Sequence(lambda n: f"工友{n}")
    phone = factory.Sequence(lambda n: f"+86199{n:08d}")
    created_at = NOW
    verified_at = NOW


class DistrictFactory(DjangoModelFactory[Union]):
    class Meta:
        model = Union
        django_get_or_create = ("slug",)

    kind = UnionKind.DISTRICT
    slug = "district"
    name = "区总工会"


class TownFactory(DjangoModelFactory[Union]):
    class Meta:
        model = Union
        django_get_or_create = ("slug",)

    kind = UnionKind.TOWN
    slug = "xinzhuangzhen"
    name = "莘庄镇总工会"
    area = "莘庄镇"
    parent = factory.SubFactory(DistrictFactory)


class WorkerFactory(DjangoModelFactory[Worker]):
    class Meta:
        model = Worker

    user = factory.SubFactory(UserFactory)


class SiteFactory(DjangoModelFactory[Site]):
    class Meta:
        model = Site

    slug = factory.Sequence(lambda n: f"site-{n}")
    name = factory.Sequence(lambda n: f"闵工学堂·演示{n}")
    short_name = factory.Sequence(lambda n: f"演示{n}")
    host = "演示工会"
    host_kind = HostKind.TOWN_UNION
    union = factory.SubFactory(TownFactory)
    address = "演示路 1 号"
    longitude = Decimal("121.40000")
    latitude = Decimal("31.10000")
    area_m2 = 200
    is_accessible = True
    opened_on = datetime(2020, 1, 1, tzinfo=UTC).date()
    opening_hours = "周一至周日 08:00-21:00"
    year_target = 1000
    manager_name = "演示员"
    manager_phone = "021-5555 0000"


class RoomFactory(DjangoModelFactory[Room]):
    class Meta:
        model = Room

    site = factory.SubFactory(SiteFactory)
    name = factory.Sequence(lambda n: f"{n}教室")
    capacity = 40
    kind = RoomKind.CLASSROOM


class InstructorFactory(DjangoModelFactory[Instructor]):
    class Meta:
        model = Instructor

    name = factory.Sequence(lambda n: f"讲师{n}")
    pinyin = factory.Sequence(lambda n: f"jiangshi{n}")
    titles = factory.LazyFunction(lambda: [InstructorTitle.CRAFTSMAN])
    organisation = "演示技师学院"


class CategoryFactory(DjangoModelFactory[Category]):
    class Meta:
        model = Category
        django_get_or_create = ("code",)

    code = "skills"
    name = "岗位技能"
    name_en = "Job skills"
    prefix = "SK"
    position = 1


class CourseFactory(DjangoModelFactory[Course]):
    class Meta:
        model = Course

    code = factory.Sequence(lambda n: f"SK{n % 10000:04d}")
    category = factory.SubFactory(CategoryFactory)
    title = factory.Sequence(lambda n: f"演示课程{n}")
    title_key = factory.SelfAttribute("title")
    summary = "演示课程的简介。"
    hours = Decimal("2.0")
    deliveries = factory.LazyFunction(lambda: [Delivery.ON_SITE])
    min_size = 10
    max_size = 30
    created_at = NOW


class CourseInstructorFactory(DjangoModelFactory[CourseInstructor]):
    class Meta:
        model = CourseInstructor

    course = factory.SubFactory(CourseFactory)
    instructor = factory.SubFactory(InstructorFactory)


class TermFactory(DjangoModelFactory[Term]):
    class Meta:
        model = Term
        django_get_or_create = ("code",)

    code = "2026-autumn"
    name = "2026 秋季"
    starts_on = datetime(2026, 9, 1, tzinfo=UTC).date()
    ends_on = datetime(2027, 1, 31, tzinfo=UTC).date()


class PolicyFactory(DjangoModelFactory[Policy]):
    class Meta:
        model = Policy

    valid_from = NOW - timedelta(days=365)
    reason = "测试"


class ClassRunFactory(DjangoModelFactory[ClassRun]):
    """A run that is open at NOW, with one lesson of 90 minutes next week."""

    class Meta:
        model = ClassRun
        skip_postgeneration_save = True

    number = factory.Sequence(lambda n: f"26-{n:05d}")
    course = factory.SubFactory(CourseFactory)
    site = factory.SubFactory(SiteFactory)
    term = factory.SubFactory(TermFactory)
    policy = factory.SubFactory(PolicyFactory)
    capacity = 30
    min_size = 1
    opens_at = NOW - timedelta(days=1)
    starts_at = NEXT_WEEK
    ends_at = factory.LazyAttribute(lambda run: run.starts_at + timedelta(minutes=90))
    created_at = NOW - timedelta(days=2)

    @factory.post_generation
    def lesson(self: ClassRun, create: bool, extracted: object, **kwargs: object) -> None:  # noqa: ARG002, FBT001 -- factory_boy's signature
        if create:
            LessonFactory(class_run=self, starts_at=self.starts_at, ends_at=self.ends_at, **kwargs)


class LessonFactory(DjangoModelFactory[Lesson]):
    class Meta:
        model = Lesson

    class_run = factory.SubFactory(ClassRunFactory, lesson=None)
    position = factory.LazyAttribute(lambda lesson: lesson.class_run.lessons.count() + 1)
    room = factory.LazyAttribute(lambda lesson: RoomFactory(site=lesson.class_run.site))
    starts_at = NEXT_WEEK
    ends_at = NEXT_WEEK + timedelta(minutes=90)


class EnrollmentFactory(DjangoModelFactory[Enrollment]):
    """A bare row; it does not touch the run's counters. Use seats.claim() where counters matter."""

    class Meta:
        model = Enrollment

    class_run = factory.SubFactory(ClassRunFactory)
    worker = factory.SubFactory(UserFactory)
    status = EnrollmentStatus.ENROLLED
    created_at = NOW
    seated_at = NOW


def officer(**user: object) -> User:
    """Return a user who is an officer of the district union."""
    role_of = UserFactory(**user)
    Role.objects.create(user=role_of, kind=RoleKind.OFFICER, union=DistrictFactory(), starts_at=NOW - timedelta(days=1))
    return role_of


def reviewer(**user: object) -> User:
    """Return a user who decides on proposals."""
    role_of = UserFactory(**user)
    Role.objects.create(
        user=role_of, kind=RoleKind.REVIEWER, union=DistrictFactory(), starts_at=NOW - timedelta(days=1)
    )
    return role_of


def site_manager(site: Site, **user: object) -> User:
    """Return a user who manages `site`."""
    role_of = UserFactory(**user)
    Role.objects.create(user=role_of, kind=RoleKind.SITE_MANAGER, site=site, starts_at=NOW - timedelta(days=1))
    return role_of
