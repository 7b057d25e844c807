"""Inputs 34 to 38 of the list of bad inputs: names, disguises, bombs, programs, nothing at all."""

import io
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest

from policy.proofs import LARGEST, FileRefused, checked, harmless_name
from policy.uploads import LARGEST_REQUEST, RefuseTooLarge
from tests.policy.files import EICAR, PDF, claiming, picture, upload

JPEG, PNG = picture("JPEG"), picture("PNG")
HTML = b"<!doctype html><script>alert(1)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
GIF = picture("GIF")


def zipped(name: str, content: bytes, *, around: bytes = b"") -> bytes:
    """Return a real archive of one file, behind other bytes if wished: readers of both kinds open such a file."""
    out = io.BytesIO(around)
    with ZipFile(out, "a", ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return out.getvalue()


ZIP = zipped("eicar.com", EICAR)


@pytest.fixture(autouse=True)
def quick() -> Iterator[None]:
    began = perf_counter()
    yield
    assert perf_counter() - began < 2


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../证书.pdf", "证书.pdf"),
        (r"C:\fakepath\证书.pdf", "证书.pdf"),
        ("a\0.pdf", "a.pdf"),
        ("a\r\nSet-Cookie: x=1.pdf", "aSet-Cookie_ x=1.pdf"),
        ("\u202efdp.a.pdf", "fdp.a.pdf"),
        ("<script>.pdf", "_script_.pdf"),
        ("名" * 300 + ".pdf", "名" * 96 + ".pdf"),
        ("ａ.ＰＤＦ", "a.PDF"),
    ],
)
def test_of_a_name_only_what_is_harmless_stays(name: str, kept: str) -> None:
    assert harmless_name(name) == kept


@pytest.mark.parametrize("name", ["..", "", ".htaccess", ".pdf", "a.PDF.exe", "a.pdf.html", "a", "a.pdf/"])
def test_a_name_without_one_of_the_three_endings_is_refused(name: str) -> None:
    file = upload(PDF, "a.pdf")
    vars(file)["_name"] = name  # past Django's own cleaning

    with pytest.raises(FileRefused) as refused:
        checked(file)

    assert [problem.code for problem in refused.value.problems] == ["name"]


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "a.pdf", "empty"),
        (HTML, "a.pdf", "unknown"),
        (SVG, "a.png", "unknown"),
        (SVG, "a.svg", "unknown"),
        (b"<?php system($_GET['c']);", "a.pdf", "unknown"),
        (GIF, "a.gif", "unknown"),
        (GIF.replace(b"GIF89a", b"GIF89a/*") + b"*/=1;alert(1)", "a.png", "unknown"),
        (EICAR, "a.pdf", "unknown"),
        (ZIP, "a.pdf", "unknown"),
        (ZIP, "a.zip", "unknown"),
        (zipped("eicar.zip", ZIP), "a.jpg", "unknown"),
        (zipped("eicar.com", EICAR, around=PDF + b"\n" * 3000), "a.pdf", "broken"),
        (JPEG, "a.pdf", "name"),
        (PDF, "a.jpg", "name"),
        (PNG, "a.jpg", "name"),
        (JPEG[: len(JPEG) // 2], "a.jpg", "unknown"),
        (PNG[:40], "a.png", "unknown"),
        (PDF[:30], "a.pdf", "broken"),
        (b"%PDF-x" + PDF, "a.pdf", "broken"),
        (claiming(60_000, 60_000), "a.png", "too_many_pixels"),
        (claiming(12_000, 12_000), "a.png", "too_many_pixels"),
        (claiming(4_000, 4_000), "a.png", "unknown"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "a.png", "unknown"),
        (b"\xff\xd8\xff" + b"\0" * 100, "a.jpg", "unknown"),
        (PDF + b"\0" * LARGEST, "a.pdf", "too_large"),
    ],
)
def test_what_is_no_proof_is_refused(content: bytes, name: str, code: str) -> None:
    with pytest.raises(FileRefused) as refused:
        checked(upload(content, name))

    assert [problem.code for problem in refused.value.problems] == [code]


def test_a_request_of_two_gigabytes_is_not_read() -> None:
    handler = RefuseTooLarge(HttpRequest())

    with pytest.raises(RequestDataTooBig):
        handler.handle_raw_input(None, {}, 2_000_000_000, "")
    handler.handle_raw_input(None, {}, LARGEST_REQUEST, "")


def test_the_limit_stands_before_the_handlers_that_keep_files(project_root: Path) -> None:
    handlers = (project_root / "config" / "settings.py").read_text(encoding="utf-8")

    assert handlers.index("policy.uploads.RefuseTooLarge") < handlers.index("MemoryFileUploadHandler")
