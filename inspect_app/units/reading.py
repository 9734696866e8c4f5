"""Reads units and their changes from a table: every mistake is told with its row and column, all at once.

Rows come as dictionaries from any reader (CSV from cells.py, XLSX from documents). Row 1 is the head, so that the
first row of data is row 2.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from inspect_app.moves import Named
from inspect_app.refusals import N_
from inspect_app.units.cells import clean_text, parse_day
from inspect_app.units.rules import ChangeKind, UnitKind

UNIT_COLUMNS = ("code", "name", "kind", "group", "parent_code", "coordinated_by", "valid_from", "valid_to", "source")
UNIT_REQUIRED = ("code", "name", "kind")
CHANGE_COLUMNS = ("date", "from_code", "to_code", "main_successor", "kind", "source")
CHANGE_REQUIRED = ("date", "from_code", "to_code", "main_successor", "kind")
HEAD_ROW = 1
LONGEST: Mapping[str, int] = {"code": 40, "name": 250, "group": 100, "source": 1000}
CODE = re.compile(r"[^\s,;'\"=+@-][^\s,;'\"]*")
YES = frozenset({"yes", "true", "1", "x", "có"})
NO = frozenset({"no", "false", "0", "", "không"})

Row = Mapping[Any, Any]
K = TypeVar("K", bound=Named)


@dataclass(frozen=True, slots=True)
class RowProblem:
    """What is wrong in one place of the table: a message id with what fills it. `column` is None for a whole row."""

    row: int
    column: str | None
    message: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.message % self.facts if self.facts else self.message


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit as the table names it. Both days of validity are included; None is open."""

    row: int
    code: str
    name: str
    kind: UnitKind
    group: str
    parent_code: str | None
    coordinated_by: str | None
    valid_from: date | None
    valid_to: date | None
    source: str


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A change as the table names it. Without `to_code` the unit was dissolved."""

    row: int
    day: date
    from_code: str
    to_code: str | None
    main_successor: bool
    kind: ChangeKind
    source: str


def read_units(
    rows: Iterable[Row], *, known: Mapping[str, str | None] | None = None
) -> tuple[list[UnitRow], list[RowProblem]]:
    """The units of a table and everything wrong in it. Rows with a mistake are left out of the units.

    `known` gives the parent's code (or None) of each unit that already exists.
    """
    table = _Table(rows, UNIT_COLUMNS, UNIT_REQUIRED)
    units = [unit for unit in map(table.unit, table.filled()) if unit]
    _check_codes(table, units)
    _check_links(table, units, known or {})
    return [unit for unit in units if unit.row not in table.bad_rows], table.in_order()


def read_changes(
    rows: Iterable[Row], *, known: Iterable[str] | None = None
) -> tuple[list[ChangeRow], list[RowProblem]]:
    """The changes of a table and everything wrong in it. `known` holds the codes that exist; None asks for none."""
    table = _Table(rows, CHANGE_COLUMNS, CHANGE_REQUIRED)
    changes = [change for change in map(table.change, table.filled()) if change]
    if known is not None:
        _check_known(table, changes, frozenset(known))
    _check_repeats(table, changes)
    _check_mains(table, changes)
    return [change for change in changes if change.row not in table.bad_rows], table.in_order()


class _Table:
    """The rows on their way through, and the list of what is wrong with them."""

    def __init__(self, rows: Iterable[Row], columns: Sequence[str], required: Sequence[str]) -> None:
        self.rows = list(rows)
        self.columns = columns
        self.problems: list[RowProblem] = []
        self.bad_rows: set[int] = set()
        self._check_head(required)

    def complain(self, row: int, column: str | None, message: str, /, **facts: Any) -> None:
        self.problems.append(RowProblem(row, column, message, facts))
        self.bad_rows.add(row)

    def in_order(self) -> list[RowProblem]:
        """The problems by row, then in the order of the columns."""
        places = {name: place for place, name in enumerate(self.columns)}
        return sorted(self.problems, key=lambda problem: (problem.row, places.get(problem.column or "", -1)))

    def filled(self) -> list[tuple[int, Row]]:
        """The rows that hold something, with their numbers; none when the head is wrong."""
        if HEAD_ROW in self.bad_rows:
            return []
        numbered = enumerate(self.rows, start=HEAD_ROW + 1)
        return [(number, row) for number, row in numbered if any(clean_text(cell) for cell in row.values())]

    def unit(self, numbered: tuple[int, Row]) -> UnitRow | None:
        number, row = numbered
        self._check_width(number, row)
        unit = UnitRow(
            row=number,
            code=self._code(number, row, "code", needed=True) or "",
            name=self._text(number, row, "name", needed=True),
            kind=self._choice(number, row, UnitKind) or UnitKind.KHAC,
            group=self._text(number, row, "group"),
            parent_code=self._code(number, row, "parent_code"),
            coordinated_by=self._code(number, row, "coordinated_by"),
            valid_from=self._day(number, row, "valid_from"),
            valid_to=self._day(number, row, "valid_to"),
            source=self._text(number, row, "source"),
        )
        if unit.valid_from and unit.valid_to and unit.valid_to < unit.valid_from:
            self.complain(
                number,
                "valid_to",
                N_("Ngày hết hiệu lực %(last)s sớm hơn ngày bắt đầu %(first)s."),
                first=_written(unit.valid_from),
                last=_written(unit.valid_to),
            )
        return unit if unit.code else None

    def change(self, numbered: tuple[int, Row]) -> ChangeRow | None:
        number, row = numbered
        self._check_width(number, row)
        day = self._day(number, row, "date", needed=True)
        from_code = self._code(number, row, "from_code", needed=True)
        kind = self._choice(number, row, ChangeKind)
        to_code = self._code(number, row, "to_code")
        main = self._yes(number, row, "main_successor")
        self._check_sense(number, from_code, to_code, kind, main)
        if not (day and from_code and kind):
            return None
        return ChangeRow(number, day, from_code, to_code, main, kind, self._text(number, row, "source"))

    def _check_sense(
        self, number: int, from_code: str | None, to_code: str | None, kind: ChangeKind | None, main: bool
    ) -> None:
        if from_code and from_code == to_code:
            self.complain(number, "to_code", N_("Đơn vị không thể kế thừa chính mình."))
        if kind is ChangeKind.DISSOLVE and to_code:
            self.complain(number, "to_code", N_("Giải thể thì không có đơn vị kế thừa; để trống ô này."))
        if kind and kind is not ChangeKind.DISSOLVE and not to_code:
            self.complain(number, "to_code", N_("Thiếu đơn vị kế thừa. Chỉ khi giải thể mới để trống."))
        if main and not to_code:
            self.complain(number, "main_successor", N_("Không có đơn vị kế thừa thì không có kế thừa chính."))

    def _check_head(self, required: Sequence[str]) -> None:
        if not self.rows:
            self.complain(HEAD_ROW, None, N_("Tệp không có dòng dữ liệu nào."))
            return
        names = {name for row in self.rows for name in row if name is not None}
        for name in sorted(map(str, names - set(self.columns))):
            self.complain(
                HEAD_ROW,
                name,
                N_("Không biết cột “%(column)s”. Các cột được dùng: %(columns)s."),
                column=name,
                columns=", ".join(self.columns),
            )
        for name in required:
            if name not in names:
                self.complain(HEAD_ROW, name, N_("Thiếu cột “%(column)s”."), column=name)

    def _check_width(self, number: int, row: Row) -> None:
        if None in row:
            self.complain(number, None, N_("Dòng này có nhiều ô hơn dòng tiêu đề."))

    def _text(self, number: int, row: Row, column: str, *, needed: bool = False) -> str:
        text = clean_text(row.get(column))
        if needed and not text:
            self.complain(number, column, N_("Ô này không được để trống."))
        if any(unicodedata.category(letter) in ("Cc", "Cs", "Co") for letter in text):
            self.complain(number, column, N_("Ô này có ký tự không in được."))
        longest = LONGEST.get(column, LONGEST["code"])
        if len(text) > longest:
            self.complain(
                number, column, N_("Ô này dài %(length)s ký tự, tối đa %(longest)s."), length=len(text), longest=longest
            )
        return text

    def _code(self, number: int, row: Row, column: str, *, needed: bool = False) -> str | None:
        text = self._text(number, row, column, needed=needed)
        if text and not CODE.fullmatch(text):
            self.complain(number, column, N_("“%(code)s” không phải là mã đơn vị."), code=text[:60])
            return None
        return text or None

    def _day(self, number: int, row: Row, column: str, *, needed: bool = False) -> date | None:
        cell = row.get(column)
        try:
            day = parse_day(cell)
        except ValueError:
            self.complain(
                number,
                column,
                N_("“%(text)s” không phải là ngày. Viết như 01/07/2025 hoặc 2025-07-01."),
                text=clean_text(cell)[:60],
            )
            return None
        if needed and day is None:
            self.complain(number, column, N_("Ô này không được để trống."))
        return day

    def _choice(self, number: int, row: Row, kinds: type[K]) -> K | None:
        text = clean_text(row.get("kind"))
        chosen = next((kind for kind in kinds if kind.value == text), None)
        if chosen is None:
            self.complain(
                number,
                "kind",
                N_("Không biết loại “%(kind)s”. Các loại: %(kinds)s."),
                kind=text[:60],
                kinds=", ".join(kind.value for kind in kinds),
            )
        return chosen

    def _yes(self, number: int, row: Row, column: str) -> bool:
        text = clean_text(row.get(column)).casefold()
        if text not in YES | NO:
            self.complain(number, column, N_("“%(text)s” không phải là yes hoặc no."), text=text[:60])
        return text in YES


def _written(day: date) -> str:
    return day.strftime("%d/%m/%Y")


def _check_codes(table: _Table, units: list[UnitRow]) -> None:
    first: dict[str, int] = {}
    for unit in units:
        if unit.code in first:
            table.complain(
                unit.row,
                "code",
                N_("Mã “%(code)s” đã có ở dòng %(first)s."),
                code=unit.code,
                first=first[unit.code],
            )
        first.setdefault(unit.code, unit.row)


def _check_links(table: _Table, units: list[UnitRow], known: Mapping[str, str | None]) -> None:
    parents: dict[str, str | None] = {**known, **{unit.code: unit.parent_code for unit in units}}
    for unit in units:
        for column, code in (("parent_code", unit.parent_code), ("coordinated_by", unit.coordinated_by)):
            if code and code not in parents:
                table.complain(unit.row, column, N_("Không có đơn vị nào mang mã “%(code)s”."), code=code)
        if _in_circle(unit.code, parents):
            table.complain(unit.row, "parent_code", N_("Đơn vị “%(code)s” nằm dưới chính nó."), code=unit.code)


def _in_circle(code: str, parents: Mapping[str, str | None]) -> bool:
    seen: set[str] = set()
    above = parents.get(code)
    while above and above not in seen:
        if above == code:
            return True
        seen.add(above)
        above = parents.get(above)
    return False


def _check_known(table: _Table, changes: list[ChangeRow], known: frozenset[str]) -> None:
    for change in changes:
        for column, code in (("from_code", change.from_code), ("to_code", change.to_code)):
            if code and code not in known:
                table.complain(change.row, column, N_("Không có đơn vị nào mang mã “%(code)s”."), code=code)


def _check_repeats(table: _Table, changes: list[ChangeRow]) -> None:
    _complain_of_repeats(
        table,
        changes,
        lambda change: (change.day, change.from_code, change.to_code),
        "to_code",
        N_("Dòng này lặp lại dòng %(first)s."),
    )


def _check_mains(table: _Table, changes: list[ChangeRow]) -> None:
    """Of the successors of a unit on one day, exactly one is the main one."""
    _complain_of_repeats(
        table,
        [change for change in changes if change.main_successor],
        lambda change: (change.day, change.from_code),
        "main_successor",
        N_("Đơn vị này đã có kế thừa chính ở dòng %(first)s."),
    )
    with_main = {(change.day, change.from_code) for change in changes if change.main_successor}
    without: dict[tuple[date, str], int] = {}
    for change in changes:
        if change.to_code and (change.day, change.from_code) not in with_main:
            without.setdefault((change.day, change.from_code), change.row)
    for (_, code), row in without.items():
        table.complain(row, "main_successor", N_("Đơn vị “%(code)s” chưa có kế thừa chính."), code=code)


def _complain_of_repeats(
    table: _Table, changes: list[ChangeRow], key: Callable[[ChangeRow], Any], column: str, message: str
) -> None:
    first: dict[Any, int] = {}
    for change in changes:
        row = first.setdefault(key(change), change.row)
        if row != change.row:
            table.complain(change.row, column, message, first=row)
