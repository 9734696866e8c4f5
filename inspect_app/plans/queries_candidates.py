"""Units that are not in the plan yet, with what speaks for each; and what the product would add by itself."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import func, select

from inspect_app.db import db
from inspect_app.inspections.models import Inspection
from inspect_app.inspections.rules import InspectionState
from inspect_app.plans.proposal import Candidate, Pick, Reason, propose, reasons_for, weight
from inspect_app.plans.queries_coverage import KnownUnit, Measured
from inspect_app.plans.queries_rows import Place, PlanUnit
from inspect_app.units.models import Unit, UnitReach
from inspect_app.units.rules import fold

SORTS = ("weight", "unit", "last", "index", "overdue")
DEFAULT_SORT = "-weight"


@dataclass(frozen=True, slots=True)
class Chance:
    """A unit that may be added, with its facts and the reasons that follow from them."""

    unit: KnownUnit
    candidate: Candidate
    weight: Decimal
    reasons: tuple[Reason, ...]


def chances(measured: Measured, rows: Iterable[PlanUnit]) -> list[Chance]:
    """Every counted unit that nobody has put into the plan yet, the strongest first."""
    year = measured.coverage.year
    candidates = _candidates(measured, rows)
    lowest: dict[str, Decimal] = {}
    for one in candidates:
        if one.last_index is not None:
            lowest[one.group] = min(lowest.get(one.group, one.last_index), one.last_index)
    found = [
        Chance(measured.units[one.code], one, weight(one, year), reasons_for(one, year, lowest.get(one.group)))
        for one in candidates
    ]
    return sorted(found, key=lambda chance: (-chance.weight, chance.unit.code))


def wanted_chances(
    found: Iterable[Chance], *, text: str = "", group: str = "", sort: str = DEFAULT_SORT
) -> list[Chance]:
    """The units wanted, in the order wanted; what has no value stands last."""
    words = fold(text).split()
    kept = [
        chance
        for chance in found
        if (not group or group in (chance.unit.group, chance.unit.kind.value))
        and all(word in chance.unit.search for word in words)
    ]
    name, falling = sort.removeprefix("-"), sort.startswith("-")
    kept.sort(key=lambda chance: (chance.unit.search, chance.unit.code))
    with_value = [chance for chance in kept if _value(chance, name) is not None]
    without = [chance for chance in kept if _value(chance, name) is None]
    return sorted(with_value, key=lambda chance: _value(chance, name), reverse=falling) + without


def picks(measured: Measured, rows: Iterable[PlanUnit]) -> tuple[Pick, ...]:
    """What the product would add so that the whole and every group reach their targets, proposals counted."""
    listed = list(rows)
    proposed = {row.unit.code for row in listed if row.place is Place.PROPOSED}
    gaps = missing_by_group(measured, proposed)
    whole = measured.coverage.whole
    missing_in_all = max(0, whole.missing - len(proposed.intersection(whole.units)))
    targeted = [one for one in _candidates(measured, listed) if one.group in gaps or not measured.facts.targets]
    if not measured.facts.targets:
        gaps = dict.fromkeys((one.group for one in targeted), 0)
    return propose(targeted, gaps, measured.coverage.year, missing_in_all=missing_in_all)


def missing_by_group(measured: Measured, proposed: set[str]) -> dict[str, int]:
    """How many units each group still needs when the proposed ones are held as well."""
    return {
        group.name or "": max(0, group.missing - len(proposed.intersection(group.units)))
        for group in measured.coverage.groups
    }


# ── Parts ──


def _candidates(measured: Measured, rows: Iterable[PlanUnit]) -> list[Candidate]:
    last = _last_inspected(measured)
    return [
        Candidate(
            code=row.unit.code,
            group=row.unit.group,
            founded_on=row.unit.founded_on,
            last_inspected_on=_last_of(row.unit.code, last, measured),
            last_index=row.last_index,
            overdue_tasks=row.overdue,
        )
        for row in rows
        if row.place is Place.OPEN
    ]


def _last_inspected(measured: Measured) -> dict[str, date]:
    """The day of the last signed minutes before the plan's year, by unit."""
    owner = select(Unit.id).where(Unit.code == measured.coverage.unit).scalar_subquery()
    below = select(UnitReach.unit_id).where(UnitReach.above_id == owner)
    rows = db.session.execute(
        select(Unit.code, func.max(Inspection.minutes_signed_on))
        .join(Unit, Unit.id == Inspection.unit_id)
        .where(Inspection.minutes_signed_on < date(measured.coverage.year, 1, 1))
        .where(Inspection.state != InspectionState.CANCELLED, Unit.id.in_(below))
        .group_by(Unit.code)
    )
    return {code: day for code, day in rows if day}


def _last_of(code: str, last: Mapping[str, date], measured: Measured) -> date | None:
    """A renamed unit keeps the history that it had under its earlier names."""
    names = (code, *measured.changes.renamed_from(code, measured.coverage.on))
    days = [last[name] for name in names if name in last]
    return max(days) if days else None


def _value(chance: Chance, name: str) -> date | Decimal | int | str | None:
    facts = chance.candidate
    if name == "last":
        return facts.last_inspected_on
    if name == "index":
        return facts.last_index
    if name == "overdue":
        return facts.overdue_tasks
    return chance.unit.search if name == "unit" else chance.weight
