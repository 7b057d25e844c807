"""Types of requests."""

from django.http import HttpRequest  # noqa: TID253 -- it is the type of a view's argument

from accounts.models import User


class UserRequest(HttpRequest):
    """A request whose user is a person: what a view gets behind `@allow(signed_in)` and every stricter rule."""

    user: User
