"""Tags of the components: icons, and dates as people here write them."""

from datetime import date, datetime
from typing import Any

from django import template
from django.core.paginator import Page
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()

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
ENGLISH_DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
ENGLISH_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
CHINESE_DAYS = "一二三四五六日"


@register.simple_tag
def icon(name: str) -> SafeString:
    """Draw a symbol of static/icons.svg. It is hidden from screen readers: the words stand beside it."""
    return format_html(
        '<svg class="i" width="20" height="20" aria-hidden="true"><use href="{}#{}"></use></svg>', static("icons.svg"), name
    )


@register.simple_tag
def category_icon(code: str) -> SafeString:
    """Draw the symbol of a category, by its code."""
    return icon(CATEGORY_ICONS.get(code, "book-open"))


@register.simple_tag
def page_numbers(page: Page[Any]) -> list[int | None]:
    """List the pages to link to: the ends, the neighbours, and None where some are left out."""
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return [number if isinstance(number, int) else None for number in numbers]


@register.filter(expects_localtime=True)
def day(value: date | None) -> str:
    """Say a date with its weekday: 11月28日 周六. Years are left out: classes lie within months."""
    if not value:
        return ""
    if get_language() == "en":
        return f"{ENGLISH_DAYS[value.weekday()]} {value.day} {ENGLISH_MONTHS[value.month - 1]}"
    return f"{value.month}月{value.day}日 周{CHINESE_DAYS[value.weekday()]}"


@register.filter(expects_localtime=True)
def when(value: datetime | None) -> str:
    """Say a moment in the time zone of the page: 11月28日 周六 09:00."""
    return f"{day(value)} {value:%H:%M}" if value else ""


@register.filter(expects_localtime=True)
def clock(value: datetime | None) -> str:
    """Say the time of day alone: 09:00."""
    return f"{value:%H:%M}" if value else ""


@register.simple_block_tag
def text(content: str) -> str:
    """Keep what is between the tags as a variable: {% text as tab %}{% block tab %}{% endblock %}{% endtext %}."""
    return content.strip()
