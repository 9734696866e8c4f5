"""Takes the pictures of the guides: python -m tests.journeys.pictures [beginning of a name …]."""

import io
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, ViewportSize

from tests.journeys.conftest import DEMONSTRATION, QUIET, chromium
from tests.journeys.person import Person
from tests.journeys.tablet import Tablet
from tests.serve.installation import ROOT, installation

FOLDER = ROOT / "docs" / "screenshots"
COLOURS = 96
DESK, TALL, TABLET, PHONE = (1440, 900), (1440, 1300), (1024, 768), (390, 844)


def stay(person: Person) -> None:
    """The page that the address gives is the picture."""


def open_first(selector: str) -> Callable[[Person], None]:
    def step(person: Person) -> None:
        with person.page.expect_navigation(wait_until="load"):
            person.page.locator(selector).first.click()

    return step


def inspection_in(state: str, then: str = "") -> Callable[[Person], None]:
    def step(person: Person) -> None:
        person.go(f"/inspections?state={state}")
        person.go((person.page.locator("main tbody a").last.get_attribute("href") or "") + then)

    return step


def visit(person: Person) -> None:
    person.follow("Mở bảng kiểm tra")
    person.page.locator(".sync-chip").wait_for()


def in_english(person: Person) -> None:
    with person.page.expect_navigation():
        person.page.locator("form.language button").last.evaluate("(button) => button.click()")


@dataclass(frozen=True)
class Picture:
    """What is shown: its name, whose screen, from which address, how large, and what is pressed before."""

    name: str
    key: str
    path: str
    size: tuple[int, int] = DESK
    step: Callable[[Person], None] = stay


PICTURES = (
    Picture("sign-in-1440-vi", "", "/sign-in"),
    Picture("overview-1440-vi", "van-phong", "/"),
    Picture("plan-1440-vi", "van-phong", "/plans", TALL, open_first("main tbody a")),
    Picture("inspections-1440-vi", "van-phong", "/inspections"),
    Picture("appraisal-1440-vi", "van-phong", "/", TALL, inspection_in("in_review", "/explanations")),
    Picture("inspection-1440-vi", "nguoi-ky", "/", TALL, inspection_in("follow_up")),
    Picture("conclusion-1440-vi", "nguoi-ky", "/", TALL, inspection_in("reported", "/conclusion")),
    Picture("visits-1024-vi", "truong-doan", "/tablet", TABLET),
    Picture("checklist-1024-vi", "truong-doan", "/tablet", TABLET, visit),
    Picture("my-tasks-390-vi", "thu-truong", "/tasks", PHONE),
    Picture("my-tasks-1440-vi", "thu-truong", "/tasks", TALL),
    Picture("verification-1440-vi", "xac-nhan", "/tasks?view=submitted", TALL, open_first("main tbody a")),
    Picture("committee-1440-vi", "ban-chi-dao", "/committee", TALL),
    Picture("log-1440-vi", "kiem-toan", "/log"),
    Picture("people-1440-vi", "quan-tri", "/people"),
    Picture("committee-1440-en", "ban-chi-dao", "/committee", TALL, in_english),
)


def main(wanted: tuple[str, ...]) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as data, installation(Path(data) / "data", **DEMONSTRATION) as started:
        origin = started.wait_for_line("Ready: http").split("Ready: ")[1].strip()
        with chromium() as browser:
            for picture in PICTURES:
                if picture.name.startswith(wanted or ("",)):
                    take(picture, browser, origin)
            if "ready-1024-vi".startswith(wanted or ("",)):
                take_on_tablet(browser, origin, Path(data))


def take_on_tablet(browser: Browser, origin: str, data: Path) -> None:
    """The checks before the field, and a visit without a network."""
    tablet = Tablet(browser.browser_type, origin, data / "tablet", ViewportSize(width=1024, height=768), QUIET)
    tablet.enter("truong-doan").prepare()
    keep("ready-1024-vi", tablet.page.screenshot(animations="disabled"))
    tablet.lose_network().unlock().open_visit("Văn Miếu").section(1).change("1.1")
    keep("offline-1024-vi", tablet.page.screenshot(animations="disabled"))
    tablet.put_away()


def take(picture: Picture, browser: Browser, origin: str) -> None:
    width, height = picture.size
    person = Person(browser, origin, ViewportSize(width=width, height=height))
    if picture.key:
        person.enter(picture.key)
    person.go(picture.path)
    picture.step(person)
    person.page.wait_for_timeout(300)
    keep(picture.name, person.page.screenshot(animations="disabled"))
    person.context.close()


def keep(name: str, shot: bytes) -> None:
    file = FOLDER / f"{name}.png"
    picture = Image.open(io.BytesIO(shot)).convert("RGB")
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(file, optimize=True)
    print(f"{file.relative_to(ROOT)} {file.stat().st_size // 1024} KB", flush=True)


if __name__ == "__main__":
    main(tuple(sys.argv[1:]))
