"""The door of an import: reads the files, plans, and saves all of it in one transaction."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from catalogue.menu import courses, courses_plan, files, sites, sites_plan
from catalogue.menu.book import Book
from catalogue.menu.cells import key
from catalogue.menu.courses_plan import CoursesPlan
from catalogue.menu.errors import refusal
from catalogue.menu.progress import Progress, silent
from catalogue.menu.report import Kind, Outcome, Report
from catalogue.menu.sites_plan import SitesPlan
from catalogue.models import Category
from policy.history import recorded
from policy.models import Policy


@dataclass(frozen=True)
class MenuFiles:
    """The course menu, and the site list if there is one."""

    courses: Path
    sites: Path | None = None


@dataclass(frozen=True)
class Mode:
    """`dry_run`: compare and report, write nothing. `strict`: write nothing unless every row can be saved."""

    dry_run: bool = False
    strict: bool = False


AS_USUAL = Mode()
PATIENCE = "60s"


def import_menu(
    *, menu: MenuFiles, now: datetime, mode: Mode = AS_USUAL, actor: User | None = None, progress: Progress = silent
) -> Report:
    """Bring the catalogue to what the files say, and return a report of every row.

    Courses are found again by 编码, else by category and title; sites by 学堂名称, rooms by name. New courses get their
    code here. Only columns that the file has are compared. What the files do not name is reported and stays; nothing
    is retired, deleted or brought back. Wrong rows, and probable renames of courses, are reported and left out (in
    strict mode they stop the whole). One transaction: all that is saved, is saved together. A second import of the
    same files changes nothing. Two imports at once follow each other.

    Raises MenuRefused when a file cannot be read or is no menu.
    """
    course_book = files.read(menu.courses)
    site_book = files.read(menu.sites) if menu.sites else None
    report = Report()
    names = "、".join(path.name for path in (menu.courses, menu.sites) if path)
    with transaction.atomic(), recorded(actor=actor, reason=_("导入 {names}").format(names=names)):
        categories = known_categories(is_dry=mode.dry_run)
        plans: list[CoursesPlan | SitesPlan] = []
        if site_book:
            plans.append(plan_sites(site_book, report))
        plans.append(plan_courses(course_book, categories, report, now=now))
        if not mode.dry_run and (report.is_resolved or not mode.strict):
            for plan in plans:
                plan.write(progress)
            report.saved = True
    return report


def known_categories(*, is_dry: bool) -> list[Category]:
    """Return the categories. Unless it is a dry run they are locked, so that two imports follow each other.

    An import is a long transaction by design, so the short limits of web requests do not hold for it.
    """
    categories = Category.objects.order_by("position")
    if not is_dry:
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{PATIENCE}'")
            cursor.execute(f"SET LOCAL statement_timeout = '{PATIENCE}'")
        categories = categories.select_for_update(no_key=True)
    known = list(categories)
    if not known:
        raise refusal("no_categories", _("系统里还没有九大类。"), _("请先运行 manage.py reference_data。"))
    return known


def plan_courses(book: Book, categories: list[Category], report: Report, *, now: datetime) -> CoursesPlan:
    """Return the plan of a course menu."""
    usual = courses.usual_values(Policy.objects.current(now=now))
    drafts, mentioned = courses.parse(book, categories, report, usual=usual)
    return courses_plan.plan(drafts, mentioned, report=report, usual=usual, now=now)


def plan_sites(book: Book, report: Report) -> SitesPlan:
    """Return the plan of a site list."""
    drafts = sites.parse(book, report)
    wrong = {key(line.name) for line in report.of(Outcome.PROBLEM, Kind.SITE)}
    return sites_plan.plan(drafts, wrong | {key(draft.name) for draft in drafts}, report=report)
