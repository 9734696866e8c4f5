"""Units and their changes out of a CSV or XLSX file: what a file would do to the units that are here.

Reading (`reading.py`) tells what is wrong within the file; comparing tells what is new, what differs and what clashes
with the database. Nothing is written here: `actions.py` carries a comparison out.
"""

import base64
import io
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Generic, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import aliased

from inspect_app.db import db
from inspect_app.documents.tables import read_table
from inspect_app.moves import Named
from inspect_app.refusals import N_, NP_, Refused
from inspect_app.units.cells import csv_rows
from inspect_app.units.models import Unit, UnitChange, UnitLink
from inspect_app.units.reading import HEAD_ROW, ChangeRow, Row, RowProblem, UnitRow, read_changes, read_units

CATALOGUE = Path(__file__).parent / "catalogue"
LARGEST_FILE = 5 * 1024 * 1024
"""Bytes; 3,355 units are half a megabyte."""

BLANK: Row = {}
LARGEST_PACKED = 1_800_000
"""Letters; a form may carry two million."""

Read = TypeVar("Read", UnitRow, ChangeRow)
Fields = Mapping[str, tuple[Any, Any]]


class ImportKind(Named):
    """What a file holds."""

    UNITS = "units", NP_("page", "Đơn vị")
    CHANGES = "changes", N_("Thay đổi đơn vị (sáp nhập, chia tách, giải thể)")


@dataclass(frozen=True, slots=True)
class Comparison(Generic[Read]):
    """What a file would do: new rows, changed rows with {column: (now, then)}, rows that are here already, mistakes."""

    created: list[Read]
    changed: list[tuple[Read, Fields]]
    unchanged: int
    problems: list[RowProblem]


def table_of(data: bytes, file_name: str) -> Sequence[Row]:
    """The rows of a CSV or XLSX file, keyed by its first line. Raises Refused (422) when it cannot be read."""
    if len(data) > LARGEST_FILE:
        raise Refused(N_("Tệp lớn hơn %(most)s MB. Hãy chia thành nhiều tệp."), status=422, most=LARGEST_FILE >> 20)
    if data.startswith(b"PK") or file_name.casefold().endswith(".xlsx"):
        return _xlsx_rows(data, file_name)
    return csv_rows(data)


def pack(data: bytes) -> str:
    """A file as text that a form carries from its check to its import. Raises Refused (422) when it is too large."""
    packed = base64.urlsafe_b64encode(zlib.compress(data, 9)).decode()
    if len(packed) > LARGEST_PACKED:
        raise Refused(N_("Tệp lớn hơn %(most)s MB. Hãy chia thành nhiều tệp."), status=422, most=1)
    return packed


def unpack(packed: str) -> bytes:
    """The file that pack() packed. Raises Refused (422)."""
    try:
        inflate = zlib.decompressobj()
        data = inflate.decompress(base64.urlsafe_b64decode(packed), LARGEST_FILE + 1)
    except (ValueError, zlib.error) as mistake:
        raise Refused(N_("Tệp không còn nguyên vẹn. Hãy chọn lại tệp."), status=422) from mistake
    if len(data) > LARGEST_FILE or not inflate.eof:
        raise Refused(N_("Tệp không còn nguyên vẹn. Hãy chọn lại tệp."), status=422)
    return data


def shipped_table(name: str) -> Sequence[Row]:
    """The rows of a file of the shipped catalogue, e.g. "hanoi-since-2025"."""
    return csv_rows((CATALOGUE / f"{name}.csv").read_bytes())


def compare(kind: ImportKind, rows: Sequence[Row]) -> Comparison[UnitRow] | Comparison[ChangeRow]:
    """What the rows of a file of this kind would do."""
    return compare_units(rows) if kind is ImportKind.UNITS else compare_changes(rows)


def compare_units(rows: Sequence[Row]) -> Comparison[UnitRow]:
    """What these rows would do to the units; a column that the file does not have leaves its values as they are."""
    here = _units_here()
    read, problems = read_units(rows, known={code: unit["parent_code"] for code, unit in here.items()})
    return _compared(read, problems, here, _columns(rows) - {"code"}, _unit_fields)


def compare_changes(rows: Sequence[Row]) -> Comparison[ChangeRow]:
    """What these rows would do to the successions of units."""
    here = _changes_here()
    read, problems = read_changes(rows, known=db.session.scalars(select(Unit.code)))
    problems = problems + _second_mains(read, here)
    return _compared(read, problems, here, {"main_successor", "kind", "source"} & _columns(rows), _change_fields)


def change_key(row: ChangeRow) -> tuple[date, str, str | None]:
    """What makes two rows the same change: day, old unit, new unit."""
    return row.day, row.from_code, row.to_code


def _compared(
    read: list[Any], problems: list[RowProblem], here: Mapping[Any, dict[str, Any]], columns: Iterable[str], fields: Any
) -> Comparison[Any]:
    created: list[Any] = []
    changed: list[tuple[Any, Fields]] = []
    unchanged = 0
    for row in read:
        key, values = fields(row)
        if key not in here:
            created.append(row)
            continue
        now = here[key]
        differing = {name: (now[name], values[name]) for name in sorted(columns) if now[name] != values[name]}
        if differing:
            changed.append((row, differing))
        else:
            unchanged += 1
    return Comparison(created, changed, unchanged, problems)


def _unit_fields(row: UnitRow) -> tuple[str, dict[str, Any]]:
    return row.code, {
        "name": row.name,
        "kind": row.kind,
        "group": row.group or None,
        "parent_code": row.parent_code,
        "coordinated_by": row.coordinated_by,
        "valid_from": row.valid_from,
        "valid_to": row.valid_to,
        "source": row.source,
    }


def _change_fields(row: ChangeRow) -> tuple[tuple[date, str, str | None], dict[str, Any]]:
    return change_key(row), {"main_successor": row.main_successor, "kind": row.kind, "source": row.source}


def _columns(rows: Sequence[Row]) -> set[str]:
    return {str(name) for row in rows for name in row if name is not None}


def _units_here() -> dict[str, dict[str, Any]]:
    parent, coordinator = aliased(Unit), aliased(Unit)
    columns = (Unit.code, Unit.name, Unit.kind, Unit.group, Unit.valid_from, Unit.valid_to, Unit.source)
    rows = db.session.execute(
        select(*columns, parent.code.label("parent_code"), coordinator.code.label("coordinated_by"))
        .outerjoin(parent, parent.id == Unit.parent_id)
        .outerjoin(UnitLink, UnitLink.unit_id == Unit.id)
        .outerjoin(coordinator, coordinator.id == UnitLink.coordinated_by_id)
        .order_by(Unit.code, coordinator.code)
    ).mappings()
    return {row["code"]: dict(row) for row in rows}


def _changes_here() -> dict[tuple[date, str, str | None], dict[str, Any]]:
    old, new = aliased(Unit), aliased(Unit)
    rows = db.session.execute(
        select(UnitChange.on_day, old.code, new.code, UnitChange.main_successor, UnitChange.kind, UnitChange.source)
        .join(old, old.id == UnitChange.from_unit_id)
        .outerjoin(new, new.id == UnitChange.to_unit_id)
        .order_by(UnitChange.on_day, UnitChange.id)
    )
    return {
        (day, from_code, to_code): {"main_successor": main, "kind": kind, "source": source}
        for day, from_code, to_code, main, kind, source in rows
    }


def _second_mains(
    read: list[ChangeRow], here: Mapping[tuple[date, str, str | None], dict[str, Any]]
) -> list[RowProblem]:
    """Main successors that clash with one that is here already and that the file does not take back."""
    in_file = {change_key(row) for row in read}
    mains = {key[:2]: key[2] for key, fields in here.items() if fields["main_successor"] and key not in in_file}
    return [
        RowProblem(
            row.row,
            "main_successor",
            N_("Đơn vị này đã có kế thừa chính là “%(code)s”. Muốn đổi, đưa cả dòng đó vào tệp."),
            {"code": mains[row.day, row.from_code]},
        )
        for row in read
        if row.main_successor and (row.day, row.from_code) in mains
    ]


def _xlsx_rows(data: bytes, file_name: str) -> Sequence[Row]:
    table = read_table(io.BytesIO(data), file_name if file_name.casefold().endswith(".xlsx") else f"{file_name}.xlsx")
    # Blank lines are put back, so that every mistake is told with its line in the sheet.
    rows: list[Row] = [BLANK] * (table.rows[-1].number - HEAD_ROW if table.rows else 0)
    for row in table.rows:
        rows[row.number - HEAD_ROW - 1] = row.values
    return rows
