"""What the log and the screen call things of inspections."""

from inspect_app.inspections.rules import State
from inspect_app.refusals import N_

ACTIONS = {
    "inspection proposed": N_("Đề xuất cuộc kiểm tra"),
    "inspection planned": N_("Đưa vào kế hoạch"),
    "inspection scheduled": N_("Xếp lịch"),
    "inspection rescheduled": N_("Đổi lịch"),
    "inspection team changed": N_("Thay đổi đoàn kiểm tra"),
    "inspection notified": N_("Thông báo cho đơn vị"),
    "inspection postponed": N_("Hoãn cuộc kiểm tra"),
    "inspection resumed": N_("Đưa lại vào kế hoạch"),
    "inspection started": N_("Bắt đầu kiểm tra"),
    "inspection suspended": N_("Tạm dừng kiểm tra"),
    "inspection continued": N_("Tiếp tục kiểm tra"),
    "inspection finished in the field": N_("Kết thúc thực địa"),
    "inspection minutes signed": N_("Ký biên bản"),
    "inspection review opened": N_("Mở thẩm định giải trình"),
    "inspection explained": N_("Giải trình"),
    "inspection appraised": N_("Thẩm định giải trình"),
    "inspection reported": N_("Báo cáo kết quả kiểm tra"),
    "inspection concluded": N_("Ban hành kết luận"),
    "inspection followed up": N_("Chuyển sang theo dõi khắc phục"),
    "inspection closed": N_("Đóng cuộc kiểm tra"),
    "inspection reopened": N_("Mở lại cuộc kiểm tra"),
    "inspection cancelled": N_("Hủy cuộc kiểm tra"),
    "minutes prepared": N_("Soạn biên bản"),
    "minutes confirmed": N_("Xác nhận biên bản"),
    "refusal to sign noted": N_("Ghi nhận đơn vị không ký biên bản"),
    "report drafted": N_("Soạn báo cáo kết quả"),
    "answer recorded": N_("Trả lời tiêu chí"),
    "answer in conflict": N_("Giữ câu trả lời khác của cùng một tiêu chí"),
    "case files drawn": N_("Rút mẫu hồ sơ"),
    "signature on tablet kept": N_("Ký trên máy tính bảng"),
    "refusal on tablet kept": N_("Ghi nhận trên máy tính bảng đơn vị không ký"),
    "section claimed": N_("Nhận phần kiểm tra"),
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
