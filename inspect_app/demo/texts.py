"""Words of fictional findings, causes and tasks, by criterion of the illustrative rubric."""

from pathlib import Path
from typing import NamedTuple

import yaml


class Case(NamedTuple):
    """One kind of shortcoming, and what is asked for it."""

    fact: str
    basis: str
    cause: str
    advice: str
    task: str
    deliverable: str
    responsibility: str


CASES: dict[str, tuple[Case, ...]] = {
    code: tuple(Case(**case) for case in cases)
    for code, cases in yaml.safe_load(Path(__file__).with_name("cases.yaml").read_text(encoding="utf-8")).items()
}
"""By criterion of the rubric; none contradicts an answer that the criterion can have."""

GOOD = {
    "1.4": "Công khai tiến độ nhiệm vụ CCHC hằng tuần tại trụ sở",
    "1.9": "Có sáng kiến hẹn giờ làm thủ tục qua điện thoại, giảm thời gian chờ của người dân",
    "3.2": "Bộ phận một cửa bố trí người hướng dẫn riêng cho người cao tuổi",
}
WORDS_OF_PROGRESS = (
    "Đã phân công, đang thu thập số liệu",
    "Đã xong một nửa, phần còn lại chờ phòng chuyên môn",
    "Đã làm xong các nội dung chính, đang hoàn thiện minh chứng",
    "Đã họp rà soát, thống nhất cách làm",
)
WORDS_OF_SUBMISSION = ("Đã hoàn thành, gửi kèm minh chứng", "Đã thực hiện xong theo yêu cầu của kết luận")
WORDS_OF_RETURN = (
    "Thiếu minh chứng của nội dung thứ hai",
    "Ảnh không đọc được ngày niêm yết",
    "Chưa đúng sản phẩm đã giao",
)
WORDS_OF_EXTENSION = (
    "Chờ dữ liệu từ cơ quan đăng ký đất đai, dự kiến có trong tuần tới",
    "Đang lấy ý kiến các phòng, cần thêm thời gian tổng hợp",
    "Người phụ trách nghỉ ốm, đã phân công người thay",
)
REPLIES = ("Đơn vị nhất trí và tiếp thu", "Đơn vị đề nghị xem xét vì đã có văn bản xin gia hạn trước thời hạn")
NOTES = (
    "Đã xem bản gốc, đúng yêu cầu",
    "Đối chiếu với sổ theo dõi của bộ phận một cửa",
    "Cần bổ sung bản chụp quyết định",
)
STRENGTHS = (
    "Đơn vị chấp hành nghiêm kế hoạch CCHC của Thành phố, chuẩn bị đủ hồ sơ, cử đúng thành phần làm việc với đoàn."
)
