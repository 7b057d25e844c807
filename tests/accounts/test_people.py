"""The doors to persons."""

from datetime import timedelta

import pytest
from django.utils import translation

from accounts import people, privacy_notice
from accounts.models import Consent, Role, RoleKind, User, Worker, WorkerKind
from accounts.people import Facts, Post
from tests.accounts.steps import PASSWORD, STORED, with_password
from tests.factories import NOW, DistrictFactory, SiteFactory, TownFactory, UserFactory, officer

pytestmark = pytest.mark.django_db


def test_the_welcome_writes_name_facts_and_consent() -> None:
    person, town = UserFactory(name=""), TownFactory()
    facts = Facts(name="工友", kind=WorkerKind.NEW_FORM, town=town, employer="灵活就业/平台")
    people.welcome(person=person, facts=facts, now=NOW)
    worker, consent = Worker.objects.get(), Consent.objects.get()
    assert (worker.user.name, worker.kind, worker.town, worker.employer) == ("工友", "new_form", town, "灵活就业/平台")
    assert (consent.user, consent.version, consent.given_at) == (person, privacy_notice.VERSION, NOW)
    assert consent.text_hash == privacy_notice.text_hash()


def test_a_second_welcome_changes_the_facts_and_keeps_one_consent() -> None:
    person = UserFactory(name="")
    people.welcome(person=person, facts=Facts(name="工友"), now=NOW)
    people.welcome(person=person, facts=Facts(name="新名"), now=NOW + timedelta(days=1))
    person.refresh_from_db()
    assert (person.name, Consent.objects.get().given_at, Worker.objects.count()) == ("新名", NOW, 1)


def test_who_has_no_name_or_no_consent_in_force_is_asked() -> None:
    person = UserFactory()
    assert people.needs_welcome(person)
    people.welcome(person=person, facts=Facts(name="工友"), now=NOW)
    assert not people.needs_welcome(person)
    Consent.objects.update(withdrawn_at=NOW)
    assert people.needs_welcome(person)


def test_a_consent_taken_back_can_be_given_again() -> None:
    person = UserFactory()
    people.welcome(person=person, facts=Facts(name="工友"), now=NOW)
    Consent.objects.update(withdrawn_at=NOW)
    people.welcome(person=person, facts=Facts(name="工友"), now=NOW)
    assert Consent.objects.filter(withdrawn_at=None).count() == 1


def test_the_hash_is_of_the_chinese_text_in_every_language() -> None:
    chinese = privacy_notice.text_hash()
    with translation.override("en"):
        assert privacy_notice.text_hash() == chinese


def test_a_password_opens_for_staff_in_force_only() -> None:
    staff = with_password(officer(phone=STORED))
    with_password(UserFactory(phone="+8619900005678"))

    def by(phone: str, password: str = PASSWORD) -> User | None:
        return people.staff_by_password(phone=phone, password=password, now=NOW)

    assert by(STORED) == staff
    assert [by(STORED, "wrong"), by("+8619900005678"), by("+8619900009999"), by("")] == [None] * 4
    Role.objects.update(ends_at=NOW)
    assert by(STORED) is None


def test_staff_is_added_once_with_role_and_password() -> None:
    DistrictFactory()
    for _time in range(2):
        person = people.add_staff(phone=STORED, name="经办", password=PASSWORD, post=Post(RoleKind.OFFICER), now=NOW)
    assert Role.objects.get().user == person
    assert (person.name, person.check_password(PASSWORD)) == ("经办", True)


def test_a_manager_may_have_two_sites() -> None:
    for site in (SiteFactory(), SiteFactory()):
        post = Post(RoleKind.SITE_MANAGER, site_id=site.pk)
        people.add_staff(phone=STORED, name="管理", password=PASSWORD, post=post, now=NOW)
    assert Role.objects.filter(user__name="管理", union=None).count() == 2
