"""The kinds of instructors (荣誉/职称), and which of them a proof is asked."""

from collections.abc import Iterable

from django.db import models
from django.utils.translation import gettext_lazy as _


class InstructorTitle(models.TextChoices):
    """The seven kinds of instructors, and other professionals, of whom no honour proof is asked."""

    MODEL_WORKER = "model_worker", _("劳模")
    CRAFTSMAN = "craftsman", _("工匠")
    LEADING_TALENT = "leading_talent", _("领军人才")
    PROFESSOR = "professor", _("院校教授")
    STUDIO_LEADER = "studio_leader", _("创新工作室领衔人")
    SENIOR_TECHNICIAN = "senior_technician", _("高级技师")
    SENIOR_ENGINEER = "senior_engineer", _("高级工程师")
    OTHER = "other", _("其他专业人士")


# Of the seven kinds a proof is asked (honor_proof_required).
PROVEN_TITLES = [title.value for title in InstructorTitle if title != InstructorTitle.OTHER]


def labels_of(titles: Iterable[str]) -> list[str]:
    """Return kinds of instructor as people read them."""
    return [str(InstructorTitle(title).label) for title in titles]
