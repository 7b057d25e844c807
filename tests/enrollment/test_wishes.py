"""Wishes: what is the same wish, who has it once, what is planned, and that everybody hears the answer once."""

from collections import Counter
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from pytest_django.fixtures import DjangoAssertNumQueries

from accounts.models import User
from catalogue.models import Course
from enrollment import answers, invariants, todo, wishes
from enrollment.errors import WishRefused
from enrollment.models import Backing, Wish, WishStatus
from messaging.models import Message
from policy.defaults import BACKERS_FOR_A_TASK, OPEN_WISHES
from tests.factories import NOW, ClassRunFactory, CourseFactory, TownFactory, UserFactory, officer
from timetable.bands import LessonBand

pytestmark = pytest.mark.django_db


def back(what: str | Course, person: User | None = None, band: str = "") -> Wish:
    wanted = wishes.of_words(what) if isinstance(what, str) else wishes.of_course(what)
    return wishes.back(person=person or UserFactory(), wanted=wanted, town=None, band=band, now=NOW)


def wanted_by(count: int, what: str | Course = "焊接AI质检") -> Wish:
    return [back(what) for _number in range(count)].pop()


def refusal(what: str | Course, person: User | None = None) -> list[str]:
    with pytest.raises(WishRefused) as refused:
        back(what, person)
    return [problem.code for problem in refused.value.problems]


@pytest.mark.parametrize(
    "other",
    [
        "焊接AI质检",
        "焊接ai质检",
        " 焊接 AI 质检！",
        "焊接ＡＩ质检",
        "焊接·AI·质检🎉",
        "焊接A\u200bI质检",
        "“焊接AI质检”",
    ],
)
def test_the_same_words_are_the_same_wish(other: str) -> None:
    first, second = back("焊接AI质检"), back(other)

    assert (first, Backing.objects.count()) == (second, 2)
    assert Wish.objects.get().words == "焊接AI质检"


def test_signs_that_mean_something_keep_wishes_apart() -> None:
    assert back("C++ 编程") != back("C# 编程") != back("C 编程")


def test_the_title_of_a_course_is_that_course() -> None:
    course = CourseFactory(title="家常 面点", title_key="家常面点")

    assert back("家常面点") == back(course)
    assert Wish.objects.get().course == course


@pytest.mark.parametrize(
    "text", ["", "   ", "焊", "。。。", "🎸🎸🎸", "\u200b\u200b", "学" * 41, "学" * 1000, "﷽" * 10]
)
def test_what_is_too_short_or_too_long_is_refused(text: str) -> None:
    assert refusal(text) == ["words_length"]
    assert Wish.objects.count() == 0


@pytest.mark.parametrize(
    "text", ["加我 199-0000-0001", "１９９００００００１", "看 https://a.cn", "www.a.cn", "a@b.cn"]
)
def test_what_is_nobodys_business_is_refused(text: str) -> None:
    assert refusal(text) == ["words_private"]


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "'; DROP TABLE wish; --", "2026 版劳动法", "🎸 吉他"])
def test_odd_words_are_only_words(text: str) -> None:
    assert back(text).words == text


def test_a_course_that_left_the_menu_is_refused() -> None:
    assert refusal(CourseFactory(retired_at=NOW)) == ["course_retired"]


def test_again_is_the_same_backing_with_the_new_choice() -> None:
    person, town = UserFactory(), TownFactory()
    wish = back("吉他入门", person)

    wanted = wishes.of_words("吉他入门")
    wishes.back(person=person, wanted=wanted, town=town, band=LessonBand.NOON, now=NOW + timedelta(days=1))

    backing = Backing.objects.get()
    assert (backing.wish, backing.town, backing.band, backing.created_at) == (wish, town, "noon", NOW)


def test_the_database_holds_what_is_once() -> None:
    wish = back("吉他入门")
    backing, course = wish.backings.get(), CourseFactory()
    back(course)
    twice = [
        Backing(wish=wish, person=backing.person, created_at=NOW),
        Backing(wish=wish, person=UserFactory(), band="midnight", created_at=NOW),
        Wish(words="吉他 入门", key=wish.key, created_at=NOW),
        Wish(course=course, created_at=NOW),
        Wish(course=CourseFactory(), words="也", key="也", created_at=NOW),
        Wish(words="没有答复的人", key="没有答复的人", status=WishStatus.DECLINED, reason="因为", created_at=NOW),
    ]
    for row in twice:
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save()


def test_who_has_ten_open_wishes_takes_one_back_first() -> None:
    person = UserFactory()
    mine = [back(f"想学第{number}项", person) for number in range(OPEN_WISHES)]

    assert refusal("再来一项", person) == ["too_many_wishes"]
    assert not Wish.objects.filter(words="再来一项").exists()
    back("想学第1项", person)
    assert wishes.withdraw(person=person, wish_id=mine[0].pk)
    back("再来一项", person)
    assert Backing.objects.filter(person=person).count() == OPEN_WISHES


def test_taking_back_twice_is_once_and_only_the_own() -> None:
    wish, stranger = wanted_by(2), UserFactory()
    person = wish.backings.earliest("pk").person

    assert not wishes.withdraw(person=stranger, wish_id=wish.pk)
    assert [wishes.withdraw(person=person, wish_id=wish.pk) for _time in range(2)] == [True, False]
    assert wish.backings.count() == 1


def test_enough_backers_make_one_task_since_the_last_of_them() -> None:
    person, wish = officer(), wanted_by(BACKERS_FOR_A_TASK - 1)
    assert list(todo.waiting(person, NOW)) == []

    later = NOW + timedelta(hours=3)
    for moment in (later, later + timedelta(days=1)):
        wishes.back(person=UserFactory(), wanted=wishes.of_words(wish.words), town=None, band="", now=moment)

    (task,) = todo.waiting(person, NOW)
    assert (task.subject, task.since, task.path) == ("焊接AI质检（13 人）", later, f"/desk/wishes/{wish.public_id}/")
    assert list(todo.waiting(UserFactory(), NOW)) == []
    answers.decline(wish_id=wish.pk, reason="没有讲师", actor=person, now=later)
    assert list(todo.waiting(person, NOW)) == []


def test_the_most_wanted_come_first_and_what_cannot_be_taught_is_left_out() -> None:
    gone = CourseFactory()
    wanted_by(3, gone)
    Course.objects.filter(pk=gone.pk).update(retired_at=NOW)
    wanted_by(1, "吉他入门")
    taken_back = back("没人想学")
    wishes.withdraw(person=taken_back.backings.get().person, wish_id=taken_back.pk)
    wanted_by(2, "家常面点")
    answers.decline(wish_id=wanted_by(4, "答复过的").pk, reason="没有讲师", actor=officer(), now=NOW)

    found = [(str(wish), getattr(wish, "backers", 0)) for wish in Wish.objects.most_wanted()]

    assert found == [("家常面点", 2), ("吉他入门", 1)]


def test_an_arranged_class_is_told_to_everybody_once() -> None:
    run, person = ClassRunFactory(), officer()
    wish = wanted_by(3, run.course)
    leaver = wish.backings.latest("pk").person
    wishes.withdraw(person=leaver, wish_id=wish.pk)

    for _time in range(2):
        answers.arrange(wish_id=wish.pk, number=run.number, actor=person, now=NOW)

    wish.refresh_from_db()
    assert (wish.status, wish.class_run, wish.answered_by, wish.answered_at) == ("arranged", run, person, NOW)
    told = Message.objects.filter(kind="wish_arranged")
    assert set(told.values_list("person", flat=True)) == set(wish.backings.values_list("person", flat=True))
    assert (told.count(), Wish.pgh_event_model.objects.count()) == (2, 2)  # type: ignore[attr-defined]
    message = told[0]
    assert message.title == f"您想学的开班了：{run.course.title}"
    assert f"班次 {run.number}" in message.body
    assert (message.path, message.use_by) == (f"/classes/{run.number}/", run.starts_at)
    assert len(message.sms) <= 70
    assert list(invariants.disagreements(now=NOW)) == []


def test_a_no_is_told_with_its_reason_in_the_readers_language() -> None:
    wish = back("焊接AI质检", UserFactory(language="en"))
    back("焊接AI质检")

    answers.decline(wish_id=wish.pk, reason="今年没有讲师", actor=officer(), now=NOW)

    bodies = Message.objects.order_by("pk").values_list("body", flat=True)
    assert [body.startswith("很抱歉") for body in bodies] == [False, True]
    assert all("今年没有讲师" in body for body in bodies)


def test_after_the_answer_the_same_words_begin_anew() -> None:
    person = UserFactory()
    first = back("焊接AI质检", person)
    answers.decline(wish_id=first.pk, reason="今年没有讲师", actor=officer(), now=NOW)

    assert not wishes.withdraw(person=person, wish_id=first.pk)
    second = back("焊接AI质检", person)

    assert second != first
    assert Counter(Backing.objects.values_list("person", flat=True)) == {person.pk: 2}


@pytest.mark.parametrize(
    ("run", "code"),
    [
        ({}, "other_course"),
        ({"starts_at": NOW - timedelta(hours=1), "opens_at": NOW - timedelta(days=2)}, "no_such_run"),
        ({"cancelled_at": NOW, "cancel_reason": "停电"}, "no_such_run"),
        (None, "no_such_run"),
    ],
)
def test_a_run_that_answers_nothing_is_refused(run: dict[str, object] | None, code: str) -> None:
    wish = wanted_by(1, CourseFactory())
    number = "26-99999" if run is None else ClassRunFactory(**run).number

    with pytest.raises(WishRefused) as refused:
        answers.arrange(wish_id=wish.pk, number=number, actor=officer(), now=NOW)

    assert [problem.code for problem in refused.value.problems] == [code]
    assert (Wish.objects.get().status, Message.objects.count()) == ("open", 0)


def test_only_officers_answer_and_nobody_answers_otherwise_later() -> None:
    run = ClassRunFactory()
    wish = wanted_by(1, run.course)
    codes = []
    attempts: list[tuple[User, str]] = [(UserFactory(), "因为"), (officer(), "")]
    for actor, reason in attempts:
        with pytest.raises(WishRefused) as refused:
            answers.decline(wish_id=wish.pk, reason=reason, actor=actor, now=NOW)
        codes += [problem.code for problem in refused.value.problems]
    answers.decline(wish_id=wish.pk, reason="没有讲师", actor=officer(), now=NOW)
    with pytest.raises(WishRefused) as refused:
        answers.arrange(wish_id=wish.pk, number=run.number, actor=officer(), now=NOW)

    assert [*codes, refused.value.problems[0].code] == ["not_an_officer", "reason_missing", "answered"]
    assert Message.objects.count() == 1


def test_who_was_not_told_is_found() -> None:
    wish = wanted_by(1)
    answers.decline(wish_id=wish.pk, reason="没有讲师", actor=officer(), now=NOW)
    person = UserFactory()
    Backing.objects.create(wish=wish, person=person, created_at=NOW)

    assert list(invariants.disagreements(now=NOW)) == [f"想学 {wish.pk}：已有结果，但没有通知编号 {person.pk} 的人。"]


@pytest.mark.parametrize("count", [1, 6])
def test_backers_by_course_are_one_statement(count: int, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    courses = CourseFactory.create_batch(count)
    for course in courses:
        wanted_by(2, course)
    wanted_by(1, "自己的话")
    answers.decline(wish_id=wanted_by(1, CourseFactory()).pk, reason="没有讲师", actor=officer(), now=NOW)

    with django_assert_num_queries(1):
        counted = wishes.backers_by_course()

    assert counted == {course.pk: 2 for course in courses}
