"""The store of a tablet fails in every way that browsers know: what is not kept is never called kept, nor lost."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.journeys.tablet import Tablet

pytestmark = pytest.mark.network
UNIT = "Văn Miếu"
KEPT, LOST = "Đã lưu trên máy này", "Chưa lưu được"

FAULTS = {
    "a write is refused": "IDBObjectStore.prototype.put = () => { throw new DOMException('x', 'DataError'); };",
    "the disk is full": "IDBObjectStore.prototype.put = () => { throw new DOMException('x', 'QuotaExceededError'); };",
    "a transaction is undone": """IDBObjectStore.prototype.put = function (row) {
        const request = whole.put.call(this, row); this.transaction.abort(); return request; };""",
    "the browser has closed the database": """IDBDatabase.prototype.transaction = () => {
        throw new DOMException('x', 'InvalidStateError'); };""",
    "the database is gone": """IDBDatabase.prototype.transaction = () => {
        throw new DOMException('x', 'NotFoundError'); };
        IDBFactory.prototype.open = () => { throw new DOMException('x', 'UnknownError'); };""",
}
"""How a write fails until `mend()` is called."""

PREPARED = """window.whole = { put: IDBObjectStore.prototype.put, transaction: IDBDatabase.prototype.transaction,
    open: IDBFactory.prototype.open };
window.mend = () => { IDBObjectStore.prototype.put = whole.put; IDBDatabase.prototype.transaction = whole.transaction;
    IDBFactory.prototype.open = whole.open; };"""


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "anh.jpg"
    Image.new("RGB", (320, 240), "navy").save(path)
    return path


def give_answer(tablet: Tablet, _photo: Path) -> Callable[[str], None]:
    card = tablet.card("1.1")
    other = card.locator("fieldset.answers input[type=radio]:not(:checked):not([value=na])").first
    value = other.get_attribute("value")
    card.locator(f"input[type=radio][value={value}]").check(force=True)
    return lambda words: expect(card.locator("[data-part=state]")).to_contain_text(words)


def give_note(tablet: Tablet, _photo: Path) -> Callable[[str], None]:
    card = tablet.card("1.2")
    if not card.locator("textarea").count():
        card.get_by_role("button", name="Ghi chú").click()
    tablet.notes = getattr(tablet, "notes", 0) + 1
    card.locator("textarea").fill(f"Ghi chú {tablet.notes}")
    card.locator("textarea").blur()
    return lambda words: expect(card.locator("[data-part=state]")).to_contain_text(words)


def raise_finding(tablet: Tablet, _photo: Path) -> Callable[[str], None]:
    card = tablet.card("1.4")
    card.locator("[data-act=finding]").first.click()
    card.locator("[data-name=fact]").fill("Thiếu niêm yết")
    card.locator("[data-act=raise]").click()
    return lambda words: expect(card.locator("[data-part=state]")).to_contain_text(words)


def draw_sample(tablet: Tablet, _photo: Path) -> Callable[[str], None]:
    card = tablet.card("1.5")
    card.locator("[data-act=sample]").first.click()
    card.locator("[id$='-tong']").fill("30")
    card.locator("[id$='-mau']").fill("3")
    card.locator("[data-act=draw]").click()
    return lambda words: expect(card.locator("[data-part=state]")).to_contain_text(words)


def take_photo(tablet: Tablet, photo: Path) -> Callable[[str], None]:
    card = tablet.card("1.6")
    card.locator("input[type=file]").set_input_files(str(photo))
    return lambda words: expect(card.locator(".photo").last).to_contain_text(words)


PATHS = (give_answer, give_note, raise_finding, draw_sample, take_photo)


def test_what_cannot_be_kept_says_so_and_is_kept_once_it_can_be(tablet: Callable[..., Tablet], photo: Path) -> None:
    one = tablet("T1").enter("truong-doan").prepare().lose_network().unlock().open_visit(UNIT).section(1)
    one.page.evaluate(PREPARED)
    done = 0
    for fault in FAULTS.values():
        one.page.evaluate(f"() => {{ {fault} }}")
        states = [give(one, photo) for give in PATHS]
        for says in states:
            says(LOST)
        one.chip("chưa lưu được")
        one.page.evaluate("mend(); window.dispatchEvent(new Event('online'))")
        for says in states:
            says(KEPT)
        done += len(states)
    assert done == len(FAULTS) * len(PATHS) == 25
    one.kill()
    again = tablet("T1").lose_network().unlock().open_visit(UNIT)
    again.chip(f"{len(FAULTS) * 4} thay đổi, {len(FAULTS)} tệp chờ gửi")


def test_a_database_closed_once_is_opened_again_without_a_word(tablet: Callable[..., Tablet]) -> None:
    one = tablet("T1").enter("truong-doan").prepare().lose_network().unlock().open_visit(UNIT).section(1)
    one.page.evaluate(f"""() => {{ {PREPARED}
        IDBDatabase.prototype.transaction = function (...given) {{
            IDBDatabase.prototype.transaction = whole.transaction;
            this.close();
            return whole.transaction.apply(this, given);
        }}; }}""")
    one.change("1.1")


def test_without_any_store_the_page_works_with_the_network_and_says_what_it_cannot_do(
    tablet: Callable[..., Tablet],
) -> None:
    one = tablet("T1").enter("truong-doan")
    one.context.add_init_script("IDBFactory.prototype.open = () => { throw new DOMException('x', 'SecurityError'); };")
    one.page.goto("/tablet/ready")
    expect(one.page.locator("main")).to_contain_text("không lưu được dữ liệu trên máy")
    one.page.goto("/tablet")
    one.page.get_by_role("link", name="Mở bảng kiểm tra").first.click()
    one.chip("Đã đồng bộ hết")
