"""A person's browser window: every page it comes to is read, measured and photographed."""

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Response, sync_playwright

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE_MS = 60_000
AXE = Path(settings.BASE_DIR, "node_modules", "axe-core", "axe.min.js")
AXE_RUN = """axe.run(document, {runOnly: {type: "tag", values: [
    "wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}})"""
# Given what a page says, returns the words that are not of its language.
Foreign = Callable[[str], set[str]]


@dataclass(frozen=True)
class Screen:
    """What somebody holds in the hand or has on the table."""

    name: str
    width: int
    height: int
    has_script: bool = True

    @property
    def is_phone(self) -> bool:
        return self.width < 600


PHONE_WITHOUT_SCRIPT = Screen("phone-without-script", 390, 844, has_script=False)
PHONE = Screen("phone", 390, 844)
DESKTOP = Screen("desktop", 1360, 900)


@cache
def axe() -> str:
    return AXE.read_text(encoding="utf-8")


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


class Window:
    """One person's window with cookies of its own.

    `open`, `follow` and `press` wait for the page they lead to and look at it; `status` is what they expect of it.
    """

    def __init__(self, page: Page, *, screen: Screen, album: Path, foreign: Foreign) -> None:
        self.page = page
        self.screen = screen
        self.album = album
        self.foreign = foreign
        self.complaints: list[str] = []
        self.status = 0
        self.pages_seen = 0
        page.set_default_timeout(PATIENCE_MS)
        page.on("console", self._note)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("response", self._answered)

    def another_tab(self) -> "Window":
        """Return a window with the same cookies and the same page."""
        album = self.album.with_name(f"{self.album.name}-again")
        album.mkdir()
        tab = Window(self.page.context.new_page(), screen=self.screen, album=album, foreign=self.foreign)
        tab.open(self.page.url)
        return tab

    def open(self, path: str, *, status: int = 200) -> None:
        self.page.goto(path)
        self.look(status=status)

    def follow(self, name: str, *, status: int = 200, among: Locator | None = None, exact: bool = False) -> None:
        link = (among or self.page).get_by_role("link", name=name, exact=exact)
        self._go(link.filter(visible=True).first, status)

    def press(self, name: str, *, status: int = 200, among: Locator | None = None) -> None:
        self._go((among or self.page).get_by_role("button", name=name, exact=True), status)

    def field(self, label: str) -> Locator:
        """Return the control of a label; whether it may stay empty is not a part of the name."""
        labelled = self.page.get_by_label(re.compile(rf"^{re.escape(label)}(（选填）)?$"))
        return labelled.and_(self.page.locator("input, select, textarea"))

    def said_of(self, label: str) -> str:
        """Return what is said beside a field, to the ear too: its help and what is wrong with it."""
        ids = (self.field(label).get_attribute("aria-describedby") or "").split()
        return " ".join(self.page.locator(f"[id='{one}']").inner_text() for one in ids)

    def fill(self, **by_label: str) -> None:
        for label, value in by_label.items():
            self.field(label).fill(value)

    def heading(self) -> str:
        return self.page.get_by_role("heading", level=1).inner_text()

    def main(self) -> Locator:
        return self.page.get_by_role("main")

    def text(self) -> str:
        """Return what the page says above its footer, in one line."""
        return " ".join(self.main().inner_text().split())

    def look(self, *, status: int = 200) -> None:
        """Check the page that is shown now. A browser notes in its console that a page came with an error's status."""
        complaints, self.complaints = self.complaints, []
        noted = [one for one in complaints if f"the server responded with a status of {status}" not in one]
        self.photograph()
        where = f"{self.album.name} {self.pages_seen}: {self.page.url}"
        assert self.status == status, f"{where} came with {self.status}"
        assert not noted, f"{where} {noted}"
        width = self.page.evaluate("document.documentElement.scrollWidth")
        assert width == self.screen.width, f"{where} is {width} wide"
        words = f"{self.page.title()} {self.page.locator('body').inner_text()}"
        assert not self.foreign(words), f"{where} says {self.foreign(words)}"
        if AXE.exists() and self.screen.has_script:
            self.page.evaluate(axe())
            found = self.page.evaluate(AXE_RUN)["violations"]
            assert not found, f"{where} {[(one['id'], one['nodes'][0]['html']) for one in found]}"

    def photograph(self) -> None:
        self.pages_seen += 1
        self.page.screenshot(path=self.album / f"{self.album.name}-{self.pages_seen:02}.png", full_page=True)

    def _go(self, target: Locator, status: int) -> None:
        with self.page.expect_navigation():
            target.click()
        self.look(status=status)

    def _note(self, message: ConsoleMessage) -> None:
        # A policy (CSP) that had to stop something says so here too, with or without scripts.
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)

    def _answered(self, response: Response) -> None:
        if response.request.is_navigation_request():
            self.status = response.status
        elif response.status >= 400:
            self.complaints.append(f"{response.status} {response.url}")
