"""A tablet in somebody's hands: a browser with a store of its own, which may lose the network, or be killed."""

import os
import shutil
import signal
from contextlib import suppress
from pathlib import Path

from playwright.sync_api import BrowserType, Locator, Page, ViewportSize, expect

from inspect_app.demo.people import PLAYERS

PIN = "246810"
NOW = "2026-09-14T10:40:00+07:00"
PATIENCE = 20_000


class Tablet:
    """Starts the browser; `folder` holds what outlives it."""

    def __init__(
        self, browsers: BrowserType, origin: str, folder: Path, size: ViewportSize, arguments: list[str]
    ) -> None:
        self.origin, self.folder = origin, folder
        self.context = browsers.launch_persistent_context(
            folder, executable_path=shutil.which("chromium"), args=arguments, base_url=origin, viewport=size,
            locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh", has_touch=True,
        )  # fmt: skip
        self.context.set_default_timeout(PATIENCE)
        self.context.clock.install(time=NOW)
        self.complaints: list[str] = []
        self.page = self.sheet()

    def sheet(self) -> Page:
        """Another tab."""
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        return page

    # ── Its owner ──

    def enter(self, key: str) -> "Tablet":
        """Signs in with the network, by one press of the demonstration."""
        self.page.goto("/sign-in")
        return self._knock(key)

    def sign_in_again(self, key: str) -> "Tablet":
        """Follows the head's offer after the session has ended."""
        self.page.locator(".sync-chip a").click()
        return self._knock(key)

    def _knock(self, key: str) -> "Tablet":
        line = next(player.line for player in PLAYERS if player.key == key)
        with self.page.expect_navigation(wait_until="load"):
            self.page.locator(".role-list button").filter(has_text=line).click()
        return self

    def prepare(self) -> "Tablet":
        """Sets a PIN and fetches everything; waits until the client and every visit are on the tablet."""
        self.page.goto("/tablet/ready")
        self.page.locator("#ma-moi").fill(PIN)
        self.page.locator("#ma-moi-2").fill(PIN)
        self.page.locator("#dat-ma button[type=submit]").click()
        for name in ("client", "visits", "clock"):
            expect(self.page.locator(f"[data-check={name}]")).to_have_attribute("data-good", "yes", timeout=60_000)
        return self

    def unlock(self, page: Page | None = None, path: str = "/tablet", pin: str = PIN) -> "Tablet":
        page = page or self.page
        page.goto(path)
        page.locator("#ma-pin").fill(pin)
        page.keyboard.press("Enter")
        page.locator(".sync-chip").wait_for()
        return self

    # ── The network ──

    def lose_network(self) -> "Tablet":
        self.context.set_offline(True)
        return self

    def find_network(self) -> "Tablet":
        self.context.set_offline(False)
        for page in self.context.pages:
            page.evaluate("window.dispatchEvent(new Event('online'))")
        return self

    # ── The work ──

    def open_visit(self, unit: str, page: Page | None = None) -> "Tablet":
        page = page or self.page
        card = page.locator("section.card").filter(has_text=unit)
        card.get_by_role("link", name="Mở bảng kiểm tra").click()
        page.locator(".criterion").first.wait_for()
        return self

    def section(self, number: int, page: Page | None = None) -> "Tablet":
        page = page or self.page
        page.locator(f"#phan-{number}").click()
        page.locator(f"#phan-{number}[aria-current=page]").wait_for()
        return self

    def card(self, code: str, page: Page | None = None) -> Locator:
        return (page or self.page).locator(f"[id='tc-{code}']")

    def change(self, code: str, nth: int = 0, page: Page | None = None) -> str:
        """Gives the criterion another answer than it has, the nth of the others; answers what was chosen."""
        others = self.card(code, page).locator("fieldset.answers input[type=radio]:not(:checked):not([value=na])")
        chosen = others.nth(nth).get_attribute("value") or ""
        self.card(code, page).locator(f"input[type=radio][value={chosen}]").check(force=True)
        self.says(code, "Đã lưu trên máy này", page)
        return chosen

    def has(self, code: str, chosen: str) -> "Tablet":
        """Waits until the criterion shows this answer."""
        expect(self.card(code).locator(f"input[type=radio][value={chosen}]")).to_be_checked(timeout=PATIENCE)
        return self

    def says(self, code: str, words: str, page: Page | None = None) -> "Tablet":
        """Waits until the foot of the criterion says so."""
        expect(self.card(code, page).locator("[data-part=state]")).to_contain_text(words, timeout=PATIENCE)
        return self

    def chip(self, words: str, page: Page | None = None) -> "Tablet":
        """Waits until the head says so."""
        expect((page or self.page).locator(".sync-chip")).to_contain_text(words, timeout=PATIENCE)
        return self

    # ── Its end ──

    def kill(self) -> None:
        """Ends the browser as a flat battery would: at once, with nothing written any more."""
        for process in Path("/proc").iterdir():
            with suppress(OSError):
                if process.name.isdigit() and str(self.folder) in (process / "cmdline").read_text():
                    os.kill(int(process.name), signal.SIGKILL)
        self.put_away()

    def put_away(self) -> None:
        with suppress(Exception):
            self.context.close()
        assert not self.complaints, self.complaints
