"""The notice of conclusion on paper: what was achieved, what was found, what is asked of whom by when."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from inspect_app.calendars.queries import working_calendar
from inspect_app.calendars.rules import local_day
from inspect_app.clock import today
from inspect_app.db import db
from inspect_app.documents.offers import PaperSource, write_paper
from inspect_app.documents.rules import place_and_date
from inspect_app.findings.queries import of_inspection
from inspect_app.findings.rules import COUNTS_AS_FOUND, Kind
from inspect_app.inspections.models import Inspection, Paper
from inspect_app.inspections.papers import PaperKind
from inspect_app.inspections.rules import CONCLUDED_OR_LATER
from inspect_app.preferences import preference
from inspect_app.tasks.models import Task
from inspect_app.tasks.queries import drafts_of
from inspect_app.tasks.queries_task import head_posts, issued_tasks_of, names_of
from inspect_app.units.models import Unit
from inspect_app.units.queries import coordinators_of, line_of


def conclusion(inspection_id: UUID) -> PaperSource:
    """The notice of conclusion as it stands: a draft until it is issued. A person named in a finding is left out."""
    inspection = db.session.scalar(
        select(Inspection)
        .where(Inspection.id == inspection_id)
        .options(joinedload(Inspection.unit).joinedload(Unit.parent), joinedload(Inspection.inspector))
    )
    issued = inspection.state in CONCLUDED_OR_LATER
    numbered = _numbered(inspection_id) if issued else None
    findings = [one for one in of_inspection(inspection_id) if one.state in COUNTS_AS_FOUND]
    title = f"Thông báo kết luận kiểm tra {inspection.code}"
    html = write_paper(
        "tasks/paper/conclusion.html",
        title=title,
        inspection=inspection,
        unit=inspection.unit,
        number=numbered.number if numbered else "",
        place_date=place_and_date(preference("place_name"), numbered.issued_on if numbered else today()),
        shortcomings=[one for one in findings if one.kind is not Kind.GOOD_PRACTICE],
        tasks=[(task, _due(task)) for task in _tasks(inspection_id, issued)],
        recommends=is_recommendation(inspection),
        superior=inspection.unit.parent.name if inspection.unit.parent else "",
        issued=issued,
        **_signer(inspection, numbered),
    )
    return PaperSource(html=html, title=title, unit_id=inspection.unit_id, draft=not issued)


def is_recommendation(inspection: Inspection) -> bool:
    """True for a central agency that is only coordinated by the inspecting unit: it is recommended to, not ordered."""
    coordinated = any(unit.id == inspection.inspector_id for unit in coordinators_of(inspection.unit_id))
    return coordinated and all(unit.id != inspection.inspector_id for unit in line_of(inspection.unit_id))


def _numbered(inspection_id: UUID) -> Paper | None:
    return db.session.scalar(
        select(Paper)
        .where(Paper.inspection_id == inspection_id, Paper.kind == PaperKind.CONCLUSION)
        .order_by(Paper.recorded_at.desc())
        .limit(1)
    )


def _tasks(inspection_id: UUID, issued: bool) -> list[Task]:
    return issued_tasks_of(inspection_id) if issued else drafts_of(inspection_id)


def _due(task: Task) -> date:
    """The day on the paper: the original due date, or the one that an issue today would give."""
    if task.original_due_on:
        return task.original_due_on
    start = local_day(task.assigned_at) if task.assigned_at else today()
    return working_calendar().add_working_days(start, task.term_days or preference("task_days"))


def _signer(inspection: Inspection, numbered: Paper | None) -> dict[str, Any]:
    posts = head_posts([inspection.inspector_id])
    signer_id = numbered.signer_id if numbered else None
    return {
        "office": posts[0].title if posts else "Người ký",
        "signer": names_of([signer_id]).get(signer_id, "") if signer_id else "",
    }


PAPERS = {"conclusion": conclusion}
