"""Finding inspections, within what a person may see."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, not_, or_, select, tuple_
from sqlalchemy.orm import joinedload

from inspect_app.audit.models import AuditEntry
from inspect_app.db import db
from inspect_app.inspections.models import Inspection, Member, Paper, StatePassed
from inspect_app.inspections.queries_scores import ScoreSheet, score_sheet
from inspect_app.inspections.rules import FROZEN, InspectionForm, MemberRole
from inspect_app.inspections.words import QUIET_ACTIONS
from inspect_app.permissions import WATCHING, Actor, Role
from inspect_app.refusals import NotVisible
from inspect_app.units.queries import reach_of

__all__ = [
    "FINDERS",
    "ScoreSheet",
    "find_visible",
    "members_of",
    "papers_of",
    "parts_of",
    "passed",
    "score_sheet",
    "seen_among",
    "sees_record",
    "story_of",
    "teams_of",
    "visible",
]

SECRET = (Inspection.form == InspectionForm.UNANNOUNCED) & Inspection.started_at.is_(None)
"""An unannounced check before its start: nobody outside OFFICE, AUTHORITY and the team learns of it."""


def teams_of(person_id: UUID) -> dict[UUID, str]:
    """The inspections on whose team this person is now, with their part in each."""
    return {inspection_id: str(role) for inspection_id, role in db.session.execute(parts_of(person_id))}


def parts_of(person_id: Any) -> Select[UUID, MemberRole]:
    """The inspections on whose team a person is, and their part. `person_id` may be a part of another SELECT."""
    return select(Member.inspection_id, Member.role).where(Member.person_id == person_id, Member.left_at.is_(None))


def visible(actor: Actor) -> ColumnElement[bool]:
    """The condition on Inspection for what this person may see.

    Their scope, their teams, and once told their own unit, with those for which it answers since they ended.
    """
    told = or_(Inspection.notified_at.is_not(None), Inspection.started_at.is_not(None))
    own = or_(
        Inspection.unit_id.in_(actor.head_of | actor.took_over),
        Inspection.unit_id.in_(reach_of(actor.units_of(Role.FOCAL_POINT))),
    )
    return or_(
        Inspection.id.in_(actor.teams),
        Inspection.unit_id.in_(reach_of(actor.units_of(Role.OFFICE, Role.AUTHORITY))),
        not_(SECRET) & Inspection.unit_id.in_(reach_of(actor.units_of(*WATCHING))),
        not_(SECRET) & told & own,
    )


def find_visible(actor: Actor, inspection_id: UUID) -> Inspection:
    """The inspection with its unit, inspector and rubric version. Raises NotVisible (404)."""
    found = db.session.scalar(
        select(Inspection)
        .where(Inspection.id == inspection_id, visible(actor))
        .options(joinedload(Inspection.unit), joinedload(Inspection.inspector), joinedload(Inspection.rubric_version))
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotVisible
    return found


FINDERS = {"inspection": find_visible}


def seen_among(actor: Actor, ids: Iterable[UUID]) -> frozenset[UUID]:
    """Those of the inspections that this person may see."""
    return frozenset(db.session.scalars(select(Inspection.id).where(Inspection.id.in_(list(ids)), visible(actor))))


def sees_record(actor: Actor, inspection: Inspection, *, even_signed: bool = True) -> bool:
    """Whether answers, findings and proof are shown to this person.

    The unit itself sees them from the signing of the minutes on; till then they are the team's draft. With
    `even_signed=False`: whether the person belongs to the team or watches over inspections, signed or not.
    """
    if actor.part_in(inspection.id) or any(actor.holds(role, inspection.unit_id) for role in WATCHING):
        return True
    return even_signed and inspection.state in FROZEN


def members_of(inspection_id: UUID) -> list[Member]:
    """Who is on the team now, with their person: lead, deputy, secretary, members by name."""
    rows = db.session.scalars(
        select(Member)
        .where(Member.inspection_id == inspection_id, Member.left_at.is_(None))
        .options(joinedload(Member.person))
        .order_by(Member.id)
    )
    ranks = list(MemberRole)
    return sorted(rows, key=lambda member: (ranks.index(member.role), member.person.search))


def passed(inspection_id: UUID) -> list[StatePassed]:
    """When it reached each state, oldest first; a state reached twice stands twice."""
    return list(
        db.session.scalars(
            select(StatePassed)
            .where(StatePassed.inspection_id == inspection_id)
            .order_by(StatePassed.at, StatePassed.id)
        )
    )


def papers_of(inspection_id: UUID) -> list[Paper]:
    """The numbered papers of an inspection, oldest first."""
    return list(
        db.session.scalars(
            select(Paper).where(Paper.inspection_id == inspection_id).order_by(Paper.issued_on, Paper.recorded_at)
        )
    )


def story_of(inspection_id: UUID, finding_ids: Iterable[UUID] = (), *, limit: int) -> list[AuditEntry]:
    """What happened to an inspection and its findings, newest first, without the single answers."""
    things = [("inspection", inspection_id), *(("finding", finding_id) for finding_id in finding_ids)]
    return list(
        db.session.scalars(
            select(AuditEntry)
            .where(tuple_(AuditEntry.thing_type, AuditEntry.thing_id).in_(things))
            .where(AuditEntry.action.not_in(QUIET_ACTIONS))
            .order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
            .limit(limit)
        )
    )
