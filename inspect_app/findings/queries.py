"""Finding findings, within what a person may see."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import joinedload

from inspect_app.db import db
from inspect_app.findings.models import Finding
from inspect_app.findings.rules import AWAITS_REPLY, COUNTS_AS_FOUND, DONE_WITH, FindingKind, State
from inspect_app.inspections.models import Inspection
from inspect_app.inspections.queries import visible as visible_inspections
from inspect_app.inspections.rules import FROZEN, REVIEW_OPEN
from inspect_app.permissions import WATCHING, Actor
from inspect_app.refusals import NotVisible
from inspect_app.rubrics.models import RubricVersion
from inspect_app.units.queries import reach_of, successions

IN_MINUTES = (
    "number",
    "criterion_code",
    "criterion_name",
    "kind",
    "severity",
    "fact",
    "legal_basis",
    "cause_kind",
    "cause",
    "recommendation",
    "named_person",
    "recurrence_of_id",
)
"""The columns of a finding that the team writes and both sides sign."""


def visible(actor: Actor) -> ColumnElement[bool]:
    """The condition on Finding: those of inspections that this person may see.

    A unit sees the findings of its own record from the moment when the minutes are signed; before that they are the
    team's draft, and what the team took back itself never was part of the record.
    """
    seen = select(Inspection.id).where(visible_inspections(actor))
    signed = select(Inspection.id).where(
        Inspection.id == Finding.inspection_id,
        Inspection.state.in_(FROZEN),
        or_(Finding.state != State.WITHDRAWN, Finding.decided_at >= Inspection.minutes_signed_at),
    )
    insider = or_(Finding.inspection_id.in_(actor.teams), Finding.unit_id.in_(reach_of(actor.units_of(*WATCHING))))
    return and_(
        Finding.inspection_id.in_(seen), Finding.state != State.DRAFT, or_(insider, signed.correlate(Finding).exists())
    )


def find_visible(actor: Actor, finding_id: UUID) -> Finding:
    """The finding with its unit and inspection. Raises NotVisible (404)."""
    found = db.session.scalar(
        select(Finding)
        .where(Finding.id == finding_id, visible(actor))
        .options(joinedload(Finding.unit), joinedload(Finding.inspection))
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotVisible
    return found


FINDERS = {"finding": find_visible}


def seen_among(actor: Actor, ids: Iterable[UUID]) -> frozenset[UUID]:
    """Those of the findings that this person may see."""
    return frozenset(db.session.scalars(select(Finding.id).where(Finding.id.in_(list(ids)), visible(actor))))


def of_inspection(inspection_id: UUID) -> list[Finding]:
    """All findings of one inspection, in the order of the criteria and of raising."""
    return list(
        db.session.scalars(
            select(Finding).where(Finding.inspection_id == inspection_id).order_by(Finding.number, Finding.id)
        )
    )


def in_record(inspection: Inspection) -> list[Finding]:
    """The findings that stand in the minutes: all but those that the team took back before the signing."""
    signed_at = inspection.minutes_signed_at
    return [
        finding
        for finding in of_inspection(inspection.id)
        if finding.state is not State.WITHDRAWN
        or (signed_at is not None and finding.decided_at is not None and finding.decided_at >= signed_at)
    ]


def as_recorded(inspection: Inspection) -> list[dict[str, Any]]:
    """The findings as the minutes state them: what both sides sign, without what happens to them afterwards."""
    return [{name: _plain(getattr(one, name)) for name in IN_MINUTES} for one in in_record(inspection)]


def awaiting_reply(inspection_id: UUID) -> list[str]:
    """The criteria of findings that the unit has neither answered nor let pass; praise needs no answer."""
    return [
        finding.criterion_code
        for finding in with_state(inspection_id, AWAITS_REPLY)
        if finding.kind is not FindingKind.GOOD_PRACTICE
    ]


def inspections_awaiting_reply(on: date) -> list[UUID]:
    """Inspections in review whose days for answering are over and that still hold an unanswered finding."""
    return list(
        db.session.scalars(
            select(Inspection.id)
            .join(Finding, Finding.inspection_id == Inspection.id)
            .where(Inspection.state.in_(REVIEW_OPEN), Inspection.review_until < on, Finding.state.in_(AWAITS_REPLY))
            .group_by(Inspection.id)
            .order_by(Inspection.id)
        )
    )


def with_state(inspection_id: UUID, states: frozenset[State]) -> list[Finding]:
    """The findings of one inspection that stand in one of these states."""
    return [finding for finding in of_inspection(inspection_id) if finding.state in states]


def count_not_done(inspection_id: UUID) -> int:
    """How many findings of an inspection still ask for something."""
    return db.session.scalar(
        select(func.count())
        .select_from(Finding)
        .where(Finding.inspection_id == inspection_id, Finding.state.not_in(DONE_WITH))
    )


def next_number(inspection_id: UUID) -> int:
    last = db.session.scalar(select(func.max(Finding.number)).where(Finding.inspection_id == inspection_id))
    return (last or 0) + 1


def earlier_on(
    unit_id: UUID, criterion_code: str | None, before: datetime, *, rubric_id: UUID | None = None, most: int = 20
) -> list[Finding]:
    """Earlier findings on a criterion (None: on any) of this unit or of those whose duties it took over, newest first.

    With `rubric_id` only those found under the same rubric, whichever version: a code means something only there.
    """
    predecessors = successions().main_predecessors(unit_id, before.date())
    wanted = (
        select(Finding)
        .join(Inspection, Inspection.id == Finding.inspection_id)
        .where(Finding.unit_id.in_({unit_id, *predecessors}))
        .where(Finding.raised_at < before, Finding.state.in_(COUNTS_AS_FOUND))
        .options(joinedload(Finding.inspection))
        .order_by(Finding.raised_at.desc(), Finding.id)
        .limit(most)
    )
    if criterion_code is not None:
        wanted = wanted.where(Finding.criterion_code == criterion_code)
    if rubric_id is not None:
        wanted = wanted.join(RubricVersion, RubricVersion.id == Inspection.rubric_version_id).where(
            RubricVersion.rubric_id == rubric_id
        )
    return list(db.session.scalars(wanted))


def _plain(value: Any) -> Any:
    return value if isinstance(value, int) or value is None else str(value)
