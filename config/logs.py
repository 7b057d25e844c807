"""What a log line may hold: one escaped line, and no telephone number."""

import logging
import re

MOBILE = re.compile(r"(?<![0-9])(?:86)?(1[3-9][0-9]{9})(?![0-9])")
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class HidePersonalData(logging.Filter):
    """Replaces mainland mobile numbers in the finished message."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Mask the message in place; never drop a record."""
        record.msg = MOBILE.sub(lambda found: f"{found[1][:3]}****{found[1][-4:]}", record.getMessage())
        record.args = None
        return True


class OneLine(logging.Formatter):
    """Writes every event as one line, so that input cannot forge a second one."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line with control characters escaped."""
        return CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), super().format(record))
