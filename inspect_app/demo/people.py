"""Fictional people. Every name is put together by chance from common parts; nobody is meant."""

from dataclasses import dataclass
from random import Random

from inspect_app.permissions import Role

FAMILY = [
    "Nguyễn",
    "Trần",
    "Lê",
    "Phạm",
    "Hoàng",
    "Phan",
    "Vũ",
    "Đặng",
    "Bùi",
    "Đỗ",
    "Hồ",
    "Ngô",
    "Dương",
    "Lý",
    "Đinh",
    "Đoàn",
    "Lương",
    "Trịnh",
    "Mai",
    "Tạ",
]
MIDDLE_F = ["Thị", "Thu", "Ngọc", "Phương", "Thanh", "Bích", "Minh", "Hồng", "Kim", "Diệu"]
GIVEN_F = [
    "Hương",
    "Lan",
    "Trang",
    "Hà",
    "Mai",
    "Linh",
    "Hạnh",
    "Thảo",
    "Nga",
    "Yến",
    "Huyền",
    "Dung",
    "Loan",
    "Vân",
    "Oanh",
    "Thủy",
    "Nhung",
    "Tâm",
]
MIDDLE_M = ["Văn", "Quốc", "Minh", "Đức", "Thanh", "Hữu", "Xuân", "Công", "Trọng", "Anh", "Tiến", "Mạnh"]
GIVEN_M = [
    "Tuấn",
    "Sơn",
    "Hùng",
    "Nam",
    "Dũng",
    "Long",
    "Khang",
    "Phong",
    "Toàn",
    "Thắng",
    "Hải",
    "Bình",
    "Cường",
    "Quân",
    "Vinh",
    "Kiên",
    "Thành",
    "Đạt",
]


@dataclass(frozen=True, slots=True)
class Player:
    """Somebody whom the sign-in page offers: name, address, roles for the city, and a line that says what they do."""

    key: str
    name: str
    line: str
    roles: tuple[Role, ...] = ()


PLAYERS = (
    Player("van-phong", "Lê Thị Mai Hương", "Lập kế hoạch, xếp lịch, theo dõi, thẩm định giải trình", (Role.OFFICE,)),
    Player("xac-nhan", "Đỗ Minh Khang", "Kiểm tra minh chứng, xác nhận hoàn thành hoặc trả lại", (Role.VERIFIER,)),
    Player("truong-doan", "Trần Minh Đức", "Trưởng đoàn số 1, đang kiểm tra tại đơn vị", (Role.LEAD, Role.MEMBER)),
    Player("thanh-vien", "Bùi Thanh Sơn", "Thành viên đoàn số 1, trả lời tiêu chí trên máy tính bảng", (Role.MEMBER,)),
    Player("thu-truong", "Phạm Quốc Tuấn", "Chủ tịch UBND phường, có nhiệm vụ quá hạn"),
    Player("dau-moi", "Đỗ Thu Trang", "Đầu mối CCHC của phường, báo cáo tiến độ"),
    Player("nguoi-ky", "Nguyễn Hữu Thắng", "Phê duyệt kế hoạch, ban hành kết luận", (Role.AUTHORITY,)),
    Player("ban-chi-dao", "Vũ Đức Thịnh", "Xem việc quá hạn và quyết định", (Role.COMMITTEE,)),
    Player("kiem-toan", "Ngô Bích Liên", "Chỉ xem, mở được nhật ký hệ thống", (Role.AUDITOR,)),
    Player("quan-tri", "Hoàng Công Vinh", "Tài khoản, chức vụ, ngày nghỉ, thiết lập", (Role.ADMIN,)),
)


class Names:
    """Gives names one after the other, none of them twice."""

    def __init__(self, chance: Random, taken: set[str]) -> None:
        self.chance = chance
        self.taken = taken

    def next(self) -> str:
        while True:
            woman = self.chance.random() < 0.45
            parts = (FAMILY, MIDDLE_F, GIVEN_F) if woman else (FAMILY, MIDDLE_M, GIVEN_M)
            name = " ".join(self.chance.choice(part) for part in parts)
            if name not in self.taken:
                self.taken.add(name)
                return name
