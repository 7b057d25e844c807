"""The doors to instructors who sign in: what they say of themselves, their honour and its proof."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from catalogue.errors import CatalogueRefused
from catalogue.honors import Honor, HonorLevel
from catalogue.menu.naming import PINYIN_LENGTH, pinyin
from catalogue.models import Instructor, InstructorTitle
from policy import attachments, ids
from policy.history import recorded
from policy.models import Attachment
from policy.problems import Problem
from policy.proofs import Upload

# Of the seven kinds a proof is asked (honor_proof_required).
PROVEN_TITLES = frozenset(InstructorTitle) - {InstructorTitle.OTHER}


@dataclass(frozen=True)
class HonorFacts:
    """What an instructor says of an honour."""

    name: str
    level: HonorLevel
    granted_by: str
    year: int
    certificate_number: str = ""


def of_user(user: User) -> Instructor | None:
    """Return the person as an instructor, with the honour; None before the first introduction."""
    return Instructor.objects.select_related("honor__proof").filter(user=user).first()


def honor_of(instructor: Instructor) -> Honor | None:
    """Return the instructor's honour, verified or not."""
    return Honor.objects.select_related("proof", "verified_by").filter(instructor=instructor).first()


def wants_proof(instructor: Instructor) -> bool:
    """Tell whether one of the titles needs an honour with its proof and none is there."""
    needs = not PROVEN_TITLES.isdisjoint(InstructorTitle(title) for title in instructor.titles)
    return needs and honor_of(instructor) is None


@transaction.atomic
def introduce(*, user: User, titles: Sequence[str], organisation: str, now: datetime) -> Instructor:
    """Write what a signed-in person says of themselves as an instructor. Safe to repeat.

    Who already teaches a course has titles that stand on public pages: those are the union's to change. Nobody becomes
    an instructor of the menu by giving the same name. Raises CatalogueRefused.
    """
    person = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    instructor = Instructor.objects.filter(user=person).first() or Instructor(
        user=person, name=person.name, pinyin=pinyin(person.name)[:PINYIN_LENGTH]
    )
    _refuse_namesake(instructor, organisation)
    if instructor.pk and set(titles) != set(instructor.titles) and instructor.courses.exists():
        sentence = _("您已有课程在课程目录里，荣誉/职称不能自己改。")
        raise CatalogueRefused([Problem("titles_are_public", sentence, _("请联系区总工会核实后修改。"), "titles")])
    instructor.titles, instructor.organisation = list(titles), organisation
    with recorded(actor=person, reason=_("讲师填写资料"), at=now):
        instructor.save()
    return instructor


@transaction.atomic
def link(*, instructor_id: int, user: User, reason: str, now: datetime) -> Instructor:
    """Let an instructor of the menu sign in as this person, whom somebody has checked. Safe to repeat.

    Raises CatalogueRefused when either of the two belongs to another.
    """
    instructor = Instructor.objects.select_for_update(no_key=True).get(pk=instructor_id)
    if instructor.user_id == user.pk:
        return instructor
    if instructor.user_id or Instructor.objects.filter(user=user).exists():
        sentence = _("讲师或账号已经关联了别人。")
        raise CatalogueRefused([Problem("linked_otherwise", sentence, _("请先核对讲师和手机号。"))])
    instructor.user = user
    with recorded(actor=None, reason=reason, at=now):
        instructor.save(update_fields=["user"])
    return instructor


def claim_honor(
    *, instructor: Instructor, facts: HonorFacts, proof: Upload | None, actor: User, now: datetime
) -> Honor:
    """Write an instructor's honour; before it is verified it may be corrected, with a new proof or the same.

    Raises CatalogueRefused once it is verified or while there is no proof, FileRefused for a file that is none.
    """
    known = honor_of(instructor)
    if known and known.verified_at:
        raise CatalogueRefused([Problem("verified", _("荣誉已核验，不能再改。"), _("有误请联系区总工会。"))])
    if proof is None:
        if known is None:
            raise CatalogueRefused([Problem("no_proof", _("请上传荣誉证明。"), field="proof")])
        return _write_honor(known, facts, known.proof, actor=actor, now=now)
    honor = known or Honor(public_id=ids.public_id(), instructor=instructor, created_at=now)
    subject = f"honor/{honor.public_id}"
    with attachments.stored(owner=actor, subject=subject, upload=proof, now=now) as kept:
        replaced = known.proof if known else None
        _write_honor(honor, facts, kept, actor=actor, now=now)
        if replaced:
            attachments.discard(replaced)
    return honor


@transaction.atomic
def verify_honor(*, honor_id: int, actor: User, now: datetime) -> Honor:
    """Say that the proof bears the honour out: from now on it is public, with who said so and when kept.

    Safe to repeat. Raises CatalogueRefused for an own honour.
    """
    honor = Honor.objects.select_for_update(no_key=True).get(pk=honor_id)
    if honor.instructor.user_id == actor.pk:
        raise CatalogueRefused([Problem("own_honor", _("不能核验自己的荣誉。"), _("请由其他审核人核验。"))])
    if honor.verified_at is None:
        honor.verified_by, honor.verified_at = actor, now
        with recorded(actor=actor, reason=_("核验荣誉"), at=now):
            honor.save(update_fields=["verified_by", "verified_at"])
    return honor


def _write_honor(honor: Honor, facts: HonorFacts, proof: Attachment, *, actor: User, now: datetime) -> Honor:
    honor.name, honor.level, honor.granted_by = facts.name, facts.level, facts.granted_by
    honor.year, honor.certificate_number = facts.year, facts.certificate_number
    honor.proof = proof
    with recorded(actor=actor, reason=_("讲师填写荣誉"), at=now):
        honor.save()
    return honor


def _refuse_namesake(instructor: Instructor, organisation: str) -> None:
    others = Instructor.objects.exclude(pk=instructor.pk)
    if others.filter(name=instructor.name, organisation=organisation).exists():
        values = {"name": instructor.name, "organisation": organisation}
        sentence = _("讲师名录里已有“%(name)s（%(organisation)s）”。") % values
        mend = _("如果就是您本人，请联系区总工会核实并关联账号。")
        raise CatalogueRefused([Problem("namesake", sentence, mend, "organisation")])
