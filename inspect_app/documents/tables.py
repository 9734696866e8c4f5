"""Reads the tables that people bring, CSV and XLSX, into rows of named values; every refusal names its place."""

import codecs
import csv
import io
import re
import unicodedata
import warnings
import zipfile
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, BinaryIO

import openpyxl
from openpyxl.utils import get_column_letter

from inspect_app.documents.archives import check_office_archive
from inspect_app.documents.csv_export import unprotect
from inspect_app.documents.kinds import SCANNER_TEST_MARK
from inspect_app.documents.rules import MEGA, megabytes
from inspect_app.refusals import N_, Refused

Value = str | int | Decimal | date | datetime | bool | None
"""What a cell holds. CSV knows only text (None when empty); in XLSX numbers, dates and yes/no have their types."""

HEADER_WITHIN = 20
CODED_SIGN = re.compile(r"_x([0-9A-Fa-f]{4})_")
DAY_FORMS = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y")
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
UNREADABLE = (zipfile.BadZipFile, ValueError, KeyError, IndexError, TypeError, AttributeError, OSError, SyntaxError)


@dataclass(frozen=True, slots=True)
class TableLimits:
    """How large a table may be: rows with something in them, columns, bytes as sent and bytes when unpacked."""

    rows: int = 50_000
    columns: int = 100
    file_bytes: int = 25 * MEGA
    unpacked_bytes: int = 100 * MEGA


@dataclass(frozen=True, slots=True)
class Row:
    """A row by column titles; `number` is the line in the sheet, or in the file, as people count it."""

    number: int
    values: dict[str, Value]


@dataclass(frozen=True, slots=True)
class Table:
    """The titles in their order, the rows that are not blank, and how a CSV file was spelled ("UTF-8" and so on)."""

    titles: tuple[str, ...]
    rows: list[Row]
    encoding: str | None = None


def read_table(
    file: BinaryIO, filename: str, *, required: Collection[str] = (), limits: TableLimits | None = None
) -> Table:
    """Reads the first visible sheet of an XLSX file, or a CSV file (comma, semicolon or tab).

    The line of titles is the first one that holds all `required` titles, within the first 20 filled lines; without
    `required`, the first with more than one filled cell. Lines above it (a title, "as of …") are passed over. Text
    comes back with composed letters, without blanks around it and without the quote that our own export puts before
    what looks like a formula.

    Raises Refused (422, 413 when too large): another kind of file, a bomb, a formula or an error in a cell (with its
    row and column), titles missing, doubled or empty, letters that cannot be read, more rows or columns than allowed.
    """
    limits = limits or TableLimits()
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    if not size:
        raise _refused(N_("Tệp trống, không có nội dung."))
    if size > limits.file_bytes:
        message = N_("Tệp %(size)s lớn hơn mức cho phép %(limit)s.")
        raise Refused(message, status=413, size=megabytes(size), limit=megabytes(limits.file_bytes))
    extension = filename.rpartition(".")[2].casefold()
    zipped = file.read(4) == b"PK\x03\x04"
    file.seek(0)
    if extension == "xlsx" and zipped:
        return _assemble(_xlsx_lines(file, limits), required, limits, None)
    if extension in {"csv", "txt", "tsv"} and not zipped:
        text, encoding = decode(file.read())
        return _assemble(_csv_lines(text), required, limits, encoding)
    raise _refused(N_("Chỉ đọc được bảng dạng XLSX hoặc CSV, với phần mở rộng của tên tệp đúng với nội dung."))


def as_text(value: Value) -> str:
    """A value as it is typed: whole numbers without a point, days as 2026-09-14, nothing as an empty string."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat(" ", "minutes")
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return str(value)


def as_day(value: Value) -> date | None:
    """A day, from a cell with a date or from text like 14/09/2026 or 2026-09-14; None for an empty cell.

    Raises ValueError for anything else.
    """
    if isinstance(value, datetime):
        return value.date()
    if value is None or isinstance(value, date):
        return value
    for form in DAY_FORMS:
        try:
            return datetime.strptime(str(value).strip(), form).date()  # noqa: DTZ007 - a day has no zone.
        except ValueError:
            continue
    raise ValueError(f"not a day: {value!r}")


def as_number(value: Value) -> Decimal | None:
    """A number, from a cell with one or from text with a decimal point or comma; None for an empty cell.

    Raises ValueError for anything else: yes and no, dates, "1.234,5", NaN.
    """
    if value is None:
        return None
    text = str(value).strip().replace(",", ".")
    if isinstance(value, bool) or not re.fullmatch(r"[-+]?\d+(\.\d+)?", text, re.ASCII):
        raise ValueError(f"not a number: {value!r}")
    return Decimal(text)


def decode(content: bytes) -> tuple[str, str]:
    """The text of a CSV file and the name of its spelling: UTF-8 or UTF-16 by their marks, UTF-8, then windows-1258.

    Raises Refused (422) when it is none of these.
    """
    marked = [(codec, name) for mark, codec, name in MARKS if content.startswith(mark)]
    for codec, name in marked or (("utf-8", "UTF-8"), ("cp1258", "windows-1258")):
        try:
            text = unicodedata.normalize("NFC", content.decode(codec))
        except UnicodeDecodeError:
            continue
        if _plausible(text, strict=codec == "cp1258"):
            return text, name
    raise _refused(N_("Không đọc được chữ trong tệp. Hãy lưu lại dạng “CSV UTF-8” hoặc XLSX rồi gửi lại."))


def _plausible(text: str, *, strict: bool) -> bool:
    """No binary signs; in the old spelling, which fits almost any bytes, no tone mark without its vowel either."""
    if re.search(r"(?<!')\0|[\x01-\x08\x0e-\x1a\x7f]", text):
        return False
    return not strict or not re.search(r"[\x80-\x9f\u0300-\u036f]|[À-ỹ]{4}", text)


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    values: Sequence[Value]

    @property
    def filled(self) -> int:
        return sum(value is not None for value in self.values)


def _csv_lines(text: str) -> Iterator[_Line]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    number = 0
    try:
        for cells in reader:
            # The line on which the row began: a quoted cell may hold line breaks.
            yield _Line(number + 1, [_csv_value(cell, number + 1, at) for at, cell in enumerate(cells, start=1)])
            number = reader.line_num
    except csv.Error as error:
        raise _refused(N_("Tệp CSV sai cấu trúc ở dòng %(row)s."), row=reader.line_num) from error


def _csv_value(cell: str, row: int, column: int) -> str | None:
    text = cell.strip(" \n\r\t\u00a0")
    if text.startswith("="):
        raise _formula(row, column)
    return unprotect(text) or None


def _delimiter(text: str) -> str:
    head = text[:4096].splitlines()[:HEADER_WITHIN]
    return max(",;\t", key=lambda sign: max((line.count(sign) for line in head), default=0))


def _xlsx_lines(file: BinaryIO, limits: TableLimits) -> Iterator[_Line]:
    check_office_archive(file, most_bytes=limits.unpacked_bytes, forbidden=SCANNER_TEST_MARK)
    file.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(file, read_only=True, data_only=False, keep_links=False)
            yield from _sheet_lines(_first_visible(book), limits)
    except UNREADABLE as error:
        raise _refused(N_("Tệp XLSX hỏng hoặc không đúng cấu trúc: không đọc được.")) from error


def _first_visible(book: Any) -> Any:
    for sheet in book.worksheets:
        if sheet.sheet_state == "visible":
            # What the file says about its own size may be wrong.
            sheet.reset_dimensions()
            return sheet
    raise _refused(N_("Tệp XLSX không có trang tính nào đang hiện."))


def _sheet_lines(sheet: Any, limits: TableLimits) -> Iterator[_Line]:
    seen = 0
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        if not cells:
            continue
        seen += len(cells)
        if seen > limits.rows * limits.columns:
            raise _too_large(limits)
        yield _Line(number, [_cell_value(cell) for cell in cells])


def _cell_value(cell: Any) -> Value:
    value = cell.value
    if value is None:
        return None
    if cell.data_type in {"f", "e"}:
        if cell.data_type == "f":
            raise _formula(cell.row, cell.column)
        column = get_column_letter(cell.column)
        raise _refused(N_("Ô %(column)s%(row)s chứa lỗi %(error)s."), row=cell.row, column=column, error=str(value))
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < 10**15 else Decimal(repr(value))
    if isinstance(value, str):
        return _cell_text(value, quoted=bool(cell.style_array.quotePrefix))
    if isinstance(value, (bool, int, Decimal, date)):
        return value
    return str(value)


def _cell_text(text: str, *, quoted: bool) -> str | None:
    text = CODED_SIGN.sub(lambda sign: chr(int(sign.group(1), 16)), text)
    text = unicodedata.normalize("NFC", text)
    # Blanks before a text that was typed with a quote are part of it.
    return (text if quoted else text.strip()) or None


def _assemble(lines: Iterable[_Line], required: Collection[str], limits: TableLimits, encoding: str | None) -> Table:
    filled = (line for line in lines if line.filled)
    titles = _titles(filled, required, limits)
    rows: list[Row] = []
    for line in filled:
        if len(rows) >= limits.rows:
            raise _too_large(limits)
        rows.append(_row(line, titles))
    return Table(tuple(title for title in titles if title), rows, encoding)


def _titles(lines: Iterator[_Line], required: Collection[str], limits: TableLimits) -> list[str]:
    wanted = {_folded(title) for title in required}
    first: list[str] = []
    for line, _ in zip(lines, range(HEADER_WITHIN), strict=False):
        titles = [re.sub(r"\s+", " ", as_text(value)).strip() for value in line.values]
        while titles and not titles[-1]:
            titles.pop()
        first = first or titles
        if wanted <= {_folded(title) for title in titles} if wanted else line.filled > 1:
            return _checked_titles(titles, limits)
    if not first:
        raise _refused(N_("Bảng không có dòng nào."))
    if not wanted:
        # A table of one column: its title is the first thing in it.
        raise _refused(N_("Bảng cần một dòng tiêu đề có từ hai cột trở lên."))
    missing = [title for title in required if _folded(title) not in {_folded(one) for one in first}]
    raise _refused(N_("Bảng thiếu cột: %(columns)s."), columns=", ".join(missing))


def _checked_titles(titles: list[str], limits: TableLimits) -> list[str]:
    if len(titles) > limits.columns:
        raise _too_large(limits)
    seen: set[str] = set()
    for title in titles:
        if title and _folded(title) in seen:
            raise _refused(N_("Bảng có hai cột cùng tên “%(column)s”."), column=title)
        seen.add(_folded(title))
    return titles


def _row(line: _Line, titles: list[str]) -> Row:
    values: dict[str, Value] = {title: None for title in titles if title}
    for at, value in enumerate(line.values):
        title = titles[at] if at < len(titles) else ""
        if title:
            values[title] = value
        elif value is not None:
            raise _refused(
                N_("Dòng %(row)s có giá trị ở cột %(column)s, là cột không có tiêu đề."),
                row=line.number,
                column=_column_name(at + 1),
            )
    return Row(line.number, values)


def _folded(title: str) -> str:
    return unicodedata.normalize("NFC", re.sub(r"\s+", " ", title).strip()).casefold()


def _formula(row: int, column: int) -> Refused:
    message = N_("Ô %(column)s%(row)s chứa công thức. Hãy dán giá trị thay cho công thức.")
    return _refused(message, row=row, column=_column_name(column))


def _column_name(column: int) -> str:
    return get_column_letter(column) if column <= 18_278 else str(column)


def _too_large(limits: TableLimits) -> Refused:
    return _refused(
        N_("Bảng quá lớn: chỉ nhận đến %(rows)s dòng và %(columns)s cột."), rows=limits.rows, columns=limits.columns
    )


def _refused(message: str, **facts: Any) -> Refused:
    return Refused(message, status=422, **facts)
