"""What works where no script runs: signing in, answering on the plain form, taking on a task."""

from collections.abc import Callable

import pytest

from tests.journeys.person import DESK, TABLET, Person

pytestmark = pytest.mark.network


def test_a_criterion_is_answered_by_the_plain_form(person: Callable[..., Person]) -> None:
    member = person("thanh-vien", TABLET, script=False)
    member.go("/tablet").follow("Mở bảng kiểm tra")
    card = member.page.locator(".criterion").filter(has=member.page.locator("input[name=answer][value=no]")).first
    code = card.get_attribute("id") or ""
    card.locator("input[name=answer][value=no]").check()
    card.locator("textarea[name=note]").fill("Trả lời không cần kịch bản")
    with member.page.expect_navigation():
        card.get_by_role("button", name="Lưu", exact=False).first.click()
    card = member.page.locator(f"[id='{code}']")
    assert card.locator("input[name=answer][value=no]").is_checked()
    assert card.locator("textarea[name=note]").input_value() == "Trả lời không cần kịch bản"


def test_a_progress_report_is_sent_without_script(person: Callable[..., Person]) -> None:
    focal = person("dau-moi", DESK, script=False)
    focal.go("/tasks?view=overdue")
    focal.fill("#form-report", percent="85", words="Đã số hóa thêm hai mươi hồ sơ.")
    focal.press("Gửi báo cáo", within="#form-report").sees("Đã số hóa thêm hai mươi hồ sơ.", "85%")
