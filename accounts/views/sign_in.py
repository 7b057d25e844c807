"""Sign-in of people: a phone number, then the code sent to it. The session holds neither of the two."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts import access, codes, phones
from accounts.access import allow
from accounts.forms import CodeForm, PhoneForm
from accounts.models import SignInCode
from accounts.views.session import Level, begin, count_address, limited, safe_next
from policy import clock

PENDING = "pending_code"
PAGE = ["GET", "HEAD", "POST"]


@allow(access.anyone)
@never_cache
@require_http_methods(PAGE)
@limited
def login(request: HttpRequest) -> HttpResponse:
    """Ask for the phone number and send a code; known and unknown numbers get the same answer."""
    if request.method != "POST":
        after = request.GET.get("next", "")
        if request.user.is_authenticated:
            return redirect(safe_next(request, after))
        return render(request, "accounts/login.html", {"form": PhoneForm(initial={"next": after})})
    count_address(request, "code-asked")
    form = PhoneForm(request.POST)
    if form.is_valid():
        try:
            sent = codes.send(phone=form.cleaned_data["phone"], now=clock.now())
        except codes.NotSent as refusal:
            form.add_error("phone", str(refusal))
        else:
            request.session[PENDING] = {"code": sent.pk, "next": safe_next(request, form.cleaned_data["next"])}
            return redirect("accounts:code")
    return render(request, "accounts/login.html", {"form": form}, status=422)


@allow(access.anyone)
@never_cache
@require_http_methods(PAGE)
@limited
def code(request: HttpRequest) -> HttpResponse:
    """Ask for the code and begin the session."""
    pending = request.session.get(PENDING)
    if pending is None:
        return redirect("accounts:login")
    if request.method != "POST":
        return _code_page(request, CodeForm(), pending)
    count_address(request, "code-tried")
    form = CodeForm(request.POST)
    if form.is_valid():
        attempt = codes.try_digits(code_id=pending["code"], typed=form.cleaned_data["code"], now=clock.now())
        if attempt.person:
            return begin(request, person=attempt.person, level=Level.PERSON, after=pending["next"])
        form.add_error("code", _refusal(attempt.tries_left))
    return _code_page(request, form, pending)


@allow(access.anyone)
@require_POST
@limited
def code_again(request: HttpRequest) -> HttpResponse:
    """Send a new code to the phone of the pending sign-in, within the limits of every code."""
    pending = request.session.get(PENDING)
    last = SignInCode.objects.select_related("person").filter(pk=pending["code"]).first() if pending else None
    if pending is None or last is None:
        return redirect("accounts:login")
    count_address(request, "code-asked")
    try:
        sent = codes.send(phone=last.person.phone, now=clock.now())
    except codes.NotSent as refusal:
        messages.error(request, str(refusal))
    else:
        request.session[PENDING] = {**pending, "code": sent.pk}
    return redirect("accounts:code")


@allow(access.anyone)
@never_cache
@require_http_methods(PAGE)
@limited
def once(request: HttpRequest, token: str) -> HttpResponse:
    """Sign in by a one-time address of `manage.py login_url`; in a demonstration only, at the highest level held."""
    if not settings.DEMO:
        raise Http404
    if request.method != "POST":
        return render(request, "accounts/once.html", {"token": token})
    count_address(request, "code-tried")
    person = codes.use_link(token=token, now=clock.now())
    if person is None:
        return render(request, "accounts/once.html", {"is_spent": True}, status=422)
    if person.roles.in_force(clock.now()).exists():
        return begin(request, person=person, level=Level.STAFF, after=resolve_url("portal:desk"))
    return begin(request, person=person, level=Level.PERSON, after=resolve_url("portal:my"))


def _code_page(request: HttpRequest, form: CodeForm, pending: dict[str, str]) -> HttpResponse:
    sent = SignInCode.objects.select_related("person").filter(pk=pending["code"]).first()
    context = {
        "form": form,
        "phone": phones.mask(sent.person.phone) if sent else "",
        "shown_code": codes.digits(sent) if sent and settings.DEMO else "",
    }
    return render(request, "accounts/code.html", context, status=422 if form.errors else 200)


def _refusal(tries_left: int) -> str:
    if tries_left == 0:
        return _("这个验证码不能再用了（已用过、已过期，或输错 5 次）。请重新获取。")
    return _("验证码不对，还可以再试 %(n)d 次。") % {"n": tries_left}
