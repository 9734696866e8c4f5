"""What the log says about files, and the steps of a paper on its way."""

from inspect_app.refusals import N_, NP_

ACTIONS = {
    "file attached": NP_("log", "Đính kèm tệp"),
    "file removed": NP_("log", "Gỡ tệp"),
    "paper made": NP_("log", "Tạo văn bản"),
}

STEPS = {
    "waiting": N_("Đang chờ máy chủ"),
    "collecting": N_("Đang lấy số liệu"),
    "rendering": N_("Đang dựng trang"),
    "keeping": N_("Đang lưu tệp"),
    "done": N_("Đã xong"),
    "failed": N_("Không tạo được"),
}

JOBS = {
    "inspect_app.documents.jobs.render": N_("Tạo văn bản PDF"),
}
"""What runs later, as the page of the system calls it."""
