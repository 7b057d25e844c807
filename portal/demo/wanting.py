"""What people of the demonstration want to learn (我想学): one wish to plan, some smaller ones, one answer."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from accounts.models import User
from catalogue.models import Course
from enrollment import answers, wishes
from enrollment.models import Wish
from enrollment.wishes import Wanted
from timetable.bands import LessonBand

# What is wanted, how many people want it. The first is a course of the menu.
COURSE_BACKERS = 14
WORDS = {"焊接AI质检": 7, "外卖骑手的视频剪辑": 5, "沪语日常对话": 3, "无人机航拍考证": 9}
DECLINED, REASON = "无人机航拍考证", "本学期没有可用的飞行场地，明年春季再安排。"
BANDS = [LessonBand.AFTER_WORK, LessonBand.AFTER_WORK, LessonBand.WEEKEND, LessonBand.NOON, ""]
BEFORE, STEP = timedelta(days=9), timedelta(hours=5)


def make_wishes(workers: Sequence[User], *, officer: User, now: datetime) -> None:
    """Let workers want things, each somewhat later than the one before, and answer one wish."""
    course = Course.objects.published().order_by("code").first()
    if course:
        _back(wishes.of_course(course), workers[:COURSE_BACKERS], now - BEFORE)
    for words, count in WORDS.items():
        wish = _back(wishes.of_words(words), workers[:count], now - BEFORE)
        if wish and words == DECLINED:
            answers.decline(wish_id=wish.pk, reason=REASON, actor=officer, now=now - STEP)


def _back(wanted: Wanted, people: Sequence[User], began: datetime) -> Wish | None:
    """Let the people want it one after the other, most of them in the first one's town."""
    wish = None
    for number, person in enumerate(people):
        town = people[0].worker.town if number % 4 else None
        band, at = BANDS[number % len(BANDS)], began + number * STEP
        wish = wishes.back(person=person, wanted=wanted, town=town, band=band, now=at)
    return wish
