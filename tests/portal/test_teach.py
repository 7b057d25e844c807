"""An instructor introduces the own person and hands in an honour's proof, which few may read."""

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.models import User
from catalogue.honors import Honor
from catalogue.instructors import mark_of, verify_honor, wants_proof
from catalogue.models import Instructor
from policy import clock
from policy.models import Attachment
from policy.problems import Refused
from proposals.models import Status
from tests import factories
from tests.factories import NOW, CourseInstructorFactory, InstructorFactory, UserFactory
from tests.policy.files import PDF, picture
from tests.portal.pages import signed_in, words_of
from tests.proposals.factories import HonorFactory, ProposalFactory

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

pytestmark = pytest.mark.django_db

STAFF = "accounts.backends.StaffBackend"


@pytest.fixture(autouse=True)
def private(settings: Settings, tmp_path: Path) -> Path:
    directory = tmp_path / "private"
    settings.PRIVATE_FILES = directory
    return directory


@pytest.fixture
def person() -> User:
    return UserFactory(name="钱讲师")


@pytest.fixture
def browser(person: User) -> Client:
    return signed_in(person)


def introduce(browser: Client, *titles: str, organisation: str = "演示机床厂") -> "Answer":
    return browser.post("/teach/profile/", {"titles": titles, "organisation": organisation})


def hand_in(browser: Client, content: bytes | None = PDF, file: str = "证书.pdf", /, **values: str) -> "Answer":
    said = {"name": "演示工匠", "level": "district", "granted_by": "演示区总工会", "year": "2024", **values}
    proof = {} if content is None else {"proof": SimpleUploadedFile(file, content)}
    return browser.post("/teach/honor/", {**said, **proof})


def staff(person: User) -> Client:
    client = Client()
    client.force_login(person, backend=STAFF)
    return client


def test_the_first_page_asks_for_the_profile(browser: Client) -> None:
    assert "填写讲师资料" in words_of(browser.get("/teach/"))


def test_a_person_becomes_an_instructor(browser: Client, person: User) -> None:
    answer = introduce(browser, "craftsman", "other")

    instructor = Instructor.objects.get(user=person)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/teach/")
    assert (instructor.name, instructor.titles, instructor.claimed, instructor.organisation, instructor.pinyin) == (
        "钱讲师",
        ["other"],
        ["craftsman"],
        "演示机床厂",
        "qianjiangshi",
    )
    assert "您选的荣誉/职称需要证明" in words_of(browser.get("/teach/"))


def test_pressing_twice_makes_one_instructor(browser: Client) -> None:
    introduce(browser, "other")
    introduce(browser, "other", organisation="演示造船厂")

    assert [one.organisation for one in Instructor.objects.all()] == ["演示造船厂"]


@pytest.mark.parametrize(
    ("titles", "organisation", "sentence"),
    [
        ([], "演示厂", "请至少选一项。"),
        (["emperor"], "演示厂", "请从列出的选项里选。"),
        (["other"], " \u202e\u200b ", "请填写所在单位。"),
        (["other"], "厂" * 81, "请缩短到 80 个字以内。"),
    ],
)
def test_an_odd_profile_is_refused(browser: Client, titles: list[str], organisation: str, sentence: str) -> None:
    answer = introduce(browser, *titles, organisation=organisation)

    assert (answer.status_code, Instructor.objects.count()) == (422, 0)
    assert sentence in words_of(answer)


def test_nobody_becomes_an_instructor_of_the_menu_by_a_name(browser: Client) -> None:
    InstructorFactory(name="钱讲师", organisation="演示机床厂")

    answer = introduce(browser, "other")

    assert (answer.status_code, Instructor.objects.exclude(user=None).count()) == (422, 0)
    assert "讲师名录里已有“钱讲师（演示机床厂）”" in words_of(answer)


def test_titles_that_stand_on_public_pages_are_the_unions_to_change(browser: Client, person: User) -> None:
    teacher = InstructorFactory(user=person, titles=["other"], organisation="演示机床厂")
    CourseInstructorFactory(instructor=teacher)

    answer = introduce(browser, "model_worker")

    teacher.refresh_from_db()
    assert (answer.status_code, teacher.titles) == (422, ["other"])


def test_the_honour_comes_after_the_profile(browser: Client) -> None:
    assert browser.get("/teach/honor/").headers["Location"] == "/teach/profile/"


def test_an_honour_is_kept_with_its_proof_and_is_not_public(browser: Client, person: User) -> None:
    introduce(browser, "craftsman")

    answer = hand_in(browser, certificate_number="<b>7</b>")

    honor = Honor.objects.select_related("proof").get()
    assert answer.headers["Location"] == "/teach/"
    assert (honor.name, honor.level, honor.granted_by, honor.year, honor.certificate_number) == (
        "演示工匠",
        "district",
        "演示区总工会",
        2024,
        "<b>7</b>",
    )
    assert (honor.proof.owner_id, honor.proof.subject) == (person.pk, f"honor/{honor.instructor.public_id}")
    assert (list(Honor.objects.public()), wants_proof(honor.instructor)) == ([], False)
    assert "&lt;b&gt;7&lt;/b&gt;" in browser.get("/teach/honor/").content.decode()


@pytest.mark.parametrize(
    ("content", "name", "values", "sentence"),
    [
        (None, "", {}, "请上传荣誉证明。"),
        (b"<script>alert(1)</script>", "a.pdf", {}, "这不是完整的 pdf、jpg 或 png 文件。"),
        (b"", "a.pdf", {}, "文件是空的。"),
        (PDF, "a.PDF.exe", {}, "文件名和内容不符"),
        (PDF, "a.pdf", {"year": "1900"}, "请填写 1949 年到今年之间的年份。"),
        (PDF, "a.pdf", {"year": "99999999999999999999"}, "请填写 1949 年到今年之间的年份。"),
        (PDF, "a.pdf", {"year": "2027"}, "请填写 1949 年到今年之间的年份。"),
        (PDF, "a.pdf", {"level": "galaxy"}, "请从列出的选项里选。"),
        (PDF, "a.pdf", {"name": "\u202e"}, "请填写荣誉名称。"),
    ],
)
def test_an_odd_honour_leaves_nothing(
    private: Path, content: bytes | None, name: str, values: dict[str, str], sentence: str
) -> None:
    browser = signed_in(InstructorFactory(user=UserFactory()).user)

    answer = hand_in(browser, content, name, **values)

    assert (answer.status_code, Honor.objects.count(), Attachment.objects.count()) == (422, 0, 0)
    assert sentence in words_of(answer)
    assert not private.exists() or list(private.iterdir()) == []


def test_a_second_proof_takes_the_place_of_the_first(
    browser: Client, private: Path, django_capture_on_commit_callbacks: object
) -> None:
    introduce(browser, "craftsman")
    hand_in(browser)
    hand_in(browser, None, granted_by="演示市总工会")
    first = Attachment.objects.get()

    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        hand_in(browser, picture(), "证书.jpg")

    second = Attachment.objects.get()
    assert (first.stored_as == second.stored_as, Honor.objects.get().proof_id) == (False, second.pk)
    assert [path.name for path in private.iterdir()] == [second.stored_as]


def test_a_verified_honour_stays(browser: Client, person: User) -> None:
    honor = HonorFactory(instructor__user=person)
    officer = factories.reviewer()

    with clock.frozen_at(NOW + timedelta(days=1)):
        verify_honor(honor_id=honor.pk, seen=mark_of(honor), actor=officer, now=NOW)
        verify_honor(honor_id=honor.pk, seen="", actor=factories.reviewer(), now=NOW + timedelta(days=1))

    honor.refresh_from_db()
    assert (honor.verified_by, honor.verified_at) == (officer, NOW)
    assert [shown.pk for shown in Honor.objects.public()] == [honor.pk]
    assert hand_in(browser, granted_by="别的单位").status_code == 422


def test_nobody_verifies_an_own_honour() -> None:
    honor = HonorFactory(instructor__user=factories.reviewer())

    with pytest.raises(Refused, match="不能核验自己的荣誉"):
        verify_honor(honor_id=honor.pk, seen=mark_of(honor), actor=honor.instructor.user, now=NOW)
    assert list(Honor.objects.public()) == []


def test_the_proof_is_handed_over_for_saving_only(browser: Client) -> None:
    introduce(browser, "craftsman")
    hand_in(browser)
    answer = browser.get(f"/files/{Attachment.objects.get().public_id}/")

    assert answer.content == PDF
    assert {name: answer.headers[name] for name in ("Content-Type", "X-Content-Type-Options", "Cache-Control")} == {
        "Content-Type": "application/pdf",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    assert answer.headers["Content-Disposition"].startswith("attachment; ")


def test_only_its_owner_and_reviewers_find_a_proof(browser: Client, person: User) -> None:
    introduce(browser, "craftsman")
    hand_in(browser)
    path = f"/files/{Attachment.objects.get().public_id}/"
    ProposalFactory(author=person, status=Status.SUBMITTED)
    weak = Client()
    weak.force_login(factories.reviewer(), backend="accounts.backends.PersonBackend")
    readers = {
        "owner": browser,
        "stranger": signed_in(UserFactory()),
        "officer": staff(factories.officer()),
        "reviewer": staff(factories.reviewer()),
        "reviewer without the staff sign-in": weak,
    }

    assert {who: client.get(path).status_code for who, client in readers.items()} == {
        "owner": 200,
        "stranger": 404,
        "officer": 404,
        "reviewer": 200,
        "reviewer without the staff sign-in": 404,
    }
    assert Client().get(path).headers["Location"].startswith("/login/")
    assert browser.get("/files/guessguess22/").status_code == 404


def test_a_reviewer_reads_no_proof_without_a_proposal_to_review(browser: Client, person: User) -> None:
    introduce(browser, "craftsman")
    hand_in(browser)
    path, reader = f"/files/{Attachment.objects.get().public_id}/", staff(factories.reviewer())
    ProposalFactory(author=person, status=Status.DRAFT)
    before = reader.get(path).status_code

    ProposalFactory(author=person, status=Status.WITHDRAWN)

    assert [before, reader.get(path).status_code] == [404, 404]


def test_a_subject_that_nobody_answers_for_is_read_by_nobody(browser: Client) -> None:
    introduce(browser, "craftsman")
    hand_in(browser)
    Attachment.objects.update(subject="unknown/x")

    assert browser.get(f"/files/{Attachment.objects.get().public_id}/").status_code == 404
