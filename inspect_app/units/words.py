"""The words of this feature's log entries and columns."""

from inspect_app.refusals import N_, NP_

ACTIONS = {
    "unit created": NP_("log", "Đưa đơn vị vào danh mục"),
    "unit changed": NP_("log", "Sửa thông tin đơn vị"),
    "unit merged": NP_("log", "Ghi nhận sáp nhập, hợp nhất"),
    "unit split": NP_("log", "Ghi nhận chia, tách"),
    "unit renamed": NP_("log", "Ghi nhận đổi tên"),
    "unit moved": NP_("log", "Ghi nhận chuyển cấp trên"),
    "unit dissolved": NP_("log", "Ghi nhận giải thể"),
    "succession corrected": NP_("log", "Sửa quan hệ kế thừa"),
}

COLUMNS = {
    "code": N_("mã đơn vị, không trùng; đơn vị đã có mã này thì được cập nhật"),
    "name": N_("tên đầy đủ như trên văn bản"),
    "group": N_("khối, nhóm đơn vị dùng để tính tỷ lệ kiểm tra"),
    "parent_code": N_("mã của cấp trên trực tiếp; để trống nếu không có"),
    "coordinated_by": N_("mã của đơn vị phối hợp chỉ đạo (cơ quan ngành dọc)"),
    "valid_from": N_("ngày bắt đầu hiệu lực; để trống nếu không rõ"),
    "valid_to": N_("ngày cuối cùng còn hiệu lực; để trống nếu đang hoạt động"),
    "source": N_("văn bản hoặc nguồn của dòng này"),
    "date": N_("ngày thay đổi có hiệu lực"),
    "from_code": N_("mã của đơn vị cũ"),
    "to_code": N_("mã của đơn vị kế thừa; chỉ để trống khi giải thể"),
    "main_successor": N_("yes nếu là kế thừa chính; mỗi đơn vị cũ có đúng một"),
}
"""What stands in each column of an import; the page itself lists what `kind` may be."""
