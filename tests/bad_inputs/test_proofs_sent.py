"""Inputs 34 to 39 as they arrive: proofs sent to the form by HTTP, and what is left of them."""

import os
import resource
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.models import User
from catalogue.honors import Honor
from policy import attachments
from policy.models import Attachment
from policy.uploads import LARGEST_REQUEST
from proposals.models import Status
from tests import factories
from tests.bad_inputs.test_files import ZIP
from tests.factories import InstructorFactory, UserFactory
from tests.policy.files import EICAR, PDF, claiming, moving, picture
from tests.portal.pages import signed_in, words_of
from tests.proposals.factories import ProposalFactory

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

pytestmark = pytest.mark.django_db

FORM = "/teach/honor/"
BOUNDARY = "a-line-between-the-parts"
SAID = {"name": "演示工匠", "level": "district", "granted_by": "演示区总工会", "year": "2024"}
INFECTED = PDF.replace(b"trailer", EICAR + b"\ntrailer")
ACTIVE = PDF.replace(b"/Type/Catalog", b"/Type/Catalog/OpenAction<</S/JavaScript/JS(app.alert(1))>>")
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
DOCX = b"PK\x03\x04" + b"\0" * 26 + b"word/_rels/settings.xml.rels http://127.0.0.1/evil.dotm"
HTML = b"<!doctype html><script>alert(1)</script>"
BROKEN = "这不是完整的 pdf、jpg 或 png 文件。"


@pytest.fixture(autouse=True)
def private(settings: Settings, tmp_path: Path) -> Path:
    settings.PRIVATE_FILES = tmp_path / "private"
    settings.SCAN_COMMAND = ""
    return tmp_path / "private"


@pytest.fixture
def person() -> User:
    user: User = InstructorFactory(user=UserFactory(name="钱讲师"), titles=["craftsman"]).user
    return user


@pytest.fixture
def browser(person: User) -> Client:
    return signed_in(person)


@pytest.fixture
def quick(browser: Client) -> Iterator[None]:
    """Ask that the answer costs less than two seconds of this process, whoever else keeps the machine busy."""
    browser.get(FORM)
    began = process_time()
    yield
    assert process_time() - began < 2


def body(content: bytes, name: bytes) -> bytes:
    """Return the form as a browser sends it, the file's name byte for byte."""
    line = b"--" + BOUNDARY.encode()
    fields = [
        line + b'\r\nContent-Disposition: form-data; name="' + key.encode() + b'"\r\n\r\n' + value.encode()
        for key, value in SAID.items()
    ]
    head = b'\r\nContent-Disposition: form-data; name="proof"; filename="' + name + b'"\r\nContent-Type: text/html'
    return b"\r\n".join([*fields, line + head + b"\r\n\r\n" + content, line + b"--", b""])


def hand_in(browser: Client, content: bytes = PDF, name: bytes = "证书.pdf".encode(), **headers: str) -> "Answer":
    return send(browser, body(content, name), **headers)


def send(browser: Client, sent: bytes, **headers: str) -> "Answer":
    return browser.generic("POST", FORM, sent, f"multipart/form-data; boundary={BOUNDARY}", **headers)  # type: ignore[arg-type]


def left(private: Path) -> tuple[int, int, int]:
    """Count the honours, the attachments and the files there are."""
    files = list(private.iterdir()) if private.exists() else []
    return Honor.objects.count(), Attachment.objects.count(), len(files)


def staff_page_of(author: User) -> str:
    """Return what a reviewer reads of a proposal of this person."""
    proposal = ProposalFactory(author=author, status=Status.SUBMITTED)
    reviewer = Client()
    reviewer.force_login(factories.reviewer(), backend="accounts.backends.StaffBackend")
    return words_of(reviewer.get(f"/desk/proposals/{proposal.public_id}/"))


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (b"../../x.pdf", "x.pdf"),
        (rb"C:\\fakepath\\x.pdf", "x.pdf"),
        (b"a\0.pdf", "a.pdf"),
        (b'a.pdf"\r\nX-Evil: 1', "a.pdf"),
        ("\u202efdp.a.pdf".encode(), "fdp.a.pdf"),
        (b"<script>alert(1)</script>.pdf", "script_.pdf"),
        (("名" * 300 + ".pdf").encode(), "名" * 96 + ".pdf"),
    ],
)
def test_a_name_is_made_harmless_and_the_file_lies_under_another(
    browser: Client, private: Path, name: bytes, shown: str
) -> None:
    answer = hand_in(browser, PDF, name)

    kept = Attachment.objects.get()
    assert (answer.status_code, kept.name, left(private)) == (302, shown, (1, 1, 1))
    assert [path.name for path in private.iterdir()] == [kept.stored_as]
    assert browser.get(f"/files/{kept.public_id}/").headers["Content-Disposition"].startswith("attachment; ")


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (PDF, b"..", ""),
        (PDF, b".htaccess", "文件名和内容不符"),
        (PDF, b"a.PDF.exe", "文件名和内容不符"),
        (HTML, b"a.pdf", BROKEN),
        (SVG, b"a.pdf", BROKEN),
        (SVG, b"a.svg", BROKEN),
        (b"<?php system($_GET['c']);", b"a.pdf", BROKEN),
        (picture("GIF") + b"*/=1;alert(1)", b"a.png", BROKEN),
        (claiming(60_000, 60_000), b"a.png", "图片超过 2500 万像素。"),
        (claiming(12_000, 12_000), b"a.png", "图片超过 2500 万像素。"),
        (moving(), b"a.png", "不收动图。"),
        (picture()[:200], b"a.jpg", BROKEN),
        (DOCX, b"a.docx", BROKEN),
        (EICAR, b"a.pdf", BROKEN),
        (ZIP, b"a.pdf", BROKEN),
        (ZIP, b"eicar.zip", BROKEN),
        (b"", b"a.pdf", "文件是空的。"),
    ],
)
def test_what_is_no_proof_is_refused_in_a_sentence_and_nothing_is_kept(
    browser: Client, private: Path, content: bytes, name: bytes, sentence: str
) -> None:
    answer = hand_in(browser, content, name)

    assert (answer.status_code, left(private)) == (422, (0, 0, 0))
    assert sentence in words_of(answer)
    assert 'value="演示工匠"' in answer.content.decode()


def test_a_pdf_that_would_act_is_handed_over_for_saving_only(browser: Client) -> None:
    hand_in(browser, ACTIVE)

    answer = browser.get(f"/files/{Attachment.objects.get().public_id}/")

    assert answer.content == ACTIVE
    assert (answer.headers["Content-Disposition"].partition(";")[0], answer.headers["X-Content-Type-Options"]) == (
        "attachment",
        "nosniff",
    )


@pytest.mark.usefixtures("quick")
def test_two_gigabytes_are_refused_before_they_are_read(browser: Client, private: Path) -> None:
    answers = [
        hand_in(browser, CONTENT_LENGTH="2000000000").status_code,
        hand_in(browser, CONTENT_LENGTH=str(LARGEST_REQUEST + 1)).status_code,
    ]

    assert (answers, left(private)) == ([400, 400], (0, 0, 0))


@pytest.mark.parametrize("share", [0.3, 0.9, 0.99])
def test_an_upload_that_is_cut_leaves_nothing(browser: Client, private: Path, share: float) -> None:
    sent = body(picture(size=(400, 300)), b"a.jpg")

    answer = send(browser, sent[: int(len(sent) * share)])

    assert (answer.status_code, left(private)) == (422, (0, 0, 0))


def test_a_proof_sent_twice_is_kept_once(
    browser: Client, private: Path, django_capture_on_commit_callbacks: object
) -> None:
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        answers = [hand_in(browser).status_code for _ in range(2)]

    assert (answers, left(private)) == ([302, 302], (1, 1, 1))


@pytest.fixture
def clamscan(settings: Settings, tmp_path: Path) -> None:
    """Let Debian's scanner look, with a signature of our own: the big ones are not installed everywhere."""
    found = shutil.which("clamscan")
    if found is None:
        assert os.environ.get("REQUIRE_CLAMSCAN") != "1", "clamscan is not installed"
        pytest.skip("clamscan is not installed (apt install clamav): infected proofs were NOT tried with it")
    signature = tmp_path / "local.ndb"
    signature.write_text(f"Test.Eicar:0:*:{EICAR.hex()}\n", encoding="ascii")
    settings.SCAN_COMMAND = f"{found} --no-summary -d {signature}"


@pytest.mark.usefixtures("clamscan")
def test_clamscan_refuses_the_test_virus_and_nothing_is_kept(browser: Client, person: User, private: Path) -> None:
    infected = hand_in(browser, INFECTED)
    after_infected = left(private)

    clean = hand_in(browser)

    assert (infected.status_code, after_infected) == (422, (0, 0, 0))
    assert "文件没有通过病毒检查。请换一份干净的文件。" in words_of(infected)
    assert (clean.status_code, left(private)) == (302, (1, 1, 1))
    assert "证书.pdf 已扫描" in staff_page_of(person)


def test_without_a_scanner_the_desk_says_that_nobody_has_looked(browser: Client, person: User, private: Path) -> None:
    answer = hand_in(browser, INFECTED)

    assert (answer.status_code, left(private)) == (302, (1, 1, 1))
    assert "证书.pdf 未扫描" in staff_page_of(person)


FAILING = {
    "missing": "no-such-scanner --quiet",
    "broken": f"'{sys.executable}' -c 'import sys; sys.exit(2)'",
    "killed": f"'{sys.executable}' -c 'import os; os.kill(os.getpid(), 9)'",
    "silent": f"'{sys.executable}' -c 'import time; time.sleep(60)'",
}


@pytest.mark.parametrize("failure", FAILING)
def test_a_scanner_that_does_not_answer_refuses_in_a_sentence(
    browser: Client, private: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch, failure: str
) -> None:
    settings.SCAN_COMMAND = FAILING[failure]
    monkeypatch.setattr(attachments, "SCAN_SECONDS", 1)

    answer = hand_in(browser)

    assert (answer.status_code, left(private)) == (422, (0, 0, 0))
    assert "现在无法检查文件。请过一会儿再上传。" in words_of(answer)


def test_a_refused_second_proof_leaves_the_first_as_it_was(browser: Client, private: Path, settings: Settings) -> None:
    hand_in(browser)
    first = Attachment.objects.get()
    settings.SCAN_COMMAND = FAILING["broken"]

    answer = hand_in(browser, picture(), b"b.jpg")

    assert (answer.status_code, left(private), Attachment.objects.get()) == (422, (1, 1, 1), first)
    assert browser.get(f"/files/{first.public_id}/").content == PDF


def test_a_reviewer_loses_the_address_of_a_proof_with_the_proposal(browser: Client, person: User) -> None:
    hand_in(browser)
    path = f"/files/{Attachment.objects.get().public_id}/"
    proposal, reviewer = ProposalFactory(author=person, status=Status.SUBMITTED), Client()
    reviewer.force_login(factories.reviewer(), backend="accounts.backends.StaffBackend")
    before = reviewer.get(path).status_code

    browser.post(f"/teach/proposals/{proposal.public_id}/withdraw/", {"seen": "0"})

    assert [before, reviewer.get(path).status_code, browser.get(path).status_code] == [200, 404, 200]


@pytest.fixture
def full_disk() -> Iterator[None]:
    """Let the system refuse to write more than a few bytes of a file."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.usefixtures("full_disk")
def test_a_full_disk_leaves_no_half_file(browser: Client, private: Path) -> None:
    with pytest.raises(OSError, match="File too large"):
        hand_in(browser)

    assert left(private) == (0, 0, 0)


def test_anothers_proof_is_not_there_by_any_address(browser: Client, person: User) -> None:
    hand_in(browser)
    kept = Attachment.objects.get()
    ProposalFactory(author=person, status=Status.WITHDRAWN)
    stranger, reviewer = signed_in(UserFactory()), Client()
    reviewer.force_login(factories.reviewer(), backend="accounts.backends.StaffBackend")
    guessed = [kept.public_id, kept.stored_as, str(kept.pk), "a" * 12, "..%2F..%2Fetc%2Fpasswd"]

    found = {client.get(f"/files/{name}/").status_code for client in (stranger, reviewer) for name in guessed}

    assert (found, browser.get(f"/files/{kept.public_id}/").status_code) == ({404}, 200)
