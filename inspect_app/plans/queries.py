"""Finding plans with their versions, targets and exclusions, within what a person may see."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, tuple_, union_all
from sqlalchemy.orm import joinedload

from inspect_app.accounts.models import Person
from inspect_app.db import db
from inspect_app.inspections.models import Inspection
from inspect_app.inspections.queries import visible as visible_inspection
from inspect_app.inspections.rules import State as InspectionState
from inspect_app.permissions import WATCHING, Actor, Role
from inspect_app.plans.models import Plan, PlanExclusion, PlanTarget, PlanVersion
from inspect_app.plans.queries_coverage import (
    Measured,
    coverage_of,
    default_targets,
    forecast_of,
    measure_plan,
    measure_unit,
    plan_facts,
)
from inspect_app.plans.rules import EDITABLE, PlanState
from inspect_app.refusals import NotVisible
from inspect_app.units.models import Unit
from inspect_app.units.queries import in_force, reach_of

__all__ = [
    "Measured",
    "coverage_of",
    "current_plan",
    "default_targets",
    "exclusions_of",
    "find_exclusion",
    "find_line",
    "find_version",
    "find_visible",
    "forecast_of",
    "latest_version",
    "line_counts",
    "list_plans",
    "measure_plan",
    "measure_unit",
    "names_of",
    "plan_facts",
    "plan_of_unit",
    "planning_units",
    "secret_lines",
    "targets_of",
    "versions_of",
    "visible",
]


def visible(actor: Actor) -> ColumnElement[bool]:
    """The condition on Plan for what this person may see: the plans of the units in their scope."""
    return Plan.unit_id.in_(reach_of(actor.units_of(*WATCHING)))


def find_visible(actor: Actor, plan_id: UUID) -> Plan:
    """The plan with its unit. Raises NotVisible (404)."""
    found = db.session.scalar(select(Plan).where(Plan.id == plan_id, visible(actor)).options(joinedload(Plan.unit)))
    if found is None:
        raise NotVisible
    return found


def seen_among(actor: Actor, ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """Those of the plans, and of the versions of plans, that this person may see, each with the id of its plan."""
    wanted = list(ids)
    of_versions = select(PlanVersion.id, PlanVersion.plan_id).join(Plan).where(PlanVersion.id.in_(wanted))
    of_plans = select(Plan.id, Plan.id.label("plan_id")).where(Plan.id.in_(wanted))
    return dict(db.session.execute(union_all(*(one.where(visible(actor)) for one in (of_plans, of_versions)))).all())


def current_plan(actor: Actor, year: int) -> Plan | None:
    """The plan of this year that a person works with: that of the unit on which they hold a role, else the first
    by name that they may see; None when there is none."""
    own = Plan.unit_id.in_(actor.units_of(*WATCHING))
    return db.session.scalar(
        select(Plan)
        .join(Unit, Unit.id == Plan.unit_id)
        .where(Plan.year == year, visible(actor))
        .options(joinedload(Plan.unit))
        .order_by(own.desc(), Unit.search, Plan.id)
        .limit(1)
    )


def plan_of_unit(unit_id: UUID, year: int) -> Plan | None:
    """The plan of one unit for one year."""
    return db.session.scalar(
        select(Plan).where(Plan.unit_id == unit_id, Plan.year == year).options(joinedload(Plan.unit))
    )


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A plan in the list, with its latest version and how many units have a line in it."""

    plan: Plan
    version: PlanVersion
    lines: int


def list_plans(actor: Actor, *, after: UUID | None = None, most: int = 50) -> list[PlanRow]:
    """One page of the plans a person may see, the latest year first, then by the name of the unit."""
    page = select(Plan).join(Unit, Unit.id == Plan.unit_id).where(visible(actor)).options(joinedload(Plan.unit))
    if after is not None and (mark := _place_of(after)):
        page = page.where(_follows(mark))
    plans = list(db.session.scalars(page.order_by(Plan.year.desc(), Unit.search, Plan.id).limit(most)))
    ids = [plan.id for plan in plans]
    latest, counts = _latest_versions(ids), line_counts(actor, ids)
    return [PlanRow(plan, latest[plan.id], counts.get(plan.id, 0)) for plan in plans]


def planning_units(actor: Actor, on: date) -> list[Unit]:
    """The units for which a person may draw up a plan: where they are the office, and others stand below."""
    below = select(Unit.parent_id).where(Unit.parent_id.is_not(None), in_force(on))
    return list(
        db.session.scalars(
            select(Unit)
            .where(Unit.id.in_(reach_of(actor.units_of(Role.OFFICE))), Unit.id.in_(below), in_force(on))
            .order_by(Unit.search, Unit.id)
        )
    )


def line_counts(actor: Actor, plan_ids: Iterable[UUID]) -> dict[UUID, int]:
    """How many units stand in each plan, as far as the person may know."""
    rows = db.session.execute(
        select(Inspection.plan_id, func.count(Inspection.unit_id.distinct()))
        .where(Inspection.plan_id.in_(list(plan_ids)), Inspection.state != InspectionState.CANCELLED)
        .where(visible_inspection(actor))
        .group_by(Inspection.plan_id)
    )
    return {plan_id: count for plan_id, count in rows if plan_id is not None}


# ── Versions ──


def latest_version(plan_id: UUID) -> PlanVersion:
    """The version that people work on. Every plan has at least one."""
    return db.session.scalars(
        select(PlanVersion).where(PlanVersion.plan_id == plan_id).order_by(PlanVersion.number.desc()).limit(1)
    ).one()


def versions_of(plan_id: UUID) -> list[PlanVersion]:
    """All versions, the latest first."""
    return list(
        db.session.scalars(
            select(PlanVersion).where(PlanVersion.plan_id == plan_id).order_by(PlanVersion.number.desc())
        )
    )


def find_version(plan_id: UUID, number: int) -> PlanVersion:
    """One version of a plan. Raises NotVisible."""
    found = db.session.scalar(select(PlanVersion).where(PlanVersion.plan_id == plan_id, PlanVersion.number == number))
    if found is None:
        raise NotVisible
    return found


def decision_numbered(unit_id: UUID, year: int, number: str) -> PlanVersion | None:
    """The version of a unit's plans that a decision of this year with this number approved."""
    return db.session.scalar(
        select(PlanVersion)
        .join(Plan, Plan.id == PlanVersion.plan_id)
        .where(Plan.unit_id == unit_id, PlanVersion.decision_number == number)
        .where(PlanVersion.decision_on.between(date(year, 1, 1), date(year, 12, 31)))
        .order_by(PlanVersion.approved_at, PlanVersion.id)
        .limit(1)
    )


def editable_version(plan_id: UUID) -> PlanVersion | None:
    """The version whose lines and targets may change now."""
    version = latest_version(plan_id)
    return version if version.state in EDITABLE else None


def approved_before(version: PlanVersion) -> PlanVersion | None:
    """The approved version before this one: what its difference is measured against."""
    return db.session.scalar(
        select(PlanVersion)
        .where(PlanVersion.plan_id == version.plan_id, PlanVersion.number < version.number)
        .where(PlanVersion.state == PlanState.APPROVED)
        .order_by(PlanVersion.number.desc())
        .limit(1)
    )


def names_of(person_ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """The names of people, by id."""
    ids = {person_id for person_id in person_ids if person_id}
    return dict(db.session.execute(select(Person.id, Person.name).where(Person.id.in_(ids))).all()) if ids else {}


# ── Lines ──


def find_line(plan_id: UUID, inspection_id: UUID, actor: Actor) -> Inspection:
    """One line of the plan with its unit. Raises NotVisible."""
    found = db.session.scalar(
        select(Inspection)
        .where(Inspection.id == inspection_id, Inspection.plan_id == plan_id, visible_inspection(actor))
        .options(joinedload(Inspection.unit))
    )
    if found is None:
        raise NotVisible
    return found


def lines_of(plan_id: UUID) -> list[Inspection]:
    """The lines of a plan that were not cancelled, with their units, by name."""
    return list(
        db.session.scalars(
            select(Inspection)
            .join(Unit, Unit.id == Inspection.unit_id)
            .where(Inspection.plan_id == plan_id, Inspection.state != InspectionState.CANCELLED)
            .options(joinedload(Inspection.unit))
            .order_by(Unit.search, Inspection.number)
        )
    )


def secret_lines(plan_id: UUID, actor: Actor) -> frozenset[UUID]:
    """The lines of a plan of which this person must not learn."""
    return frozenset(
        db.session.scalars(select(Inspection.id).where(Inspection.plan_id == plan_id, ~visible_inspection(actor)))
    )


# ── Targets and exclusions ──


def targets_of(plan_id: UUID) -> dict[str, PlanTarget]:
    """The targets by group; the whole stands under ""."""
    rows = db.session.scalars(select(PlanTarget).where(PlanTarget.plan_id == plan_id).order_by(PlanTarget.group))
    return {target.group: target for target in rows}


def exclusions_of(plan_id: UUID) -> list[tuple[PlanExclusion, Unit]]:
    """What is left out of the denominator, by the name of the unit."""
    rows = db.session.execute(
        select(PlanExclusion, Unit)
        .join(Unit, Unit.id == PlanExclusion.unit_id)
        .where(PlanExclusion.plan_id == plan_id)
        .order_by(Unit.search, PlanExclusion.id)
    )
    return [(exclusion, unit) for exclusion, unit in rows]


def find_exclusion(plan_id: UUID, exclusion_id: UUID) -> PlanExclusion:
    """Raises NotVisible."""
    found = db.session.scalar(
        select(PlanExclusion).where(PlanExclusion.plan_id == plan_id, PlanExclusion.id == exclusion_id)
    )
    if found is None:
        raise NotVisible
    return found


# ── Parts ──


def _latest_versions(plan_ids: list[UUID]) -> dict[UUID, PlanVersion]:
    latest = (
        select(PlanVersion.plan_id, func.max(PlanVersion.number))
        .where(PlanVersion.plan_id.in_(plan_ids))
        .group_by(PlanVersion.plan_id)
    )
    rows = db.session.scalars(select(PlanVersion).where(tuple_(PlanVersion.plan_id, PlanVersion.number).in_(latest)))
    return {version.plan_id: version for version in rows}


def _place_of(plan_id: UUID) -> tuple[int, str, UUID] | None:
    row = db.session.execute(
        select(Plan.year, Unit.search, Plan.id).join(Unit, Unit.id == Plan.unit_id).where(Plan.id == plan_id)
    ).one_or_none()
    return (row[0], row[1], row[2]) if row else None


def _follows(mark: tuple[int, str, UUID]) -> ColumnElement[bool]:
    year, name, plan_id = mark
    later = or_(Unit.search > name, and_(Unit.search == name, Plan.id > plan_id))
    return or_(Plan.year < year, and_(Plan.year == year, later))
