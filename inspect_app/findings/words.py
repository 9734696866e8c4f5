"""What the log says about findings."""

from inspect_app.refusals import N_

ACTIONS = {
    "finding raised": N_("Nêu tồn tại"),
    "finding changed": N_("Sửa tồn tại"),
    "finding replied": N_("Đơn vị giải trình"),
    "finding undisputed": N_("Hết hạn giải trình, đơn vị không có ý kiến"),
    "finding confirmed": N_("Xác nhận tồn tại"),
    "finding withdrawn": N_("Rút tồn tại"),
    "finding noted": N_("Ghi nhận"),
    "remediation started": N_("Giao khắc phục"),
    "finding resolved": N_("Hoàn thành khắc phục"),
    "finding closed": N_("Đóng tồn tại"),
    "remediation demanded again": N_("Yêu cầu khắc phục lại"),
    "finding transferred": N_("Chuyển cho đơn vị kế thừa"),
    "decision on finding proposed": N_("Trưởng đoàn đề xuất xử lý"),
}
