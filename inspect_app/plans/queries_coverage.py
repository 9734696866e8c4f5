"""The facts of coverage, read in a handful of statements whatever the number of units and inspections.

Everything that is counted for a person is counted out of what that person may see: an unannounced check before its
start changes no figure for those who must not learn of it. Without a person (the command line) everything counts.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, or_, select, true
from sqlalchemy.orm import aliased

from inspect_app.calendars.queries import working_calendar
from inspect_app.calendars.rules import end_of_day, local_day
from inspect_app.db import db
from inspect_app.inspections.models import Inspection, StatePassed
from inspect_app.inspections.queries import visible as visible_inspection
from inspect_app.inspections.rules import State as InspectionState
from inspect_app.permissions import Actor
from inspect_app.plans.coverage import Basis, Coverage, Forecast, Standing, bodies_taken_over, forecast, measure
from inspect_app.plans.models import Plan, PlanExclusion, PlanTarget
from inspect_app.plans.rules import CountsFrom, InspectionFacts, PlanFacts, UnitFacts, assigned_units, group_targets
from inspect_app.preferences import preference
from inspect_app.units.models import Unit, UnitChange, UnitLink
from inspect_app.units.rules import Change, Successions, UnitKind

YEARS_BACK = 1
"""A check planned for the year before, or for the next, may be held, and count, in the plan's year."""


@dataclass(frozen=True, slots=True)
class KnownUnit:
    """A unit as the pages of a plan need it."""

    id: UUID
    code: str
    name: str
    search: str
    kind: UnitKind
    group: str
    founded_on: date | None


@dataclass(frozen=True, slots=True)
class Held:
    """An inspection of the plan's year as coverage saw it, with what its row shows."""

    id: UUID
    unit_code: str
    facts: InspectionFacts
    plan_id: UUID | None
    state: InspectionState
    quarter: int | None
    team_name: str


@dataclass(frozen=True, slots=True)
class Measured:
    """A plan measured on a day, with the facts that were counted."""

    facts: PlanFacts
    coverage: Coverage
    units: dict[str, KnownUnit]
    held: tuple[Held, ...]
    changes: Successions[str]
    standing: Standing
    units_changed: bool


def coverage_of(plan: Plan, on: date, actor: Actor | None = None, *, basis: Basis = Basis.AS_WAS) -> Coverage:
    """How far a plan has come at the end of a day, as far as the person may know; without one, all of it."""
    return measure_plan(plan, on, actor, basis=basis).coverage


def measure_plan(plan: Plan, on: date, actor: Actor | None = None, *, basis: Basis = Basis.AS_WAS) -> Measured:
    """The same with the units and inspections that were counted."""
    return _measured(plan_facts(plan), plan.unit_id, on, actor, basis)


def measure_unit(unit: Unit, year: int, on: date, actor: Actor | None = None) -> Measured:
    """What a unit without a stored plan has covered: 30% of the whole and of each of its groups."""
    facts = PlanFacts(unit.code, year, targets=group_targets(default_targets(unit.id, year)), counts_from=counts_from())
    return _measured(facts, unit.id, on, actor, Basis.AS_WAS)


def plan_facts(plan: Plan) -> PlanFacts:
    """The plan as its rules want it: targets, exclusions, the day of the denominator, when a check counts."""
    pcts = dict(
        db.session.execute(
            select(PlanTarget.group, PlanTarget.pct).where(PlanTarget.plan_id == plan.id).order_by(PlanTarget.group)
        ).all()
    )
    excluded = db.session.scalars(
        select(Unit.code).join(PlanExclusion, PlanExclusion.unit_id == Unit.id).where(PlanExclusion.plan_id == plan.id)
    )
    targets = tuple(target for group, pct in pcts.items() if group for target in group_targets([group], pct))
    return PlanFacts(
        unit_code=db.session.scalars(select(Unit.code).where(Unit.id == plan.unit_id)).one(),
        year=plan.year,
        overall_pct=pcts.get(""),
        targets=targets,
        excluded=frozenset(excluded),
        denominator_on=plan.denominator_on,
        counts_from=counts_from(),
    )


def counts_from() -> CountsFrom:
    """The installation's setting: coverage counts from the minutes, or from the conclusion."""
    concluded = str(preference("coverage_counts_from")).startswith("conclu")
    return CountsFrom.CONCLUSION if concluded else CountsFrom.MINUTES


def default_targets(unit_id: UUID, year: int) -> list[str]:
    """The groups of a unit's own subordinates in this year, by name. Central agencies on its territory have none."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    rows = db.session.scalars(
        select(Unit.group)
        .where(Unit.parent_id == unit_id, Unit.group.is_not(None))
        .where(or_(Unit.valid_from.is_(None), Unit.valid_from <= last))
        .where(or_(Unit.valid_to.is_(None), Unit.valid_to >= first))
        .distinct()
        .order_by(Unit.group)
    )
    return [group for group in rows if group]


def forecast_of(measured: Measured, on: date, actor: Actor | None = None) -> Forecast:
    """What to expect on 31 December; see docs/decisions/0005-forecast.md."""
    kept, missed = punctuality(measured.coverage.unit, on, actor)
    calendar = working_calendar()
    return forecast(measured.coverage.whole, calendar, on, measured.coverage.year, kept=kept, missed=missed)


def punctuality(unit_code: str, on: date, actor: Actor | None = None) -> tuple[int, int]:
    """Of the checks whose first day lay in the last twelve months: how many were held on their date, how many were
    missed or postponed."""
    begun = and_(Inspection.started_at.is_not(None), Inspection.postponed_count == 0)
    missed = or_(Inspection.postponed_count > 0, and_(Inspection.started_at.is_(None), Inspection.ends_on < on))
    row = db.session.execute(
        select(func.sum(case((begun, 1), else_=0)), func.sum(case((missed, 1), else_=0)))
        .join(Unit, Unit.id == Inspection.inspector_id)
        .where(Unit.code == unit_code, Inspection.year.in_((on.year - 1, on.year)))
        .where(Inspection.starts_on.between(on - timedelta(days=365), on))
        .where(Inspection.state != InspectionState.CANCELLED, _may_know(actor))
    ).one()
    return int(row[0] or 0), int(row[1] or 0)


# ── Parts ──


def _measured(facts: PlanFacts, unit_id: UUID, on: date, actor: Actor | None, basis: Basis) -> Measured:
    changes = _changes()
    units, known = _units(unit_id)
    inspectors = {facts.unit_code, *changes.renamed_from(facts.unit_code, on)}
    if basis is Basis.AS_IS:
        inspectors |= bodies_taken_over(facts.unit_code, units, changes, on)
    held = _held(inspectors, {each.id: each.code for each in known.values()}, facts, on, actor)
    inspections = [each.facts for each in held]
    coverage = measure(facts, units, inspections, changes, on, basis=basis)
    by_code = {unit.code: unit for unit in units}
    as_was, as_is = (assigned_units(facts, units, day) for day in (facts.counted_on, on))
    standing = Standing(by_code, as_was if basis is Basis.AS_WAS else as_is, changes, on)
    return Measured(facts, coverage, known, tuple(held), changes, standing, as_was.keys() != as_is.keys())


def _may_know(actor: Actor | None) -> ColumnElement[bool]:
    return true() if actor is None else visible_inspection(actor)


def _changes() -> Successions[str]:
    before, after = aliased(Unit), aliased(Unit)
    rows = db.session.execute(
        select(UnitChange.on_day, before.code, after.code, UnitChange.main_successor, UnitChange.kind)
        .join(before, before.id == UnitChange.from_unit_id)
        .outerjoin(after, after.id == UnitChange.to_unit_id)
        .order_by(UnitChange.on_day, UnitChange.id)
    )
    return Successions(Change(*row) for row in rows)


def _units(owner_id: UUID) -> tuple[list[UnitFacts], dict[str, KnownUnit]]:
    """The owner, whoever was or is assigned to it, and every unit that a change names."""
    parent = aliased(Unit)
    linked = select(UnitLink.unit_id).where(UnitLink.coordinated_by_id == owner_id)
    named = select(UnitChange.from_unit_id).union(
        select(UnitChange.to_unit_id).where(UnitChange.to_unit_id.is_not(None))
    )
    owner = select(Unit.code).where(Unit.id == owner_id).scalar_subquery()
    rows = db.session.execute(
        select(
            Unit.id,
            Unit.code,
            Unit.name,
            Unit.search,
            Unit.kind,
            Unit.group,
            Unit.valid_from,
            Unit.valid_to,
            parent.code,
            case((Unit.id.in_(linked), owner), else_=None),
        )
        .outerjoin(parent, parent.id == Unit.parent_id)
        .where(or_(Unit.id == owner_id, Unit.parent_id == owner_id, Unit.id.in_(linked), Unit.id.in_(named)))
        .order_by(Unit.code)
    )
    facts, known = [], {}
    for unit_id, code, name, search, kind, group, first, last, parent_code, coordinator in rows:
        facts.append(UnitFacts(code, kind, group or "", parent_code, coordinator, first, last))
        known[code] = KnownUnit(unit_id, code, name, search, kind, group or "", first)
    return facts, known


def _held(
    inspectors: Iterable[str], codes: dict[UUID, str], plan: PlanFacts, on: date, actor: Actor | None
) -> list[Held]:
    """The inspections that may count in this year, each in the state that it had at the end of the day `on`."""
    inspector = aliased(Unit)
    own = and_(
        Inspection.inspector_id.in_(select(Unit.id).where(Unit.code.in_(sorted(inspectors)))),
        Inspection.year.between(plan.year - YEARS_BACK, plan.year + 1),
        or_(Inspection.year == plan.year, _counts_in(plan)),
        _may_know(actor),
    )
    rows = db.session.execute(
        select(
            Inspection.id,
            Inspection.unit_id,
            inspector.code,
            Inspection.year,
            Inspection.state,
            Inspection.form,
            Inspection.starts_on,
            Inspection.ends_on,
            Inspection.minutes_signed_on,
            Inspection.concluded_at,
            Inspection.postponed_count,
            Inspection.plan_id,
            Inspection.quarter,
            Inspection.team_name,
        )
        .join(inspector, inspector.id == Inspection.inspector_id)
        .where(own)
        .order_by(Inspection.year, Inspection.number, Inspection.id)
    ).all()
    then = _states_then(own, on)
    return [
        _as_held(row, codes[row.unit_id], then.get(row.id, row.state))
        for row in rows
        if row.unit_id in codes and then.get(row.id, row.state) is not None
    ]


def _counts_in(plan: PlanFacts) -> ColumnElement[bool]:
    """The condition that an inspection began to count in the plan's year."""
    first, last = date(plan.year, 1, 1), date(plan.year, 12, 31)
    if plan.counts_from is CountsFrom.MINUTES:
        return Inspection.minutes_signed_on.between(first, last)
    return and_(
        Inspection.concluded_at > end_of_day(first - timedelta(days=1)), Inspection.concluded_at <= end_of_day(last)
    )


def _states_then(own: ColumnElement[bool], on: date) -> dict[UUID, InspectionState | None]:
    """For inspections that moved after the day `on`: the state that they had then, None when they did not exist."""
    moved = set(
        db.session.scalars(
            select(StatePassed.inspection_id)
            .join(Inspection, Inspection.id == StatePassed.inspection_id)
            .where(own, StatePassed.at > end_of_day(on))
        )
    )
    if not moved:
        return {}
    then: dict[UUID, InspectionState | None] = dict.fromkeys(moved)
    passed = db.session.execute(
        select(StatePassed.inspection_id, StatePassed.state)
        .join(Inspection, Inspection.id == StatePassed.inspection_id)
        .where(own, StatePassed.at <= end_of_day(on))
        .order_by(StatePassed.at, StatePassed.id)
    )
    for inspection_id, state in passed:
        if inspection_id in then:
            then[inspection_id] = state
    return then


def _as_held(row: Any, unit_code: str, state: InspectionState) -> Held:
    facts = InspectionFacts(
        unit_code=unit_code,
        inspector_code=row.code,
        year=row.year,
        state=state,
        form=row.form,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        signed_on=row.minutes_signed_on,
        concluded_on=local_day(row.concluded_at) if row.concluded_at else None,
        postponed_count=row.postponed_count,
    )
    return Held(row.id, unit_code, facts, row.plan_id, state, row.quarter, row.team_name)
