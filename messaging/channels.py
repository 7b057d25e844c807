"""The ways out of the house behind one port: text and number go in, an Outcome comes back."""

import fcntl
import json
import logging
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple, Protocol

from django.conf import settings
from django.utils.translation import gettext as _

from messaging.models import Channel, Message
from policy import clock, ids
from policy.text import one_line

logger = logging.getLogger(__name__)

# Numbers of demonstrations and tests, 199-00xx-xxxx: no gateway outside ever sees one.
DEMONSTRATION_NUMBER = re.compile(r"\+8619900[0-9]{6}")
# 【】 is how a gateway signs for the sender; a name or title that brings its own would speak in another's voice.
SIGN_IN_CODE = re.compile(r"(?<![0-9])[0-9]{6}(?![0-9])")
SIGNATURE_SIGNS = str.maketrans("【】", "[]")


class Result(StrEnum):
    """What became of a try. UNKNOWN: it may have been sent, so it is never repeated blindly."""

    SENT = "sent"
    TEMPORARY = "temporary"
    PERMANENT = "permanent"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Outcome:
    """A channel's answer: the result, the gateway's receipt when it was sent, the reason when it was not."""

    result: Result
    receipt: str = ""
    reason: str = ""


class Gateway(Protocol):
    """Something that sends one SMS.

    `key` is the same for the same try, so that a gateway which knows it already sends nothing twice. A failure that
    is understood is an Outcome; only mistakes in the program are exceptions.
    """

    def __call__(self, *, number: str, text: str, key: str) -> Outcome:
        """Send the text to a normalised number."""


class Backend(NamedTuple):
    """A gateway, and whether it reaches real telephones."""

    send: Gateway
    reaches_telephones: bool


@dataclass(frozen=True)
class Kept:
    """An SMS as the memory backend keeps it."""

    number: str
    text: str
    key: str


MEMORY: list[Kept] = []


def carry(*, message: Message, channel: Channel, key: str) -> Outcome:
    """Carry the message by one channel and return what became of it. `key` names this try."""
    return CARRIERS[channel](message, key)


def send_code(*, number: str, text: str) -> Outcome:
    """Send a sign-in code at once, in the request that asked for it. It is no Message and is stored nowhere."""
    return _send_sms(number=number, text=text, key=f"code:{ids.public_id()}")


def clean(text: str) -> str:
    """Return the text as one line without control or invisible characters and without signature signs (input 58)."""
    return one_line(text).translate(SIGNATURE_SIGNS)


def _carry_by_sms(message: Message, key: str) -> Outcome:
    number = message.person.phone
    if not number:
        return Outcome(Result.PERMANENT, reason=_("没有手机号"))
    return _send_sms(number=number, text=message.sms, key=key)


def _send_sms(*, number: str, text: str, key: str) -> Outcome:
    backend = BACKENDS[settings.SMS_BACKEND]
    if backend.reaches_telephones and DEMONSTRATION_NUMBER.fullmatch(number):
        return Outcome(Result.PERMANENT, reason=_("演示号码，不发送"))
    return backend.send(number=number, text=clean(text), key=key)


def _to_console(*, number: str, text: str, key: str) -> Outcome:
    # A sign-in code opens an account, so even a log of a machine without a gateway must not hold one.
    logger.info("sms to %s****%s [%s] %s", number[:-8], number[-4:], key, SIGN_IN_CODE.sub("******", text))
    return Outcome(Result.SENT)


def _to_file(*, number: str, text: str, key: str) -> Outcome:
    """Append one JSON line to VAR_DIR/sms.log. The lock keeps lines of several workers apart."""
    path = Path(settings.VAR_DIR, "sms.log")
    path.parent.mkdir(parents=True, exist_ok=True)
    line = json.dumps({"at": clock.now().isoformat(), "number": number, "text": text, "key": key}, ensure_ascii=False)
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "a", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.write(line + "\n")
    return Outcome(Result.SENT)


def _to_memory(*, number: str, text: str, key: str) -> Outcome:
    MEMORY.append(Kept(number=number, text=text, key=key))
    return Outcome(Result.SENT)


BACKENDS: dict[str, Backend] = {
    "console": Backend(_to_console, reaches_telephones=False),
    "file": Backend(_to_file, reaches_telephones=False),
    "memory": Backend(_to_memory, reaches_telephones=False),
}
CARRIERS: dict[Channel, Callable[[Message, str], Outcome]] = {Channel.SMS: _carry_by_sms}
