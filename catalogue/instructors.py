"""The doors to instructors who sign in: what they say of themselves, their honour and its proof."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from catalogue.errors import CatalogueRefused
from catalogue.honors import Honor, HonorLevel
from catalogue.menu.naming import PINYIN_LENGTH, pinyin
from catalogue.models import Instructor
from catalogue.titles import PROVEN_TITLES
from policy import attachments
from policy.history import recorded
from policy.models import Attachment
from policy.problems import Problem
from policy.proofs import Upload

MARK_LENGTH = 16


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


def locked(user: User) -> Instructor | None:
    """Return the person as an instructor, whose titles and honour stay as they are until the transaction ends."""
    return Instructor.objects.select_for_update(no_key=True).filter(user=user).first()


def wants_proof(instructor: Instructor) -> bool:
    """Tell whether a title is claimed and no honour with its proof is there."""
    return bool(instructor.unproven) and honor_of(instructor) is None


@transaction.atomic
def introduce(*, user: User, titles: Sequence[str], organisation: str, now: datetime) -> Instructor:
    """Write what a signed-in person says of themselves as an instructor. Safe to repeat.

    A title that needs a proof is only claimed: it gets public with the honour (verify_honor). Who already teaches a
    course, or has a verified honour, has titles that are the union's to change. Nobody becomes an instructor of the
    menu by giving the same name. Raises CatalogueRefused.
    """
    person = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    instructor = locked(person) or Instructor(user=person, name=person.name, pinyin=pinyin(person.name)[:PINYIN_LENGTH])
    _refuse_namesake(instructor, organisation)
    if not instructor.pk or set(titles) != set(instructor.said):
        _refuse_public_titles(instructor)
        unproven = {*PROVEN_TITLES} - {*instructor.titles}
        instructor.claimed = [title for title in titles if title in unproven]
        instructor.titles = [title for title in titles if title not in unproven]
    instructor.organisation = organisation
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
    if proof is None:
        with transaction.atomic():
            return _write_honor(_open_honor(instructor, now), facts, None, actor=actor, now=now)
    # Nobody waits for the scanner: what happened meanwhile is asked when it has looked.
    with attachments.stored(owner=actor, subject=f"honor/{instructor.public_id}", upload=proof, now=now) as kept:
        return _write_honor(_open_honor(instructor, now), facts, kept, actor=actor, now=now)


def mark_of(honor: Honor) -> str:
    """Return a short text that is another as soon as the honour, its proof or the titles it is to prove are others."""
    facts = [honor.name, honor.level, honor.granted_by, honor.year, honor.certificate_number]
    shown = [*facts, honor.proof.public_id, sorted(honor.instructor.said)]
    return hashlib.sha256(json.dumps(shown).encode()).hexdigest()[:MARK_LENGTH]


@transaction.atomic
def verify_honor(*, honor_id: int, seen: str, actor: User, now: datetime) -> Honor:
    """Say that the proof bears the honour and the claimed titles out: from now on they are public.

    `seen` is mark_of() what the actor looked at. Safe to repeat. Raises CatalogueRefused for an own honour, and for one
    that was changed since.
    """
    instructor = Instructor.objects.select_for_update(no_key=True, of=("self",)).get(honor=honor_id)
    honor = Honor.objects.select_related("proof").select_for_update(no_key=True, of=("self",)).get(pk=honor_id)
    honor.instructor = instructor
    if instructor.user_id == actor.pk:
        raise CatalogueRefused([Problem("own_honor", _("不能核验自己的荣誉。"), _("请由其他审核人核验。"))])
    if honor.verified_at:
        return honor
    if mark_of(honor) != seen:
        raise CatalogueRefused([Problem("changed", _("荣誉或职称刚被改过，请重新查看。"))])
    honor.verified_by, honor.verified_at = actor, now
    instructor.titles, instructor.claimed = instructor.said, []
    with recorded(actor=actor, reason=_("核验荣誉"), at=now):
        honor.save(update_fields=["verified_by", "verified_at"])
        instructor.save(update_fields=["titles", "claimed"])
    return honor


def _open_honor(instructor: Instructor, now: datetime) -> Honor:
    """Return the honour to write, a new one if there is none, until the transaction ends nobody else's to write.

    Raises CatalogueRefused once it is verified.
    """
    Instructor.objects.select_for_update(no_key=True).get(pk=instructor.pk)
    known = Honor.objects.filter(instructor=instructor).first()
    if known and known.verified_at:
        raise CatalogueRefused([Problem("verified", _("荣誉已核验，不能再改。"), _("有误请联系区总工会。"))])
    return known or Honor(instructor=instructor, created_at=now)


def _write_honor(honor: Honor, facts: HonorFacts, proof: Attachment | None, *, actor: User, now: datetime) -> Honor:
    """Write the facts, with a new proof in the place of the old one if there is one."""
    if proof is None and not honor.pk:
        raise CatalogueRefused([Problem("no_proof", _("请上传荣誉证明。"), field="proof")])
    replaced = honor.proof if proof and honor.pk else None
    for name, value in asdict(facts).items():
        setattr(honor, name, value)
    honor.proof = proof or honor.proof
    with recorded(actor=actor, reason=_("讲师填写荣誉"), at=now):
        honor.save(update_fields=[*asdict(facts), "proof"] if honor.pk else None)
    if replaced:
        attachments.discard(replaced)
    return honor


def _refuse_public_titles(instructor: Instructor) -> None:
    if not instructor.pk:
        return
    if instructor.courses.exists() or Honor.objects.public().filter(instructor=instructor).exists():
        sentence = _("您的荣誉/职称已经公开，不能自己改。")
        raise CatalogueRefused([Problem("titles_are_public", sentence, _("请联系区总工会核实后修改。"), "titles")])


def _refuse_namesake(instructor: Instructor, organisation: str) -> None:
    others = Instructor.objects.exclude(pk=instructor.pk)
    if others.filter(name=instructor.name, organisation=organisation).exists():
        values = {"name": instructor.name, "organisation": organisation}
        sentence = _("讲师名录里已有“%(name)s（%(organisation)s）”。") % values
        mend = _("如果就是您本人，请联系区总工会核实并关联账号。")
        raise CatalogueRefused([Problem("namesake", sentence, mend, "organisation")])
