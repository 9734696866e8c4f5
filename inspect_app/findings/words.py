"""What the log says about findings."""

from inspect_app.refusals import N_, NP_

ACTIONS = {
    "finding raised": NP_("log", "Nêu tồn tại"),
    "finding changed": NP_("log", "Sửa tồn tại"),
    "finding replied": NP_("log", "Đơn vị giải trình"),
    "finding undisputed": NP_("log", "Hết hạn giải trình, đơn vị không có ý kiến"),
    "finding confirmed": NP_("log", "Xác nhận tồn tại"),
    "finding withdrawn": NP_("log", "Rút tồn tại"),
    "finding noted": NP_("log", "Ghi nhận"),
    "remediation started": NP_("log", "Giao khắc phục"),
    "finding resolved": NP_("log", "Hoàn thành khắc phục"),
    "finding closed": NP_("log", "Đóng tồn tại"),
    "remediation demanded again": NP_("log", "Yêu cầu khắc phục lại"),
    "finding transferred": NP_("log", "Chuyển cho đơn vị kế thừa"),
    "decision on finding proposed": NP_("log", "Trưởng đoàn đề xuất xử lý"),
}

JOBS = {
    "inspect_app.findings.jobs.tell_about_decision": N_("Báo tin quyết định về tồn tại"),
}
"""What runs later, as the page of the system calls it."""
