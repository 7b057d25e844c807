"""What every page knows: whose site it is, who reads it, in which size."""

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

from accounts import access
from accounts.middleware import page_to_return_to
from messaging.models import Message
from policy import clock


def site(request: HttpRequest) -> dict[str, object]:
    """Return the context of base.html."""
    now = clock.now()
    user = getattr(request, "user", AnonymousUser())
    known = user.is_authenticated
    return {
        "site_name": settings.SITE_NAME,
        "organiser": settings.ORGANISER,
        "demo": settings.DEMO,
        "here": page_to_return_to(request),
        "large_text": request.COOKIES.get("size") == "lg",
        "unread_count": Message.objects.filter(person=user.pk).inbox(now).unread().count() if known else 0,
        "is_staff": known and access.staff(user, now),
    }
