"""What the log and the screen call things of inspections."""

from inspect_app.inspections.rules import State
from inspect_app.refusals import N_, NP_

ACTIONS = {
    "inspection proposed": NP_("log", "Đề xuất cuộc kiểm tra"),
    "inspection planned": NP_("log", "Đưa vào kế hoạch"),
    "inspection scheduled": NP_("log", "Xếp lịch"),
    "inspection rescheduled": NP_("log", "Đổi lịch"),
    "inspection team changed": NP_("log", "Thay đổi đoàn kiểm tra"),
    "inspection notified": NP_("log", "Thông báo cho đơn vị"),
    "inspection postponed": NP_("log", "Hoãn cuộc kiểm tra"),
    "inspection resumed": NP_("log", "Đưa lại vào kế hoạch"),
    "inspection started": NP_("log", "Bắt đầu kiểm tra"),
    "inspection suspended": NP_("log", "Tạm dừng kiểm tra"),
    "inspection continued": NP_("log", "Tiếp tục kiểm tra"),
    "inspection finished in the field": NP_("log", "Kết thúc thực địa"),
    "inspection minutes signed": NP_("log", "Ký biên bản"),
    "inspection review opened": NP_("log", "Mở thẩm định giải trình"),
    "inspection explained": NP_("log", "Giải trình"),
    "inspection appraised": NP_("log", "Thẩm định giải trình"),
    "inspection reported": NP_("log", "Báo cáo kết quả kiểm tra"),
    "inspection concluded": NP_("log", "Ban hành kết luận"),
    "inspection followed up": NP_("log", "Chuyển sang theo dõi khắc phục"),
    "inspection closed": NP_("log", "Đóng cuộc kiểm tra"),
    "inspection reopened": NP_("log", "Mở lại cuộc kiểm tra"),
    "inspection cancelled": NP_("log", "Hủy cuộc kiểm tra"),
    "minutes prepared": NP_("log", "Soạn biên bản"),
    "minutes confirmed": NP_("log", "Xác nhận biên bản"),
    "refusal to sign noted": NP_("log", "Ghi nhận đơn vị không ký biên bản"),
    "report drafted": NP_("log", "Soạn báo cáo kết quả"),
    "answer recorded": NP_("log", "Trả lời tiêu chí"),
    "answer in conflict": NP_("log", "Giữ câu trả lời khác của cùng một tiêu chí"),
    "case files drawn": NP_("log", "Rút mẫu hồ sơ"),
    "signature on tablet kept": NP_("log", "Ký trên máy tính bảng"),
    "refusal on tablet kept": NP_("log", "Ghi nhận trên máy tính bảng đơn vị không ký"),
    "section claimed": NP_("log", "Nhận phần kiểm tra"),
}

STATE_TONES = {
    State.PROPOSED: "neutral",
    State.PLANNED: "neutral",
    State.SCHEDULED: "info",
    State.NOTIFIED: "info",
    State.IN_PROGRESS: "info",
    State.FIELD_DONE: "info",
    State.MINUTES_SIGNED: "info",
    State.IN_REVIEW: "info",
    State.REPORTED: "info",
    State.CONCLUDED: "info",
    State.FOLLOW_UP: "info",
    State.CLOSED: "good",
    State.POSTPONED: "warn",
    State.SUSPENDED: "warn",
    State.CANCELLED: "outline",
}
"""The tone of a state's badge."""

QUIET_ACTIONS = frozenset({"answer recorded", "section claimed"})
"""Too many for a timeline; the criterion's own history shows them."""

JOBS = {
    "inspect_app.inspections.jobs.tell_of": N_("Báo tin về cuộc kiểm tra"),
    "inspect_app.inspections.jobs.tell_of_review": N_("Báo tin về giải trình và kết luận"),
}
"""What runs later, as the page of the system calls it."""
