"""An enterprise registers and orders a class; an officer verifies it and schedules the class; its people are named."""

from bookings.models import Booking, BookingStatus, RosterEntry
from tests.e2e.people import Person, history, read_message, sign_in, take_up
from tests.e2e.windows import Window
from tests.e2e.worker_story import COURSE, ROOM, SITE
from timetable.models import ClassRun

ENTERPRISE = "演示精工机械厂"
CODE, MISTYPED_CODE = "91350100M000100Y43", "91350100M000100Y44"  # made up; the last sign is a check digit
WISHES = {"想上的课程": COURSE, "第二志愿": "灭火器与室内消火栓实操", "第三志愿": "高层办公楼火场疏散与逃生"}
DAYS = {"希望的日期": "2026-12-16", "第二个日期": "2026-12-17", "第三个日期": "2026-12-19"}
BANDS = ["工作日午间", "工作日晚间", "周末"]
ORDER = {
    "预计人数": "35",
    "其中一线职工": "28",
    "希望的上课地点": "江川路一带，离厂近的学堂",
    "想解决什么问题": "班组长要能照着消防法排出日巡查台账。",
}
TOO_SOON = "12月3日 周四太近了：点单要提前 10 个工作日，最早 12月15日 周二。也可以选 12月16日 周三或 12月17日 周四。"
NAMES = [family + given for family in "赵钱孙李周吴郑王" for given in ("演一", "演二", "演三", "演四", "演五")]
PHONES = [f"199003{number:05}" for number in range(40)]
WRONG = {4: "1990030000", 16: "29900300016", 30: PHONES[2]}  # a digit short, no mobile number, another's number
WHY = dict.fromkeys(WRONG, "手机号不对，应是 11 位大陆手机号") | {30: "与上面的一行是同一个手机号"}
WORD = "石老师12月2日电话答应"


def order_a_class(contact: Person, officer: Window) -> Booking:
    """Take an enterprise from its registration to a scheduled class."""
    sign_in(contact)
    register(contact.window)
    verify(officer)
    read_message(contact.window, f"单位已核验：{ENTERPRISE}")
    booking = order(contact.window)
    accept_and_schedule(officer, booking)
    booking.refresh_from_db()
    return booking


def register(contact: Window) -> None:
    contact.open("/")
    contact.follow("单位点单")
    contact.follow("登记单位")
    contact.fill(单位全称=ENTERPRISE, 统一社会信用代码=MISTYPED_CODE, 您的职务="工会主席")
    contact.field("单位类型").select_option("非公企业")
    contact.field("所属街镇工会").select_option("江川路街道总工会")
    contact.press("登记", status=422)
    assert contact.said_of("统一社会信用代码").endswith("统一社会信用代码的最后一位对不上，请对照营业执照核对。")
    assert contact.field("单位全称").input_value() == ENTERPRISE
    contact.fill(统一社会信用代码=CODE)
    contact.press("登记")
    assert f"{ENTERPRISE} 非公企业 · {CODE} · 江川路街道总工会 待核验" in contact.text()


def verify(officer: Window) -> None:
    take_up(officer, "核验单位", ENTERPRISE)
    officer.press("核验通过")
    assert [step.split()[0] for step in history(officer)] == ["登记", "核验通过"]


def order(contact: Window) -> Booking:
    """Save a draft and go on; ask for this Thursday, then for days that are far enough away; check and send it."""
    contact.open("/enterprise/")
    contact.follow("点单", among=contact.main().get_by_role("article").filter(has_text=ENTERPRISE))
    contact.fill(**WISHES)
    contact.press("存草稿")
    contact.open("/enterprise/")
    contact.follow("继续填写", among=contact.page.get_by_role("region", name="没有填完的点单"))
    assert {label: contact.field(label).input_value() for label in WISHES} == WISHES

    contact.fill(**DAYS | ORDER | {"希望的日期": "2026-12-03"})
    for place, band in enumerate(BANDS):
        contact.page.get_by_label("时段").nth(place).select_option(band)
    contact.press("下一步：核对", status=422)
    assert TOO_SOON in contact.said_of("希望的日期")
    contact.fill(**DAYS)
    contact.press("下一步：核对")
    assert contact.heading() == "核对点单"
    assert "12月16日 周三 工作日午间；12月17日 周四 工作日晚间；12月19日 周六 周末" in contact.text()

    contact.press("提交点单")
    booking = Booking.objects.get()
    assert contact.heading() == f"点单 {booking.number}" == "点单 DD-26-00001"
    assert "最晚答复 12月4日 周五" in contact.text()
    assert (booking.status, booking.headcount, booking.course_wishes.count()) == (BookingStatus.SUBMITTED, 35, 3)
    return booking


def accept_and_schedule(officer: Window, booking: Booking) -> None:
    """Take it on; be refused a room that is too small; confirm it with the instructor's word."""
    take_up(officer, "答复点单", str(booking.number))
    officer.press("受理")
    take_up(officer, "排课", str(booking.number))
    officer.follow("排课", exact=True, among=officer.main())
    officer.field("课程").select_option(COURSE)
    officer.field("学堂").select_option(SITE)
    officer.press("下一步")
    assert officer.field("讲师").evaluate("field => field.selectedOptions[0].text").startswith("石磊")
    assert (officer.field("第一次课的日期").input_value(), officer.field("上课时间").input_value()) == (
        "2026-12-16",
        "12:00",
    )
    assert "12月16日 周三 12:00 有空的本课讲师：石磊。" in officer.said_of("讲师")
    officer.field("教室").select_option("202教室（教室，40 人）")
    officer.fill(名额="41", 讲师怎么答复的=WORD)
    officer.press("确认排课，通知单位", status=422)
    assert "40" in officer.page.get_by_role("alert").inner_text()
    officer.field("教室").select_option(ROOM)
    officer.fill(名额="40")
    officer.press("确认排课，通知单位")
    assert [step.split()[:2] for step in history(officer)] == [
        ["草稿", "何联系"],
        ["已提交", "何联系"],
        ["已受理", "沈经办"],
        ["已确认", "沈经办"],
    ]
    officer.open("/desk/")
    officer.follow("全部点单")
    row = officer.main().get_by_role("row").filter(has_text=str(booking.number)).inner_text()
    assert [said in row for said in (ENTERPRISE, COURSE, "35", "已确认")] == [True] * 4


def send_roster(contact: Window, booking: Booking) -> ClassRun:
    """Paste forty names: 37 go in, three are kept with the reason; corrected later, they go in too."""
    run = booking.class_run
    assert run
    read_message(contact, f"点单 {booking.number} 已排课")
    contact.follow("名单", exact=True, among=contact.main())
    phones = {**dict(enumerate(PHONES)), **WRONG}
    contact.fill(粘贴姓名和手机号="\n".join(f"{name}\t{phones[place]}" for place, name in enumerate(NAMES)))
    contact.press("检查并录入")
    assert "共 40 行：录入 37 人，原来就在名单里 0 人，要改 3 行。" in contact.text()
    assert seats(run) == 37

    contact.open("/enterprise/")
    contact.follow(str(booking.number))
    contact.follow("名单", exact=True, among=contact.main())
    for place, typed in WRONG.items():
        phone = f"第 {place + 1} 行手机号"
        assert (contact.field(f"第 {place + 1} 行姓名").input_value(), contact.field(phone).input_value()) == (
            NAMES[place],
            typed,
        )
        assert contact.said_of(phone) == WHY[place]
        contact.fill(**{phone: PHONES[place]})
    contact.press("改好了，录入")
    assert "共 3 行：录入 3 人，原来就在名单里 0 人，要改 0 行。" in contact.text()
    assert set(RosterEntry.objects.filter(booking=booking).values_list("name", flat=True)) == set(NAMES)
    assert seats(run) == 40
    return run


def seats(run: ClassRun) -> int:
    run.refresh_from_db()
    return run.seats_taken


def find_the_own_class(named: Person) -> None:
    """Somebody of the roster signs in for the first time: the message and the class are there."""
    sign_in(named)
    message = read_message(named.window, f"单位为您报名：{COURSE}")
    assert f"{ENTERPRISE}把您列入名单，您已录取《{COURSE}》，12月16日 周三 12:00" in message
    assert named.window.heading() == COURSE
    named.window.open("/my/")
    assert ("下一次课" in named.window.text(), COURSE in named.window.text()) == (True, True)


def finds_nothing(stranger: Person, booking: Booking) -> None:
    """Another enterprise's contact does not get to the order, its roster or the class by their addresses."""
    sign_in(stranger)
    window = stranger.window
    order, firm = f"/enterprise/bookings/{booking.public_id}/", f"/enterprise/{booking.enterprise.public_id}/"
    for path in (order, f"{order}roster/", f"{firm}bookings/new/", f"/enterprise/drafts/{booking.key}/"):
        window.open(path, status=404)
    if booking.class_run:
        window.open(f"/classes/{booking.class_run.number}/", status=404)
    window.open("/enterprise/")
    assert (ENTERPRISE in window.text(), str(booking.number) in window.text()) == (False, False)
