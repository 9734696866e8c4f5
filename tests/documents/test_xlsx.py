import io
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_app.documents import xlsx
from inspect_app.documents.archives import check_office_archive
from inspect_app.documents.csv_export import protect, unprotect, write_csv
from inspect_app.documents.tables import read_table
from inspect_app.documents.xlsx import Column, write_xlsx
from inspect_app.refusals import Refused

DANGEROUS = [
    "=1+1",
    '=HYPERLINK("http://127.0.0.1","x")',
    "+84 24 3825 3536",
    "-5",
    "-đã xong",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "\0=1",
    "'=1",
    "''=1",
    "'quoted'",
    "＝1+1",
    "_x000D_",
    "<b>&amp;</b>",
    "a\nb\tc",
    '"x","y";z',
    "Nguyễn Thị Bưởi",
]
COLUMNS = [Column("Nội dung", 40), Column("Số"), Column("Điểm"), Column("Ngày"), Column("Lúc"), Column("Trống")]
ROW = (-5, Decimal("-5.25"), date(2026, 9, 14), datetime(2026, 9, 14, 9, 30, tzinfo=UTC), None)


def sheet(rows, columns=COLUMNS, title="Việc quá hạn", facts=("Số liệu tính đến 14/09/2026", "Lọc: =tất cả")):
    with write_xlsx(columns, rows, title=title, facts=facts) as file:
        return io.BytesIO(file.read())


@pytest.mark.parametrize("text", DANGEROUS)
def test_text_that_looks_like_a_formula_comes_back_unaltered_from_both_kinds_of_export(text):
    from_xlsx = read_table(sheet([(text, *ROW)]), "a.xlsx").rows[0].values
    assert from_xlsx["Nội dung"] == text
    titles = [column.title for column in COLUMNS]
    from_csv = read_table(io.BytesIO(b"".join(write_csv(titles, [(text, *ROW)]))), "a.csv").rows[0].values
    assert from_csv["Nội dung"] == text


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30))
def test_what_is_protected_comes_back(text):
    for prefix in ("", "'", "=", "'-"):
        assert unprotect(protect(prefix + text)) == prefix + text


def test_no_text_of_an_export_runs_in_a_spreadsheet():
    book = openpyxl.load_workbook(sheet([(text, *ROW) for text in DANGEROUS]))
    cells = [row[0] for row in book.active.iter_rows(min_row=6)]
    assert {cell.data_type for cell in cells} == {"s"}
    marked = [cell.value for cell in cells if cell.quotePrefix]
    assert [cell.value for cell in cells if cell.value[0] in "=+-@\t" and not cell.quotePrefix] == []
    assert "Nguyễn Thị Bưởi" not in marked
    lines = b"".join(write_csv(["a"], [(text,) for text in DANGEROUS])).decode("utf-8-sig")
    assert not [line for line in lines.split("\r\n") if line.lstrip('"')[:1] in tuple("=+-@\t\0")]


def test_numbers_and_days_stay_what_they_are():
    book = openpyxl.load_workbook(sheet([("x", *ROW)]))
    _, number, points, day, moment, nothing = book.active[6]
    assert (number.value, number.data_type) == (-5, "n")
    assert points.value == -5.25
    assert day.value == datetime(2026, 9, 14) and day.number_format == "dd/mm/yyyy"
    assert moment.value == datetime(2026, 9, 14, 16, 30) and moment.number_format.startswith("dd/mm/yyyy")
    assert nothing.value is None
    lines = b"".join(write_csv(list("abcdef"), [("x", *ROW)])).decode("utf-8-sig").splitlines()
    assert lines[1] == "x,-5,-5.25,2026-09-14,2026-09-14 16:30,"


def test_what_a_number_cell_cannot_hold_exactly_is_text():
    huge, exact, none = 10**18 + 1, Decimal("1234567890.1234567890"), Decimal("NaN")
    values = read_table(sheet([(huge, exact, none)], [Column("a"), Column("b"), Column("c")]), "a.xlsx").rows[0].values
    assert values == {"a": str(huge), "b": str(exact), "c": "NaN"}
    old = [(date(1899, 1, 1), True)]
    assert read_table(sheet(old, [Column("a"), Column("b")]), "a.xlsx").rows[0].values == {"a": "1899-01-01", "b": True}


def test_words_of_enums_are_written_as_text():
    class Word(StrEnum):
        LATE = "=quá hạn"

    class Later(date):
        pass

    values = read_table(sheet([(Word.LATE, Later(2026, 9, 14))], [Column("a"), Column("b")]), "a.xlsx").rows[0].values
    assert values == {"a": "=quá hạn", "b": datetime(2026, 9, 14)}


def test_the_sheet_says_what_it_shows_and_can_be_filtered_under_a_frozen_head():
    book = openpyxl.load_workbook(sheet([("x", *ROW), ("y", *ROW)], title="Việc: quá [hạn]"))
    page = book.active
    assert book.sheetnames == ["Việc  quá  hạn"]
    above = ["Việc: quá [hạn]", "Số liệu tính đến 14/09/2026", "Lọc: =tất cả"]
    assert [page[f"A{row}"].value for row in (1, 2, 3)] == above
    assert page.freeze_panes == "A6"
    assert page.auto_filter.ref == "A5:F7"
    assert page["A5"].font.bold
    assert page.column_dimensions["A"].width == 40


def test_a_sheet_without_rows_is_still_a_sheet():
    table = read_table(sheet([]), "a.xlsx")
    assert table.titles == tuple(column.title for column in COLUMNS)
    assert table.rows == []


def test_the_workbook_passes_the_products_own_inspection():
    entries = check_office_archive(sheet([("x", *ROW)] * 3000))
    assert "xl/worksheets/sheet1.xml" in entries


def test_a_very_long_text_is_cut_and_says_so():
    value = read_table(sheet([("x" * 40_000, *ROW)]), "a.xlsx").rows[0].values["Nội dung"]
    assert len(value) == 32_767
    assert value.endswith("…")


def test_more_rows_than_a_sheet_can_hold_are_refused(monkeypatch):
    monkeypatch.setattr(xlsx, "MOST_ROWS", 900)
    with pytest.raises(Refused) as refused:
        sheet([("x", *ROW)] * 1500)
    assert refused.value.status == 422


def test_rows_are_written_as_they_come():
    seen = []

    def rows():
        for number in range(3):
            seen.append(number)
            yield (f"dòng {number}", *ROW)

    pieces = write_csv(list("abcdef"), rows())
    assert next(pieces) == b"\xef\xbb\xbf"
    assert seen == []
    with pytest.raises(ZeroDivisionError):
        sheet(1 // 0 for _ in range(1))


def test_the_parts_are_well_formed_whatever_the_words():
    file = sheet([("]]>&<'\"", *ROW)], title="A & B <c> 'd' \"e\"")
    with zipfile.ZipFile(file) as book:
        assert book.testzip() is None
    read = openpyxl.load_workbook(file)
    assert read.sheetnames == ['A & B <c>  d  "e"']
    assert read.active["A5"].value == "Nội dung"
