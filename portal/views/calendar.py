"""The calendar of what can be taken: a month at a glance, or one day in full."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import allow, anyone
from policy import clock
from portal import course_index, facets, month
from portal.facets import LABELS
from portal.filters import CourseFilter
from portal.finished import finished
from portal.month import Month
from timetable.words import WEEKDAYS

# What the calendar itself offers to narrow by; the address may ask for whatever the course list knows.
OFFERED = ("category", "band", "town")


@require_safe
@allow(anyone)
@finished
def calendar(request: HttpRequest) -> HttpResponse:
    """Show the starts of class runs in a month, or on one day; narrowed by the same names as the course list."""
    now = clock.now()
    index = course_index.current(now)
    narrowed = CourseFilter(request.GET, index=index, choices=facets.known_choices(index))
    days = month.runs_by_day(narrowed.selection)
    today = clock.local(now).date()
    day = month.day_of(request.GET.get("day", ""))
    shown = month.month_of(f"{day:%Y-%m}" if day else request.GET.get("month", ""), days, today)
    context = _frame(narrowed, shown) | {"day": day}
    if day is not None:
        rows = month.day_rows(days.get(day, []), now)
        return render(request, "portal/calendar_day.html", context | {"rows": rows})
    context |= {
        "weekdays": [_(name) for name in WEEKDAYS],
        "days": month.month_days(shown, days, now),
        "total": sum(len(runs) for one, runs in days.items() if shown.first <= one <= shown.last),
        "before": shown.before() if shown.first > today else None,
        "after": shown.after() if shown.last < max(days, default=today) else None,
    }
    return render(request, "portal/calendar.html", context)


def _frame(narrowed: CourseFilter, shown: Month) -> dict[str, Any]:
    """Return what stands around both: the choices, and what of the query its links keep."""
    kept = narrowed.pairs(leave_out=("sort",))
    selects = [
        {"name": facet, "label": LABELS[facet], "options": narrowed.choices[facet], "chosen": narrowed.chosen[facet]}
        for facet in OFFERED
    ]
    hidden = [pair for pair in kept if pair[0] not in OFFERED]
    # Behind what a link sets: month= or day=.
    query = "&" + urlencode(kept) if kept else ""
    return {"selects": selects, "hidden": hidden, "query": query, "month": shown, "chips": narrowed.chips()}
