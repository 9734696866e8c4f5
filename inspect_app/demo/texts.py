"""Words of fictional findings, causes and tasks, by criterion of the illustrative rubric."""

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


AUDIT = "Kết luận thanh tra, kiểm toán đối với đơn vị"
CONCLUSION = "Thông báo kết luận của lần kiểm tra trước"
DELEGATION = "Quyết định phân cấp, ủy quyền của đơn vị"
DIALOGUE = "Kế hoạch đối thoại với người dân, doanh nghiệp của đơn vị"
DIGITAL = "Kế hoạch chuyển đổi số của đơn vị"
DRAFTING = "Quy định về soạn thảo, rà soát văn bản của đơn vị"
FEEDBACK = "Quy trình tiếp nhận, xử lý phản ánh, kiến nghị của đơn vị"
MEDIA = "Kế hoạch tuyên truyền CCHC của đơn vị"
ONE_STOP = "Quy chế tổ chức và hoạt động của bộ phận một cửa"
PLAN = "Kế hoạch cải cách hành chính năm của đơn vị"
QUALITY = "Quyết định công bố hệ thống quản lý chất lượng của đơn vị"
REPORTS = "Quy định về chế độ báo cáo của đơn vị"
RULES = "Quy chế làm việc của đơn vị"
SPENDING = "Quy chế chi tiêu nội bộ, quản lý tài sản công của đơn vị"
STAFF = "Đề án vị trí việc làm của đơn vị"
TRAINING = "Kế hoạch đào tạo, bồi dưỡng của đơn vị"

CASES: dict[str, tuple[Case, ...]] = {
    "1.1": (
        Case(
            "Kế hoạch CCHC năm gửi các bộ phận chậm {n} ngày sau khi ban hành",
            PLAN,
            "Chưa phân công người theo dõi thời hạn",
            "Xây dựng lịch ban hành văn bản đầu năm",
            "Ban hành lịch công tác CCHC và phân công người theo dõi",
            "Lịch công tác có phân công",
            "Văn phòng",
        ),
    ),
    "1.2": (
        Case(
            "{n} nhiệm vụ trong kế hoạch CCHC chưa ghi nguồn kinh phí thực hiện",
            PLAN,
            "Dự toán được giao sau khi kế hoạch ban hành",
            "Bổ sung nguồn kinh phí cho từng nhiệm vụ",
            "Bổ sung nguồn kinh phí của {n} nhiệm vụ vào kế hoạch CCHC",
            "Kế hoạch sửa đổi, dự toán kèm theo",
            "Bộ phận tài chính - kế toán",
        ),
    ),
    "1.3": (
        Case(
            "Phụ lục phân công chưa nêu sản phẩm của {n} nhiệm vụ",
            PLAN,
            "Bộ phận tham mưu chưa nắm yêu cầu 6 rõ",
            "Bổ sung sản phẩm, thời hạn, người chịu trách nhiệm",
            "Bổ sung sản phẩm và người chịu trách nhiệm vào phụ lục phân công nhiệm vụ CCHC",
            "Phụ lục sửa đổi đã ban hành",
            "Văn phòng",
        ),
    ),
    "1.4": (
        Case(
            "{n} nhiệm vụ báo cáo hoàn thành nhưng chưa lưu sản phẩm kèm theo",
            PLAN,
            "Bảng theo dõi nhiệm vụ cập nhật theo quý, không theo sản phẩm",
            "Theo dõi từng nhiệm vụ bằng sản phẩm cụ thể",
            "Rà soát {n} nhiệm vụ đã báo cáo hoàn thành và lưu đủ sản phẩm",
            "Bảng theo dõi nhiệm vụ kèm sản phẩm",
            "Văn phòng",
        ),
    ),
    "1.5": (
        Case(
            "Báo cáo CCHC quý thiếu số liệu ở {n} mục của biểu mẫu",
            REPORTS,
            "Các phòng gửi số liệu muộn, không đủ biểu",
            "Thống nhất biểu mẫu và hạn gửi số liệu giữa các phòng",
            "Bổ sung số liệu {n} mục còn thiếu và gửi lại báo cáo CCHC",
            "Báo cáo bổ sung đã gửi",
            "Văn phòng",
        ),
    ),
    "1.6": (
        Case(
            "Biên bản tự kiểm tra chưa ghi kiến nghị đối với {n} phòng, đơn vị trực thuộc",
            PLAN,
            "Thiếu nhân lực làm công tác kiểm tra",
            "Dùng mẫu biên bản có mục kiến nghị",
            "Bổ sung kiến nghị vào biên bản tự kiểm tra {n} phòng, đơn vị trực thuộc",
            "Biên bản kiểm tra từng phòng, đơn vị",
            "Lãnh đạo phụ trách CCHC",
        ),
    ),
    "1.7": (
        Case(
            "{n} vấn đề phát hiện qua tự kiểm tra chưa ghi thời hạn xử lý",
            PLAN,
            "Thông báo kết luận chỉ nêu chung, không giao thời hạn",
            "Giao thời hạn và người xử lý cho từng vấn đề",
            "Giao thời hạn và báo cáo kết quả xử lý {n} vấn đề phát hiện qua tự kiểm tra",
            "Báo cáo khắc phục kèm minh chứng",
            "Lãnh đạo phụ trách CCHC",
        ),
    ),
    "1.8": (
        Case(
            "Chuyên mục CCHC trên trang thông tin không có tin, bài mới trong {n} ngày",
            MEDIA,
            "Chưa giao số lượng tin, bài cho từng bộ phận",
            "Giao số lượng tin, bài hằng tháng",
            "Đăng đủ tin, bài về CCHC theo kế hoạch tuyên truyền",
            "Danh mục tin, bài và đường dẫn",
            "Phòng Văn hóa - Xã hội",
        ),
    ),
    "1.9": (
        Case(
            "Chưa lập hồ sơ đánh giá hiệu quả giải pháp CCHC sau {n} tuần áp dụng",
            PLAN,
            "Chưa có người hướng dẫn lập hồ sơ sáng kiến",
            "Đánh giá hiệu quả và lập hồ sơ đề nghị công nhận",
            "Lập hồ sơ đánh giá hiệu quả giải pháp CCHC và đề nghị công nhận",
            "Hồ sơ đề nghị công nhận sáng kiến",
            "Văn phòng",
        ),
    ),
    "1.10": (
        Case(
            "{n} nhiệm vụ cấp trên giao chưa cập nhật kết quả trên hệ thống theo dõi",
            RULES,
            "Người được giao không cập nhật hệ thống hằng tuần",
            "Cập nhật kết quả ngay khi hoàn thành",
            "Hoàn thành và cập nhật kết quả {n} nhiệm vụ cấp trên giao trên hệ thống",
            "Trích xuất hệ thống theo dõi nhiệm vụ",
            "Văn phòng",
        ),
    ),
    "1.11": (
        Case(
            "{n} kiến nghị tại hội nghị đối thoại năm trước chưa có văn bản trả lời",
            DIALOGUE,
            "Chưa giao bộ phận theo dõi kiến nghị sau hội nghị",
            "Trả lời từng kiến nghị và công khai kết quả",
            "Trả lời bằng văn bản {n} kiến nghị tại hội nghị đối thoại và công khai kết quả",
            "Văn bản trả lời, đường dẫn công khai",
            "Văn phòng",
        ),
        Case(
            "Thông báo hội nghị đối thoại gửi người dân, doanh nghiệp muộn {n} ngày so với kế hoạch",
            DIALOGUE,
            "Chưa xác định ngày tổ chức từ đầu năm",
            "Ấn định ngày đối thoại trong kế hoạch năm",
            "Ban hành lịch hội nghị đối thoại của năm và thông báo rộng rãi",
            "Lịch đối thoại, thông báo đã gửi",
            "Văn phòng",
        ),
    ),
    "1.12": (
        Case(
            "{n} nội dung khắc phục sau lần kiểm tra trước chưa có minh chứng",
            CONCLUSION,
            "Hồ sơ khắc phục để rải rác ở các phòng",
            "Lập một hồ sơ khắc phục dùng chung",
            "Bổ sung minh chứng của {n} nội dung đã khắc phục sau lần kiểm tra trước",
            "Báo cáo khắc phục kèm minh chứng",
            "Lãnh đạo phụ trách CCHC",
        ),
    ),
    "2.1": (
        Case(
            "{n} văn bản ghi thiếu nơi nhận hoặc sai thể thức",
            DRAFTING,
            "Văn bản không qua bộ phận tư pháp trước khi ký",
            "Kiểm tra thể thức trước khi trình ký",
            "Rà soát, đính chính {n} văn bản sai thể thức",
            "Danh mục văn bản đã đính chính",
            "Bộ phận tư pháp",
        ),
    ),
    "2.2": (
        Case(
            "{n} văn bản hết hiệu lực chưa được đưa vào danh mục công bố",
            DRAFTING,
            "Chưa lập danh mục văn bản hằng năm",
            "Rà soát và công bố danh mục",
            "Rà soát {n} văn bản hết hiệu lực và công bố danh mục",
            "Danh mục đã công bố",
            "Bộ phận tư pháp",
        ),
    ),
    "2.3": (
        Case(
            "Báo cáo theo dõi thi hành pháp luật gửi chậm {n} ngày",
            DRAFTING,
            "Công chức tư pháp kiêm nhiệm nhiều việc",
            "Lập lịch báo cáo theo dõi thi hành pháp luật",
            "Ban hành kế hoạch theo dõi thi hành pháp luật có lịch báo cáo",
            "Kế hoạch, báo cáo đã gửi",
            "Bộ phận tư pháp",
        ),
    ),
    "3.1": (
        Case(
            "Bảng niêm yết còn {n} thủ tục hành chính ghi theo quyết định công bố cũ",
            ONE_STOP,
            "Chưa cập nhật sau khi công bố thủ tục mới",
            "Niêm yết đủ, gắn mã QR tra cứu",
            "Công khai đầy đủ thủ tục hành chính tại bộ phận một cửa và trên trang thông tin điện tử",
            "Ảnh niêm yết, đường dẫn trang công khai",
            "Trung tâm Phục vụ hành chính công",
        ),
    ),
    "3.2": (
        Case(
            "Sổ tiếp nhận hồ sơ giấy không khớp với phần mềm ở {n} hồ sơ",
            ONE_STOP,
            "Nhập liệu sau khi trả kết quả",
            "Đối chiếu hằng tuần",
            "Đối chiếu sổ tiếp nhận với phần mềm và sửa {n} hồ sơ sai lệch",
            "Biên bản đối chiếu",
            "Trung tâm Phục vụ hành chính công",
        ),
        Case(
            "{n} phiếu kiểm soát quá trình giải quyết hồ sơ chưa ghi giờ giao, nhận",
            ONE_STOP,
            "Phiếu được điền sau, không điền khi bàn giao",
            "Ghi phiếu ngay khi giao, nhận hồ sơ",
            "Chấn chỉnh việc ghi phiếu kiểm soát quá trình và kiểm tra lại {n} hồ sơ",
            "Biên bản kiểm tra phiếu kiểm soát",
            "Trung tâm Phục vụ hành chính công",
        ),
    ),
    "3.3": (
        Case(
            "{n} hồ sơ giải quyết quá hạn, chủ yếu ở lĩnh vực đất đai",
            ONE_STOP,
            "Thời gian lấy ý kiến các phòng không được tính trước",
            "Quy định thời hạn xử lý của từng phòng",
            "Giải quyết dứt điểm {n} hồ sơ quá hạn và quy định thời hạn xử lý của từng phòng",
            "Trích xuất hệ thống, quy định nội bộ",
            "Trung tâm Phục vụ hành chính công",
        ),
    ),
    "3.4": (
        Case(
            "{n} hồ sơ quá hạn chưa lưu thư xin lỗi trong hồ sơ",
            ONE_STOP,
            "Cán bộ xử lý không cập nhật trạng thái hồ sơ",
            "Gửi thư xin lỗi và hẹn lại ngày trả",
            "Gửi thư xin lỗi, hẹn lại ngày trả và lưu thư của {n} hồ sơ quá hạn",
            "{n} thư đã gửi, sổ theo dõi có xác nhận",
            "Trung tâm Phục vụ hành chính công",
        ),
    ),
    "3.5": (
        Case(
            "{n} phản ánh, kiến nghị đã xử lý nhưng chưa công khai kết quả",
            FEEDBACK,
            "Chưa phân công người đăng kết quả lên hệ thống",
            "Công khai kết quả ngay khi trả lời",
            "Công khai kết quả xử lý {n} phản ánh, kiến nghị trên hệ thống",
            "Trích xuất hệ thống phản ánh, kiến nghị",
            "Văn phòng",
        ),
    ),
    "4.1": (
        Case(
            "Quy chế làm việc còn {n} nội dung chưa sửa sau khi sắp xếp tổ chức",
            RULES,
            "Chờ hướng dẫn của cấp trên",
            "Ban hành quy chế làm việc sửa đổi",
            "Ban hành quy chế làm việc sửa đổi",
            "Quy chế đã ký ban hành",
            "Văn phòng",
        ),
    ),
    "4.2": (
        Case(
            "Danh sách biên chế có mặt chưa cập nhật {n} trường hợp điều động",
            STAFF,
            "Quyết định điều động gửi về muộn",
            "Cập nhật danh sách ngay khi có quyết định",
            "Cập nhật danh sách biên chế có mặt và đối chiếu với số được giao",
            "Danh sách đối chiếu có xác nhận",
            "Văn phòng",
        ),
    ),
    "4.3": (
        Case(
            "Chưa có báo cáo kiểm tra đối với {n} nội dung đã ủy quyền",
            DELEGATION,
            "Quyết định ủy quyền không nêu cách kiểm tra",
            "Kiểm tra định kỳ các nội dung đã ủy quyền",
            "Kiểm tra và báo cáo kết quả thực hiện {n} nội dung đã ủy quyền",
            "Báo cáo kiểm tra việc thực hiện ủy quyền",
            "Lãnh đạo phụ trách CCHC",
        ),
    ),
    "5.1": (
        Case(
            "{n} công chức có bản mô tả công việc chưa khớp với đề án vị trí việc làm",
            STAFF,
            "Bản mô tả công việc lập trước khi sắp xếp tổ chức",
            "Rà soát bản mô tả theo đề án",
            "Rà soát, điều chỉnh bản mô tả công việc của {n} công chức theo đề án vị trí việc làm",
            "Bản mô tả công việc đã duyệt",
            "Văn phòng",
        ),
    ),
    "5.2": (
        Case(
            "{n} lượt công chức trong kế hoạch bồi dưỡng chưa nộp chứng chỉ",
            TRAINING,
            "Lịch học trùng thời gian cao điểm công việc",
            "Đăng ký lớp bổ sung trong năm",
            "Cử đi học bổ sung và hoàn thành {n} lượt bồi dưỡng theo kế hoạch",
            "Chứng chỉ, báo cáo kết quả bồi dưỡng",
            "Văn phòng",
        ),
    ),
    "5.3": (
        Case(
            "{n} lượt công chức đến muộn trong sổ theo dõi giờ làm việc chưa được nhắc nhở",
            RULES,
            "Lãnh đạo phòng chưa kiểm tra giờ giấc",
            "Chấn chỉnh kỷ luật, kỷ cương hành chính",
            "Nhắc nhở các trường hợp đến muộn và báo cáo kết quả chấn chỉnh",
            "Biên bản họp, báo cáo kết quả",
            "Văn phòng",
        ),
    ),
    "5.4": (
        Case(
            "Phiếu đánh giá của {n} công chức chưa gắn với sản phẩm công việc",
            STAFF,
            "Chưa có tiêu chí cụ thể",
            "Xây dựng tiêu chí theo vị trí việc làm",
            "Xây dựng tiêu chí đánh giá theo sản phẩm và đánh giá lại {n} công chức",
            "Bộ tiêu chí, kết quả đánh giá",
            "Văn phòng",
        ),
    ),
    "6.1": (
        Case(
            "{n} gói chi nhỏ chưa có hồ sơ thanh toán dù đã nghiệm thu",
            SPENDING,
            "Hồ sơ thanh toán dồn vào cuối quý",
            "Lập kế hoạch giải ngân theo tháng",
            "Hoàn thiện hồ sơ thanh toán {n} gói chi và lập kế hoạch giải ngân theo tháng",
            "Báo cáo giải ngân có xác nhận của Kho bạc",
            "Bộ phận tài chính - kế toán",
        ),
    ),
    "6.2": (
        Case(
            "Sổ tài sản công chưa ghi {n} tài sản nhận bàn giao",
            SPENDING,
            "Kế toán kiêm nhiệm",
            "Kiểm kê và ghi sổ khi nhận bàn giao",
            "Kiểm kê, ghi sổ {n} tài sản công nhận bàn giao",
            "Biên bản kiểm kê, sổ tài sản",
            "Bộ phận tài chính - kế toán",
        ),
    ),
    "6.3": (
        Case(
            "{n} kiến nghị sau thanh tra, kiểm toán chưa lưu chứng từ thực hiện",
            AUDIT,
            "Chứng từ để ở bộ phận khác nhau",
            "Lập hồ sơ theo dõi từng kiến nghị",
            "Bổ sung chứng từ thực hiện {n} kiến nghị sau thanh tra, kiểm toán",
            "Chứng từ, báo cáo thực hiện kiến nghị",
            "Bộ phận tài chính - kế toán",
        ),
    ),
    "7.1": (
        Case(
            "{n} văn bản phát hành chưa ký số của cá nhân",
            DIGITAL,
            "Chưa cấp đủ chữ ký số",
            "Đăng ký cấp chữ ký số cho lãnh đạo các phòng",
            "Ký số 100% văn bản điện tử phát hành",
            "Trích xuất hệ thống quản lý văn bản",
            "Văn phòng",
        ),
    ),
    "7.2": (
        Case(
            "{n} hồ sơ trực tuyến toàn trình vẫn bị yêu cầu nộp thêm bản giấy",
            DIGITAL,
            "Cán bộ tiếp nhận giữ thói quen thu bản giấy",
            "Không yêu cầu bản giấy khi hồ sơ điện tử hợp lệ",
            "Chấm dứt việc yêu cầu nộp thêm bản giấy và hướng dẫn người dân nộp trực tuyến",
            "Trích xuất Cổng Dịch vụ công quốc gia",
            "Trung tâm Phục vụ hành chính công",
        ),
    ),
    "7.3": (
        Case(
            "{n} hồ sơ nộp trực tuyến nhưng thu phí bằng tiền mặt",
            DIGITAL,
            "Chưa có mã thanh toán tại quầy",
            "Đặt mã thanh toán tại từng quầy",
            "Bố trí mã thanh toán tại quầy và hướng dẫn thanh toán trực tuyến",
            "Ảnh quầy, trích xuất Cổng Dịch vụ công quốc gia",
            "Trung tâm Phục vụ hành chính công",
        ),
    ),
    "7.4": (
        Case(
            "{n} kết quả giải quyết thủ tục chưa có bản điện tử trong kho dữ liệu",
            DIGITAL,
            "Thiếu máy quét, chưa phân công người số hóa",
            "Bố trí thiết bị và người phụ trách",
            "Số hóa {n} kết quả còn thiếu và toàn bộ hồ sơ phát sinh",
            "Trích xuất hệ thống, bảng đối chiếu",
            "Trung tâm Phục vụ hành chính công",
        ),
    ),
    "7.5": (
        Case(
            "{n} quy trình ISO 9001 chưa cập nhật theo thủ tục hành chính mới công bố",
            QUALITY,
            "Chưa phân công người rà soát quy trình",
            "Cập nhật quy trình khi thủ tục thay đổi",
            "Cập nhật {n} quy trình ISO 9001 và công bố lại",
            "Quyết định công bố, quy trình đã cập nhật",
            "Văn phòng",
        ),
    ),
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
