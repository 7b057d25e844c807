"""Who: people, unions, enterprises, roles, consent and sign-in."""

from accounts.models.enterprises import (
    BOOKERS,
    WITHOUT_CREDIT_CODE,
    Enterprise,
    EnterpriseKind,
    Membership,
    MembershipRole,
)
from accounts.models.people import Consent, User, Worker, WorkerKind
from accounts.models.sign_in import SignInCode, Tally
from accounts.models.unions import Role, RoleKind, Union, UnionKind

__all__ = [
    "BOOKERS",
    "WITHOUT_CREDIT_CODE",
    "Consent",
    "Enterprise",
    "EnterpriseKind",
    "Membership",
    "MembershipRole",
    "Role",
    "RoleKind",
    "SignInCode",
    "Tally",
    "Union",
    "UnionKind",
    "User",
    "Worker",
    "WorkerKind",
]
