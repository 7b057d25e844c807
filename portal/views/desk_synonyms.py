"""The desk's pages of everyday words: all of them, a new one, one to change, to try or to retire."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import allow, officer
from accounts.types import UserRequest
from catalogue import wording
from catalogue.errors import CatalogueRefused
from catalogue.synonyms import Synonym
from catalogue.wording import Words
from policy import clock
from portal import story, synonyms
from portal.forms_synonym import RetireForm, SynonymForm, initial_of

CONFLICT, UNPROCESSABLE = 409, 422


@require_safe
@allow(officer)
def synonym_list(request: UserRequest) -> HttpResponse:
    """List the rows by their first word, 50 a page; search them."""
    asked = synonyms.Asked.of(request.GET)
    context = {"page": synonyms.page_of(asked), "asked": asked, "retired": synonyms.RETIRED}
    return render(request, "portal/desk/synonyms/synonyms.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@allow(officer)
def new(request: UserRequest) -> HttpResponse:
    """Ask for a new row, and let the search know it."""
    if request.method != "POST":
        return _show(request, SynonymForm())
    form = SynonymForm(request.POST)

    def door(words: Words) -> Synonym:
        return wording.add(words=words, actor=request.user, reason=form.cleaned_data["reason"], now=clock.now())

    return _save(request, form, door)


@require_http_methods(["GET", "HEAD", "POST"])
@allow(officer)
def synonym(request: UserRequest, public_id: str) -> HttpResponse:
    """Show a row with its history and what it finds, and give it other words."""
    shown = _find(public_id)
    if request.method != "POST":
        return _show(request, SynonymForm(initial=initial_of(shown)), shown)
    form = SynonymForm(request.POST)

    def door(words: Words) -> Synonym:
        given, now = form.cleaned_data["reason"], clock.now()
        return wording.change(synonym_id=shown.pk, words=words, actor=request.user, reason=given, now=now)

    return _save(request, form, door, shown)


@require_POST
@allow(officer)
def try_words(request: UserRequest, public_id: str = "") -> HttpResponse:
    """Show what a query would find with the words of the form, and save nothing."""
    shown = _find(public_id) if public_id else None
    form = SynonymForm(request.POST)
    if not form.trying():
        return _show(request, form, shown, status=UNPROCESSABLE)
    form.errors.pop("reason", None)
    try:
        words = form.words()
    except CatalogueRefused as refused:
        return _show(request, form, shown, status=UNPROCESSABLE, problems=refused.problems)
    return _show(request, form, shown, trial=synonyms.trial(form.cleaned_data["query"], words, shown))


@require_POST
@allow(officer)
def retire(request: UserRequest, public_id: str) -> HttpResponse:
    """Let the search forget a row."""
    shown, form = _find(public_id), RetireForm(request.POST)
    if not form.is_valid():
        return _show(request, SynonymForm(initial=initial_of(shown)), shown, status=UNPROCESSABLE, retire_form=form)
    given, now = form.cleaned_data["reason"], clock.now()
    try:
        wording.retire(synonym_id=shown.pk, actor=request.user, reason=given, now=now)
    except CatalogueRefused as refused:
        return _show(request, SynonymForm(), _find(public_id), status=CONFLICT, problems=refused.problems)
    messages.success(request, _("已停用，搜索不再用这一条。"))
    return redirect("portal:desk_synonym", shown.public_id)


def _find(public_id: str) -> Synonym:
    return get_object_or_404(Synonym, public_id=public_id)


def _save(
    request: UserRequest, form: SynonymForm, door: Callable[[Words], Synonym], shown: Synonym | None = None
) -> HttpResponse:
    if not form.is_valid():
        return _show(request, form, shown, status=UNPROCESSABLE)
    try:
        saved = door(form.words())
    except CatalogueRefused as refused:
        return _show(request, form, shown, status=CONFLICT, problems=refused.problems)
    messages.success(request, _("已保存，搜索马上按这一条来找。"))
    return redirect("portal:desk_synonym", saved.public_id)


def _show(
    request: UserRequest, form: SynonymForm, shown: Synonym | None = None, *, status: int = 200, **context: object
) -> HttpResponse:
    context = {"retire_form": RetireForm(auto_id="retire_%s")} | context | {"form": form, "synonym": shown}
    if shown is not None:
        words = Words(tuple(shown.said), tuple(shown.meant))
        finds = synonyms.trial("", words, shown) if shown.retired_at is None else None
        context = {"trial": finds, "story": story.of_synonym(shown)} | context
    return render(request, "portal/desk/synonyms/synonym.html", context, status=status)
