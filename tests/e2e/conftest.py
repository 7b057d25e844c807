"""The house as people meet it: the union's real menu, the real processes, real browsers."""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db.models import F
from playwright.sync_api import Browser

from accounts import people
from accounts.models import RoleKind
from catalogue.menu.importing import MenuFiles, import_menu
from config.embedded import Valkey
from policy.models import ClockOffset
from tests import servers
from tests.conftest import NOW
from tests.e2e.tongues import Tongues
from tests.e2e.windows import Screen, Window, chromium

DATA = Path(__file__).resolve().parents[2] / "data"
MENU = MenuFiles(DATA / "课程菜单.xlsx", DATA / "学堂名录.xlsx")
OFFICER_PHONE, OFFICER_PASSWORD = "+8619900000001", "an officer's long password"
REVIEWERS = {"钱初审": "+8619900000002", "孙复审": "+8619900000003"}
REVIEWERS_PASSWORD = "a reviewer's long password"

OpenWindow = Callable[..., Window]


@dataclass(frozen=True)
class House:
    """The running web server, and worker and beat for who asks for them. Their clock goes on from NOW."""

    var: Path
    address: str
    environment: dict[str, str]

    def worker_and_beat(self) -> AbstractContextManager[None]:
        return servers.worker_and_beat(**self.environment)

    def set_clock(self, moment: datetime) -> None:
        offset = moment - datetime.now(UTC)  # noqa: TID251 -- what the processes will add it to
        ClockOffset.objects.update_or_create(defaults={"offset": offset})

    def let_pass(self, time: timedelta) -> None:
        ClockOffset.objects.update(offset=F("offset") + time)

    def sms(self, number: str, kind: str) -> list[str]:
        """Return the texts of one kind that went to a number."""
        log = self.var / "sms.log"
        lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
        sent = [json.loads(line) for line in lines]
        return [one["text"] for one in sent if one["number"] == number and one["key"].startswith(kind)]


@pytest.fixture(scope="session")
def installed_browser() -> None:
    if shutil.which("chromium") is None:
        assert os.environ.get("REQUIRE_BROWSER") != "1", "chromium is not installed"
        pytest.skip("chromium is not installed (apt install chromium fonts-noto-cjk): the pages were NOT tried")


@pytest.fixture
def menu(installed_browser: None, transactional_db: None) -> None:
    """Import the shipped files and make the union's staff, where the processes see it."""
    call_command("reference_data")
    import_menu(menu=MENU, now=NOW)
    post = people.Post(RoleKind.OFFICER)
    people.add_staff(phone=OFFICER_PHONE, name="沈经办", password=OFFICER_PASSWORD, post=post, now=NOW)
    post = people.Post(RoleKind.REVIEWER)
    for name, phone in REVIEWERS.items():
        people.add_staff(phone=phone, name=name, password=REVIEWERS_PASSWORD, post=post, now=NOW)


@pytest.fixture
def house(menu: None, tmp_path: Path) -> Iterator[House]:
    """Run the web server. The broker is our own: tests beside us run worker and beat too."""
    valkey = Valkey(tmp_path / "valkey")
    valkey.start()
    changes = {"REDIS_URL": valkey.url, "VAR_DIR": str(tmp_path)}
    changes |= {"DEMO": "1", "SMS_BACKEND": "file", "BEAT_SECONDS": "1"}
    try:
        with servers.web(**changes) as port:
            house = House(tmp_path, f"http://{servers.HOST}:{port}", changes)
            house.set_clock(NOW)
            yield house
    finally:
        valkey.stop()


@pytest.fixture
def tongues(menu: None) -> Tongues:
    return Tongues()


@pytest.fixture
def browser(installed_browser: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Browser]:
    # Playwright's loop runs in this thread; nothing here is asynchronous.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    with chromium() as browser:
        yield browser


@pytest.fixture
def open_window(browser: Browser, house: House, tongues: Tongues, tmp_path: Path) -> OpenWindow:
    """Return a way to open a window for somebody on a screen; its pictures go to a folder of that name."""

    def window(person: str, screen: Screen) -> Window:
        context = browser.new_context(
            base_url=house.address,
            viewport={"width": screen.width, "height": screen.height},
            is_mobile=screen.is_phone,
            has_touch=screen.is_phone,
            java_script_enabled=screen.has_script,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
        )
        album = tmp_path / f"{screen.name}-{person}"
        album.mkdir()
        return Window(context.new_page(), screen=screen, album=album, foreign=tongues.foreign_to_chinese)

    return window
