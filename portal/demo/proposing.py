"""Proposals of the demonstration: invented instructors, one proposal in every state, made through the doors."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from accounts import people
from accounts.models import RoleKind, User
from catalogue import instructors
from catalogue.honors import Honor, HonorLevel
from catalogue.instructors import HonorFacts
from catalogue.models import Category
from catalogue.titles import InstructorTitle
from policy.clock import local
from policy.drafts import Typed
from portal.demo.certificate import certificate
from portal.demo.people import PASSWORD, REVIEWERS
from proposals import drafting
from proposals.forms import ProposalForm
from proposals.models import Action, Proposal, Status
from proposals.moves import Press, move
from proposals.profile import introduce

FIRST_AUTHOR = 101
STEP = timedelta(days=2)
AUTHOR, ONE, TWO = 0, 1, 2
SENT = [(Action.SUBMIT, AUTHOR), (Action.TAKE, ONE)]
PASSED = [*SENT, (Action.PASS, ONE), (Action.PASS, TWO)]
# How a proposal gets into each state, and who does it.
WAYS: dict[Status, list[tuple[Action, int]]] = {
    Status.DRAFT: [],
    Status.SUBMITTED: SENT[:1],
    Status.FIRST_REVIEW: SENT,
    Status.SECOND_REVIEW: PASSED[:3],
    Status.RETURNED: [*SENT, (Action.RETURN, ONE)],
    Status.PUBLICITY: PASSED,
    Status.APPROVED: [*PASSED, (Action.APPROVE, TWO)],
    Status.DECLINED: [*SENT, (Action.DECLINE, ONE)],
    Status.WITHDRAWN: [*SENT[:1], (Action.WITHDRAW, AUTHOR)],
}
# Long enough for five working days of publicity, a week of holidays included.
BEFORE_APPROVAL = timedelta(days=20)
NAMES = ["韩师傅", "唐师傅", "冯师傅", "于师傅", "董师傅", "萧师傅", "邓师傅", "许师傅", "傅师傅"]
TITLES = [
    "演示课：焊接机器人入门", "演示课：仓库叉车安全", "演示课：给外卖骑手的急救", "演示课：短视频剪辑一小时",
    "演示课：看懂劳动合同", "演示课：车间里的颈椎操", "演示课：和孩子谈手机", "演示课：数控机床读图",
    "演示课：家常面点",
]  # fmt: skip


# Who claims which title, with an honour and its certificate: verified by the first review where that is over.
CLAIMS = {
    Status.SUBMITTED: InstructorTitle.SENIOR_TECHNICIAN,
    Status.FIRST_REVIEW: InstructorTitle.CRAFTSMAN,
    Status.SECOND_REVIEW: InstructorTitle.SENIOR_ENGINEER,
    Status.PUBLICITY: InstructorTitle.CRAFTSMAN,
    Status.APPROVED: InstructorTitle.MODEL_WORKER,
}
VERIFIED = (Status.PUBLICITY, Status.APPROVED)


def make_proposals(*, now: datetime) -> None:
    """Make two reviewers, and for each state an instructor whose proposal stands there; some with an honour.

    The certificates stay as files under VAR_DIR when the transaction around this fails: `./dev reset` removes them.
    """
    reviewers = [_reviewer(phone, name, now - timedelta(days=60)) for phone, name in REVIEWERS.items()]
    categories = list(Category.objects.all())
    for number, (status, way) in enumerate(WAYS.items()):
        moments = list(_moments(status, len(way), now))
        began = (moments[0] if moments else now) - timedelta(hours=1)
        author = _author(number, CLAIMS.get(status, InstructorTitle.OTHER), began)
        data = _typed(TITLES[number], categories[number % len(categories)])
        proposal = drafting.begin(author=author, press=f"demo{number:08d}", data=data, now=began)
        for (action, who), at in zip(way, moments, strict=True):
            if action == Action.PASS and status in VERIFIED:
                _verify(author, reviewers[0], at)
            proposal = _moved(proposal, action, [author, *reviewers][who], data, at)


def _moments(status: Status, count: int, now: datetime) -> Iterator[datetime]:
    """Yield when each step was made, the last one two days ago."""
    for number in range(count):
        at = now - (count - number) * STEP
        is_last = number == count - 1
        yield at - BEFORE_APPROVAL if status == Status.APPROVED and not is_last else at


def _moved(proposal: Proposal, action: Action, actor: User, data: Typed, at: datetime) -> Proposal:
    content = None
    if action == Action.SUBMIT:
        form = ProposalForm(data)
        form.is_valid()
        content = form.content()
    remarks = {"summary": "请写明学完会什么。"} if action == Action.RETURN else {}
    reason = "" if actor.pk == proposal.author_id else "演示：理由写在这里。"
    press = Press(action, seen=proposal.moves, reason=reason, remarks=remarks, content=content)
    return move(proposal_id=proposal.pk, press=press, actor=actor, now=at)


def _reviewer(phone: str, name: str, now: datetime) -> User:
    return people.add_staff(phone=phone, name=name, password=PASSWORD, post=people.Post(RoleKind.REVIEWER), now=now)


def _author(number: int, title: InstructorTitle, now: datetime) -> User:
    person = people.find_or_create(phone=f"+86199{FIRST_AUTHOR + number:08d}", now=now)
    people.welcome(person=person, facts=people.Facts(name=NAMES[number]), now=now)
    people.mark_verified(person=person, now=now)
    instructor = introduce(user=person, titles=[title], organisation="演示技师学院", now=now)
    if title != InstructorTitle.OTHER:
        facts = HonorFacts(f"演示{title.label}", HonorLevel.DISTRICT, "演示区总工会", year=local(now).year - 1)
        instructors.claim_honor(instructor=instructor, facts=facts, proof=certificate(), actor=person, now=now)
    return person


def _verify(author: User, reviewer: User, now: datetime) -> None:
    honor = Honor.objects.select_related("instructor", "proof").get(instructor__user=author)
    instructors.verify_honor(honor_id=honor.pk, seen=instructors.mark_of(honor), actor=reviewer, now=now)


def _typed(title: str, category: Category) -> Typed:
    return {
        "title": [title],
        "category": [category.pk],
        "level": ["beginner"],
        "audience": ["一线职工"],
        "summary": ["演示申报：内容和人员均为虚构。"],
        "outline": ["认识\n练习\n答疑"],
        "hours": ["2"],
        "lesson_count": ["1"],
        "min_size": ["10"],
        "max_size": ["30"],
        "deliveries": ["on_site", "at_enterprise"],
        "bands": ["noon", "after_work"],
    }
