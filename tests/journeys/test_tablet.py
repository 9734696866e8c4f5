"""Days without a network: everything is there afterwards, and nobody's word is written over."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.journeys.conftest import demonstration
from tests.journeys.tablet import Tablet

pytestmark = pytest.mark.network
UNIT = "Văn Miếu"


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "anh.jpg"
    Image.effect_noise((1600, 1200), 60).convert("RGB").save(path, quality=92)
    return path


def unanswered_choice(tablet: Tablet) -> str:
    """Goes to the next criterion without an answer that has buttons; gives its code."""
    for _ in range(20):
        tablet.page.locator("#tiep").click()
        here = tablet.page.locator(".criterion.here")
        here.wait_for()
        if here.locator("input[type=radio]").count():
            return (here.get_attribute("id") or "")[3:]
    raise AssertionError("no such criterion")


def test_a_day_without_a_network_survives_a_killed_browser(tablet: Callable[..., Tablet], photo: Path) -> None:
    first = tablet("T1").enter("truong-doan").prepare()
    first.lose_network().unlock().open_visit(UNIT)
    code = unanswered_choice(first)
    card = first.card(code)
    card.locator("input[type=radio]").first.check(force=True)
    first.says(code, "Đã lưu trên máy này")
    card.get_by_role("button", name="Ghi chú").click()
    card.locator("textarea").fill("Ghi khi không có mạng")
    card.locator("textarea").blur()
    card.locator("input[type=file]").set_input_files(str(photo))
    expect(card.locator(".photo")).to_contain_text("Đã lưu trên máy này")
    card.locator("[id^='tt-']").first.click()
    card.locator("[data-name=fact]").fill("Nêu khi không có mạng")
    card.locator("[data-act=raise]").click()
    card.locator("[data-act=sample]").first.click()
    card.locator("[id$='-tong']").fill("40")
    card.locator("[id$='-mau']").fill("3")
    card.locator("[data-act=draw]").click()
    first.chip("4 thay đổi, 1 tệp chờ gửi")
    first.kill()

    again = tablet("T1").lose_network().unlock().open_visit(UNIT)
    again.chip("4 thay đổi, 1 tệp chờ gửi")
    again.section(int(code.split(".")[0]))
    card = again.card(code)
    expect(card).to_contain_text("Ghi khi không có mạng")
    expect(card).to_contain_text("Nêu khi không có mạng")
    expect(card).to_contain_text("3 trên 40 hồ sơ")
    expect(card.locator(".photo img")).to_have_count(1)
    again.find_network().chip("Hết phiên đăng nhập").sign_in_again("truong-doan")
    again.unlock().open_visit(UNIT).section(int(code.split(".")[0])).chip("Đã đồng bộ hết").says(code, "Đã gửi")
    record = again.page.evaluate("location.pathname").split("/")[3]
    again.page.goto(f"/inspections/{record}/answers")
    expect(again.page.locator("main")).to_contain_text("Ghi khi không có mạng")


def test_two_tabs_send_each_change_once(tablet: Callable[..., Tablet]) -> None:
    mine = tablet("T1").enter("truong-doan").prepare().unlock().open_visit(UNIT)
    other = mine.sheet()
    mine.unlock(other).open_visit(UNIT, other)
    mine.lose_network().section(1).section(1, other)
    first, second = mine.change("1.1"), mine.change("1.2", page=other)
    mine.find_network()
    mine.chip("Đã đồng bộ hết").chip("Đã đồng bộ hết", other)
    mine.page.reload()
    mine.unlock().open_visit(UNIT).section(1)
    mine.has("1.1", first).has("1.2", second)


def test_two_inspectors_answer_the_same_criterion_and_the_leader_decides(
    tablet: Callable[..., Tablet],
) -> None:
    lead = tablet("T1").enter("truong-doan").prepare().unlock().open_visit(UNIT)
    member = tablet("T2").enter("thanh-vien").prepare().unlock().open_visit(UNIT)
    lead.lose_network().section(1)
    member.lose_network().section(1)
    lead.change("1.1")
    theirs = member.change("1.1", 1)
    member.change("1.2")
    lead.find_network().chip("Đã đồng bộ hết")
    member.find_network().chip("Đã đồng bộ hết")
    card = member.card("1.1")
    expect(card).to_contain_text("Có hai câu trả lời khác nhau")
    expect(card.locator(".version")).to_have_count(2)
    lead.page.reload()
    lead.unlock().open_visit(UNIT).section(1)
    lead.card("1.1").get_by_role("button", name="Chọn câu này").nth(1).click()
    lead.chip("Đã đồng bộ hết").has("1.1", theirs)
    expect(lead.card("1.1").locator(".version")).to_have_count(0)


def test_somebody_else_on_the_same_tablet_sees_only_that_something_waits(tablet: Callable[..., Tablet]) -> None:
    one = tablet("T1").enter("truong-doan").prepare().lose_network().unlock().open_visit(UNIT).section(1)
    one.change("1.1")
    one.context.set_offline(False)
    one.context.clear_cookies()
    one.enter("thanh-vien")
    one.page.goto("/tablet")
    expect(one.page.locator("main")).to_contain_text("1 mục của người khác đang chờ trên máy này")
    expect(one.page.locator("main")).not_to_contain_text("Trần Minh Đức")


def test_work_goes_on_after_the_session_has_ended_and_is_sent_after_the_next_sign_in(
    tablet: Callable[..., Tablet],
) -> None:
    one = tablet("T1").enter("truong-doan").prepare().unlock().open_visit(UNIT).section(1)
    one.context.clear_cookies()
    one.change("1.1")
    one.chip("Hết phiên đăng nhập")
    one.sign_in_again("truong-doan").unlock().chip("Đã đồng bộ hết")


def test_a_forgotten_pin_is_renewed_with_the_servers_help_and_nothing_is_lost(tablet: Callable[..., Tablet]) -> None:
    one = tablet("T1").enter("truong-doan").prepare().lose_network().unlock().open_visit(UNIT).section(1)
    chosen = one.change("1.1")
    one.context.set_offline(False)
    one.page.goto("/tablet")
    one.page.locator("#ma-pin").fill("999000")
    one.page.keyboard.press("Enter")
    expect(one.page.locator("main")).to_contain_text("Mã PIN không đúng")
    one.page.get_by_role("button", name="Quên mã PIN").click()
    one.page.locator("#ma-pin").fill("135791")
    one.page.locator("#ma-pin-2").fill("135791")
    one.page.keyboard.press("Enter")
    one.chip("Đã đồng bộ hết")
    one.unlock(pin="135791").open_visit(UNIT).section(1).has("1.1", chosen)


def test_the_visit_ends_and_is_signed_on_glass_without_a_network(
    tablet: Callable[..., Tablet], tmp_path: Path, photo: Path
) -> None:
    """In an installation of its own: other journeys count on the team being busy."""
    with demonstration(tmp_path / "data") as address:
        end_and_sign(tablet("T1", at=address), photo)


def end_and_sign(one: Tablet, photo: Path) -> None:
    """One criterion fails, with a photo alone as its proof: the end of field work has to wait for the photo."""
    one.enter("truong-doan").prepare().lose_network().unlock().open_visit(UNIT)
    code = unanswered_choice(one)
    one.card(code).locator("fieldset.answers input[type=radio]:not([value=na])").last.check(force=True)
    one.card(code).locator("input[type=file]").set_input_files(str(photo))
    expect(one.card(code).locator(".photo")).to_contain_text("Đã lưu trên máy này")
    answer_the_rest(one)
    one.page.locator("#tiep").click()
    one.page.get_by_role("button", name="Kết thúc kiểm tra tại chỗ").click()
    expect(one.page.locator("main")).to_contain_text("Đã kết thúc kiểm tra tại chỗ")
    one.page.locator("section", has_text="Đại diện đơn vị").get_by_role("button", name="Ký trên máy").click()
    one.page.locator("[name=name]").fill("Nguyễn Văn Chủ Tịch")
    one.page.locator("[name=title]").fill("Chủ tịch")
    glass = one.page.locator("canvas").bounding_box()
    assert glass
    one.page.mouse.move(glass["x"] + 40, glass["y"] + 60)
    one.page.mouse.down()
    one.page.mouse.move(glass["x"] + 200, glass["y"] + 20, steps=8)
    one.page.mouse.up()
    one.page.get_by_role("button", name="Lưu chữ ký").click()
    expect(one.page.locator("main")).to_contain_text("Nguyễn Văn Chủ Tịch, Chủ tịch")
    one.find_network().chip("Đã đồng bộ hết")
    expect(one.page.locator("main")).to_contain_text("Đã kết thúc kiểm tra tại chỗ")
    record = one.page.evaluate("location.pathname").split("/")[3]
    one.page.goto(f"/inspections/{record}")
    expect(one.page.locator("main")).to_contain_text("Nguyễn Văn Chủ Tịch")
    expect(one.page.locator("main")).to_contain_text("Xong thực địa")
    expect(one.page.locator("main")).not_to_contain_text("còn trên máy")


def answer_the_rest(tablet: Tablet) -> None:
    """Answers what has no answer yet, fully; says why where points were lost before."""
    for _ in range(60):
        button = tablet.page.locator("#tiep")
        if button.get_attribute("href"):
            break
        button.click()
        here = tablet.page.locator(".criterion.here")
        here.wait_for()
        if here.locator("fieldset.answers input[type=radio]").count():
            here.locator("fieldset.answers input[type=radio]").first.check(force=True)
        elif here.locator("[data-name=numerator]").count():
            here.locator("[data-name=numerator]").fill("9")
            here.locator("[data-name=denominator]").fill("9")
            here.locator("[data-name=denominator]").blur()
        elif here.locator("[data-name=share_pct]").count():
            here.locator("[data-name=share_pct]").fill("100")
            here.locator("[data-name=share_pct]").blur()
        else:
            here.get_by_role("button", name="Không có lần nào").click()
        expect(here.locator("[data-part=state]")).to_contain_text("Đã lưu trên máy này")
    tablet.page.locator("#tiep").click()
    lacking = tablet.page.locator("section", has_text="Còn thiếu").locator("li a")
    for code in [words.split(" ")[0] for words in lacking.all_inner_texts()]:
        tablet.page.locator("#ve").click()
        tablet.section(int(code.split(".")[0]))
        card = tablet.card(code)
        card.get_by_role("button", name="Ghi chú").click()
        card.locator("textarea").fill("Đã xem hồ sơ gốc")
        card.locator("textarea").blur()
        tablet.says(code, "Đã lưu trên máy này")
        tablet.page.locator("#tiep").click()
    tablet.page.locator("#ve").click()
