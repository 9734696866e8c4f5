"""What stands in the cells of a spreadsheet or CSV file: text as people meant it, and days."""

import csv
import io
import re
import unicodedata
from datetime import date, datetime
from typing import Any

from inspect_app.refusals import N_, Refused

ISO_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]00:00(?::00)?)?")
LOCAL_DATE = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")


def csv_rows(data: bytes) -> list[dict[Any, Any]]:
    """The rows of a CSV file: UTF-8 with or without BOM, parted by comma, semicolon or tab. Raises Refused (422)."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as mistake:
        raise Refused(
            N_("Tệp không phải là văn bản UTF-8 (lỗi ở byte %(byte)s). Lưu lại tệp dạng CSV UTF-8."),
            status=422,
            byte=mistake.start,
        ) from mistake
    if "\0" in text:
        raise Refused(N_("Tệp không phải là văn bản CSV."), status=422)
    head = text.split("\n", 1)[0]
    try:
        # Strict: an unclosed quotation mark would otherwise swallow the rest of the file without a word.
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=head.count), strict=True))
    except csv.Error as mistake:
        raise Refused(N_("Tệp CSV bị hỏng: có dấu ngoặc kép chưa đóng hoặc ô quá dài."), status=422) from mistake
    return _under_head(lines)


def _under_head(lines: list[list[str]]) -> list[dict[Any, Any]]:
    """Rows keyed by the head. Cells beyond the head stand under None; blank lines stay, so that rows keep numbers."""
    if not lines:
        return []
    names = [clean_text(name) for name in lines[0]]
    rows: list[dict[Any, Any]] = []
    for cells in lines[1:]:
        row: dict[Any, Any] = dict(zip(names, cells, strict=False))
        if any(extra.strip() for extra in cells[len(names) :]):
            row[None] = cells[len(names) :]
        rows.append(row)
    return rows


def clean_text(cell: Any) -> str:
    """A cell as text: NFC, single spaces, without the quote that a spreadsheet export puts before a formula."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = unicodedata.normalize("NFC", str(cell)).replace("\ufeff", "").replace("\u200b", "")
    if len(text) > 1 and text[0] == "'" and text[1] in "=+-@\t\r'":
        text = text[1:]
    return " ".join(text.split())


def parse_day(cell: Any) -> date | None:
    """A day from a date cell, 2025-07-01 or 01/07/2025; None for an empty cell. Raises ValueError."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = clean_text(cell)
    if not text:
        return None
    if found := ISO_DATE.fullmatch(text):
        year, month, day = found.groups()
    elif found := LOCAL_DATE.fullmatch(text):
        day, month, year = found.groups()
    else:
        raise ValueError(text)
    return date(int(year), int(month), int(day))
