"""Pages of wishes (我想学): what people want most, say what one wants, take it back."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import access, limits
from accounts.access import allow, anyone, signed_in
from accounts.limits import DAY, Limit
from accounts.models import User
from accounts.types import UserRequest
from accounts.views.session import limited
from catalogue.models import Course
from enrollment import wishes
from enrollment.errors import WishRefused
from enrollment.models import WISH_LONGEST, Wish
from enrollment.wishes import Wanted
from policy import clock
from policy.defaults import WISHES_A_DAY
from policy.text import one_line
from portal import wishing
from portal.cards import page_of
from portal.forms_wishes import WishForm

UNPROCESSABLE = 422
A_DAY = (Limit(WISHES_A_DAY, DAY),)


@require_safe
@allow(anyone)
def wish_list(request: HttpRequest) -> HttpResponse:
    """Show what people want to learn most, 24 a page, and the reader's own with what became of them."""
    own = wishing.own_wishes(request.user)
    context = {
        "page": page_of(Wish.objects.most_wanted(), request.GET.get("page", "")),
        "own": own,
        "own_ids": {wish.pk for wish in own},
    }
    return render(request, "portal/wishes/wishes.html", context)


@require_safe
@allow(anyone)
def wish(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show a wish: how many people have it, what became of it, and the form to join, change or take it back."""
    shown = get_object_or_404(Wish.objects.visible_to(request.user).for_rows(), public_id=public_id)
    own = wishing.known_to(request.user, shown)
    where_and_when = {"town": own.town and own.town.slug, "band": own.band} if own else _usual(request)
    about = {"course": shown.course.code if shown.course else "", "words": shown.words}
    form = WishForm(initial=about | where_and_when, is_known=True)
    context = {"wish": shown, "own": own, "form": form, "is_officer": access.officer(request.user, clock.now())}
    return render(request, "portal/wishes/wish.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@allow(anyone)
@limited
def wish_new(request: UserRequest) -> HttpResponse:
    """Ask where and when, and what unless a course is named. Who is not signed in does so and presses again."""
    if request.method != "POST":
        return _asked(request)
    course = _course(request.POST.get("course", ""))
    form = WishForm(request.POST, is_known=course is not None)
    if not form.is_valid():
        return _ask(request, course, form, status=UNPROCESSABLE)
    try:
        wanted = wishes.of_course(course) if course else wishes.of_words(form.cleaned_data["words"])
        if not access.signed_in(request.user, clock.now()):
            return _to_sign_in(form)
        return _back(request, wanted, form)
    except WishRefused as refused:
        form.add_problems(refused.problems)
        return _ask(request, course, form, status=UNPROCESSABLE)


@require_POST
@allow(signed_in)
def wish_withdraw(request: UserRequest, public_id: str) -> HttpResponse:
    """Take back an own wish. Pressing again changes nothing."""
    shown = get_object_or_404(Wish.objects.visible_to(request.user).select_related("course"), public_id=public_id)
    if wishes.withdraw(person=request.user, wish_id=shown.pk):
        messages.success(request, _("已撤回：%(wish)s。") % {"wish": shown})
    return redirect("portal:wishes")


def _course(code: str) -> Course | None:
    return get_object_or_404(Course, code=code) if code else None


def _asked(request: HttpRequest) -> HttpResponse:
    """Show the form with what the address says; a course that left the menu has a page that says so."""
    course = _course(request.GET.get("course", ""))
    if course and course.retired_at:
        return redirect("portal:course", course.code)
    given = {name: request.GET[name] for name in WishForm.base_fields if request.GET.get(name)}
    given["words"] = one_line(given.get("words", ""))[:WISH_LONGEST]
    return _ask(request, course, WishForm(initial=_usual(request) | given, is_known=course is not None))


def _back(request: UserRequest, wanted: Wanted, form: WishForm) -> HttpResponse:
    """Count the press, back the wish and show it."""
    now = clock.now()
    limits.spend(action="wish", whose=str(request.user.pk), limits=A_DAY, now=now)
    town, band = form.cleaned_data["town"], form.cleaned_data["band"]
    backed = wishes.back(person=request.user, wanted=wanted, town=town, band=band, now=now)
    messages.success(request, _("已记下，有了结果会通知您。"))
    return redirect("portal:wish", backed.public_id)


def _to_sign_in(form: WishForm) -> HttpResponse:
    """Lead to the sign-in, and from there back to the form as it was filled in."""
    filled = {name: form.data[name] for name in form.fields if form.data.get(name)}
    wanted = f"{resolve_url('portal:wish_new')}?{urlencode(filled)}"
    return redirect(f"{resolve_url('accounts:login')}?{urlencode({'next': wanted}, safe='/')}")


def _usual(request: HttpRequest) -> dict[str, str]:
    """Return the town a person once gave, as where it would suit."""
    if not isinstance(request.user, User):
        return {}
    towns = User.objects.filter(pk=request.user.pk, worker__town__isnull=False)
    return {"town": towns.values_list("worker__town__slug", flat=True).first() or ""}


def _ask(request: HttpRequest, course: Course | None, form: WishForm, *, status: int = 200) -> HttpResponse:
    return render(request, "portal/wishes/new.html", {"course": course, "form": form}, status=status)
