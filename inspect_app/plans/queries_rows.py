"""The units of a plan, row by row: those that the figures count, each with the inspection that speaks for it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from inspect_app.db import db
from inspect_app.inspections.models import Inspection
from inspect_app.inspections.rules import InspectionState
from inspect_app.moves import Named
from inspect_app.permissions import Actor
from inspect_app.plans.coverage import Figures, part_of
from inspect_app.plans.queries_coverage import Held, KnownUnit, Measured
from inspect_app.plans.rules import is_at_risk, is_coverage, is_promise
from inspect_app.refusals import N_
from inspect_app.tasks.models import Task
from inspect_app.tasks.queries import in_scope, running_before
from inspect_app.units.models import Unit, UnitReach
from inspect_app.units.rules import fold


class Place(Named):
    """Where a unit stands in the year's plan."""

    DONE = "done", N_("Đã kiểm tra")
    SCHEDULED = "scheduled", N_("Đã xếp lịch, đúng hẹn")
    AT_RISK = "at_risk", N_("Nguy cơ lỡ lịch")
    PROPOSED = "proposed", N_("Đang đề xuất")
    HELD_UP = "held_up", N_("Tạm dừng")
    OPEN = "open", N_("Chưa có trong kế hoạch")


class Shown(Named):
    """What a list of the plan's units is narrowed to, besides a single place."""

    WAITING = "waiting", N_("Chưa kiểm tra")
    ALL = "all", N_("Mọi đơn vị được tính")


WAITING = frozenset({Place.SCHEDULED, Place.AT_RISK, Place.PROPOSED, Place.HELD_UP})
SORTS = ("ahead", "date", "unit", "index", "overdue")
DEFAULT_SORT = "ahead"
TARGETED = "*"


@dataclass(frozen=True, slots=True)
class PlanUnit:
    """One unit that the plan counts. `inspection` is the one that speaks for it, None while nothing is planned.

    `expected_on` is the first day of the visit, `last_index` in percent, `target` False for units that no target takes.
    """

    unit: KnownUnit
    place: Place
    target: bool
    inspection: Held | None
    last_index: Decimal | None
    overdue: int

    @property
    def expected_on(self) -> date | None:
        return self.inspection.facts.starts_on if self.inspection else None

    @property
    def quarter(self) -> int | None:
        if self.expected_on:
            return (self.expected_on.month + 2) // 3
        return self.inspection.quarter if self.inspection else None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the list of units is narrowed to. `place` is a Place or a Shown.

    `group` is a group's name or a kind of unit; TARGETED takes every unit that counts for a target.
    """

    text: str = ""
    group: str = ""
    place: str = ""
    quarter: int | None = None
    team: str = ""


@dataclass(frozen=True, slots=True)
class Shelf:
    """One page of a list: its rows, how many match, and where the pages beside it begin."""

    rows: tuple[PlanUnit, ...]
    matching: int
    before: UUID | None
    after: UUID | None


def plan_units(measured: Measured, on: date, actor: Actor | None = None) -> list[PlanUnit]:
    """Every unit that the plan counts on this day, by code; five statements at most, whatever their number."""
    coverage = measured.coverage
    speaks = _spokesmen(measured, on)
    indexes, overdue = last_indexes(measured), overdue_counts(measured, on, actor)
    rows = []
    for figures in (coverage.whole, *coverage.outside):
        status = _places(figures)
        for code in figures.units:
            inspection = speaks.get(code)
            place = status.get(code) or _place_beside(inspection)
            rows.append(
                PlanUnit(
                    measured.units[code],
                    place,
                    figures is coverage.whole,
                    inspection,
                    indexes.get(code),
                    overdue.get(code, 0),
                )
            )
    return rows


def narrowed(rows: Iterable[PlanUnit], wanted: Wanted) -> list[PlanUnit]:
    """The rows wanted. Without a place these are the units that stand in the plan."""
    words = fold(wanted.text).split()
    return [row for row in rows if _matches(row, wanted, words)]


def in_order(rows: Iterable[PlanUnit], sort: str) -> list[PlanUnit]:
    """Rows by one of SORTS, with a leading minus from the other end; what has no value stands last.

    "ahead" is the order of work: what is still to come by its day, then what is done.
    """
    name, falling = sort.removeprefix("-"), sort.startswith("-")
    listed = sorted(rows, key=lambda row: (row.unit.search, row.unit.code))
    if name == "unit":
        return listed[::-1] if falling else listed
    with_value = [row for row in listed if _value(row, name) is not None]
    without = [row for row in listed if _value(row, name) is None]
    ordered = sorted(with_value, key=lambda row: _value(row, name), reverse=falling) + without
    return ordered if name in SORTS[1:] else sorted(ordered, key=lambda row: row.place is Place.DONE)


def shelf(rows: Sequence[PlanUnit], *, after: UUID | None = None, before: UUID | None = None, most: int = 50) -> Shelf:
    """The page behind the unit `after`, or the one that ends before the unit `before`."""
    places = {row.unit.id: number for number, row in enumerate(rows)}
    start = places[after] + 1 if after in places else 0
    if before in places:
        start = max(0, places[before] - most)
    page = tuple(rows[start : start + most])
    is_last = start + most >= len(rows)
    return Shelf(
        page,
        len(rows),
        page[0].unit.id if page and start else None,
        page[-1].unit.id if page and not is_last else None,
    )


@dataclass(frozen=True, slots=True)
class LineDetails:
    """What a row shows of its line beyond what is counted."""

    reasons: list[Any]
    grounds: str
    locked: bool


def details_of(rows: Iterable[PlanUnit]) -> dict[UUID, LineDetails]:
    """The details of the lines on one page, by inspection."""
    ids = [row.inspection.id for row in rows if row.inspection]
    found = db.session.execute(
        select(Inspection.id, Inspection.reasons, Inspection.grounds, Inspection.locked).where(Inspection.id.in_(ids))
    )
    return {inspection_id: LineDetails(reasons, grounds, locked) for inspection_id, reasons, grounds, locked in found}


def last_indexes(measured: Measured) -> dict[str, Decimal]:
    """The index of the year before, in percent, by unit: that of its latest inspection."""
    rows = db.session.execute(
        select(Unit.code, Inspection.index_pct)
        .join(Unit, Unit.id == Inspection.unit_id)
        .where(Inspection.year == measured.coverage.year - 1, Inspection.index_pct.is_not(None))
        .where(Unit.id.in_(_counted_ids(measured)), Inspection.state != InspectionState.CANCELLED)
        .order_by(Inspection.minutes_signed_on, Inspection.id)
    )
    return {code: index for code, index in rows if index is not None}


def overdue_counts(measured: Measured, on: date, actor: Actor | None = None) -> dict[str, int]:
    """Overdue tasks for which each unit answers today, its predecessors' among them."""
    tasks = select(Task.unit_id, func.count().label("overdue")).where(running_before(on)).group_by(Task.unit_id)
    if actor is not None:
        tasks = tasks.where(in_scope(actor, on))
    by_unit = tasks.subquery()
    rows = select(Unit.code, by_unit.c.overdue).join(by_unit, by_unit.c.unit_id == Unit.id).order_by(Unit.code)
    counts: dict[str, int] = {}
    for code, count in db.session.execute(rows):
        answers = measured.standing(code) if code in measured.units else None
        if answers is not None:
            counts[answers] = counts.get(answers, 0) + count
    return counts


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """One row of the coverage table. `level` is whole, group, part or outside; `group` narrows the list to its rows."""

    level: str
    group: str
    figures: Figures
    proposed: int


def coverage_rows(measured: Measured, rows: Iterable[PlanUnit]) -> list[CoverageRow]:
    """The rows of the coverage table: the whole, each group with its kinds, then what stands outside the target."""
    coverage = measured.coverage
    proposed = {row.unit.code for row in rows if row.place is Place.PROPOSED}

    def row(level: str, group: str, figures: Figures) -> CoverageRow:
        return CoverageRow(level, group, figures, len(proposed.intersection(figures.units)))

    table = [row("whole", TARGETED, coverage.whole)]
    for group in coverage.groups:
        table.append(row("group", group.name or "", group))
        kinds = sorted({measured.units[code].kind for code in group.units})
        for kind in kinds if len(kinds) > 1 else ():
            part = part_of(group, (code for code in group.units if measured.units[code].kind == kind))
            table.append(row("part", kind.value, part))
    return table + [row("outside", group.name or "", group) for group in coverage.outside]


# ── Parts ──


def _spokesmen(measured: Measured, on: date) -> dict[str, Held]:
    """For each counted unit the inspection that its row shows: the one that covers it before promises and proposals."""
    plan = measured.facts

    def weight(held: Held) -> tuple[bool, bool, bool, bool]:
        covers, promises = is_coverage(plan, held.facts, on), is_promise(plan, held.facts, on)
        doubtful = is_at_risk(held.facts, on)
        return covers, promises and not doubtful, promises, held.state is not InspectionState.PROPOSED

    chosen: dict[str, Held] = {}
    for held in measured.held:
        code = measured.standing(held.unit_code)
        if code is None or held.state is InspectionState.CANCELLED or not _of_the_year(measured, held, on):
            continue
        if code not in chosen or weight(held) > weight(chosen[code]):
            chosen[code] = held
    return chosen


def _of_the_year(measured: Measured, held: Held, on: date) -> bool:
    return held.facts.year == measured.coverage.year or is_coverage(measured.facts, held.facts, on)


def _places(figures: Figures) -> dict[str, Place]:
    places = dict.fromkeys(figures.scheduled_units, Place.SCHEDULED)
    places |= dict.fromkeys(figures.at_risk_units, Place.AT_RISK)
    return places | dict.fromkeys(figures.done_units, Place.DONE)


def _place_beside(inspection: Held | None) -> Place:
    """The place of a unit that the figures count neither as done nor as scheduled."""
    if inspection is None:
        return Place.OPEN
    return Place.PROPOSED if inspection.state is InspectionState.PROPOSED else Place.HELD_UP


def _matches(row: PlanUnit, wanted: Wanted, words: list[str]) -> bool:
    return (
        _stands_in(row, wanted.place)
        and _belongs(row, wanted.group)
        and (wanted.quarter is None or row.quarter == wanted.quarter)
        and (not wanted.team or (row.inspection is not None and row.inspection.team_name == wanted.team))
        and all(word in row.unit.search for word in words)
    )


def _belongs(row: PlanUnit, group: str) -> bool:
    if group == TARGETED:
        return row.target
    return not group or group in (row.unit.group, row.unit.kind.value)


def _stands_in(row: PlanUnit, place: str) -> bool:
    if place == Shown.ALL:
        return True
    if place == Shown.WAITING:
        return row.place in WAITING
    return row.place == place if place else row.place is not Place.OPEN


def _value(row: PlanUnit, name: str) -> Any:
    if name == "index":
        return row.last_index
    if name == "overdue":
        return row.overdue
    return row.expected_on or _end_of_quarter(row)


def _end_of_quarter(row: PlanUnit) -> date | None:
    if row.inspection is None or row.inspection.quarter is None:
        return None
    return date(row.inspection.facts.year, row.inspection.quarter * 3, 28)


def _counted_ids(measured: Measured) -> Any:
    """The ids of the counted units: as a query below the owner, so that no statement grows with their number."""
    owner = select(Unit.id).where(Unit.code == measured.coverage.unit).scalar_subquery()
    return select(UnitReach.unit_id).where(UnitReach.above_id == owner)
