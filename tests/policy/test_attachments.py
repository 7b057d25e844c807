"""A file is kept as what it is, under a name nobody can guess, and never half."""

import hashlib
import io
import stat
import sys
from datetime import datetime
from pathlib import Path

import pytest
from PIL import Image
from pytest_django.fixtures import Settings

from accounts.models import User
from policy import attachments
from policy.models import Attachment
from tests.factories import UserFactory
from tests.policy.files import EICAR, PDF, moving, picture, upload, with_place

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def private(settings: Settings, tmp_path: Path) -> Path:
    directory = tmp_path / "media" / "private"
    settings.PRIVATE_FILES = directory
    return directory


@pytest.fixture
def owner() -> User:
    return UserFactory()


def keep(owner: User, content: bytes, name: str, now: datetime) -> Attachment:
    with attachments.stored(owner=owner, subject="honor/x", upload=upload(content, name), now=now) as kept:
        return kept


def test_a_pdf_is_kept_byte_for_byte_for_its_owner_only(owner: User, private: Path, now: datetime) -> None:
    kept = keep(owner, PDF, "证书.pdf", now)

    assert (kept.name, kept.content_type, kept.size, kept.scan) == (
        "证书.pdf",
        "application/pdf",
        len(PDF),
        "unscanned",
    )
    assert kept.sha256 == hashlib.sha256(PDF).hexdigest()
    (path,) = private.iterdir()
    assert (path.name, stat.S_IMODE(path.stat().st_mode)) == (kept.stored_as, 0o600)
    assert attachments.read(kept) == PDF


@pytest.mark.parametrize(
    ("content", "name", "content_type"),
    [
        (picture("JPEG"), "a.JPG", "image/jpeg"),
        (picture("PNG"), "a.png", "image/png"),
        (PDF, "a.PDF", "application/pdf"),
    ],
)
def test_the_type_is_that_of_the_content(
    owner: User, now: datetime, content: bytes, name: str, content_type: str
) -> None:
    assert keep(owner, content, name, now).content_type == content_type


def test_a_photograph_stands_upright_and_forgets_where_it_was_taken(owner: User, now: datetime) -> None:
    sideways = with_place() + b"<script>alert(1)</script>"

    content = attachments.read(keep(owner, sideways, "a.jpg", now))

    assert b"secret" not in content
    assert b"script" not in content
    with Image.open(io.BytesIO(content)) as clean:
        assert (clean.size, dict(clean.getexif())) == ((6, 8), {})


def test_two_files_of_one_name_lie_beside_each_other(owner: User, private: Path, now: datetime) -> None:
    names = {keep(owner, PDF, "a.pdf", now).stored_as for _ in range(2)}

    assert {path.name for path in private.iterdir()} == names


def test_what_fails_after_the_file_was_kept_leaves_neither_row_nor_file(
    owner: User, private: Path, now: datetime
) -> None:
    stored = attachments.stored(owner=owner, subject="honor/x", upload=upload(PDF, "a.pdf"), now=now)
    with pytest.raises(ZeroDivisionError), stored:
        1 / 0  # noqa: B018 -- anything that goes wrong

    assert (list(private.iterdir()), Attachment.objects.count()) == ([], 0)


def test_a_moving_picture_is_refused(owner: User, private: Path, now: datetime) -> None:
    with pytest.raises(attachments.FileRefused, match="不收动图"):
        keep(owner, moving(), "a.png", now)

    assert not private.exists()


SCANNER = """
import sys
sys.exit({answer})
"""


def scanner(tmp_path: Path, answer: str) -> str:
    script = tmp_path / "scanner.py"
    script.write_text(SCANNER.format(answer=answer), encoding="utf-8")
    return f"'{sys.executable}' '{script}'"


LOOKS_FOR_EICAR = "int(b'EICAR-STANDARD' in open(sys.argv[1], 'rb').read())"


def test_a_scanned_file_says_so(owner: User, settings: Settings, tmp_path: Path, now: datetime) -> None:
    settings.SCAN_COMMAND = scanner(tmp_path, LOOKS_FOR_EICAR)

    assert keep(owner, PDF, "a.pdf", now).scan == "clean"


@pytest.mark.parametrize(("answer", "code"), [(LOOKS_FOR_EICAR, "infected"), ("2", "not_scanned"), ("1", "infected")])
def test_what_the_scanner_refuses_or_cannot_read_is_not_kept(
    settings: Settings, tmp_path: Path, now: datetime, answer: str, code: str
) -> None:
    settings.SCAN_COMMAND = scanner(tmp_path, answer)

    with pytest.raises(attachments.FileRefused) as refused:
        keep(UserFactory(), PDF.replace(b"trailer", EICAR + b"\ntrailer"), "a.pdf", now)

    assert [problem.code for problem in refused.value.problems] == [code]
    assert (list(settings.PRIVATE_FILES.iterdir()), Attachment.objects.count()) == ([], 0)


def test_a_missing_scanner_refuses(owner: User, settings: Settings, private: Path, now: datetime) -> None:
    settings.SCAN_COMMAND = "no-such-scanner --quiet"

    with pytest.raises(attachments.FileRefused, match="现在无法检查文件"):
        keep(owner, PDF, "a.pdf", now)

    assert list(private.iterdir()) == []
