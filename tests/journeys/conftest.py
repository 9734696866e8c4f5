"""The product itself, started once as people start it, with the demonstration of 14/09/2026; and a browser."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ViewportSize, sync_playwright

from tests.journeys.person import DESK, TABLET, Person
from tests.journeys.tablet import Tablet
from tests.serve.installation import installation

QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DEMONSTRATION = {"INSPECT_ENV": "demo", "INSPECT_DEMO_NOW": "2026-09-14T10:40", "INSPECT_ORIGIN": ""}


@pytest.fixture(scope="session")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a whole installation: web, worker, clock and queue."""
    with demonstration(tmp_path_factory.mktemp("journeys") / "data") as address:
        yield address


@contextmanager
def demonstration(folder: Path) -> Iterator[str]:
    with installation(folder, **DEMONSTRATION) as started:
        yield started.wait_for_line("Ready: http").split("Ready: ")[1].strip()


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser without a window that asks nobody but the product."""
    with sync_playwright() as play:
        started = play.chromium.launch(executable_path=shutil.which("chromium"), args=QUIET)
        yield started
        started.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def tablet(origin: str, browser: Browser, tmp_path: Path) -> Iterator[Callable[..., Tablet]]:
    """Gives tablets, each with a browser whose store outlives its process: tablet("T1"), tablet("T1") again."""
    taken: list[Tablet] = []

    def take(name: str, size: ViewportSize = TABLET, at: str = origin) -> Tablet:
        taken.append(Tablet(browser.browser_type, at, tmp_path / name, size, QUIET))
        return taken[-1]

    yield take
    for each in taken:
        each.put_away()


@pytest.fixture
def person(origin: str, browser: Browser) -> Iterator[Callable[..., Person]]:
    """Gives people in front of browsers of their own: person("van-phong"), person("truong-doan", TABLET)."""
    people: list[Person] = []

    def sit_down(key: str = "", size: ViewportSize = DESK, *, script: bool = True) -> Person:
        people.append(Person(browser, origin, size, script=script))
        return people[-1].enter(key) if key else people[-1]

    yield sit_down
    for each in people:
        each.context.close()
