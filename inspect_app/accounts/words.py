"""The words of this feature on the screen: roles, and what the log says."""

from inspect_app.permissions import Role
from inspect_app.refusals import N_

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
    "signed in": N_("Đăng nhập"),
    "signed out": N_("Đăng xuất"),
    "session ended": N_("Kết thúc phiên đăng nhập"),
    "password changed": N_("Đổi mật khẩu"),
    "password set by link": N_("Đặt mật khẩu bằng liên kết"),
    "person created": N_("Tạo tài khoản"),
    "person changed": N_("Sửa tài khoản"),
    "person switched off": N_("Khóa tài khoản"),
    "person switched on": N_("Mở lại tài khoản"),
    "invitation sent": N_("Gửi thư đặt mật khẩu"),
    "role granted": N_("Giao vai trò"),
    "role ended": N_("Thu hồi vai trò"),
    "post created": N_("Tạo vị trí"),
    "post renamed": N_("Đổi tên vị trí"),
    "person appointed": N_("Giao vị trí"),
    "tenure ended": N_("Kết thúc nhiệm kỳ"),
    "setting changed": N_("Đổi cài đặt"),
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
