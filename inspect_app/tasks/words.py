"""What the log and the screen call things of tasks."""

from inspect_app.refusals import N_, NP_
from inspect_app.tasks.rules import State

ACTIONS = {
    "task drafted": NP_("log", "Soạn nhiệm vụ"),
    "task draft discarded": NP_("log", "Bỏ dự thảo nhiệm vụ"),
    "task assigned": NP_("log", "Giao nhiệm vụ"),
    "task acknowledged": NP_("log", "Tiếp nhận nhiệm vụ"),
    "task acknowledged automatically": NP_("log", "Tự động tiếp nhận nhiệm vụ"),
    "task progress reported": NP_("log", "Báo cáo tiến độ"),
    "task submitted": NP_("log", "Nộp kết quả"),
    "task returned": NP_("log", "Trả lại"),
    "task verified": NP_("log", "Xác nhận hoàn thành"),
    "task closed": NP_("log", "Đóng nhiệm vụ"),
    "task suspended": NP_("log", "Tạm dừng nhiệm vụ"),
    "task resumed": NP_("log", "Tiếp tục nhiệm vụ"),
    "task cancelled": NP_("log", "Hủy nhiệm vụ"),
    "task not implemented": NP_("log", "Kết luận không thực hiện"),
    "task reopened": NP_("log", "Mở lại nhiệm vụ"),
    "task reassigned": NP_("log", "Giao lại cho đơn vị khác"),
    "extension requested": NP_("log", "Xin gia hạn"),
    "extension approved": NP_("log", "Đồng ý gia hạn"),
    "extension refused": NP_("log", "Không đồng ý gia hạn"),
    "extension withdrawn": NP_("log", "Rút đề nghị gia hạn"),
    "unit reminded": NP_("log", "Nhắc việc"),
}

KEY_ACTIONS = frozenset(
    {
        *("task assigned", "task progress reported", "task submitted", "task verified", "task closed"),
        *("task suspended", "task resumed", "task cancelled", "task not implemented", "task reopened"),
        *("extension approved", "task reassigned"),
    }
)
"""Moves stand filled in a timeline, notes hollow."""

WARNING_ACTIONS = frozenset({"task returned", "extension refused", "unit reminded"})

STATE_TONES = {
    State.DRAFT: "neutral",
    State.ASSIGNED: "info",
    State.ACKNOWLEDGED: "info",
    State.IN_PROGRESS: "info",
    State.SUBMITTED: "neutral",
    State.VERIFIED: "good",
    State.CLOSED: "good",
    State.RETURNED: "warn",
    State.SUSPENDED: "warn",
    State.CANCELLED: "outline",
    State.NOT_IMPLEMENTED: "outline",
}
"""The tone of a state's badge."""

VIEWS = {
    "running": N_("Đang thực hiện"),
    "overdue": N_("Quá hạn"),
    "soon": N_("Sắp đến hạn"),
    "later": N_("Còn trong hạn"),
    "submitted": N_("Chờ xác nhận"),
    "open": N_("Chưa kết thúc"),
    "all": N_("Tất cả"),
}

SIGNALS = {
    "moved": N_("Dời hạn từ 2 lần trở lên"),
    "returned": N_("Bị trả lại từ 2 lần trở lên"),
    "silent": N_("Không báo cáo trong 20 ngày làm việc"),
    "closed-late": N_("Đóng sau hạn gốc, tính từ đầu năm"),
}

BANDS = {"1-30": N_("1–30"), "31-60": N_("31–60"), "61-90": N_("61–90"), "90+": N_("Trên 90")}
"""Heads of the ages of overdue work, in working days."""

JOBS = {
    "inspect_app.tasks.jobs.tell_about_assignment": N_("Báo tin giao nhiệm vụ"),
    "inspect_app.tasks.jobs.tell_about_submission": N_("Báo tin đã nộp kết quả"),
    "inspect_app.tasks.jobs.tell_about_return": N_("Báo tin kết quả bị trả lại"),
    "inspect_app.tasks.jobs.tell_about_verification": N_("Báo tin đã xác nhận hoàn thành"),
    "inspect_app.tasks.jobs.tell_about_extension_request": N_("Báo tin đề nghị gia hạn"),
    "inspect_app.tasks.jobs.tell_about_extension": N_("Báo tin quyết định gia hạn"),
}
"""What runs later, as the page of the system calls it."""
