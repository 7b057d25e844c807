"""The two ways into a session. A session remembers its backend, and with it what it may open."""

from typing import TYPE_CHECKING, Any

from django.contrib.auth.backends import BaseBackend

from accounts import people
from accounts.models import User
from policy import clock

if TYPE_CHECKING:
    from django.http import HttpRequest


class PersonBackend(BaseBackend):
    """Sessions that began with a code sent to the phone: everything of one's own, no desk."""

    def get_user(self, user_id: int) -> User | None:
        """Return the person, unless the account was disabled or erased since."""
        return User.objects.active().filter(pk=user_id).first()


class StaffBackend(PersonBackend):
    """Sessions that began with password and second factor: the desks as well, for roles in force."""

    def authenticate(
        self,
        request: "HttpRequest | None",  # noqa: ARG002 -- Django's signature
        *,
        phone: str = "",
        password: str = "",
        **_others: Any,
    ) -> User | None:
        """Return the staff member of a normalised phone and a password; failures all take the same time."""
        return people.staff_by_password(phone=phone, password=password, now=clock.now())

    def get_user(self, user_id: int) -> User | None:
        """Return the person, marked as signed in as staff."""
        person = super().get_user(user_id)
        if person:
            person.has_staff_session = True
        return person
