"""What the log and the screen call things of tasks."""

from inspect_app.refusals import N_
from inspect_app.tasks.rules import State

ACTIONS = {
    "task drafted": N_("Soạn nhiệm vụ"),
    "task draft discarded": N_("Bỏ dự thảo nhiệm vụ"),
    "task assigned": N_("Giao nhiệm vụ"),
    "task acknowledged": N_("Tiếp nhận nhiệm vụ"),
    "task acknowledged automatically": N_("Tự động tiếp nhận nhiệm vụ"),
    "task progress reported": N_("Báo cáo tiến độ"),
    "task submitted": N_("Nộp kết quả"),
    "task returned": N_("Trả lại"),
    "task verified": N_("Xác nhận hoàn thành"),
    "task closed": N_("Đóng nhiệm vụ"),
    "task suspended": N_("Tạm dừng nhiệm vụ"),
    "task resumed": N_("Tiếp tục nhiệm vụ"),
    "task cancelled": N_("Hủy nhiệm vụ"),
    "task not implemented": N_("Kết luận không thực hiện"),
    "task reopened": N_("Mở lại nhiệm vụ"),
    "task reassigned": N_("Giao lại cho đơn vị khác"),
    "extension requested": N_("Xin gia hạn"),
    "extension approved": N_("Đồng ý gia hạn"),
    "extension refused": N_("Không đồng ý gia hạn"),
    "extension withdrawn": N_("Rút đề nghị gia hạn"),
    "unit reminded": N_("Nhắc việc"),
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
