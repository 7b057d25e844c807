"""What must always be true of enterprises and their people."""

from collections.abc import Iterator
from datetime import datetime

from stdnum.cn import uscc

from accounts.models import Enterprise, MembershipRole


def disagreements(*, now: datetime) -> Iterator[str]:  # noqa: ARG001 -- the same signature in every app
    """Yield one Chinese sentence for every enterprise without an owner or with an impossible credit code."""
    owned = Enterprise.objects.filter(memberships__role=MembershipRole.OWNER)
    for enterprise in Enterprise.objects.exclude(pk__in=owned).order_by("pk"):
        yield f"单位 {enterprise}（编号 {enterprise.pk}）：没有负责人。"
    for enterprise in Enterprise.objects.exclude(credit_code="").order_by("pk"):
        if not uscc.is_valid(enterprise.credit_code):
            yield f"单位 {enterprise}（编号 {enterprise.pk}）：统一社会信用代码 {enterprise.credit_code} 对不上。"
