"""How an inspection comes into being and goes from state to state: one way in, one way on."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from inspect_app.audit.actions import Doer, record, touch
from inspect_app.calendars.rules import local_day
from inspect_app.db import db
from inspect_app.inspections.models import Inspection, StatePassed
from inspect_app.inspections.rules import ENTERS_AT, MOVES, InspectionForm, State
from inspect_app.moves import next_state
from inspect_app.refusals import N_, Refused
from inspect_app.units.models import Unit
from inspect_app.units.rules import in_force

PAST_TENSE = {
    "approve_plan": "inspection planned",
    "schedule": "inspection scheduled",
    "notify": "inspection notified",
    "postpone": "inspection postponed",
    "resume": "inspection resumed",
    "start": "inspection started",
    "suspend": "inspection suspended",
    "resume_field": "inspection continued",
    "finish": "inspection finished in the field",
    "sign": "inspection minutes signed",
    "open_review": "inspection review opened",
    "explain": "inspection explained",
    "appraise": "inspection appraised",
    "report": "inspection reported",
    "conclude": "inspection concluded",
    "follow_up": "inspection followed up",
    "close": "inspection closed",
    "reopen": "inspection reopened",
    "cancel": "inspection cancelled",
}
"""What the log says of each move."""

REACHED_AT = {
    State.PLANNED: "planned_at",
    State.SCHEDULED: "scheduled_at",
    State.NOTIFIED: "notified_at",
    State.FIELD_DONE: "field_done_at",
    State.MINUTES_SIGNED: "minutes_signed_at",
    State.IN_REVIEW: "review_opened_at",
    State.REPORTED: "reported_at",
    State.CONCLUDED: "concluded_at",
    State.CLOSED: "closed_at",
    State.CANCELLED: "cancelled_at",
}
"""The column that keeps when a state was last reached."""


def propose_inspection(
    *,
    inspector_id: UUID,
    unit: Unit,
    year: int,
    reasons: list[Any],
    by: Doer,
    at: datetime,
    form: InspectionForm = InspectionForm.PERIODIC,
    plan_id: UUID | None = None,
    grounds: str = "",
    quarter: int | None = None,
) -> Inspection:
    """A line of a plan that nobody has approved yet. `reasons` say why this unit, as the plan shows them.

    Raises Refused when this form of check does not begin as a proposal, or when the unit has ended.
    """
    if State.PROPOSED not in ENTERS_AT[form]:
        raise Refused(N_("Kiểm tra đột xuất và chuyên đề vào thẳng kế hoạch, không qua đề xuất."), status=422)
    inspection = _new(inspector_id, unit, year, form, plan_id, reasons, grounds, quarter, at)
    return _enter(inspection, State.PROPOSED, "inspection proposed", by, at)


def plan_inspection(
    *,
    inspector_id: UUID,
    unit: Unit,
    year: int,
    by: Doer,
    at: datetime,
    form: InspectionForm = InspectionForm.PERIODIC,
    plan_id: UUID | None = None,
    reasons: list[Any] | None = None,
    grounds: str = "",
    quarter: int | None = None,
) -> Inspection:
    """An inspection that enters as planned: unannounced and thematic checks, with their ground in words.

    Raises Refused without a ground, or when the unit has ended.
    """
    if not grounds.strip():
        raise Refused(N_("Cần nêu lý do của cuộc kiểm tra."), status=422)
    inspection = _new(inspector_id, unit, year, form, plan_id, reasons or [], grounds, quarter, at)
    inspection.planned_at = at
    return _enter(inspection, State.PLANNED, "inspection planned", by, at, reason=grounds)


def move_inspection(
    inspection: Inspection,
    move: str,
    *,
    by: Doer,
    at: datetime,
    seen: int | None = None,
    reason: str | None = None,
    document: str | None = None,
    **details: Any,
) -> Inspection:
    """Makes one named move of MOVES: locks, refuses a stale page, changes the state with its date, records it.

    The caller has checked its guards. Raises MoveNotAllowed (409) from a wrong state, Stale (409) when `seen` is old.
    """
    touch(inspection, seen)
    was = inspection.state
    state = next_state(MOVES, was, move)
    _set_state(inspection, was, state, at)
    if state != was:
        db.session.add(StatePassed(inspection_id=inspection.id, state=state, at=at, by_id=by.id, reason=reason or None))
    record(PAST_TENSE[move], inspection, by=by, at=at, reason=reason, document=document, **details)
    return inspection


def _set_state(inspection: Inspection, was: State, state: State, at: datetime) -> None:
    inspection.state = state
    if state in REACHED_AT and state != was:
        setattr(inspection, REACHED_AT[state], at)
    if state is State.MINUTES_SIGNED:
        inspection.minutes_signed_on = local_day(at)
    if state is State.IN_PROGRESS and inspection.started_at is None:
        inspection.started_at = at
    if state in {State.POSTPONED, State.SUSPENDED}:
        inspection.held_from = str(was)
        inspection.postponed_count += state is State.POSTPONED
    elif state != was:
        inspection.held_from = None


def _new(
    inspector_id: UUID,
    unit: Unit,
    year: int,
    form: InspectionForm,
    plan_id: UUID | None,
    reasons: list[Any],
    grounds: str,
    quarter: int | None,
    at: datetime,
) -> Inspection:
    require_in_force(unit, local_day(at))
    return Inspection(
        number=_next_number(inspector_id, year),
        year=year,
        plan_id=plan_id,
        inspector_id=inspector_id,
        unit_id=unit.id,
        form=form,
        reasons=reasons,
        grounds=grounds.strip(),
        quarter=quarter,
        version=1,
    )


def require_in_force(unit: Unit, on: date) -> None:
    """Raises Refused when the unit does not exist on this day."""
    if not in_force(unit, on):
        raise Refused(
            N_("%(unit)s không còn hoạt động vào ngày %(on)s."), status=422, unit=unit.name, on=on.strftime("%d/%m/%Y")
        )


def _next_number(inspector_id: UUID, year: int) -> int:
    """Numbers run per inspecting unit and year; its row is locked, so that two people never take the same one."""
    db.session.execute(select(Unit.id).where(Unit.id == inspector_id).with_for_update())
    last = db.session.scalar(
        select(func.max(Inspection.number)).where(Inspection.inspector_id == inspector_id, Inspection.year == year)
    )
    return (last or 0) + 1


def _enter(
    inspection: Inspection, state: State, action: str, by: Doer, at: datetime, reason: str | None = None
) -> Inspection:
    inspection.state = state
    db.session.add(inspection)
    db.session.flush()
    db.session.add(StatePassed(inspection_id=inspection.id, state=state, at=at, by_id=by.id, reason=reason))
    record(action, inspection, by=by, at=at, reason=reason, form=inspection.form, year=inspection.year)
    return inspection
