"""Files people hand in: checked, scanned, kept under a random name outside every web root, read through one view."""

import hashlib
import shlex
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from policy import ids
from policy.models import Attachment, ScanResult
from policy.problems import Problem
from policy.proofs import FileRefused, Upload, checked

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

__all__ = ["FileRefused", "discard", "read", "stored"]

SCAN_SECONDS = 30
CLEAN, INFECTED = 0, 1


@contextmanager
def stored(*, owner: "AbstractBaseUser", subject: str, upload: Upload, now: datetime) -> Iterator[Attachment]:
    """Check an upload, keep it, and lend its row for the rest of one transaction; if that fails, nothing is left.

    Not to be called inside a transaction: a later undo would leave the file without its row. Raises FileRefused.
    """
    proof = checked(upload)
    path = _directory() / (ids.public_id() + ids.public_id())
    try:
        _write(path, proof.content)
        scan = _scanned(path)
        with transaction.atomic():
            yield Attachment.objects.create(
                public_id=ids.public_id(),
                owner_id=owner.pk,
                subject=subject,
                name=proof.name,
                stored_as=path.name,
                sha256=hashlib.sha256(proof.content).hexdigest(),
                size=len(proof.content),
                content_type=proof.content_type,
                scan=scan,
                created_at=now,
            )
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def read(attachment: Attachment) -> bytes:
    """Return the bytes of a kept file, 10 MB at most. Who may read them, the caller has asked."""
    return (_directory() / attachment.stored_as).read_bytes()


def discard(attachment: Attachment) -> None:
    """Delete a file that something else has taken the place of; its bytes go when the transaction has held."""
    path = _directory() / attachment.stored_as
    attachment.delete()
    transaction.on_commit(lambda: path.unlink(missing_ok=True))


def _directory() -> Path:
    directory: Path = settings.PRIVATE_FILES
    return directory


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(mode=0o600, exist_ok=False)
    path.write_bytes(content)


def _scanned(path: Path) -> ScanResult:
    """Ask the scanner of SCAN_COMMAND. A scanner that does not answer refuses: nobody has looked."""
    if not settings.SCAN_COMMAND:
        return ScanResult.UNSCANNED
    command = [*shlex.split(settings.SCAN_COMMAND), str(path)]
    try:
        code = subprocess.run(command, capture_output=True, timeout=SCAN_SECONDS, check=False).returncode  # noqa: S603 -- the installation's own command
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _not_scanned() from error
    if code == INFECTED:
        raise FileRefused([Problem("infected", _("文件没有通过病毒检查。"), _("请换一份干净的文件。"), "file")])
    if code != CLEAN:
        raise _not_scanned()
    return ScanResult.CLEAN


def _not_scanned() -> FileRefused:
    return FileRefused([Problem("not_scanned", _("现在无法检查文件。"), _("请过一会儿再上传。"), "file")])
