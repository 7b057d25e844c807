"""What every page knows: whose site it is, who reads it, in which size."""

from django.conf import settings
from django.http import HttpRequest

from accounts import access
from messaging.models import Message
from policy import clock


def site(request: HttpRequest) -> dict[str, object]:
    """Return the context of base.html."""
    now = clock.now()
    user = getattr(request, "user", None)
    known = user is not None and user.is_authenticated
    return {
        "site_name": settings.SITE_NAME,
        "organiser": settings.ORGANISER,
        "demo": settings.DEMO,
        "large_text": request.COOKIES.get("size") == "lg",
        "unread_count": Message.objects.filter(person=user).inbox(now).unread().count() if known else 0,
        "is_officer": known and access.officer(user, now),
    }
