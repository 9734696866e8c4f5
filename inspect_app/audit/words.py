"""The words of the log itself: the kinds of things that entries are about."""

from inspect_app.refusals import NP_

ACTIONS: dict[str, str] = {}

THINGS = {
    "answer": NP_("thing", "Câu trả lời"),
    "attachment": NP_("thing", "Tệp đính kèm"),
    "day_override": NP_("thing", "Ngày nghỉ, ngày làm bù"),
    "extension": NP_("thing", "Gia hạn"),
    "finding": NP_("thing", "Tồn tại, hạn chế"),
    "inspection": NP_("thing", "Cuộc kiểm tra"),
    "mail": NP_("thing", "Thư"),
    "outbox": NP_("thing", "Việc chạy nền"),
    "person": NP_("thing", "Tài khoản"),
    "plan": NP_("thing", "Kế hoạch"),
    "plan_version": NP_("thing", "Kế hoạch"),
    "post": NP_("thing", "Vị trí"),
    "preference": NP_("thing", "Cài đặt"),
    "render_job": NP_("thing", "Văn bản PDF"),
    "rubric": NP_("thing", "Bộ tiêu chí"),
    "rubric_version": NP_("thing", "Bộ tiêu chí"),
    "sign_in": NP_("thing", "Phiên đăng nhập"),
    "stored_file": NP_("thing", "Tệp"),
    "task": NP_("thing", "Nhiệm vụ"),
    "unit": NP_("thing", "Đơn vị"),
    "unit_change": NP_("thing", "Thay đổi đơn vị"),
}
"""By the name of the table; what stands here under no name is shown as what it is called in the database."""
