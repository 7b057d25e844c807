"""Makers of enterprises and their people."""

import factory
from factory.django import DjangoModelFactory

from accounts.models import Enterprise, EnterpriseKind, Membership, MembershipRole, User
from tests.factories import NOW, TownFactory, UserFactory
from tests.factories import officer as some_officer

# Made up, with a valid check digit.
CODE = "91350100M000100Y43"


class EnterpriseFactory(DjangoModelFactory[Enterprise]):
    """A unit that waits for an officer."""

    class Meta:
        model = Enterprise

    name = factory.Sequence(lambda n: f"演示机械{n}厂")
    kind = EnterpriseKind.PLATFORM
    credit_code = ""
    town = factory.SubFactory(TownFactory)
    created_at = NOW


class MembershipFactory(DjangoModelFactory[Membership]):
    """The owner of an enterprise."""

    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    enterprise = factory.SubFactory(EnterpriseFactory)
    role = MembershipRole.OWNER
    title = "工会主席"
    created_at = NOW


def verified_enterprise(**fields: object) -> Enterprise:
    """Return an enterprise that an officer has verified."""
    return EnterpriseFactory(verified_at=NOW, verified_by=some_officer(), **fields)


def contact_of(enterprise: Enterprise, role: MembershipRole = MembershipRole.OWNER) -> User:
    """Return a person of the enterprise."""
    user: User = MembershipFactory(enterprise=enterprise, role=role).user
    return user
