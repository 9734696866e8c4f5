"""What the way from the minutes to the conclusion rests on: signatures, explanations, papers, the record itself."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from inspect_app.audit.actions import plain
from inspect_app.db import db
from inspect_app.documents.models import Attachment, StoredFile
from inspect_app.documents.rules import Purpose
from inspect_app.inspections.models import Explanation, Inspection, Member, Paper, Signature
from inspect_app.inspections.papers import PaperKind
from inspect_app.inspections.queries import papers_of
from inspect_app.inspections.queries_field import TEAM_SOURCES
from inspect_app.inspections.queries_scores import ScoreSheet, answers_of
from inspect_app.inspections.rules import State
from inspect_app.inspections.rules_review import Figures, record_hash
from inspect_app.refusals import NotVisible
from inspect_app.rubrics.models import RubricVersion
from inspect_app.units.models import Unit

FindingsOf = Callable[[Inspection], list[dict[str, Any]]]
"""Reads the findings as the minutes state them; they belong to a feature above this one."""


def signatures_of(inspection_id: UUID) -> dict[str, Signature]:
    """The signatures (or the noted refusal) by side; whether one still holds is told by its hash."""
    rows = db.session.scalars(
        select(Signature)
        .where(Signature.inspection_id == inspection_id)
        .options(joinedload(Signature.glass))
        .order_by(Signature.side)
    )
    return {row.side: row for row in rows}


def explanations_of(inspection_id: UUID) -> list[Explanation]:
    """Oldest round first, by criterion."""
    return list(
        db.session.scalars(
            select(Explanation)
            .where(Explanation.inspection_id == inspection_id)
            .order_by(Explanation.round, Explanation.criterion_code, Explanation.id)
        )
    )


def find_explanation(inspection_id: UUID, explanation_id: UUID) -> Explanation:
    """An explanation of this inspection. Raises NotVisible."""
    found = db.session.get(Explanation, explanation_id)
    if found is None or found.inspection_id != inspection_id:
        raise NotVisible
    return found


def paper_of(inspection_id: UUID, kind: PaperKind) -> Paper | None:
    """The latest paper of this kind."""
    return next((paper for paper in reversed(papers_of(inspection_id)) if paper.kind is kind), None)


def reviews_due(on: date) -> list[UUID]:
    """Signed inspections whose days for explaining are over, oldest first."""
    return list(
        db.session.scalars(
            select(Inspection.id)
            .where(Inspection.state == State.MINUTES_SIGNED, Inspection.review_until < on)
            .order_by(Inspection.review_until, Inspection.id)
        )
    )


def figures_stored(inspection: Inspection) -> Figures:
    return Figures(inspection.points, inspection.applicable_max, inspection.index_pct)


def figures_counted(sheet: ScoreSheet | None) -> Figures:
    """The figures in force, counted anew from the answers with the rubric version of the inspection."""
    if sheet is None:
        return Figures(None, None, None)
    return Figures(sheet.score.total, sheet.score.applicable_max, sheet.score.index_pct)


def hash_of_record(inspection: Inspection, findings: FindingsOf) -> str:
    """The hash of everything that the minutes state now: what both sides sign."""
    return record_hash(plain(_content(inspection, findings)))


def _content(inspection: Inspection, findings: FindingsOf) -> dict[str, Any]:
    unit = db.session.get_one(Unit, inspection.unit_id)
    minutes, decision = (paper_of(inspection.id, kind) for kind in (PaperKind.MINUTES, PaperKind.DECISION))
    return {
        "inspection": [str(inspection.id), inspection.code, unit.code, unit.name],
        "papers": [[paper.number, paper.issued_on] if paper else None for paper in (minutes, decision)],
        "rubric": _rubric_hash(inspection),
        "words": [inspection.opening, inspection.strengths, inspection.unit_opinion],
        "team": _team(inspection.id),
        "answers": _answers(inspection),
        "evidence": _evidence(inspection.id),
        "findings": findings(inspection),
    }


def _rubric_hash(inspection: Inspection) -> str | None:
    return db.session.scalar(select(RubricVersion.content_hash).where(RubricVersion.id == inspection.rubric_version_id))


def _team(inspection_id: UUID) -> list[list[str]]:
    """Whoever is on the team now: their names stand in the minutes."""
    rows = db.session.execute(
        select(Member.person_id, Member.role)
        .where(Member.inspection_id == inspection_id, Member.left_at.is_(None))
        .order_by(Member.person_id)
    )
    return [[str(person_id), str(role)] for person_id, role in rows]


def _answers(inspection: Inspection) -> list[list[Any]]:
    return [
        [code, str(source), answer.value, answer.note, None if answer.points is None else f"{answer.points:.2f}"]
        for code, by_source in answers_of(inspection).items()
        for source, answer in by_source.items()
        if source in TEAM_SOURCES
    ]


def _evidence(inspection_id: UUID) -> list[list[str | None]]:
    rows = db.session.execute(
        select(Attachment.criterion_code, StoredFile.sha256)
        .join(StoredFile, StoredFile.id == Attachment.file_id)
        .where(Attachment.thing_type == "inspection", Attachment.thing_id == inspection_id)
        .where(Attachment.purpose == Purpose.EVIDENCE, Attachment.removed_at.is_(None))
    )
    return sorted(([code, digest] for code, digest in rows), key=lambda pair: (pair[0] or "", pair[1]))
