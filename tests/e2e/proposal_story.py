"""An instructor proposes a course and loses the sign-in on the way; two reviewers and the public look at it."""

from datetime import datetime, timedelta

from playwright.sync_api import FilePayload

from accounts import people
from accounts.models import RoleKind
from catalogue.models import Course
from proposals.models import Proposal, Status
from tests.conftest import NOW
from tests.e2e.conftest import House
from tests.e2e.people import (
    Person,
    give_code,
    history,
    read_message,
    sign_in,
    sign_in_at_the_desk,
    take_up,
    waits_at_the_desk,
)
from tests.e2e.windows import Window
from timetable.words import day_and_time

TITLE = "焊接机器人示教编程入门"
SUMMARY, BETTER_SUMMARY = "认识焊接机器人。", "认识焊接机器人，学完能独立编一段示教程序。"
FIRST_HALF = {"课程名称": TITLE, "面向对象": "一线焊工", "简介": SUMMARY}
SECOND_HALF = {
    "提纲": "安全围栏和急停\n示教器怎么用\n编一段直线焊缝",
    "学时": "1.5",
    "课次": "2",
    "人数下限": "8",
    "人数上限": "20",
    "关键词": "焊接、机器人、示教",
}
TICKED = ["学堂授课", "送教上门"]
DIFFERENCE: tuple[list[str], list[str]] = ([], ["，学完能独立编一段示教程序"])  # what is gone, what is new
REMARK = "请写明学完会做什么。"
ORGANISATION, HONOR = "演示重型机械厂", "演示工匠"
PROOF = FilePayload(name="证书.pdf", mimeType="application/pdf", buffer=b"%PDF-1.4\n% made up\n%%EOF\n")
AUTHORS_PASSWORD = "an author's long password"
PUBLICITY_ENDS = datetime(2026, 12, 8, 16, 0, tzinfo=NOW.tzinfo)  # the end of the fifth working day in Shanghai


def introduce_oneself(author: Person, others: list[Window]) -> None:
    """Write the profile and the honour; its proof is for the author and the reviewers only."""
    sign_in(author)
    window = author.window
    window.follow("我是讲师")
    window.follow("填写讲师资料")
    window.page.get_by_role("checkbox", name="工匠").check()
    window.page.get_by_role("checkbox", name="高级技师").check()
    window.fill(所在单位=ORGANISATION)
    window.press("保存")
    window.follow("上传荣誉证明")
    window.fill(荣誉名称=HONOR, 授予单位="演示区总工会", 授予年份="2024")
    window.page.get_by_role("radio", name="区级").check()
    window.press("保存", status=422)
    assert "请上传荣誉证明" in window.said_of("荣誉证明")
    window.field("荣誉证明").set_input_files(PROOF)
    window.press("保存")
    assert "等待核验，核验前不会公开" in window.text()
    file = window.page.get_by_role("link", name=PROOF["name"]).get_attribute("href") or ""
    assert window.page.request.get(file).body() == PROOF["buffer"]
    assert [other.page.request.get(file, max_redirects=0).status for other in others] == [302, 404]


def write_a_draft(author: Window) -> Proposal:
    author.open("/teach/")
    author.follow("申报一门课")
    author.fill(**FIRST_HALF)
    author.press("存草稿")
    assert "草稿已保存" in author.text()
    proposal = Proposal.objects.get()
    assert (proposal.status, author.field("课程名称").input_value()) == (Status.DRAFT, TITLE)
    return proposal


def submit_without_sign_in(author: Person, house: House) -> None:
    """Fill in the rest and send it when the sign-in is gone; sign in again, and nothing of it is lost."""
    window = author.window
    window.field("类别").select_option("岗位技能")
    window.page.get_by_role("radio", name="入门").check()
    window.fill(**SECOND_HALF)
    for delivery in TICKED:
        window.page.get_by_role("checkbox", name=delivery).check()
    window.page.context.clear_cookies(name="sessionid")
    window.press("提交申报")
    assert "/login/?next=/teach/proposals/kept/" in window.page.url

    house.let_pass(timedelta(minutes=1))  # a phone gets one code in that time
    give_code(author)
    assert (window.heading(), TITLE in window.text()) == ("您填写的内容还在", True)
    window.press("找回并继续填写")
    filled = {label: window.field(label).input_value() for label in FIRST_HALF | SECOND_HALF}
    assert filled == FIRST_HALF | SECOND_HALF
    assert window.field("类别").evaluate("field => field.selectedOptions[0].text") == "岗位技能"
    checked = window.page.get_by_role("group", name="授课形式").get_by_role("checkbox", checked=True)
    assert checked.count() == len(TICKED)
    window.press("提交申报")
    assert "已提交，等待初审。" in window.text()


def decide(reviewer: Window, action: str, *, reason: str = "", remark: str = "") -> None:
    """Make one decision on the page of a proposal."""
    decision = reviewer.page.get_by_role("region", name=action)
    if reason:
        decision.get_by_label("理由", exact=True).fill(reason)
    if remark:
        decision.get_by_text("逐项意见").click()
        decision.get_by_label("简介").fill(remark)
    reviewer.press(action, among=decision)
    assert "已记录：" in reviewer.text()


def return_with_a_remark(reviewer: Window) -> None:
    take_up(reviewer, "已提交", TITLE)
    assert (SUMMARY in reviewer.text(), HONOR in reviewer.text()) == (True, True)
    decide(reviewer, "开始初审")
    decide(reviewer, "退回补正", reason="简介请补正。", remark=REMARK)


def correct_and_submit_again(author: Window) -> None:
    read_message(author, f"请补正：{TITLE}")
    assert (REMARK in author.text(), "钱初审" in author.text()) == (True, False)
    author.follow("修改后再提交")
    assert f"审核意见：{REMARK}" in author.said_of("简介")
    author.fill(简介=BETTER_SUMMARY)
    author.press("改好了，再提交")
    assert "已提交，等待初审。" in author.text()


def pass_twice(first: Window, second: Window, proposal: Proposal) -> None:
    """See what was changed; verify the honour; pass it; the second review is another person's."""
    take_up(first, "已提交", TITLE)
    decide(first, "开始初审")
    changes = first.page.get_by_role("region", name="和上一稿相比")
    assert changes.locator("dt").all_inner_texts() == ["简介"]
    assert (changes.locator("del").all_inner_texts(), changes.locator("ins").all_inner_texts()) == DIFFERENCE
    first.press("荣誉与证明相符，核验")
    assert "钱初审 于 12月1日 周二 核验" in first.text()
    decide(first, "审核通过", reason="内容实用。")
    assert "您做过初审，复审要由另一位审核人来做。" in first.text()
    assert waits_at_the_desk(first, "复审", TITLE).count() == 0

    take_up(second, "复审", TITLE)
    decide(second, "审核通过", reason="同意初审意见。")
    proposal.refresh_from_db()
    assert (proposal.status, proposal.publicity_ends_at) == (Status.PUBLICITY, PUBLICITY_ENDS)
    assert second.page.get_by_role("button", name="批准", exact=True).count() == 0
    assert "公示到 12月9日 周三 00:00，期满后才能批准。" in second.text()


def read_the_publicity(visitor: Window) -> None:
    visitor.open("/")
    visitor.follow("课程公示")
    assert (TITLE in visitor.text(), BETTER_SUMMARY in visitor.text()) == (True, True)
    visitor.open("/courses/?q=示教编程")
    assert TITLE not in visitor.text()


def decide_on_the_own(author: Person, proposal: Proposal) -> None:
    """The author becomes a reviewer too, and tries the addresses of the decisions on the own proposal."""
    post = people.Post(RoleKind.REVIEWER)
    people.add_staff(phone=author.number, name=author.name, password=AUTHORS_PASSWORD, post=post, now=NOW)
    window = author.window
    window.page.context.clear_cookies(name="sessionid")
    sign_in_at_the_desk(window, author.number, AUTHORS_PASSWORD)
    address = f"/desk/proposals/{proposal.public_id}/"
    window.open(address, status=404)
    for action in ("approve", "pass", "decline"):
        window.open(f"/teach/proposals/{proposal.public_id}/")
        form = window.page.locator("form").filter(has=window.page.get_by_role("button", name="撤回申报"))
        form.evaluate("(form, address) => { form.action = address }", f"{address}{action}/")
        window.press("撤回申报", status=404)
    proposal.refresh_from_db()
    assert (proposal.status, proposal.reviews.count()) == (Status.PUBLICITY, 7)


def approve(reviewer: Window, proposal: Proposal) -> None:
    """When the publicity is over: a course, and a history that says who, when and why."""
    take_up(reviewer, "公示", TITLE)
    decide(reviewer, "批准", reason="公示期内没有异议。")
    proposal.refresh_from_db()
    assert proposal.course
    assert (proposal.status, proposal.course.code) == (Status.APPROVED, "SK0151")
    when = day_and_time(proposal.reviews.latest("position").at)
    assert history(reviewer)[-2:] == [
        "审核通过 → 公示（第 2 稿） 孙复审 同意初审意见。 " + day_and_time(proposal.reviews.get(position=7).at),
        f"批准 → 通过（第 2 稿） 孙复审 公示期内没有异议。 {when}",
    ]


def read_the_end(author: Window) -> None:
    """The author reads who did what as roles, not names."""
    read_message(author, f"申报通过：{TITLE}")
    steps = history(author)
    assert (len(steps), any("孙复审" in step or "钱初审" in step for step in steps)) == (8, False)
    author.follow("看课程页")
    assert author.heading() == TITLE


def find_the_course(visitor: Window) -> None:
    """It is found by what it is about and by its category, with its instructor and the verified honour."""
    visitor.open("/courses/")
    visitor.page.get_by_role("searchbox").fill("机器人示教")
    visitor.press("搜索")
    assert TITLE in visitor.main().get_by_role("heading", level=3).all_inner_texts()
    visitor.follow("岗位技能", among=visitor.page.get_by_role("navigation", name="课程类别"))
    assert TITLE in visitor.main().get_by_role("heading", level=3).all_inner_texts()
    visitor.follow(TITLE)
    assert [said in visitor.text() for said in (BETTER_SUMMARY, "严师傅", ORGANISATION, HONOR)] == [True] * 4
    assert Course.objects.published().filter(title=TITLE).count() == 1
