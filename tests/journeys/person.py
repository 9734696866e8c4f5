"""Somebody in front of a browser: signs in, opens pages, reads, presses, types. Every page is looked at on the way."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Download, Locator, Page, Response, ViewportSize, expect

from inspect_app.demo.people import PLAYERS

DESK = ViewportSize(width=1440, height=900)
TABLET = ViewportSize(width=1024, height=768)
PHONE = ViewportSize(width=390, height=844)
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
PATIENCE = 30_000
"""Milliseconds that nothing takes; a press waits that long for what it needs."""

_examined: set[tuple[str, int, str]] = set()
"""Which kinds of pages axe has seen at which width, in which language: once is enough."""


class Person:
    """One person with a browser of their own."""

    def __init__(self, browser: Browser, origin: str, size: ViewportSize = DESK, *, script: bool = True) -> None:
        self.origin = origin
        self.script = script
        self.allowed = {409, 422}
        self.complaints: list[str] = []
        self.context = browser.new_context(
            base_url=origin, viewport=size, locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh", java_script_enabled=script,
            has_touch=size == TABLET,
        )  # fmt: skip
        self.context.set_default_timeout(PATIENCE)
        self.page: Page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.complaints.append(f"{self.page.url}: {error}"))
        self.page.on("console", self._hear)
        self.page.on("response", self._see)

    # ── The door ──

    def enter(self, key: str) -> "Person":
        """Signs in as one of the people whom the demonstration offers, by one press."""
        line = next(player.line for player in PLAYERS if player.key == key)
        self.page.goto("/sign-in")
        with self.page.expect_navigation(wait_until="load"):
            self.page.locator(".role-list button").filter(has_text=line).click()
        self._arrive()
        return self

    def leave(self) -> None:
        self.page.context.clear_cookies()

    # ── Going about ──

    def go(self, path: str) -> "Person":
        """Opens an address and looks at the page."""
        self.page.goto(path)
        self._arrive()
        return self

    def answer_to(self, path: str) -> int:
        """The status that opening this address gets."""
        return self.context.request.get(path, max_redirects=0).status

    def post(self, path: str, **typed: Any) -> int:
        """The status of a form that is sent past the pages, with this browser's own token."""
        response = self.context.request.post(
            path, form={"csrf_token": self.token(), **typed}, headers={"Referer": self.origin + path}, max_redirects=0
        )
        return response.status

    def token(self) -> str:
        found = self.page.locator("input[name=csrf_token]").first
        return found.get_attribute("value") or ""

    def follow(self, words: str, within: str = "body", *, exact: bool = False) -> "Person":
        """Presses a link, the first that reads like this."""
        link = self._part(within).get_by_role("link", name=words, exact=exact).locator("visible=true").first
        with self.page.expect_navigation(wait_until="load"):
            link.click()
        self._arrive()
        return self

    def press(self, words: str, within: str = "body", *, exact: bool = False) -> "Person":
        """Presses a button that sends a form, and looks at the page that comes."""
        button = self._part(within).get_by_role("button", name=words, exact=exact).locator("visible=true").first
        with self.page.expect_navigation(wait_until="load"):
            button.click()
        self._arrive()
        return self

    def tap(self, words: str, within: str = "body", *, exact: bool = False) -> "Person":
        """Presses a button that stays on the page."""
        self._part(within).get_by_role("button", name=words, exact=exact).locator("visible=true").first.click()
        return self

    def open_part(self, words: str, within: str = "body") -> "Person":
        """Unfolds a part of the page that is folded by its heading."""
        part = self._part(within).locator("details").filter(has=self.page.locator("summary", has_text=words)).last
        if part.get_attribute("open") is None:
            part.locator("summary").first.click()
        return self

    # ── Forms ──

    def fill(self, within: str = "body", **typed: str) -> "Person":
        """Types into the fields of these names."""
        for name, words in typed.items():
            self._field(name, within).fill(words)
        return self

    def choose(self, name: str, *words: str, within: str = "body") -> "Person":
        """Chooses by the words of the choice: in a list, or among names that are typed."""
        field = self._field(name, within, "select")
        for each in words:
            if field.is_visible():
                field.select_option(label=each)
                continue
            box = field.locator("xpath=..").get_by_role("combobox")
            box.fill(each)
            self.page.get_by_role("option").filter(has_text=each).first.click()
        return self

    def narrow(self, **typed: str) -> "Person":
        """Types into the filter of a list and presses its button."""
        return self.fill("main", **typed).press("Lọc", within="main", exact=True)

    def tick(self, name: str, value: str | None = None, within: str = "body") -> "Person":
        value_is = f"[value='{value}']" if value else ""
        sign = f"input[name={name}]{value_is}, input[name$='-{name}']{value_is}"
        self._part(within).locator(sign).first.check()
        return self

    def attach(self, name: str, *files: Path, within: str = "body") -> "Person":
        self._field(name, within).set_input_files([str(file) for file in files])
        return self

    def download(self, press: Callable[[], Any]) -> Download:
        with self.page.expect_download() as waiting:
            press()
        return waiting.value

    # ── Reading ──

    def sees(self, *words: str, within: str = "main") -> "Person":
        for each in words:
            expect(self._part(within).get_by_text(each).locator("visible=true").first).to_be_visible(timeout=PATIENCE)
        return self

    def sees_no(self, *words: str, within: str = "main") -> "Person":
        for each in words:
            expect(self._part(within).get_by_text(each).locator("visible=true")).to_have_count(0)
        return self

    def text(self, within: str = "main") -> str:
        return re.sub(r"\s+", " ", self._part(within).inner_text())

    @property
    def path(self) -> str:
        return urlsplit(self.page.url).path

    def wide(self, size: ViewportSize) -> "Person":
        self.page.set_viewport_size(size)
        return self

    # ── Looking ──

    def look(self) -> None:
        """What every page must be: without complaints of the browser, no wider than the screen, open to everybody."""
        assert not self.complaints, self.complaints
        wide = self.page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
        assert wide[0] <= wide[1], f"{self.path} is {wide[0]} px wide on a screen of {wide[1]}: {self._widest()}"
        width = (self.page.viewport_size or DESK)["width"]
        language = self.page.locator("html").get_attribute("lang") or ""
        kind = (UUID.sub("…", self.path), width, language)
        if kind in _examined:
            return
        _examined.add(kind)
        found = Axe().run(
            self.page, options={"resultTypes": ["violations"], "runOnly": {"type": "tag", "values": WCAG}}
        )
        told = [
            f"{each['id']}: {each['help']}: " + "; ".join(node["html"][:160] for node in each["nodes"][:3])
            for each in found.response["violations"]
        ]
        assert not told, f"{self.path} at {width}: " + "\n".join(told)

    def _widest(self) -> list[str]:
        return self.page.evaluate(
            """[...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right >
            document.documentElement.clientWidth + 1).map((e) => e.tagName + "." + e.className).slice(0, 8)"""
        )

    def _arrive(self) -> None:
        self.page.wait_for_load_state("load")
        assert self.page.locator("h1").count() == 1, f"{self.page.url}: {self.page.locator('body').inner_text()[:400]}"
        if self.script:
            self.look()

    def _part(self, within: str) -> Locator:
        return self.page.locator(within).first

    def _field(self, name: str, within: str, kind: str = "") -> Locator:
        """A field by its name; forms that share a page put their own name and a hyphen before it."""
        plain = ":not([type=hidden]):not([type=radio]):not([type=checkbox])"
        return self._part(within).locator(f"{kind}[name={name}]{plain}, {kind}[name$='-{name}']{plain}").first

    def _hear(self, line: ConsoleMessage) -> None:
        if line.type != "error" or any(f"status of {status}" in line.text for status in self.allowed):
            return
        self.complaints.append(f"{self.page.url}: {line.text}")

    def _see(self, response: Response) -> None:
        if response.status >= 500:
            self.complaints.append(f"{response.request.method} {response.url} answered {response.status}")
