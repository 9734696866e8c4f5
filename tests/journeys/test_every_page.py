"""The main pages of every role, at the widths of a desk, a tablet and a phone, in both languages."""

import re
from collections.abc import Callable

import pytest

from tests.journeys.person import DESK, PHONE, TABLET, UUID, Person

pytestmark = pytest.mark.network

NEVER = re.compile(r"/static/|/files/|export|\.csv|/xlsx|/yaml|import-template|/sync/")
MAIN_PAGES = {
    "van-phong": (
        "/",
        "/plans",
        "/inspections",
        "/tasks",
        "/findings",
        "/committee",
        "/units",
        "/log",
        "/notices",
        "/tablets",
    ),
    "truong-doan": ("/", "/tablet", "/inspections", "/findings"),
    "thanh-vien": ("/tablet",),
    "thu-truong": ("/", "/inspections", "/tasks", "/findings"),
    "dau-moi": ("/tasks",),
    "nguoi-ky": ("/", "/plans", "/inspections"),
    "xac-nhan": ("/", "/tasks"),
    "ban-chi-dao": ("/", "/committee"),
    "kiem-toan": ("/", "/log", "/log/verification"),
    "quan-tri": (
        "/",
        "/people",
        "/holidays",
        "/settings",
        "/system",
        "/system/mails",
        "/system/parked",
        "/system/rescue",
        "/rubrics",
        "/account",
    ),
}
"""Where each role works; from every list the first of its things is opened as well."""
VIETNAMESE = re.compile("[ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ]", re.IGNORECASE)


@pytest.mark.parametrize("key", MAIN_PAGES)
def test_pages_fit_every_screen_and_are_open_to_everybody(key: str, person: Callable[..., Person]) -> None:
    somebody = person(key)
    for path in MAIN_PAGES[key]:
        things = first_things(somebody.go(path))
        look_at_every_width(somebody)
        for address in things:
            look_at_every_width(somebody.go(address))


def look_at_every_width(somebody: Person) -> None:
    for size in (TABLET, PHONE, DESK):
        somebody.wide(size).look()


def first_things(somebody: Person) -> list[str]:
    """One address of each kind that the page's content leads to below its own."""
    links = somebody.page.locator("main a[href^='/']").evaluate_all("all => all.map((a) => a.getAttribute('href'))")
    found: dict[str, str] = {}
    for link in links:
        address = link.split("?")[0].split("#")[0]
        if UUID.search(address) and not NEVER.search(address):
            found.setdefault(UUID.sub("…", address), address)
    return list(found.values())


@pytest.mark.parametrize("key", ["van-phong", "thu-truong", "quan-tri"])
def test_in_english_no_button_is_left_in_vietnamese(key: str, person: Callable[..., Person]) -> None:
    somebody = person(key)
    other_language(somebody)
    for path in MAIN_PAGES[key]:
        somebody.go(path)
        assert somebody.page.locator("html").get_attribute("lang") == "en"
        words = somebody.page.locator("nav.nav a, main .button, h1").all_inner_texts()
        left = [each for each in words if VIETNAMESE.search(each) and not is_a_name(each)]
        assert not left, f"{path} still says {left}"
    other_language(somebody)


def other_language(somebody: Person) -> None:
    """Switches; the choice is remembered, so whoever switches in a journey switches back."""
    with somebody.page.expect_navigation():
        somebody.page.locator("form.language button").last.evaluate("(button) => button.click()")


def is_a_name(words: str) -> bool:
    """Names of units and people stay as they are."""
    return bool(re.search("UBND|Sở |Hà Nội|Ban |Đoàn số", words))
