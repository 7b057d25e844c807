"""Tell docker whether the web server answers (`web`) or beat keeps time (`beat`): exit code 0, else 1."""

# ruff: noqa: INP001 -- a program, no package

import os
import sys
import time
from http.client import HTTPConnection, HTTPException
from pathlib import Path

PORT = int(os.environ.get("PORT", "8000"))
# Beat writes its schedule down every three minutes.
LATEST = 600


def web() -> bool:
    """Ask as a browser does: by a name that the installation knows."""
    host = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0].strip()
    connection = HTTPConnection("127.0.0.1", PORT, timeout=8)
    connection.request("GET", "/healthz", headers={"Host": host})
    return connection.getresponse().status == 200  # noqa: PLR2004 -- HTTP's OK


def beat() -> bool:
    """Look when the schedule was written."""
    written = [file.stat().st_mtime for file in Path(os.environ["VAR_DIR"]).glob("beat-schedule*")]
    return bool(written) and time.time() - max(written) < LATEST  # noqa: TID251 -- a file's time is the system's


if __name__ == "__main__":
    try:
        healthy = {"web": web, "beat": beat}[sys.argv[1]]()
    except (OSError, HTTPException) as error:
        sys.exit(str(error))
    sys.exit(not healthy)
