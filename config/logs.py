"""What a log line may hold: one escaped line, and no telephone number."""

import logging
import re

MOBILE = re.compile(r"(?<![0-9])(?:86)?(1[3-9][0-9]{9})(?![0-9])")
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class OneLine(logging.Formatter):
    """Writes every event as one line, so that input cannot forge a second one, and masks mainland mobile numbers."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line with its traceback, numbers masked and then control characters escaped."""
        masked = MOBILE.sub(lambda found: f"{found[1][:3]}****{found[1][-4:]}", super().format(record))
        return CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), masked)
