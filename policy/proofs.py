"""What may be a proof: a PDF, a JPEG or a PNG, by its content; pictures come out without what is hidden in them."""

import io
import re
import struct
import unicodedata
import zlib
from typing import NamedTuple, Protocol

from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from policy.problems import Problem, Refused

LARGEST = 10 * 1024 * 1024
# A telephone's photograph has 12 million; much more costs the server memory and the reader nothing is gained.
MOST_PIXELS = 25_000_000
NAME_LENGTH = 100
PDF_START = re.compile(rb"%PDF-[12]\.[0-9]")
PDF_END = b"%%EOF"
TAIL = 2048
PICTURES = {"JPEG": "image/jpeg", "PNG": "image/png"}
ENDINGS = {"application/pdf": {"pdf"}, "image/jpeg": {"jpg", "jpeg"}, "image/png": {"png"}}
BROKEN = (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, struct.error, zlib.error)
# Pillow's own limit only warns, and only near seven times ours, which is asked before a pixel is decoded.
Image.MAX_IMAGE_PIXELS = None


class FileRefused(Refused):
    """The file cannot be kept; the problem says why and what to hand in instead."""


class Upload(Protocol):
    """An uploaded file as Django hands it over."""

    name: str | None
    size: int | None

    def read(self) -> bytes:
        """Return its bytes."""


class Proof(NamedTuple):
    """A checked file: a harmless name, its type by content, and the bytes to keep."""

    name: str
    content_type: str
    content: bytes


def checked(upload: Upload) -> Proof:
    """Return the upload as it may be kept. Raises FileRefused for what is no PDF, JPEG or PNG through and through."""
    if not upload.size:
        raise _refusal("empty", _("文件是空的。"))
    if upload.size > LARGEST:
        raise _refusal("too_large", _("文件超过 10 MB。"))
    name = harmless_name(upload.name or "")
    content = upload.read()
    content_type, kept = _pdf(content) if content.startswith(b"%PDF") else _picture(content)
    if name.rpartition(".")[2].lower() not in ENDINGS[content_type] or not name.rpartition(".")[0]:
        raise _refusal("name", _("文件名和内容不符，或不是 pdf、jpg、png。"))
    return Proof(name, content_type, kept)


def harmless_name(name: str) -> str:
    """Return the last part of a file's name without control and direction marks, the beginning cut if it is long."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFKC", name))[-1]
    visible = "".join(letter for letter in last if not unicodedata.category(letter).startswith("C"))
    return " ".join(re.sub(r'[<>:"|?*/\\]', "_", visible).split())[-NAME_LENGTH:]


def _pdf(content: bytes) -> tuple[str, bytes]:
    if not PDF_START.match(content) or PDF_END not in content[-TAIL:]:
        raise _refusal("broken", _("PDF 文件不完整。"))
    return "application/pdf", content


def _picture(content: bytes) -> tuple[str, bytes]:
    """Draw the picture anew: what it says of place and time, and what hangs behind it, stays behind."""
    try:
        with Image.open(io.BytesIO(content), formats=list(PICTURES)) as picture:
            kind = "PNG" if picture.format == "PNG" else "JPEG"
            if picture.width * picture.height > MOST_PIXELS:
                raise _refusal("too_many_pixels", _("图片超过 2500 万像素。"))
            if kind == "PNG" and getattr(picture, "n_frames", 1) > 1:
                raise _refusal("animated", _("不收动图。"))
            upright = ImageOps.exif_transpose(picture)
            return PICTURES[kind], _drawn(upright, kind)
    except BROKEN as error:
        raise _refusal("unknown", _("这不是完整的 pdf、jpg 或 png 文件。")) from error


def _drawn(picture: Image.Image, kind: str) -> bytes:
    colours = "RGB" if kind == "JPEG" or picture.mode not in {"RGBA", "LA", "P"} else "RGBA"
    clean = picture.convert(colours)
    clean.info.clear()
    out = io.BytesIO()
    clean.save(out, kind, **({"quality": 88} if kind == "JPEG" else {}))
    return out.getvalue()


def _refusal(code: str, sentence: str) -> FileRefused:
    mend = _("请上传 10 MB 以内的 pdf、jpg 或 png，照片可以直接用手机拍。")
    return FileRefused([Problem(code, sentence, mend, "file")])
