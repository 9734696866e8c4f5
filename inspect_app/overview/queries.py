"""What the first page and the search need beside the lists of the features."""

import re
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import joinedload

from inspect_app.calendars.queries import working_calendar
from inspect_app.db import db
from inspect_app.findings.models import Finding
from inspect_app.findings.queries import visible as visible_findings
from inspect_app.inspections.models import Explanation, Inspection
from inspect_app.inspections.queries import visible as visible_inspections
from inspect_app.inspections.rules import State as InspectionState
from inspect_app.permissions import Actor
from inspect_app.plans.models import Plan, PlanVersion
from inspect_app.plans.queries import visible as visible_plans
from inspect_app.plans.rules import PlanState
from inspect_app.tasks.models import Task
from inspect_app.tasks.queries import IS_OPEN, own_units
from inspect_app.tasks.queries import visible as visible_tasks
from inspect_app.tasks.queries_list import View, of_view
from inspect_app.units.models import Unit
from inspect_app.units.queries import in_force, reach_of, taken_over_by
from inspect_app.units.rules import fold

FOUND = 10
CODE = re.compile(r"^(\d{4})\W*KT\W*(\d{1,6})$", re.IGNORECASE)
TASK_CODE = re.compile(r"^(\d{4})/(\d{1,8})$")


def plans_to_approve(actor: Actor) -> list[PlanVersion]:
    """The versions that wait for approval, oldest first, with plan and unit."""
    return list(
        db.session.scalars(
            select(PlanVersion)
            .join(Plan, Plan.id == PlanVersion.plan_id)
            .where(PlanVersion.state == PlanState.SUBMITTED, visible_plans(actor))
            .options(joinedload(PlanVersion.plan).joinedload(Plan.unit))
            .order_by(PlanVersion.submitted_at, PlanVersion.id)
        )
    )


def own_inspections(actor: Actor, on: date, states: frozenset[InspectionState]) -> list[Inspection]:
    """The inspections of a person's own units in these states, the nearest end first."""
    return list(
        db.session.scalars(
            select(Inspection)
            .where(Inspection.unit_id.in_(own_units(actor, on)), Inspection.state.in_(states))
            .where(visible_inspections(actor))
            .options(joinedload(Inspection.unit))
            .order_by(Inspection.review_until, Inspection.starts_on, Inspection.id)
        )
    )


def found_inspections(actor: Actor, text: str) -> list[Inspection]:
    """Visible inspections with this code, or of units with these words in their name, the latest first."""
    code = CODE.match(text)
    if code:
        wanted = and_(Inspection.year == int(code[1]), Inspection.number == int(code[2]))
    else:
        wanted = and_(*(Unit.search.contains(word, autoescape=True) for word in fold(text).split()))
    return list(
        db.session.scalars(
            select(Inspection)
            .join(Unit, Unit.id == Inspection.unit_id)
            .where(wanted, visible_inspections(actor))
            .options(joinedload(Inspection.unit))
            .order_by(Inspection.year.desc(), Inspection.starts_on.desc(), Inspection.id)
            .limit(FOUND)
        )
    )


def found_tasks(actor: Actor, text: str, on: date) -> list[Task]:
    """Visible tasks with this number, or open ones whose work holds these words, the nearest due date first."""
    code = TASK_CODE.match(text)
    if code:
        wanted = and_(Task.year == int(code[1]), Task.number == int(code[2]))
    else:
        likeness = (text, text.lower(), text.capitalize())
        same = [Task.what.contains(one, autoescape=True) for one in dict.fromkeys(likeness)]
        wanted = and_(IS_OPEN, or_(*same, func.lower(Task.what).contains(text.lower(), autoescape=True)))
    return list(
        db.session.scalars(
            select(Task)
            .where(wanted, visible_tasks(actor, on))
            .options(joinedload(Task.unit))
            .order_by(Task.due_on, Task.id)
            .limit(FOUND)
        )
    )


class UnitFigures(NamedTuple):
    """How many inspections and findings a unit has with all below it, and how many tasks it answers for."""

    inspections: int
    findings: int
    open: int
    overdue: int


def figures_of_unit(actor: Actor, unit_id: UUID, on: date) -> UnitFigures:
    """What this person may see of a unit, each figure as the list of the same name counts it, in one question."""
    calendar, below = working_calendar(), reach_of(frozenset({unit_id}))
    itself = select(Unit.id).where(Unit.id == unit_id, in_force(on))
    charge = or_(Task.unit_id == unit_id, Task.unit_id.in_(taken_over_by([itself], on)))
    tasks = select(func.count()).select_from(Task).where(visible_tasks(actor, on), charge)
    counts = (
        select(func.count(Inspection.id)).where(visible_inspections(actor), Inspection.unit_id.in_(below)),
        select(func.count(Finding.id)).where(visible_findings(actor), Finding.unit_id.in_(below)),
        tasks.where(of_view(View.OPEN, calendar, on)),
        tasks.where(of_view(View.OVERDUE, calendar, on)),
    )
    return UnitFigures(*db.session.execute(select(*(count.scalar_subquery() for count in counts))).one())


def explanations_waiting(inspection_ids: list[UUID]) -> dict[UUID, int]:
    """How many explanations of these inspections wait for a decision."""
    rows = db.session.execute(
        select(Explanation.inspection_id, func.count())
        .where(Explanation.inspection_id.in_(inspection_ids), Explanation.decided_at.is_(None))
        .group_by(Explanation.inspection_id)
    )
    return {inspection_id: count for inspection_id, count in rows}
