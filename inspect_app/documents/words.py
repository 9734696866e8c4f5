"""What the log says about files, and the steps of a paper on its way."""

from inspect_app.refusals import N_

ACTIONS = {
    "file attached": N_("Đính kèm tệp"),
    "file removed": N_("Gỡ tệp"),
    "paper made": N_("Tạo văn bản"),
}

STEPS = {
    "waiting": N_("Đang chờ máy chủ"),
    "collecting": N_("Đang lấy số liệu"),
    "rendering": N_("Đang dựng trang"),
    "keeping": N_("Đang lưu tệp"),
    "done": N_("Đã xong"),
    "failed": N_("Không tạo được"),
}
