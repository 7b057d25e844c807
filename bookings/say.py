"""What an enterprise's people are told about their order. Rendered in the reader's language when it happens."""

from collections.abc import Callable
from typing import TypedDict

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as mark

from accounts.models import User
from bookings.models import Booking
from bookings.rules import say_day
from timetable.words import day_and_time


class Text(TypedDict):
    """A rendered message: inbox title and body, and the short SMS."""

    title: str
    body: str
    sms: str


Sentence = Callable[[Booking, User, str], Text]


def submitted(booking: Booking, reader: User, reason: str) -> Text:
    """Tell that the order came in, its number, and until when it is answered."""
    return _text(
        booking,
        reader,
        reason,
        title=mark("已收到点单 %(number)s"),
        body=mark("%(enterprise)s的点单 %(number)s 已收到，%(reply_by)s前答复。"),
        sms=mark("点单 %(number)s 已收到，%(reply_by)s前答复。"),
    )


def accepted(booking: Booking, reader: User, reason: str) -> Text:
    """Tell that the union takes the order on."""
    return _text(
        booking,
        reader,
        reason,
        title=mark("点单 %(number)s 已受理"),
        body=mark("%(enterprise)s的点单 %(number)s 已受理，正在联系讲师和教室，排好后通知您。"),
        sms=mark("点单 %(number)s 已受理，排好课后通知您。"),
    )


def declined(booking: Booking, reader: User, reason: str) -> Text:
    """Tell that the union cannot take the order on, and why."""
    return _text(
        booking,
        reader,
        reason,
        title=mark("点单 %(number)s 未能安排"),
        body=mark("很抱歉，%(enterprise)s的点单 %(number)s 未能安排：%(reason)s"),
        sms=mark("点单 %(number)s 未能安排，原因请看站内消息。"),
    )


def confirmed(booking: Booking, reader: User, reason: str) -> Text:
    """Tell what was scheduled, and that the roster may be sent."""
    return _text(
        booking,
        reader,
        reason,
        title=mark("点单 %(number)s 已排课"),
        body=mark("%(enterprise)s的点单 %(number)s 已排课：《%(course)s》，%(start)s，%(site)s。请在开课前发来名单。"),
        sms=mark("点单 %(number)s 已排课：%(start)s %(site)s，请发来名单。"),
    )


def cancelled(booking: Booking, reader: User, reason: str) -> Text:
    """Tell that the order is over by the enterprise's own wish."""
    return _text(
        booking,
        reader,
        reason,
        title=mark("点单 %(number)s 已取消"),
        body=mark("%(enterprise)s的点单 %(number)s 已由单位取消。"),
        sms="",
    )


def called_off(booking: Booking, reader: User, reason: str) -> Text:
    """Tell that the union calls the order off, and why."""
    return _text(
        booking,
        reader,
        reason,
        title=mark("点单 %(number)s 已被工会取消"),
        body=mark("很抱歉，%(enterprise)s的点单 %(number)s 已被工会取消：%(reason)s"),
        sms=mark("点单 %(number)s 已被工会取消，原因请看站内消息。"),
    )


def introduced(booking: Booking, reader: User, reason: str) -> Text:
    """Tell an enterprise's owner that the union wrote an order down, and who orders for the enterprise since."""
    return _text(
        booking,
        reader,
        reason,
        title=mark("新的点单人：%(contact)s"),
        body=mark(
            "点单 %(number)s 由工会代录，联系人 %(contact)s 现在可以替%(enterprise)s点单、看名单。"
            "如果不认识，请致电区总工会。"
        ),
        sms="",
    )


def _text(booking: Booking, reader: User, reason: str, **templates: str) -> Text:
    run = booking.class_run
    with translation.override(reader.language):
        values = {
            "number": booking.number,
            "enterprise": booking.enterprise.name,
            "contact": f"{booking.contact.name} {booking.contact.masked_phone}",
            "reason": reason,
            "reply_by": say_day(booking.reply_by) if booking.reply_by else "",
            "course": run.course.title if run else "",
            "start": day_and_time(run.starts_at) if run else "",
            "site": run.site.short_name if run else "",
        }
        title, body, sms = (_(templates[part]) % values if templates[part] else "" for part in ("title", "body", "sms"))
    return {"title": title, "body": body, "sms": sms}
