"""Pages of wishes: press in two selects, lose nothing, see numbers only, plan and answer at the desk."""

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from accounts.models import Union, User
from catalogue import search
from catalogue.models import Course
from enrollment import invariants, wishes
from enrollment.models import Backing, Wish
from messaging.models import Message
from policy.defaults import WISHES_A_DAY
from portal import desk as board
from portal import wishing
from portal.demo.wanting import make_wishes
from tests import factories
from tests.factories import (
    NOW,
    ClassRunFactory,
    CourseFactory,
    CourseInstructorFactory,
    RoomFactory,
    SiteFactory,
    TermFactory,
    TownFactory,
    UserFactory,
    WorkerFactory,
)
from tests.portal.pages import signed_in, words_of
from timetable.bands import LessonBand, bands_of
from timetable.models import ClassRun

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

pytestmark = pytest.mark.django_db

CHOICE = {"town": "xinzhuangzhen", "band": "noon"}


@pytest.fixture
def course() -> Course:
    TownFactory()
    return CourseFactory(title="焊接机器人入门", code="SK0001")


@pytest.fixture
def desk() -> Client:
    client = Client()
    client.force_login(factories.officer(name="沈经办"), backend="accounts.backends.StaffBackend")
    return client


def back(what: str | Course, count: int = 1, *, town: Union | None = None, band: str = "") -> Wish:
    wanted = wishes.of_words(what) if isinstance(what, str) else wishes.of_course(what)
    made = [
        wishes.back(person=UserFactory(), wanted=wanted, town=town, band=band, now=NOW - timedelta(days=3))
        for _number in range(count)
    ]
    return made[0]


def other_town() -> Union:
    return TownFactory(slug="pujinjiedao", name="浦锦街道总工会", area="浦锦街道")


def press(client: Client, **sent: str) -> "Answer":
    return client.post("/wishes/new/", sent)


def rows(answer: "Answer") -> list[str]:
    return re.findall(r'<h3><a href="/wishes/[^"]+/">([^<]+)</a></h3>', answer.content.decode())


def test_from_a_course_it_takes_two_selects_and_one_button(course: Course) -> None:
    person = WorkerFactory(town=TownFactory()).user
    client = signed_in(person)
    assert f'href="/wishes/new/?course={course.code}"' in client.get("/courses/SK0001/").content.decode()

    page = client.get("/wishes/new/?course=SK0001").content.decode()
    form = page.partition('<section class="panel">')[2].partition("</form>")[0]
    assert re.findall(r'<(?:select|input(?! type="hidden"))[^>]* name="(\w+)"', form) == ["town", "band"]
    assert '<option value="xinzhuangzhen" selected>莘庄镇</option>' in form
    answer = press(client, course="SK0001", **CHOICE)

    wish, backing = Wish.objects.get(), Backing.objects.get()
    assert answer.headers["Location"] == f"/wishes/{wish.public_id}/"
    assert (wish.course, backing.person, backing.band) == (course, person, "noon")
    shown = words_of(client.get(answer.headers["Location"]))
    assert "已记下，有了结果会通知您。" in shown
    assert "1 人想学" in shown


def test_signed_out_people_sign_in_and_lose_nothing(client: Client, course: Course) -> None:
    words = "学" * 40
    answer = press(client, words=words, town="xinzhuangzhen", band="after_night_shift")
    query = parse_qs(urlsplit(answer.headers["Location"]).query)
    (wanted,) = query["next"]

    login = client.get(answer.headers["Location"]).content.decode()
    page = signed_in(UserFactory()).get(wanted).content.decode()

    assert answer.headers["Location"].startswith("/login/?next=/wishes/new/")
    assert wanted.replace("&", "&amp;") in login
    assert (Wish.objects.count(), len(wanted) < 500) == (0, True)
    assert f'value="{words}"' in page
    assert '<option value="xinzhuangzhen" selected>' in page
    assert '<option value="after_night_shift" selected>' in page


def test_pressing_again_is_one(course: Course) -> None:
    client = signed_in(UserFactory())

    answers = [press(client, course="SK0001", **CHOICE).status_code for _time in range(3)]

    assert (answers, Wish.objects.count(), Backing.objects.count()) == ([302] * 3, 1, 1)


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"words": ""}, "请填写“想学什么”。"),
        ({"words": "   "}, "请填写“想学什么”。"),
        ({"words": "学" * 1000}, "“想学什么”最多 40 个字。"),
        ({"words": "🎸🎸🎸"}, "请用 2 到 40 个字写下想学什么。"),
        ({"words": "打 19900000001 给我"}, "大家都看得到这句话，请不要写号码和网址。"),
        ({"words": "吉他入门", "town": "district"}, "“在哪个街镇方便”没有这个选项，请重新选择。"),
        ({"words": "吉他入门", "town": "火星"}, "“在哪个街镇方便”没有这个选项，请重新选择。"),
        ({"words": "吉他入门", "band": "midnight"}, "“什么时间方便”没有这个选项，请重新选择。"),
    ],
)
def test_what_is_wrong_is_said_and_kept(client: Client, course: Course, sent: dict[str, str], sentence: str) -> None:
    for visitor in (client, signed_in(UserFactory())):
        answer = press(visitor, **sent)

        assert (answer.status_code, Wish.objects.count()) == (422, 0)
        assert sentence in words_of(answer)
        assert f'value="{sent["words"]}"' in answer.content.decode() or not sent["words"].strip()


def test_script_is_only_text(course: Course) -> None:
    client = signed_in(UserFactory())
    press(client, words="<script>alert(1)</script>")

    page = client.get("/wishes/").content.decode()

    assert "<script>alert(1)" not in page
    assert page.count("&lt;script&gt;alert(1)") >= 2


def test_a_course_that_left_the_menu_is_refused(course: Course) -> None:
    Course.objects.update(retired_at=NOW)
    client = signed_in(UserFactory())

    assert client.get("/wishes/new/?course=SK0001").headers["Location"] == "/courses/SK0001/"
    answer = press(client, course="SK0001")
    assert (answer.status_code, Wish.objects.count()) == (422, 0)
    assert "《焊接机器人入门》已下架，不再开班。可以用自己的话写下想学的内容。" in words_of(answer)
    assert press(client, course="XX9999").status_code == 404
    assert "/wishes/new/" not in client.get("/courses/SK0001/").content.decode()


@pytest.mark.parametrize("code", ["９９９９", "9" * 10_000, "-1", "sk0001' --"])
def test_a_course_that_never_was_is_not_there(client: Client, course: Course, code: str) -> None:
    answers = [client.get("/wishes/new/", {"course": code}).status_code, press(client, course=code).status_code]

    assert (answers, Wish.objects.count()) == ([404, 404], 0)


def test_who_finds_no_course_is_led_to_a_wish_in_the_same_words(client: Client, course: Course) -> None:
    page = client.get("/courses/", {"q": "量子纠缠通信"}).content.decode()
    (path,) = re.findall(r'href="(/wishes/new/[^"]*)"', page)

    assert 'value="量子纠缠通信"' in client.get(path).content.decode()


def test_odd_choices_in_an_address_choose_nothing(client: Client, course: Course) -> None:
    sent = {"words": "学" * 1000, "town": "火星", "band": "<script>", "course": ""}

    page = client.get("/wishes/new/", sent).content.decode()

    assert f'value="{"学" * 40}"' in page
    assert ("selected" in page.replace('<option value="" selected>', ""), "<script>" in page) == (False, False)


def test_twenty_presses_a_day_are_enough(course: Course) -> None:
    client = signed_in(UserFactory())

    statuses = [press(client, course="SK0001").status_code for _time in range(WISHES_A_DAY + 1)]

    assert statuses == [302] * WISHES_A_DAY + [429]


def test_taking_back_is_one_tap_and_never_anothers(course: Course) -> None:
    mine, others = back(course), back("吉他入门")
    person = Backing.objects.get(wish=mine).person
    client = signed_in(person)

    statuses = [client.post(f"/wishes/{wish.public_id}/withdraw/").status_code for wish in (mine, mine, others)]

    assert (statuses, list(Backing.objects.values_list("wish", flat=True))) == ([302] * 3, [others.pk])
    assert client.post("/wishes/234567892345/withdraw/").status_code == 404


def test_the_list_shows_the_most_wanted_and_the_own_with_what_became_of_it(client: Client, desk: Client) -> None:
    run = ClassRunFactory(course=CourseFactory(title="家常面点"))
    back("吉他入门", 2)
    popular = back("焊接AI质检", 3)
    arranged, declined = back(run.course), back("无人机")
    person = UserFactory()
    for what in (wishes.of_course(run.course), wishes.of_words("无人机"), wishes.of_words("焊接AI质检")):
        wishes.back(person=person, wanted=what, town=None, band="", now=NOW)
    desk.post(f"/desk/wishes/{arranged.public_id}/arrange/", {"number": run.number})
    desk.post(f"/desk/wishes/{declined.public_id}/decline/", {"reason": "没有场地"})

    reader = signed_in(person)
    assert rows(client.get("/wishes/")) == ["焊接AI质检", "吉他入门"]
    assert set(rows(reader.get("/wishes/"))[:3]) == {"焊接AI质检", "家常面点", "无人机"}
    words = words_of(reader.get("/wishes/"))
    assert f"家常面点 {run.number}" in words
    assert "暂不安排：没有场地" in words
    assert "我也想学了" in words
    statuses = [
        visitor.get(f"/wishes/{wish.public_id}/").status_code
        for visitor in (client, reader)
        for wish in (popular, arranged, declined)
    ]
    assert statuses == [200, 404, 404, 200, 200, 200]


def test_pages_are_numbered_and_odd_numbers_are_near_ones(client: Client) -> None:
    for number in range(25):
        back(f"想学第{number}项")

    counts = [len(rows(client.get(f"/wishes/?page={page}"))) for page in ("1", "2", "999999999999", "-1", "１", "")]

    assert counts == [24, 1, 1, 24, 24, 24]


def test_no_page_names_anybody_or_tells_small_groups_apart(client: Client, desk: Client, course: Course) -> None:
    wish = back(course, 6, town=TownFactory(), band=LessonBand.NOON)
    back(course, 4, town=other_town(), band=LessonBand.WEEKEND)
    back(course, 3)
    names = [person.name for person in User.objects.filter(backings__isnull=False)]

    public = [words_of(client.get(path)) for path in ("/wishes/", f"/wishes/{wish.public_id}/")]
    page = words_of(desk.get(f"/desk/wishes/{wish.public_id}/"))

    assert not [name for name in names for text in (*public, page) if re.search(rf"{name}\b", text)]
    assert "13 人想学 · 从 2026-11-28 起" in page
    assert "街镇 莘庄镇 6 ， 其余 7 人不分列" in page
    assert "时间 工作日午间 6 ， 其余 7 人不分列" in page
    assert "浦锦街道" not in page


@pytest.mark.parametrize("count", [1, 4])
def test_few_people_are_not_told_apart_at_all(desk: Client, course: Course, count: int) -> None:
    wish = back(course, count, town=other_town(), band=LessonBand.WEEKEND)

    page = words_of(desk.get(f"/desk/wishes/{wish.public_id}/"))

    assert f"街镇 其余 {count} 人不分列" in page
    assert "浦锦街道" not in page


@pytest.fixture
def town(course: Course) -> Union:
    """A town with three sites, and an instructor of the course; one site elsewhere comes first by name."""
    TermFactory()
    CourseInstructorFactory(course=course, instructor__name="岑焊工")
    RoomFactory(site=SiteFactory(slug="a-elsewhere", union=other_town()), capacity=40)
    made = TownFactory()
    for number in range(3):
        RoomFactory(
            site=SiteFactory(slug=f"b-{number}", short_name=f"莘庄{number}", union=made), name="甲", capacity=40
        )
    return made


@pytest.mark.parametrize("band", [*LessonBand, ""])
def test_three_ready_options_where_and_when_most_people_want_it(course: Course, town: Union, band: str) -> None:
    wish = back(course, 12, town=town, band=band)

    found = wishing.options(wish, wishing.evidence(wish), NOW)

    assert [option.site for option in found] == ["莘庄0", "莘庄1", "莘庄2"]
    for option in found:
        query = {name: value for name, (value,) in parse_qs(urlsplit(option.url).query).items()}
        start = datetime.fromisoformat(f"{query['first_on']}T{query['starts']}:00+08:00")
        assert (LessonBand(band) if band else LessonBand.AFTER_WORK) in bands_of(start)
        assert start >= NOW + timedelta(days=13)


def test_what_is_taken_is_no_option(course: Course, town: Union, desk: Client) -> None:
    wish = back(course, 12, town=town, band=LessonBand.AFTER_WORK)
    first = wishing.options(wish, wishing.evidence(wish), NOW)[0]
    answer = desk.get(first.url)
    form = answer.context["form"]
    sent = {name: form[name].value() for name in form.fields}
    assert desk.post(first.url.partition("&")[0], sent).status_code == 302

    left = wishing.options(wish, wishing.evidence(wish), NOW)

    run = ClassRun.objects.get()
    assert (run.site.short_name, run.course) == ("莘庄0", course)
    assert len(left) == 3
    # The instructor is busy then everywhere: the same evening is free nowhere.
    assert first.start not in {option.start for option in left}
    assert wishing.new_run_of(wish, NOW) == run.number
    assert f'value="{run.number}"' in desk.get(f"/desk/wishes/{wish.public_id}/").content.decode()


def test_words_lead_to_the_courses_that_answer_them(course: Course, town: Union, desk: Client) -> None:
    search.reindex([course])
    wish, nothing = back("焊接机器人", 12, town=town), back("量子纠缠通信", 12)

    assert {option.course for option in wishing.options(wish, wishing.evidence(wish), NOW)} == {"焊接机器人入门"}
    assert "没有找到现成的方案。 找一门课开班" in words_of(desk.get(f"/desk/wishes/{nothing.public_id}/"))


def test_the_desk_lists_the_task_and_answers_once(course: Course, town: Union, desk: Client) -> None:
    wish, run = back(course, 12, town=town), ClassRunFactory(course=course)
    page = f"/desk/wishes/{wish.public_id}/"
    assert "大家想学：焊接机器人入门（12 人）" in words_of(desk.get("/desk/"))

    wrong = desk.post(f"{page}arrange/", {"number": "26-99999"})
    answers = [desk.post(f"{page}arrange/", {"number": f" {run.number} "}).status_code for _time in range(2)]
    late = desk.post(f"{page}decline/", {"reason": "没有场地"})

    assert (wrong.status_code, answers, late.status_code) == (409, [302, 302], 409)
    assert "没有这个班次" in words_of(wrong)
    assert "这一项已经答复过：已安排。" in words_of(late)
    assert Message.objects.filter(kind="wish_arranged").count() == 12
    assert "大家想学：" not in words_of(desk.get("/desk/"))
    story = words_of(desk.get(page)).partition("经过")[2]
    assert story.index("征集中") < story.index("已安排 沈经办")
    assert "工友" not in story
    assert desk.post(f"{page}decline/", {"reason": ""}).status_code == 422
    assert desk.post(f"{page}arrange/", {"number": ""}).status_code == 422


def test_who_answers_reads_the_message(course: Course, desk: Client) -> None:
    wish = back(course)
    reader = signed_in(Backing.objects.get().person)

    desk.post(f"/desk/wishes/{wish.public_id}/decline/", {"reason": "没有场地"})

    assert "您想学的暂时不能安排：焊接机器人入门" in words_of(reader.get("/my/messages/"))
    assert "没有场地" in words_of(reader.get(Message.objects.get().path))


def test_the_way_to_the_desk_is_for_officers(course: Course, desk: Client, client: Client) -> None:
    path = f"/wishes/{back(course).public_id}/"

    assert ["在工作台处理" in words_of(visitor.get(path)) for visitor in (desk, client)] == [True, False]


@pytest.mark.parametrize("count", [1, 24])
def test_the_list_asks_the_same_of_the_database(
    client: Client, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    person = UserFactory()
    for number in range(count):
        wish = back(f"想学第{number}项", 2)
        if number < 8:
            wishes.back(person=person, wanted=wishes.of_words(str(wish)), town=None, band="", now=NOW)
    reader = signed_in(person)
    client.get("/wishes/")

    with django_assert_num_queries(2):
        client.get("/wishes/")
    with django_assert_num_queries(8):
        reader.get("/wishes/")


@pytest.mark.parametrize("count", [1, 40])
def test_a_wish_asks_the_same_of_the_database(
    desk: Client, course: Course, town: Union, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    wish, client = back(course, count, town=town), Client()
    paths = (f"/wishes/{wish.public_id}/", f"/desk/wishes/{wish.public_id}/")
    desk.get(paths[1])

    with django_assert_num_queries(2):
        client.get(paths[0])
    with django_assert_num_queries(31):
        desk.get(paths[1])


def test_the_demonstration_has_a_task_and_an_answer(course: Course) -> None:
    workers = [WorkerFactory(town=TownFactory()).user for _number in range(20)]
    officer = factories.officer()

    make_wishes(workers, officer=officer, now=NOW)

    wanted = [(str(wish), getattr(wish, "backers", 0)) for wish in Wish.objects.most_wanted()]
    assert wanted == [("焊接机器人入门", 14), ("焊接AI质检", 7), ("外卖骑手的视频剪辑", 5), ("沪语日常对话", 3)]
    assert [str(wish) for wish in Wish.objects.filter(status="declined")] == ["无人机航拍考证"]
    assert len([row for row in board.todo_rows(officer, NOW) if row.todo.kind == "大家想学"]) == 1
    assert list(invariants.disagreements(now=NOW)) == []
