"""The words of the log itself: the kinds of things that entries are about."""

from inspect_app.refusals import N_

ACTIONS: dict[str, str] = {}

THINGS = {
    "answer": N_("Câu trả lời"),
    "attachment": N_("Tệp đính kèm"),
    "day_override": N_("Ngày nghỉ, ngày làm bù"),
    "extension": N_("Gia hạn"),
    "finding": N_("Tồn tại, hạn chế"),
    "inspection": N_("Cuộc kiểm tra"),
    "mail": N_("Thư"),
    "outbox": N_("Việc chạy nền"),
    "person": N_("Tài khoản"),
    "plan": N_("Kế hoạch"),
    "plan_version": N_("Kế hoạch"),
    "post": N_("Vị trí"),
    "preference": N_("Cài đặt"),
    "render_job": N_("Văn bản PDF"),
    "rubric": N_("Bộ tiêu chí"),
    "rubric_version": N_("Bộ tiêu chí"),
    "sign_in": N_("Phiên đăng nhập"),
    "stored_file": N_("Tệp"),
    "task": N_("Nhiệm vụ"),
    "unit": N_("Đơn vị"),
    "unit_change": N_("Thay đổi đơn vị"),
}
"""By the name of the table; what stands here under no name is shown as what it is called in the database."""
