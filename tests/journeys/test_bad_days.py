"""Days on which something goes wrong: nothing typed is lost, nothing is done twice, nobody keeps what is taken away."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journeys.person import DESK, TABLET, Person

pytestmark = pytest.mark.network


def own_task(head: Person, view: str) -> str:
    """The first task of the head's own list in this view."""
    address = head.go(f"/tasks?view={view}").page.locator("article.task h3 a").first.get_attribute("href") or ""
    return address.split("?")[0].split("#")[0]


def test_what_was_typed_comes_back_after_the_session_has_ended(person: Callable[..., Person]) -> None:
    head = person("thu-truong")
    task = own_task(head, "later")
    head.go(task).fill("#form-report", percent="60", words="Đang chờ ký danh mục, còn hai văn bản.")
    head.page.wait_for_timeout(800)
    head.leave()
    head.allowed |= {400, 401, 403}
    head.page.locator("#form-report button[type=submit]").click()
    head.page.wait_for_load_state("load")
    head.enter("thu-truong").go(task)
    expect(head.page.locator("#form-report textarea").first).to_have_value("Đang chờ ký danh mục, còn hai văn bản.")
    head.sees("Đã lấy lại nội dung bạn nhập dở", within="body")


def test_a_second_press_sends_once(person: Callable[..., Person]) -> None:
    head = person("dau-moi")
    task = own_task(head, "later")
    words = "Bấm hai lần chỉ ghi một lần."
    head.go(task).fill("#form-report", percent="61", words=words)
    with head.page.expect_navigation():
        head.page.locator("#form-report button[type=submit]").dblclick(no_wait_after=True)
    head.go(task)
    assert head.page.locator("ul.rows").get_by_text(words).count() == 1


def test_a_stale_page_says_what_changed_and_keeps_the_words(person: Callable[..., Person]) -> None:
    head, focal = person("thu-truong"), person("dau-moi")
    task = own_task(head, "soon")
    head.go(task).fill("#form-report", percent="62", words="Chữ của thủ trưởng còn nguyên.")
    focal.go(task).fill("#form-report", percent="63", words="Đầu mối gửi trước.").press("Gửi báo cáo")
    head.press("Gửi báo cáo", within="#form-report")
    head.sees("Trang đã cũ", "Đỗ Thu Trang")
    expect(head.page.locator("#form-report textarea").first).to_have_value("Chữ của thủ trưởng còn nguyên.")


def test_a_member_taken_off_the_team_loses_the_visit_and_what_was_sent_stays(person: Callable[..., Person]) -> None:
    member, office = person("thanh-vien", TABLET), person("van-phong", DESK)
    member.go("/tablet").follow("Mở bảng kiểm tra")
    visit = member.path
    member.page.locator(".sync-chip").wait_for()
    card = member.page.locator(".criterion").filter(has=member.page.locator("fieldset.answers")).first
    code = card.get_attribute("id") or ""
    card.locator("input[type=radio]:not([value=na])").last.check(force=True)
    member.sees("Đã gửi", within=f"[id='{code}']")
    inspection = "/inspections/" + visit.split("/")[3]
    office.go(f"{inspection}/team")
    office.page.get_by_role("button", name="Bỏ Bùi Thanh Sơn").click()
    office.fill(reason="Được điều động đột xuất.").press("Đổi đoàn", within="main form")
    assert member.answer_to(visit) == 404
    assert office.go(f"{inspection}/answers").page.get_by_text("Bùi Thanh Sơn").count() > 0
    # Other journeys count on the member.
    office.go(f"{inspection}/team").choose("members", "Bùi Thanh Sơn")
    office.fill(reason="Đã hết điều động.").press("Đổi đoàn", within="main form")
    assert member.answer_to(visit) != 404
