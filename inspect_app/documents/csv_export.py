"""Writes tables as CSV, in a form that spreadsheets open with the right letters and without running anything."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from inspect_app.documents.rules import local_time

PROTECTED = re.compile(r"'*[=+\-@\t\r\n\0＝＋－＠]")
"""Text that a spreadsheet would take for a formula, or that looks as if it had been protected from that already."""

ROWS_AT_ONCE = 500


def write_csv(titles: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """The bytes of a CSV file in pieces: UTF-8 with its mark, commas, a line of titles, then the rows.

    Text that begins like a formula gets a quote in front, which tables.read_table takes off again. Numbers stay
    numbers with a decimal point, days are written 2026-09-14, moments 2026-09-14 16:30 by the clock of Hà Nội.
    """
    yield b"\xef\xbb\xbf"
    out = io.StringIO()
    write = csv.writer(out).writerow
    write([protect(title) for title in titles])
    for count, row in enumerate(rows, start=1):
        write([_spelled(value) for value in row])
        if count % ROWS_AT_ONCE == 0:
            yield _taken(out)
    yield _taken(out)


def protect(text: str) -> str:
    """The text with a quote in front when a spreadsheet could run it."""
    return "'" + text if PROTECTED.match(text) else text


def unprotect(text: str) -> str:
    """Takes off what `protect` has put on; any other text stays as it is."""
    return text[1:] if text.startswith("'") and PROTECTED.match(text) else text


def _spelled(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, str):
        return protect(unicodedata.normalize("NFC", value))
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, (int, float)):
        return value
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return local_time(value).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    return protect(str(value))


def _taken(out: io.StringIO) -> bytes:
    text = out.getvalue()
    out.seek(0)
    out.truncate()
    return text.encode("utf-8", "replace")
