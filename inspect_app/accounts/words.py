"""The words of this feature on the screen: roles, and what the log says."""

from inspect_app.permissions import Role
from inspect_app.refusals import N_, NP_

ROLES: dict[Role, str] = {
    Role.OFFICE: N_("Cơ quan thường trực"),
    Role.LEAD: N_("Trưởng đoàn kiểm tra"),
    Role.MEMBER: N_("Thành viên đoàn"),
    Role.HEAD: N_("Người đứng đầu đơn vị"),
    Role.FOCAL_POINT: N_("Đầu mối của đơn vị"),
    Role.AUTHORITY: N_("Người ký"),
    Role.VERIFIER: N_("Người xác nhận hoàn thành"),
    Role.COMMITTEE: N_("Ban Chỉ đạo"),
    Role.AUDITOR: N_("Kiểm toán"),
    Role.ADMIN: N_("Quản trị"),
}
"""In the order in which roles are listed on the screen."""

BROWSERS = (
    *(("Edg", "Edge"), ("OPR", "Opera"), ("CocCoc", "Cốc Cốc"), ("coc_coc", "Cốc Cốc"), ("FxiOS", "Firefox")),
    *(("Firefox", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari")),
)
MACHINES = (
    *(("iPad", "iPad"), ("iPhone", "iPhone"), ("Android", "Android"), ("Windows", "Windows")),
    *(("Mac OS", "macOS"), ("Linux", "Linux")),
)


def browser_words(agent: str) -> str:
    """What a browser calls itself, in two words: "Chrome · Windows"; its own words where it is none of the usual."""
    found = [next((name for mark, name in known if mark in agent), "") for known in (BROWSERS, MACHINES)]
    return " · ".join(name for name in found if name) or agent[:60] or "–"


ACTIONS = {
    "signed in": NP_("log", "Đăng nhập"),
    "signed out": NP_("log", "Đăng xuất"),
    "session ended": NP_("log", "Kết thúc phiên đăng nhập"),
    "password changed": NP_("log", "Đổi mật khẩu"),
    "password set by link": NP_("log", "Đặt mật khẩu bằng liên kết"),
    "person created": NP_("log", "Tạo tài khoản"),
    "person changed": NP_("log", "Sửa tài khoản"),
    "person switched off": NP_("log", "Khóa tài khoản"),
    "person switched on": NP_("log", "Mở lại tài khoản"),
    "invitation sent": NP_("log", "Gửi thư đặt mật khẩu"),
    "role granted": NP_("log", "Giao vai trò"),
    "role ended": NP_("log", "Thu hồi vai trò"),
    "post created": NP_("log", "Tạo vị trí"),
    "post renamed": NP_("log", "Đổi tên vị trí"),
    "person appointed": NP_("log", "Giao vị trí"),
    "tenure ended": NP_("log", "Kết thúc nhiệm kỳ"),
    "setting changed": NP_("log", "Đổi cài đặt"),
}

SETTING_CHOICES = {
    "minutes_signed": N_("Biên bản được ký"),
    "concluded": N_("Kết luận được ban hành"),
}
SETTING_GROUPS: list[tuple[str, str, tuple[str, ...]]] = [
    ("names", N_("Tên gọi"), ("site_name", "committee_name", "place_name")),
    (
        "inspections",
        N_("Kiểm tra"),
        ("coverage_counts_from", "explanation_days", "review_rounds", "conflict_months", "repeat_window_days"),
    ),
    ("tasks", N_("Nhiệm vụ khắc phục"), ("task_days", "acknowledge_days", "due_soon_days")),
    ("files", N_("Tệp và ảnh"), ("document_megabytes", "photo_megabytes", "photo_megapixels", "unit_megabytes")),
]
"""The settings page: mark, heading and settings of each of its parts."""

JOBS = {
    "inspect_app.accounts.jobs.send_way_back": N_("Gửi đường dẫn đặt lại mật khẩu"),
}
"""What runs later, as the page of the system calls it."""
