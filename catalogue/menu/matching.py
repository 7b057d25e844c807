"""Finds the course that a row speaks of: by code, else by category and title. The running number 序号 means nothing."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from django.utils.translation import gettext as _

from catalogue.codes import Series, UsedUp
from catalogue.menu.cells import key
from catalogue.menu.courses import CourseDraft, Mentioned
from catalogue.menu.errors import refusal
from catalogue.menu.report import Kind, Line, Outcome, Report
from catalogue.models import Category, Course

RENAME_LIKENESS = 0.6
MOST_COMPARISONS = 100_000


@dataclass
class Pair:
    """A draft, and the course it speaks of; none when the course is new."""

    draft: CourseDraft
    course: Course | None


@dataclass
class Matcher:
    """Pairs drafts with the courses there are, retired ones too, and reports what cannot be paired."""

    courses: Iterable[Course]
    report: Report
    by_code: dict[str, Course] = field(init=False)
    live: dict[str, Course] = field(init=False)
    retired: dict[str, Course] = field(init=False)
    claimed: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Index the courses by code and by category and title."""
        self.by_code = {course.code: course for course in self.courses}
        self.live = {mark_of(course): course for course in self.courses if not course.retired_at}
        self.retired = {mark_of(course): course for course in self.courses if course.retired_at}

    def match(self, drafts: list[CourseDraft], mentioned: Mentioned) -> list[Pair]:
        """Return the pairs in the order of the file.

        Rows with a code go first, so that a title given up by one course is free for another. A row whose course is
        retired is reported and left out: an import brings nothing back. A probable rename (a title that is new, much
        like one of the same category that the file no longer has) is reported and left out too, and the old course
        stays as it is: the officer answers in the 编码 column, with the old code or with 新.
        """
        coded = {id(draft): self._by_code(draft) for draft in drafts if draft.code}
        titled = {id(draft): self._by_title(draft) for draft in drafts if not draft.code}
        found = coded | titled
        pairs = [pair for draft in drafts if (pair := found[id(draft)])]
        return self._without_renames(pairs, self._missing(mentioned))

    def give_codes(self, pairs: list[Pair]) -> None:
        """Give each new course of a category the next number after all that were ever used there, in file order."""
        new = [pair.draft for pair in pairs if not pair.course]
        series = Series([*self.by_code, *(draft.code for draft in new if draft.code)])
        for draft in new:
            if not draft.code:
                draft.code = self._next_code(series, draft.category)

    def _next_code(self, series: Series, category: Category) -> str:
        try:
            return series.next(category.prefix)
        except UsedUp as error:
            raise refusal("codes_used_up", _("“{name}”的编码用完了。").format(name=category.name)) from error

    def _by_code(self, draft: CourseDraft) -> Pair | None:
        course = self.by_code.get(draft.code)
        namesake = self.live.get(mark_of(draft))
        if draft.code[:2] != draft.category.prefix:
            mend = _("请改正编码或类别；换了类别的课程请作为新课程填写")
            draft.row.wrong("code", _("不是“{name}”类的编码").format(name=draft.category.name), mend)
            return None
        if namesake and namesake is not course:
            mend = _("同名课程的编码是 {code}，请改正编码或名称").format(code=namesake.code)
            draft.row.wrong("code", _("和名称对不上"), mend)
            return None
        if course:
            self.claimed.add(course.code)
            if course.retired_at:
                self._say_retired(draft, course)
                return None
        return Pair(draft, course)

    def _by_title(self, draft: CourseDraft) -> Pair | None:
        mark = mark_of(draft)
        course = self.live.get(mark)
        if course and course.code not in self.claimed:
            self.claimed.add(course.code)
            if not draft.is_new:
                return Pair(draft, course)
            mend = _("请改填编码 {code}，或换一个名称").format(code=course.code)
            draft.row.wrong("code", _("已有同名课程"), mend)
            return None
        if not draft.is_new and not course and mark in self.retired:
            self._say_retired(draft, self.retired[mark])
            return None
        return Pair(draft, None)

    def _say_retired(self, draft: CourseDraft, course: Course) -> None:
        place = draft.row.place()
        sentence = _("这门课程已停用，没有改动；确要重开，请在编码列填“新”作为新课程")
        self.report.add(Line(Outcome.NOTICE, Kind.COURSE, course.code, course.title, place, sentence=sentence))

    def _missing(self, mentioned: Mentioned) -> dict[str, Course]:
        """Return the live courses that no row speaks of, not even a wrong one, by code."""
        return {
            course.code: course
            for mark, course in self.live.items()
            if course.code not in self.claimed and course.code not in mentioned.codes and mark not in mentioned.titles
        }

    def _without_renames(self, pairs: list[Pair], missing: dict[str, Course]) -> list[Pair]:
        """Return the pairs without probable renames. Reports these, and what the file misses beside them."""
        new = [pair.draft for pair in pairs if not pair.course and not pair.draft.code and not pair.draft.is_new]
        renames = likely_renames(new, list(missing.values()))
        for draft in new:
            if course := renames.get(id(draft)):
                self._say_renamed(draft, course)
        renamed = {course.code for course in renames.values()}
        for code, course in missing.items():
            if code not in renamed:
                sentence = _("“{category}”类，库里的课程没有改动").format(category=course.category.name)
                self.report.add(Line(Outcome.MISSING, Kind.COURSE, code, course.title, sentence=sentence))
        return [pair for pair in pairs if id(pair.draft) not in renames]

    def _say_renamed(self, draft: CourseDraft, course: Course) -> None:
        mend = _("是改名，请在编码列填 {code}；是新课程，请填“新”").format(code=course.code)
        line = Line(
            Outcome.RENAME, Kind.COURSE, course.code, course.title, draft.row.place("title"), _("课程名称"),
            course.title, draft.title, _("这一行没有保存"), mend,
        )  # fmt: skip
        self.report.add(line)


def mark_of(one: Course | CourseDraft) -> str:
    """Return what makes a title unique: category and normalised title."""
    return f"{one.category.pk}/{one.title_key}"


def likely_renames(new: list[CourseDraft], missing: list[Course]) -> dict[int, Course]:
    """Return for id(draft) the missing course of the same category it most likely renames, each at most once.

    Alike are courses with the same 简介, or titles whose difflib ratio is at least 0.6. Past 100,000 comparisons titles
    are not compared, so that a foreign file costs no minutes.
    """
    renames = same_summaries(new, missing)
    taken = {course.code for course in renames.values()}
    rest = [course for course in missing if course.code not in taken]
    open_drafts = [draft for draft in new if id(draft) not in renames]
    if len(open_drafts) * len(rest) > MOST_COMPARISONS:
        return renames
    pairs = [(draft, course) for draft in open_drafts for course in rest if draft.category.pk == course.category_id]
    scored = [(likeness(draft.title_key, course.title_key), index) for index, (draft, course) in enumerate(pairs)]
    for score, index in sorted(scored, key=lambda one: (-one[0], one[1])):
        draft, course = pairs[index]
        if score >= RENAME_LIKENESS and id(draft) not in renames and course.code not in taken:
            renames[id(draft)] = course
            taken.add(course.code)
    return renames


def same_summaries(new: list[CourseDraft], missing: list[Course]) -> dict[int, Course]:
    """Return for id(draft) the missing course of the same category with the same 简介."""
    by_summary: dict[tuple[str, str], list[Course]] = {}
    for course in reversed(missing):
        by_summary.setdefault((course.category_id, key(course.summary)), []).append(course)
    renames: dict[int, Course] = {}
    for draft in new:
        alike = by_summary.get((draft.category.pk, key(draft.values.get("summary") or "")))
        if alike:
            renames[id(draft)] = alike.pop()
    return renames


def likeness(one: str, other: str) -> float:
    """Return how much alike two titles are, from 0 to 1; below 0.6 the number is only a bound."""
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    quick = min(matcher.real_quick_ratio(), matcher.quick_ratio())
    return quick if quick < RENAME_LIKENESS else matcher.ratio()
