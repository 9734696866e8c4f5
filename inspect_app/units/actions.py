"""What can be done to units: bring them in from a table, and keep everything that follows from the tree in step."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, exists, insert, select, text

from inspect_app.audit.actions import Doer, record_all
from inspect_app.db import db, new_id
from inspect_app.refusals import N_, Refused
from inspect_app.units.imports import (
    Comparison,
    Fields,
    ImportKind,
    change_key,
    compare,
    compare_changes,
    compare_units,
    shipped_table,
)
from inspect_app.units.models import Post, Unit, UnitChange, UnitLink, UnitReach
from inspect_app.units.reading import ChangeRow, Row, RowProblem, UnitRow
from inspect_app.units.rules import ChangeKind, head_title, reach_above, search_text

SHIPPED_UNITS = ("hanoi-before-2025", "hanoi-since-2025", "hanoi-vertical-agencies")
SHIPPED_CHANGES = ("hanoi-changes-2025",)
DONE = {
    ChangeKind.MERGE: "unit merged",
    ChangeKind.SPLIT: "unit split",
    ChangeKind.RENAME: "unit renamed",
    ChangeKind.MOVE: "unit moved",
    ChangeKind.DISSOLVE: "unit dissolved",
}


@dataclass(frozen=True, slots=True)
class Counts:
    """How many rows of a file made something new, changed something, or were here already."""

    created: int
    changed: int
    unchanged: int


class ImportRefused(Refused):
    """The file has mistakes; nothing of it was taken. `problems` names each with its row and column."""

    def __init__(self, problems: list[RowProblem]) -> None:
        super().__init__(N_("Tệp có %(count)s lỗi, chưa có gì được nhập."), status=422, count=len(problems))
        self.problems = problems


def import_table(kind: ImportKind, rows: Sequence[Row], *, by: Doer, at: datetime) -> Counts:
    """Brings in a table of this kind, all of it or nothing. Raises ImportRefused."""
    return (import_units if kind is ImportKind.UNITS else import_changes)(rows, by=by, at=at)


def try_table(kind: ImportKind, rows: Sequence[Row]) -> Counts:
    """What import_table() would do; changes nothing. Raises ImportRefused."""
    found = compare(kind, rows)
    _refuse_mistakes(found)
    return Counts(len(found.created), len(found.changed), found.unchanged)


def import_units(rows: Sequence[Row], *, by: Doer, at: datetime) -> Counts:
    """Creates and changes units as the table says; a table that was taken before changes nothing.

    Every new unit gets its head's post. Raises ImportRefused.
    """
    _wait_for_other_imports()
    found = compare_units(rows)
    _refuse_mistakes(found)
    ids = dict(db.session.execute(select(Unit.code, Unit.id)).all())
    ids |= {row.code: new_id() for row in found.created}
    _create_units(found.created, ids, by=by, at=at)
    _change_units(found.changed, ids, by=by, at=at)
    if found.created or found.changed:
        db.session.flush()
        ensure_head_posts()
        rebuild_reach()
    return Counts(len(found.created), len(found.changed), found.unchanged)


def import_changes(rows: Sequence[Row], *, by: Doer, at: datetime) -> Counts:
    """Writes down who took over from whom. Work already given to a unit stays where it is. Raises ImportRefused."""
    _wait_for_other_imports()
    found = compare_changes(rows)
    _refuse_mistakes(found)
    units = _units_named(found)
    for row in found.created:
        db.session.add(_new_change(row, units))
    for row, fields in found.changed:
        _correct_change(row, fields, units)
    record_all(_successions_told(found, units), by=by, at=at)
    return Counts(len(found.created), len(found.changed), found.unchanged)


def load_shipped_units(at: datetime, by: Doer) -> Counts:
    """Brings in the units of Hà Nội that the product ships: before and since 2025, and who succeeded whom."""
    loaded = [import_units(shipped_table(name), by=by, at=at) for name in SHIPPED_UNITS]
    loaded += [import_changes(shipped_table(name), by=by, at=at) for name in SHIPPED_CHANGES]
    return Counts(
        created=sum(counts.created for counts in loaded),
        changed=sum(counts.changed for counts in loaded),
        unchanged=sum(counts.unchanged for counts in loaded),
    )


def ensure_head_post(unit: Unit, at: datetime) -> Post:
    """The post of the unit's head, made when there is none."""
    post = db.session.scalar(select(Post).where(Post.unit_id == unit.id, Post.is_head).order_by(Post.id).limit(1))
    if post is None:
        post = Post(id=new_id(), unit_id=unit.id, title=head_title(unit.kind, unit.name), is_head=True)
        db.session.add(post)
        db.session.flush()
    return post


def ensure_head_posts() -> None:
    """Gives every unit that has none the post of its head."""
    without = select(Unit.id, Unit.kind, Unit.name).where(~exists().where(Post.unit_id == Unit.id, Post.is_head))
    posts = [
        {"unit_id": unit_id, "title": head_title(kind, name), "is_head": True}
        for unit_id, kind, name in db.session.execute(without.order_by(Unit.id))
    ]
    if posts:
        db.session.execute(insert(Post), posts)


def rebuild_reach() -> None:
    """Brings the table of who reaches whom in step with parents and coordinators; rows that hold stay untouched."""
    parents = dict(db.session.execute(select(Unit.id, Unit.parent_id)).all())
    links: dict[UUID, list[UUID]] = {}
    for unit_id, coordinator_id in db.session.execute(select(UnitLink.unit_id, UnitLink.coordinated_by_id)):
        links.setdefault(unit_id, []).append(coordinator_id)
    due = {
        (above_id, unit_id, depth, linked)
        for unit_id in parents
        for above_id, (depth, linked) in reach_above(unit_id, parents, links).items()
    }
    columns = (UnitReach.above_id, UnitReach.unit_id, UnitReach.depth, UnitReach.linked)
    here = {row[1:]: row[0] for row in db.session.execute(select(UnitReach.id, *columns))}
    stale = [here[row] for row in here.keys() - due]
    for start in range(0, len(stale), 500):
        db.session.execute(delete(UnitReach).where(UnitReach.id.in_(stale[start : start + 500])))
    missing = [
        {"above_id": above_id, "unit_id": unit_id, "depth": depth, "linked": linked}
        for above_id, unit_id, depth, linked in due - here.keys()
    ]
    if missing:
        db.session.execute(insert(UnitReach), missing)


def _wait_for_other_imports() -> None:
    """Two imports at once would both take the same unit for new; the second waits and then finds it here."""
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(text("LOCK TABLE unit IN SHARE ROW EXCLUSIVE MODE"))


def _refuse_mistakes(found: Comparison[Any]) -> None:
    if found.problems:
        raise ImportRefused(found.problems)


def _create_units(rows: list[UnitRow], ids: Mapping[str, UUID], *, by: Doer, at: datetime) -> None:
    units = [_new_unit(row, ids) for row in _parents_first(rows)]
    db.session.add_all(units)
    db.session.add_all(
        UnitLink(unit_id=ids[row.code], coordinated_by_id=ids[row.coordinated_by]) for row in rows if row.coordinated_by
    )
    db.session.flush()
    record_all((("unit created", unit, {"code": unit.code, "source": unit.source}) for unit in units), by=by, at=at)


def _new_unit(row: UnitRow, ids: Mapping[str, UUID]) -> Unit:
    return Unit(
        id=ids[row.code],
        code=row.code,
        name=row.name,
        search=search_text(row.name, row.code),
        kind=row.kind,
        group=row.group or None,
        parent_id=ids[row.parent_code] if row.parent_code else None,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        source=row.source,
    )


def _parents_first(rows: Iterable[UnitRow]) -> list[UnitRow]:
    by_code = {row.code: row for row in rows}

    def depth(row: UnitRow) -> int:
        steps, above = 0, by_code.get(row.parent_code or "")
        while above is not None:
            steps, above = steps + 1, by_code.get(above.parent_code or "")
        return steps

    return sorted(by_code.values(), key=depth)


def _change_units(changed: list[tuple[UnitRow, Fields]], ids: Mapping[str, UUID], *, by: Doer, at: datetime) -> None:
    codes = [row.code for row, _ in changed]
    units = {unit.code: unit for unit in db.session.scalars(select(Unit).where(Unit.code.in_(codes)))}
    for row, fields in changed:
        unit = units[row.code]
        for name, (_, value) in fields.items():
            _set_field(unit, name, value, ids)
        unit.search = search_text(unit.name, unit.code)
    record_all((("unit changed", units[row.code], {"changed": fields}) for row, fields in changed), by=by, at=at)


def _set_field(unit: Unit, name: str, value: Any, ids: Mapping[str, UUID]) -> None:
    if name == "parent_code":
        unit.parent_id = ids[value] if value else None
    elif name == "coordinated_by":
        db.session.execute(delete(UnitLink).where(UnitLink.unit_id == unit.id))
        if value:
            db.session.add(UnitLink(unit_id=unit.id, coordinated_by_id=ids[value]))
    else:
        setattr(unit, name, value)


def _units_named(found: Comparison[ChangeRow]) -> dict[str, Unit]:
    rows = [*found.created, *(row for row, _ in found.changed)]
    codes = {code for row in rows for code in (row.from_code, row.to_code) if code}
    return {unit.code: unit for unit in db.session.scalars(select(Unit).where(Unit.code.in_(codes)))}


def _new_change(row: ChangeRow, units: Mapping[str, Unit]) -> UnitChange:
    return UnitChange(
        on_day=row.day,
        from_unit_id=units[row.from_code].id,
        to_unit_id=units[row.to_code].id if row.to_code else None,
        main_successor=row.main_successor,
        kind=row.kind,
        source=row.source,
    )


def _correct_change(row: ChangeRow, fields: Fields, units: Mapping[str, Unit]) -> None:
    day, from_code, to_code = change_key(row)
    to_id = units[to_code].id if to_code else None
    change = db.session.scalars(
        select(UnitChange).where(
            UnitChange.on_day == day,
            UnitChange.from_unit_id == units[from_code].id,
            UnitChange.to_unit_id == to_id if to_id else UnitChange.to_unit_id.is_(None),
        )
    ).one()
    for name, (_, value) in fields.items():
        setattr(change, name, value)


def _successions_told(
    found: Comparison[ChangeRow], units: Mapping[str, Unit]
) -> Iterator[tuple[str, Unit, dict[str, Any]]]:
    """What the log says: one entry for each old unit and day, with all that took over from it."""
    for (day, from_code), steps in _by_unit(found.created).items():
        heirs = [step.to_code for step in steps if step.to_code]
        main = next((step.to_code for step in steps if step.main_successor), None)
        told = {"on": day, "to": heirs, "main": main, "source": steps[0].source}
        yield DONE[steps[0].kind], units[from_code], told
    for row, fields in found.changed:
        yield "succession corrected", units[row.from_code], {"on": row.day, "to": row.to_code, "changed": fields}


def _by_unit(rows: Iterable[ChangeRow]) -> dict[tuple[date, str], list[ChangeRow]]:
    found: dict[tuple[date, str], list[ChangeRow]] = {}
    for row in rows:
        found.setdefault((row.day, row.from_code), []).append(row)
    return found
