from datetime import date

import pytest

from inspect_app.documents.rules import (
    MEGA,
    Limits,
    clean_file_name,
    content_disposition,
    megabytes,
    paper_number,
    place_and_date,
    refuse_when_full,
)
from inspect_app.refusals import Refused


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("Báo cáo.pdf", "Báo cáo.pdf"),
        ("Ba\u0301o ca\u0301o.pdf", "Báo cáo.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\an\\ảnh.jpg", "ảnh.jpg"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie- x.pdf"),
        ("anh\u202egpj.exe", "anhgpj.exe"),
        ("  . .pdf", "tệp.pdf"),
        ("", "tệp"),
        ("...", "tệp"),
        ("a\x00b\ud800.docx", "ab.docx"),
    ],
)
def test_a_file_name_is_kept_without_folder_control_or_direction_signs(sent, kept):
    assert clean_file_name(sent) == kept


def test_a_long_name_is_cut_before_its_extension():
    name = clean_file_name("ệ" * 400 + ".docx")
    assert len(name) == 150
    assert name.endswith("ệ.docx")


def test_a_download_has_a_plain_name_for_all_and_the_true_one_for_most():
    header = content_disposition('Biên bản "số 5"\r\nX: y đợt 1.pdf')
    assert header == (
        'attachment; filename="Bien ban -so 5-X- y dot 1.pdf"; '
        "filename*=UTF-8''Bi%C3%AAn%20b%E1%BA%A3n%20-s%E1%BB%91%205-X-%20y%20%C4%91%E1%BB%A3t%201.pdf"
    )
    assert header.isascii()
    assert content_disposition("日本.jpg", inline=True).startswith('inline; filename="__.jpg"; ')


def test_a_unit_keeps_up_to_its_limit_and_not_a_byte_more():
    refuse_when_full(Limits(unit_bytes=100), kept=60, added=40)
    with pytest.raises(Refused) as refused:
        refuse_when_full(Limits(unit_bytes=500 * MEGA), kept=499 * MEGA, added=2 * MEGA)
    assert refused.value.status == 413
    assert str(refused.value) == "Đơn vị đã dùng 499 MB trong 500 MB dung lượng lưu tệp; tệp 2 MB này không còn chỗ."


def test_sizes_are_written_as_people_read_them():
    assert [megabytes(size) for size in (0, 1, MEGA, MEGA + 1, 25 * MEGA, 26_000_000)] == [
        "0 MB",
        "0,1 MB",
        "1 MB",
        "1,1 MB",
        "25 MB",
        "25 MB",
    ]


def test_number_and_date_of_a_paper_are_written_as_the_decree_wants():
    assert paper_number(5, "TB-UBND") == "05/TB-UBND"
    assert paper_number(123, "QĐ-SNV") == "123/QĐ-SNV"
    assert paper_number(None, "BB-SNV") == "……/BB-SNV"
    assert place_and_date("Hà Nội", date(2026, 1, 5)) == "Hà Nội, ngày 05 tháng 01 năm 2026"
    assert place_and_date("Hà Nội", date(2026, 3, 15)) == "Hà Nội, ngày 15 tháng 3 năm 2026"
    assert place_and_date("Hà Nội", None) == "Hà Nội, ngày …… tháng …… năm ………"
