import io
import unicodedata
import zipfile
from datetime import date, datetime
from decimal import Decimal

import openpyxl
import pytest

from inspect_app.documents.rules import MEGA
from inspect_app.documents.tables import TableLimits, as_day, as_number, as_text, read_table
from inspect_app.refusals import Refused
from tests.documents.sample import office, picture


def csv_table(text, **options):
    content = text if isinstance(text, bytes) else text.encode()
    return read_table(io.BytesIO(content), "đơn vị.csv", **options)


def book(*rows, change=None):
    out = io.BytesIO()
    workbook = openpyxl.Workbook()
    for row in rows:
        workbook.active.append(row)
    if change:
        change(workbook)
    workbook.save(out)
    return out.getvalue()


def xlsx_table(content, **options):
    return read_table(io.BytesIO(content), "đơn vị.xlsx", **options)


def refusal(read, *arguments, **options):
    with pytest.raises(Refused) as refused:
        read(*arguments, **options)
    return refused.value


def test_openpyxl_reads_with_the_hardened_parser():
    assert openpyxl.DEFUSEDXML


@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_rows_come_with_the_line_on_which_they_stand(sign):
    table = csv_table('Mã|Tên\r\n\r\n01|"Sở\nNội vụ"\r\n|\r\n02| x '.replace("|", sign))
    assert table.titles == ("Mã", "Tên")
    assert [(row.number, row.values) for row in table.rows] == [
        (3, {"Mã": "01", "Tên": "Sở\nNội vụ"}),
        (6, {"Mã": "02", "Tên": "x"}),
    ]


@pytest.mark.parametrize(
    ("codec", "told"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8"),
        ("utf-16", "UTF-16"),
        ("utf-16-be", "UTF-16"),
        ("cp1258", "windows-1258"),
    ],
)
def test_every_usual_spelling_of_vietnamese_is_read(codec, told):
    text = "Mã,Tên\r\n01,Phường Hoàn Kiếm được kiểm tra\r\n"
    if codec == "cp1258":
        content = "".join(tones_apart(letter) for letter in text).encode(codec)
    else:
        content = ("\ufeff" + text if codec == "utf-16-be" else text).encode(codec)
    table = csv_table(content)
    assert table.encoding == told
    assert table.rows[0].values == {"Mã": "01", "Tên": "Phường Hoàn Kiếm được kiểm tra"}


def tones_apart(letter):
    """As windows-1258 has it: the letter with its hat or horn, then the tone."""
    parts = unicodedata.normalize("NFD", letter)
    tones = "".join(part for part in parts if part in "\u0300\u0301\u0303\u0309\u0323")
    return unicodedata.normalize("NFC", "".join(part for part in parts if part not in tones)) + tones


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xfeM",
        b"a,b\n\x00\x01\x02,c\n",
        "Mã,Tên\n".encode("utf-16-le"),
        b"\xef\xbb\xbfM\xc3,b\n",
        b"a,b\nb\xcc,\xd2c\n",
    ],
)
def test_letters_that_cannot_be_read_are_refused_with_a_way_out(content):
    assert "CSV UTF-8" in str(refusal(csv_table, content))


def test_decomposed_letters_are_composed_in_titles_and_values():
    apart = [unicodedata.normalize("NFD", text) for text in ("Mã", "Tên", "1", "Đống Đa quận")]
    for table in (csv_table("{},{}\n{},{}\n".format(*apart)), xlsx_table(book(apart[:2], apart[2:]))):
        assert table.rows[0].values == {"Mã": "1", "Tên": "Đống Đa quận"}


def test_values_of_a_sheet_keep_their_types():
    day = datetime(2026, 9, 14)
    table = xlsx_table(book(list("abcdef"), [1, 2.5, "  x ", day, True, None], [None], ["y"]))
    assert table.rows[0].values == {"a": 1, "b": Decimal("2.5"), "c": "x", "d": day, "e": True, "f": None}
    assert [row.number for row in table.rows] == [2, 4]


@pytest.mark.parametrize("formula", ["=1+1", '=HYPERLINK("http://127.0.0.1")', "=cmd|' /C calc'!A0"])
def test_a_formula_is_refused_with_its_place(formula):
    for refused in (
        refusal(xlsx_table, book(["a", "b"], ["x", "y"], ["z", formula])),
        refusal(csv_table, f'a,b\nx,y\nz,"{formula.replace(chr(34), chr(34) * 2)}"\n'),
    ):
        assert str(refused).startswith("Ô B3 chứa công thức.")
        assert refused.status == 422
        assert (refused.facts["row"], refused.facts["column"]) == (3, "B")


def test_an_error_in_a_cell_is_refused_with_its_place():
    def break_it(workbook):
        workbook.active["B2"].value = "#REF!"
        workbook.active["B2"].data_type = "e"

    assert str(refusal(xlsx_table, book(["a", "b"], ["x", "y"], change=break_it))) == "Ô B2 chứa lỗi #REF!."


def test_lines_above_the_titles_are_passed_over():
    for table in (
        csv_table("Danh sách đơn vị,\nTính đến 1/7,x\n\nMã,Tên\n1,a\n", required=["tên", "Mã"]),
        xlsx_table(book(["Danh sách"], [], ["Mã", "Tên"], ["1", "a"])),
    ):
        assert table.titles == ("Mã", "Tên")
        assert table.rows[0].values["Tên"] == "a"


def test_a_table_of_one_column_is_read_when_its_title_is_known():
    assert [row.values for row in csv_table("Mã\n1\n2\n", required=["Mã"]).rows] == [{"Mã": "1"}, {"Mã": "2"}]
    assert "hai cột" in str(refusal(csv_table, "Mã\n1\n"))


def test_missing_doubled_and_nameless_columns_are_named():
    assert str(refusal(csv_table, "Mã,Tên\n1,a\n", required=["Mã", "Loại", "Cha"])) == "Bảng thiếu cột: Loại, Cha."
    assert "“mã”" in str(refusal(csv_table, "Mã,mã\n1,a\n"))
    refused = refusal(csv_table, "Mã,Tên\n1,a\n2,b,c\n")
    assert str(refused) == "Dòng 3 có giá trị ở cột C, là cột không có tiêu đề."
    assert str(refusal(xlsx_table, book(["Mã", None, "Tên"], ["1", "a", "b"]))).startswith("Dòng 2 có giá trị ở cột B")


def test_too_many_rows_columns_and_bytes_are_refused():
    limits = TableLimits(rows=3, columns=2, file_bytes=1000, unpacked_bytes=20_000)
    assert len(csv_table("a,b\n1,2\n1,2\n,\n1,2\n", limits=limits).rows) == 3
    assert "quá lớn" in str(refusal(csv_table, "a,b\n" + "1,2\n" * 4, limits=limits))
    assert "quá lớn" in str(refusal(csv_table, "a,b,c\n1,2,3\n", limits=limits))
    assert refusal(csv_table, "a,b\n" + "x" * 1000, limits=limits).status == 413
    assert refusal(csv_table, b"").status == 422
    large = book(*[["x" * 100, "y"]] * 500)
    limits = TableLimits(rows=3, columns=2, unpacked_bytes=20_000)
    assert "bung ra" in str(refusal(xlsx_table, large, limits=limits))


def test_a_sheet_that_is_wide_or_long_only_in_name_is_refused_soon():
    def far(workbook):
        workbook.active.cell(1_048_576, 16_384).value = "x"

    assert refusal(xlsx_table, book(["a", "b"], ["1", "2"], change=far)).status == 422
    assert refusal(xlsx_table, book(*[[None] * 16_000 + ["x"]] * 20), limits=TableLimits(rows=1000)).status == 422


def with_sheet(content):
    """A workbook whose sheet is replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book(["a", "b"], ["1", "2"]))) as whole, zipfile.ZipFile(out, "w") as changed:
        for name in whole.namelist():
            changed.writestr(name, content if name == "xl/worksheets/sheet1.xml" else whole.read(name))
    return out.getvalue()


def test_bombs_entities_and_other_files_are_refused():
    out = io.BytesIO(book(["a", "b"], ["1", "2"]))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/bomb.xml", b"<a>" + b" " * (60 * MEGA) + b"</a>")
    assert "bom nén" in str(refusal(xlsx_table, out.getvalue()))
    entity = '<!DOCTYPE x [<!ENTITY a "b">]><sst>&a;</sst>'
    assert "DOCTYPE" in str(refusal(xlsx_table, office("xlsx", ("xl/sharedStrings.xml", entity))))
    assert "không có trang tính" in str(refusal(xlsx_table, office("xlsx")))
    sheet = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    for torn in (b"<row><c", b'<row r="x"/></sheetData></worksheet>', b'<row><c t="s"><v>9</v></c></row></sheetData>'):
        assert "không đọc được" in str(refusal(xlsx_table, with_sheet(sheet + torn)))
    assert str(refusal(xlsx_table, with_sheet(sheet + b"</sheetData></worksheet>"))) == "Bảng không có dòng nào."
    for content, name in ((picture(), "a.csv"), (b"a,b\n", "a.xlsx"), (book(["a"]), "a.csv"), (b"%PDF-1.7", "a.pdf")):
        with pytest.raises(Refused) as refused:
            read_table(io.BytesIO(content), name)
        assert refused.value.status == 422


def test_only_a_visible_sheet_is_read():
    def hide(workbook):
        workbook.create_sheet("Hiện").append(["Mã", "Tên"])
        workbook["Hiện"].append(["1", "a"])
        workbook.worksheets[0].sheet_state = "hidden"

    assert xlsx_table(book(["x", "y"], change=hide)).titles == ("Mã", "Tên")


def test_a_broken_line_of_a_csv_file_is_named():
    assert str(refusal(csv_table, 'a,b\n1,"' + "x" * 200_000 + "\n")) == "Tệp CSV sai cấu trúc ở dòng 2."


def test_days_numbers_and_codes_are_read_as_they_are_typed():
    day = date(2026, 9, 14)
    for typed in ("14/09/2026", "14/9/2026", "2026-09-14", "14-09-2026", "14.09.2026", day, datetime(2026, 9, 14)):
        assert as_day(typed) == day
    assert as_day(None) is None
    for wrong in ("31/02/2026", "hôm nay", 45_000, True):
        with pytest.raises(ValueError, match="not a day"):
            as_day(wrong)
    half = Decimal("12.5")
    assert [as_number(value) for value in ("12,5", "12.5", half, 12, "-3", None)] == [half, half, half, 12, -3, None]
    for wrong in ("1.234,5", "NaN", "1e5", "x", True, "٣"):
        with pytest.raises(ValueError, match="not a number"):
            as_number(wrong)
    assert [as_text(value) for value in (1, Decimal("1.50"), Decimal(100), None, "x", datetime(2026, 9, 14))] == [
        "1", "1.5", "100", "", "x", "2026-09-14",
    ]  # fmt: skip
