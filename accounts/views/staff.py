"""Sign-in of staff: phone and password, then the digits of an authenticator app. A demonstration skips the app."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib import auth
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import access, limits, staff
from accounts.access import allow
from accounts.adapter import SecondFactorAdapter
from accounts.forms import SecondFactorForm, StaffForm
from accounts.models import User
from accounts.views.session import Level, begin, client_address, count_address, limited, safe_next
from policy import clock

PENDING = "pending_staff"
PENDING_SECONDS = 600
PAGE = ["GET", "HEAD", "POST"]


@dataclass(frozen=True)
class Pending:
    """Who has given the right password and owes the second factor; the new app's encrypted secret, if any."""

    person: User
    after: str
    secret: str


@allow(access.anyone)
@never_cache
@require_http_methods(PAGE)
@limited
def staff_login(request: HttpRequest) -> HttpResponse:
    """Ask for phone and password. All failures read the same."""
    if request.method != "POST":
        form = StaffForm(initial={"next": request.GET.get("next", "")})
        return render(request, "accounts/staff_login.html", {"form": form})
    count_address(request, "password")
    form = StaffForm(request.POST)
    person = _person_of(request, form) if form.is_valid() else None
    if person is None:
        if not form.errors:
            form.add_error(None, _("手机号或密码不对。"))
        return render(request, "accounts/staff_login.html", {"form": form}, status=422)
    after = safe_next(request, form.cleaned_data["next"], "portal:desk")
    if settings.DEMO:
        return begin(request, person=person, level=Level.STAFF, after=after)
    request.session[PENDING] = {
        "person": person.pk,
        "proof": person.get_session_auth_hash(),
        "until": clock.now().timestamp() + PENDING_SECONDS,
        "next": after,
    }
    return redirect("accounts:second_factor" if staff.has_second_factor(person) else "accounts:second_factor_setup")


@allow(access.anyone)
@never_cache
@require_http_methods(PAGE)
@limited
def second_factor(request: HttpRequest) -> HttpResponse:
    """Ask for the digits of the authenticator app and begin the session."""
    pending = _pending(request)
    if pending is None:
        return redirect("accounts:staff_login")
    if not staff.has_second_factor(pending.person):
        return redirect("accounts:second_factor_setup")
    if request.method != "POST":
        return render(request, "accounts/second_factor.html", {"form": SecondFactorForm()})
    form = SecondFactorForm(request.POST)
    if form.is_valid():
        if staff.check(person=pending.person, typed=form.cleaned_data["code"], now=clock.now()):
            return begin(request, person=pending.person, level=Level.STAFF, after=pending.after)
        form.add_error("code", _("动态验证码不对。请等应用里换了新的 6 位数字再试。"))
    return render(request, "accounts/second_factor.html", {"form": form}, status=422)


@allow(access.anyone)
@never_cache
@require_http_methods(PAGE)
@limited
def set_up(request: HttpRequest) -> HttpResponse:
    """Show a new secret for an authenticator app, and begin the session once the app shows its digits."""
    pending = _pending(request)
    if pending is None:
        return redirect("accounts:staff_login")
    if staff.has_second_factor(pending.person):
        return redirect("accounts:second_factor")
    secret = pending.secret or _keep_secret(request, staff.new_secret())
    form = SecondFactorForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        if staff.set_up(person=pending.person, secret=secret, typed=form.cleaned_data["code"], now=clock.now()):
            return begin(request, person=pending.person, level=Level.STAFF, after=pending.after)
        form.add_error("code", _("动态验证码不对。请确认手机时间准确，再输入应用里现在的 6 位数字。"))
    context = {"form": form, "enrolment": staff.enrolment(person=pending.person, secret=secret)}
    return render(request, "accounts/second_factor_setup.html", context, status=422 if form.errors else 200)


def _person_of(request: HttpRequest, form: StaffForm) -> User | None:
    """Check the password of a form, counted per phone; a success clears the count. Raises limits.TooMany."""
    phone, password = form.cleaned_data["phone"], form.cleaned_data["password"]
    whose = phone or client_address(request)  # what is no phone number counts for the address
    limits.spend(action="password", whose=whose, limits=limits.PASSWORDS_PER_PHONE, now=clock.now())
    person = auth.authenticate(request, phone=phone, password=password)
    if not isinstance(person, User):
        return None
    limits.forget(action="password", whose=whose, limits=limits.PASSWORDS_PER_PHONE)
    return person


def _pending(request: HttpRequest) -> Pending | None:
    """Return who is half signed in, unless ten minutes have passed or the password changed since."""
    kept = request.session.get(PENDING)
    if kept is None or kept["until"] < clock.now().timestamp():
        return None
    person = User.objects.active().filter(pk=kept["person"]).first()
    if person is None or not constant_time_compare(kept["proof"], person.get_session_auth_hash()):
        return None
    sealed = kept.get("secret", "")
    return Pending(person, kept["next"], SecondFactorAdapter().decrypt(sealed) if sealed else "")


def _keep_secret(request: HttpRequest, secret: str) -> str:
    """Keep the secret of a new app in the session, encrypted, and return it."""
    request.session[PENDING] = {**request.session[PENDING], "secret": SecondFactorAdapter().encrypt(secret)}
    return secret
