"""A draft keeps what was typed, refuses to overwrite what its writer has not seen, and waits for a lost sign-in."""

from datetime import datetime, timedelta

import pytest
from django.http import QueryDict

from policy import drafts
from policy.models import Draft
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def ownerless(now: datetime) -> Draft:
    return drafts.begin(kind="proposal", owner=None, data={"title": ["消防"]}, now=now)


def test_only_the_forms_own_fields_are_kept_and_blank_ones_are_not() -> None:
    posted = QueryDict("title=消防&bands=noon&bands=weekend&summary=+&status=approved&owner=7")

    assert drafts.typed(posted, ["title", "summary", "bands", "hours"]) == {
        "title": ["消防"],
        "bands": ["noon", "weekend"],
    }


def test_a_value_is_cut_to_what_a_field_may_hold() -> None:
    posted = QueryDict(mutable=True)
    posted["title"] = "长" * 6000
    posted.setlist("bands", ["noon"] * 60)

    kept = drafts.typed(posted, ["title", "bands"])

    assert (len(kept["title"][0]), len(kept["bands"])) == (5000, 50)


def test_saving_counts_versions(now: datetime) -> None:
    draft = drafts.begin(kind="proposal", owner=UserFactory(), data={}, now=now)

    saved = drafts.save(draft=draft, data={"title": ["消防"]}, version=1, now=now + timedelta(minutes=1))

    assert (saved.version, saved.data, saved.updated_at) == (2, {"title": ["消防"]}, now + timedelta(minutes=1))


def test_the_same_press_twice_is_one_version(now: datetime) -> None:
    draft = drafts.begin(kind="proposal", owner=UserFactory(), data={"title": ["消防"]}, now=now)

    assert drafts.save(draft=draft, data={"title": ["消防"]}, version=1, now=now).version == 1


def test_what_another_window_saved_is_not_overwritten(now: datetime) -> None:
    draft = drafts.begin(kind="proposal", owner=UserFactory(), data={}, now=now)
    drafts.save(draft=Draft.objects.get(), data={"title": ["新"]}, version=1, now=now)

    with pytest.raises(drafts.Stale) as stale:
        drafts.save(draft=draft, data={"title": ["旧"]}, version=1, now=now)

    assert [problem.code for problem in stale.value.problems] == ["stale"]
    assert Draft.objects.get().data == {"title": ["新"]}


def test_who_comes_back_signed_in_claims_it_once_or_twice(now: datetime) -> None:
    writer, draft = UserFactory(), ownerless(now)

    claims = [drafts.claim(public_id=draft.public_id, kind="proposal", owner=writer, now=now) for _ in range(2)]

    assert {claim.pk for claim in claims} == {draft.pk}
    assert Draft.objects.get().owner_id == writer.pk


def test_nobody_claims_anothers(now: datetime) -> None:
    draft = ownerless(now)
    drafts.claim(public_id=draft.public_id, kind="proposal", owner=UserFactory(), now=now)

    with pytest.raises(Draft.DoesNotExist):
        drafts.claim(public_id=draft.public_id, kind="proposal", owner=UserFactory(), now=now)


def test_a_draft_of_another_kind_is_not_there(now: datetime) -> None:
    draft = ownerless(now)

    with pytest.raises(Draft.DoesNotExist):
        drafts.claim(public_id=draft.public_id, kind="booking", owner=UserFactory(), now=now)


def test_after_a_day_an_ownerless_draft_is_gone(now: datetime) -> None:
    old, tomorrow = ownerless(now), now + timedelta(days=1)
    with pytest.raises(Draft.DoesNotExist):
        drafts.claim(public_id=old.public_id, kind="proposal", owner=UserFactory(), now=tomorrow)
    owned = drafts.begin(kind="proposal", owner=UserFactory(), data={}, now=now)

    fresh = ownerless(tomorrow)

    assert set(Draft.objects.values_list("pk", flat=True)) == {owned.pk, fresh.pk}
