"""Tags of the components: icons, and dates as people here write them."""

import json
from datetime import date, datetime
from typing import Any

from django import template
from django.core.paginator import Page
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from catalogue.models import Category, Topic
from policy import clock
from timetable import words

register = template.Library()

# As Django's json_script does.
NOT_IN_SCRIPT = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}

CATEGORY_ICONS = {
    "skills": "wrench",
    "policy": "flag",
    "law": "scale",
    "psychology": "heart-handshake",
    "arts": "palette",
    "sports": "dumbbell",
    "family": "house-heart",
    "health": "heart-pulse",
    "life": "leaf",
}


@register.simple_tag
def icon(name: str) -> SafeString:
    """Draw a symbol of static/icons.svg. It is hidden from screen readers: the words stand beside it."""
    return format_html(
        '<svg class="i" width="20" height="20" aria-hidden="true"><use href="{}#{}"></use></svg>',
        static("icons.svg"),
        name,
    )


@register.simple_tag
def category_icon(code: str) -> SafeString:
    """Draw the symbol of a category, by its code."""
    return icon(CATEGORY_ICONS.get(code, "book-open"))


@register.simple_tag
def linked_data(facts: dict[str, Any]) -> SafeString:
    """Put facts for search engines into the page; browsers do not run it, and no text inside can end it."""
    escaped = json.dumps(facts, ensure_ascii=False).translate(NOT_IN_SCRIPT)
    return SafeString(f'<script type="application/ld+json">{escaped}</script>')


@register.filter
def named(thing: Category | Topic) -> str:
    """Return the name of a category or topic in the reader's language; not every topic has an English one."""
    return thing.name_en if get_language() == "en" and thing.name_en else thing.name


@register.simple_tag
def page_numbers(page: Page[Any]) -> list[int | None]:
    """List the pages to link to: the ends, the neighbours, and None where some are left out."""
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return [number if isinstance(number, int) else None for number in numbers]


@register.filter
def day(value: date | None) -> str:
    """Say a day with its weekday, of a moment that in Shanghai: 11月28日 周六."""
    return words.day(value) if value else ""


@register.filter
def when(value: datetime | None) -> str:
    """Say a moment in Shanghai: 11月28日 周六 09:00."""
    return words.day_and_time(value) if value else ""


@register.filter
def month(value: date) -> str:
    """Say a month: 2026年12月."""
    return words.month(value)


@register.filter
def hour(value: datetime | None) -> str:
    """Say the time of day alone, in Shanghai: 09:00."""
    return f"{clock.local(value):%H:%M}" if value else ""


@register.simple_block_tag
def text(content: str) -> str:
    """Keep what is between the tags as a variable: {% text as tab %}{% block tab %}{% endblock %}{% endtext %}.

    It was escaped when it was rendered.
    """
    return SafeString(content.strip())
