"""Makers of instructors who sign in, with their honour and its proof."""

import factory
from factory.django import DjangoModelFactory

from catalogue.honors import Honor, HonorLevel
from policy.models import Attachment, Draft
from proposals.drafting import KIND
from proposals.models import Proposal, Status
from tests.factories import NOW, CategoryFactory, CourseFactory, InstructorFactory, UserFactory

# What the form posts, and what is kept of it.
TYPED = {
    "title": ["焊接机器人入门"],
    "category": ["skills"],
    "level": ["beginner"],
    "summary": ["认识焊接机器人，学会示教编程。"],
    "outline": ["安全\n示教\n练习"],
    "hours": ["1.5"],
    "lesson_count": ["2"],
    "min_size": ["8"],
    "max_size": ["20"],
    "deliveries": ["on_site", "at_enterprise"],
}
CONTENT = {
    "title": "焊接机器人入门",
    "category": "skills",
    "topic": "",
    "track": "",
    "level": "beginner",
    "audience": "",
    "summary": "认识焊接机器人，学会示教编程。",
    "outline": ["安全", "示教", "练习"],
    "hours": "1.5",
    "lesson_count": 2,
    "min_size": 8,
    "max_size": 20,
    "deliveries": ["on_site", "at_enterprise"],
    "bands": [],
    "keywords": [],
    "note": "",
}


class AttachmentFactory(DjangoModelFactory[Attachment]):
    """A row only; its bytes were never written."""

    class Meta:
        model = Attachment

    public_id = factory.Sequence(lambda n: f"file{n:08d}")
    owner = factory.SubFactory(UserFactory)
    subject = "honor/x"
    name = "证书.pdf"
    stored_as = factory.Sequence(lambda n: f"stored-{n}")
    sha256 = "0" * 64
    size = 100
    content_type = "application/pdf"
    scan = "unscanned"
    created_at = NOW


class HonorFactory(DjangoModelFactory[Honor]):
    class Meta:
        model = Honor

    instructor = factory.SubFactory(InstructorFactory, user=factory.SubFactory(UserFactory))
    name = "演示工匠"
    level = HonorLevel.DISTRICT
    granted_by = "演示区总工会"
    year = 2024
    proof = factory.LazyAttribute(lambda honor: AttachmentFactory(owner=honor.instructor.user))
    created_at = NOW


class DraftFactory(DjangoModelFactory[Draft]):
    class Meta:
        model = Draft

    public_id = factory.Sequence(lambda n: f"draft{n:07d}")
    kind = KIND
    owner = factory.SubFactory(UserFactory)
    data = factory.LazyFunction(lambda: {**TYPED})
    created_at = updated_at = NOW


class ProposalFactory(DjangoModelFactory[Proposal]):
    """A proposal in any state, with one version once it was sent; its author teaches and needs no proof."""

    class Meta:
        model = Proposal
        skip_postgeneration_save = True

    author = factory.LazyFunction(lambda: InstructorFactory(user=UserFactory(), titles=["other"]).user)
    press = factory.Sequence(lambda n: f"press{n:07d}")
    draft = factory.LazyAttribute(lambda proposal: DraftFactory(owner=proposal.author))
    title = "焊接机器人入门"
    status = Status.DRAFT
    created_at = NOW
    submitted_at = factory.LazyAttribute(lambda proposal: None if proposal.status == Status.DRAFT else NOW)
    publicity_ends_at = factory.LazyAttribute(lambda proposal: NOW if proposal.status == Status.PUBLICITY else None)
    course = factory.LazyAttribute(lambda proposal: CourseFactory() if proposal.status == Status.APPROVED else None)

    @factory.post_generation
    def version(self: Proposal, create: bool, extracted: object, **kwargs: object) -> None:  # noqa: ARG002, FBT001 -- factory_boy's signature
        if create and self.status != Status.DRAFT:
            CategoryFactory()
            self.versions.create(number=1, content=CONTENT, created_at=NOW)
