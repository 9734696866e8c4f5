"""Words of fictional findings, causes and tasks, by field of the illustrative rubric."""

from typing import NamedTuple


class Case(NamedTuple):
    """One kind of shortcoming, and what is asked for it."""

    fact: str
    basis: str
    cause: str
    advice: str
    task: str
    deliverable: str
    responsibility: str


PLAN = "Kế hoạch cải cách hành chính năm của đơn vị"
ONE_STOP = "Quy chế tổ chức và hoạt động của bộ phận một cửa"
RULES = "Quy chế làm việc của đơn vị"
CASES: dict[str, tuple[Case, ...]] = {
    "1": (
        Case(
            "Kế hoạch CCHC ban hành chậm {n} ngày so với yêu cầu của Thành phố",
            PLAN,
            "Chưa phân công người theo dõi thời hạn",
            "Xây dựng lịch ban hành văn bản đầu năm",
            "Ban hành lịch công tác CCHC và phân công người theo dõi",
            "Lịch công tác có phân công",
            "Văn phòng",
        ),
        Case(
            "Phụ lục phân công chưa nêu sản phẩm của {n} nhiệm vụ",
            PLAN,
            "Bộ phận tham mưu chưa nắm yêu cầu 6 rõ",
            "Bổ sung sản phẩm, thời hạn, người chịu trách nhiệm",
            "Bổ sung sản phẩm và người chịu trách nhiệm vào phụ lục phân công nhiệm vụ CCHC",
            "Phụ lục sửa đổi đã ban hành",
            "Văn phòng",
        ),
        Case(
            "Chưa kiểm tra {n} phòng, đơn vị trực thuộc theo kế hoạch",
            PLAN,
            "Thiếu nhân lực trong quý II",
            "Hoàn thành kiểm tra trong quý tiếp theo",
            "Kiểm tra {n} phòng, đơn vị trực thuộc còn lại trong kế hoạch",
            "Biên bản kiểm tra từng phòng, đơn vị",
            "Lãnh đạo phụ trách CCHC",
        ),
    ),
    "2": (
        Case(
            "{n} văn bản hết hiệu lực chưa được rà soát, công bố",
            RULES,
            "Chưa lập danh mục văn bản hằng năm",
            "Rà soát và công bố danh mục",
            "Rà soát {n} văn bản hết hiệu lực và công bố danh mục",
            "Danh mục đã công bố",
            "Bộ phận tư pháp",
        ),
    ),
    "3": (
        Case(
            "Niêm yết thiếu {n} thủ tục hành chính tại bộ phận một cửa",
            ONE_STOP,
            "Chưa cập nhật sau khi công bố thủ tục mới",
            "Niêm yết đủ, gắn mã QR tra cứu",
            "Công khai đầy đủ thủ tục hành chính tại bộ phận một cửa và trên trang thông tin điện tử",
            "Ảnh niêm yết, đường dẫn trang công khai",
            "Trung tâm Phục vụ hành chính công",
        ),
        Case(
            "{n} hồ sơ giải quyết quá hạn không có thư xin lỗi",
            ONE_STOP,
            "Cán bộ xử lý không cập nhật trạng thái hồ sơ",
            "Gửi thư xin lỗi và hẹn lại ngày trả",
            "Gửi thư xin lỗi và hẹn lại ngày trả cho {n} hồ sơ giải quyết quá hạn",
            "{n} thư đã gửi, sổ theo dõi có xác nhận",
            "Trung tâm Phục vụ hành chính công",
        ),
        Case(
            "Sổ tiếp nhận hồ sơ giấy không khớp với phần mềm ở {n} hồ sơ",
            ONE_STOP,
            "Nhập liệu sau khi trả kết quả",
            "Đối chiếu hằng tuần",
            "Đối chiếu sổ tiếp nhận với phần mềm và sửa {n} hồ sơ sai lệch",
            "Biên bản đối chiếu",
            "Trung tâm Phục vụ hành chính công",
        ),
    ),
    "4": (
        Case(
            "Quy chế làm việc chưa sửa đổi sau khi sắp xếp tổ chức",
            RULES,
            "Chờ hướng dẫn của cấp trên",
            "Ban hành quy chế mới",
            "Ban hành quy chế làm việc sửa đổi",
            "Quy chế đã ký ban hành",
            "Văn phòng",
        ),
    ),
    "5": (
        Case(
            "{n} công chức vắng mặt không có lý do tại thời điểm kiểm tra",
            RULES,
            "Lãnh đạo phòng chưa kiểm tra giờ giấc",
            "Chấn chỉnh kỷ luật, kỷ cương hành chính",
            "Kiểm điểm {n} công chức vắng mặt không lý do và báo cáo kết quả",
            "Biên bản kiểm điểm",
            "Phòng Văn hóa - Xã hội",
        ),
        Case(
            "Chưa đánh giá, xếp loại {n} công chức theo sản phẩm công việc",
            RULES,
            "Chưa có tiêu chí cụ thể",
            "Xây dựng tiêu chí theo vị trí việc làm",
            "Xây dựng tiêu chí đánh giá theo sản phẩm và đánh giá lại {n} công chức",
            "Bộ tiêu chí, kết quả đánh giá",
            "Văn phòng",
        ),
    ),
    "6": (
        Case(
            "Công khai dự toán, quyết toán chậm {n} ngày",
            "Quy chế chi tiêu nội bộ của đơn vị",
            "Kế toán kiêm nhiệm",
            "Công khai đúng hạn trên trang thông tin",
            "Công khai dự toán, quyết toán và lập lịch công khai cả năm",
            "Đường dẫn công khai, lịch công khai",
            "Bộ phận tài chính - kế toán",
        ),
    ),
    "7": (
        Case(
            "Tỷ lệ số hóa hồ sơ, kết quả giải quyết thủ tục đạt {n}%, thấp hơn yêu cầu",
            PLAN,
            "Thiếu máy quét, chưa phân công người số hóa",
            "Bố trí thiết bị và người phụ trách",
            "Số hóa toàn bộ hồ sơ, kết quả giải quyết phát sinh từ đầu năm",
            "Trích xuất hệ thống, bảng đối chiếu",
            "Trung tâm Phục vụ hành chính công",
        ),
        Case(
            "{n} văn bản phát hành chưa ký số",
            PLAN,
            "Chưa cấp đủ chữ ký số",
            "Đăng ký cấp chữ ký số cho lãnh đạo các phòng",
            "Ký số 100% văn bản điện tử phát hành",
            "Trích xuất hệ thống quản lý văn bản",
            "Văn phòng",
        ),
    ),
}
GOOD = (
    "Có sáng kiến hẹn giờ làm thủ tục qua điện thoại, giảm thời gian chờ của người dân",
    "Bộ phận một cửa bố trí người hướng dẫn riêng cho người cao tuổi",
    "Công khai tiến độ nhiệm vụ CCHC hằng tuần tại trụ sở",
)
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
