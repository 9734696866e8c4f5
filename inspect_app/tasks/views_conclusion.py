"""The conclusion of an inspection: tasks are drafted from confirmed findings, then the authority issues it."""

from hashlib import sha256
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from inspect_app import clock
from inspect_app.access import requires
from inspect_app.audit.actions import Stale
from inspect_app.calendars.queries import working_calendar
from inspect_app.db import db, transaction
from inspect_app.display import refusal
from inspect_app.documents.actions import ask_for_paper
from inspect_app.documents.queries import latest_render, made_by
from inspect_app.findings.models import Finding
from inspect_app.findings.queries import of_inspection
from inspect_app.findings.rules import UNDECIDED
from inspect_app.findings.rules import State as FindingState
from inspect_app.inspections.models import Inspection
from inspect_app.inspections.papers import PaperKind
from inspect_app.inspections.queries import find_visible, papers_of
from inspect_app.inspections.rules import CONCLUDED_OR_LATER, State
from inspect_app.permissions import Permission, insist, may
from inspect_app.preferences import preference
from inspect_app.refusals import N_, NotPermitted, NotVisible, Refused
from inspect_app.tasks.actions_issue import change_draft, discard_draft, draft_task, issue_conclusion
from inspect_app.tasks.forms import ConclusionForm, DraftForm
from inspect_app.tasks.lateness import of_rows
from inspect_app.tasks.paper import conclusion as conclusion_paper
from inspect_app.tasks.paper import is_recommendation
from inspect_app.tasks.queries import drafts_of
from inspect_app.tasks.queries_task import find_draft, issued_tasks_of
from inspect_app.tasks.views import blueprint
from inspect_app.tasks.views_parts import address, what_changed
from inspect_app.units.actions import ensure_head_post

PREPARED_IN = frozenset({State.IN_REVIEW, State.REPORTED})


@blueprint.get("/inspections/<uuid:inspection_id>/conclusion")
@requires(Permission.INSPECTION_VIEW)
def conclusion(inspection_id: UUID) -> str:
    return _page(_find(inspection_id))


@blueprint.post("/inspections/<uuid:inspection_id>/conclusion")
@requires(Permission.INSPECTION_CONCLUDE)
def issue(inspection_id: UUID) -> Any:
    inspection = _find(inspection_id)
    insist(current_user, Permission.INSPECTION_CONCLUDE, inspection)
    form = ConclusionForm(prefix="conclusion-")

    def act() -> None:
        facts = {"number": form.number.data, "issued_on": form.issued_on.data, "seen": form.seen.data}
        issue_conclusion(inspection, **facts, by=current_user, at=clock.now())
        db.session.flush()
        _ask_for_paper(inspection)

    return _carry_out(inspection_id, form, {"conclusion": form}, act, _("Đã ban hành kết luận và giao nhiệm vụ."))


@blueprint.post("/inspections/<uuid:inspection_id>/conclusion/drafts")
@requires(Permission.INSPECTION_VIEW)
def add_draft(inspection_id: UUID) -> Any:
    inspection = _preparing(inspection_id)
    form = _typed_for(inspection)
    finding = _confirmed(inspection, form.finding_id.data)

    def act() -> None:
        post = ensure_head_post(inspection.unit, clock.now())
        draft_task(inspection, finding, post.id, form.assignment(finding.id), by=current_user, at=clock.now())

    typed = {f"new-{finding.id}": form}
    return _carry_out(inspection_id, form, typed, act, _("Đã thêm nhiệm vụ vào dự thảo kết luận."))


@blueprint.post("/inspections/<uuid:inspection_id>/conclusion/drafts/<uuid:task_id>")
@requires(Permission.INSPECTION_VIEW)
def edit_draft(inspection_id: UUID, task_id: UUID) -> Any:
    _preparing(inspection_id)
    task = find_draft(inspection_id, task_id)
    name = f"draft-{task_id}"
    form = DraftForm(prefix=f"{name}-")
    return _carry_out(
        inspection_id,
        form,
        {name: form},
        lambda: change_draft(task, form.assignment(task.finding_id), by=current_user, at=clock.now()),
        _("Đã lưu dự thảo nhiệm vụ."),
    )


@blueprint.post("/inspections/<uuid:inspection_id>/conclusion/drafts/<uuid:task_id>/removal")
@requires(Permission.INSPECTION_VIEW)
def remove_draft(inspection_id: UUID, task_id: UUID) -> Any:
    _preparing(inspection_id)
    with transaction():
        discard_draft(find_draft(inspection_id, task_id), by=current_user, at=clock.now())
    flash(_("Đã bỏ nhiệm vụ khỏi dự thảo."), "good")
    return redirect(url_for("tasks.conclusion", inspection_id=inspection_id), 303)


@blueprint.post("/inspections/<uuid:inspection_id>/conclusion/paper")
@requires(Permission.INSPECTION_PAPER)
def make_conclusion_paper(inspection_id: UUID) -> Any:
    inspection = _find(inspection_id)
    insist(current_user, Permission.INSPECTION_PAPER, inspection)
    if inspection.state not in CONCLUDED_OR_LATER and not _prepares(inspection):
        raise NotPermitted
    with transaction():
        job = _ask_for_paper(inspection)
    return redirect(url_for("documents.progress", render_id=job.id), 303)


# ── Parts, in the order in which they are called ──


def _find(inspection_id: UUID) -> Inspection:
    """The inspection, once there is a conclusion or somebody who prepares it. Raises NotVisible, NotPermitted."""
    inspection = find_visible(current_user, inspection_id)
    if inspection.state in CONCLUDED_OR_LATER:
        return inspection
    if not _prepares(inspection):
        raise NotPermitted
    return inspection


def _prepares(inspection: Inspection) -> bool:
    wanted = (Permission.INSPECTION_SCHEDULE, Permission.INSPECTION_LEAD, Permission.INSPECTION_CONCLUDE)
    return any(may(current_user, permission, inspection) for permission in wanted)


def _preparing(inspection_id: UUID) -> Inspection:
    """The inspection whose conclusion this person may prepare now. Raises NotPermitted, Refused."""
    inspection = find_visible(current_user, inspection_id)
    if not (
        may(current_user, Permission.INSPECTION_SCHEDULE, inspection)
        or may(current_user, Permission.INSPECTION_LEAD, inspection)
    ):
        raise NotPermitted
    if inspection.state not in PREPARED_IN:
        raise Refused(N_("Chỉ soạn nhiệm vụ được từ khi thẩm định giải trình đến trước khi ban hành kết luận."))
    return inspection


def _typed_for(inspection: Inspection) -> DraftForm:
    """The form of whichever finding was filled in."""
    for finding in of_inspection(inspection.id):
        if f"new-{finding.id}-what" in request.form:
            return DraftForm(prefix=f"new-{finding.id}-")
    raise NotVisible


def _confirmed(inspection: Inspection, finding_id: Any) -> Finding:
    for finding in of_inspection(inspection.id):
        if str(finding.id) == str(finding_id) and finding.state is FindingState.CONFIRMED:
            return finding
    raise Refused(N_("Chỉ soạn nhiệm vụ cho tồn tại đã xác nhận."))


def _carry_out(inspection_id: UUID, form: Any, typed: dict[str, Any], act: Any, said: str) -> Any:
    changed, status = [], 422
    if form.validate():
        try:
            with transaction():
                act()
            flash(said, "good")
            return redirect(url_for("tasks.conclusion", inspection_id=inspection_id), 303)
        except Refused as error:
            db.session.rollback()
            if error.status not in {409, 422}:
                raise
            changed, status = what_changed(error), 409 if isinstance(error, Stale) else 422
            form.form_errors.append(refusal(error))
    inspection = _find(inspection_id)
    if status == 409:
        form.seen.raw_data, form.seen.data = None, inspection.version
    return _page(inspection, typed, changed), status


def _ask_for_paper(inspection: Inspection) -> Any:
    html = conclusion_paper(inspection.id).html
    data_hash = sha256(html.encode()).hexdigest()
    return ask_for_paper(inspection, "conclusion", data_hash=data_hash, by=current_user, at=clock.now())


def _page(inspection: Inspection, typed: dict[str, Any] | None = None, changed: list[str] | None = None) -> str:
    typed = typed or {}
    issued = inspection.state in CONCLUDED_OR_LATER
    findings = of_inspection(inspection.id)
    drafts = [] if issued else drafts_of(inspection.id)
    tasks = issued_tasks_of(inspection.id) if issued else []
    render = latest_render("inspection", inspection.id, "conclusion")
    return render_template(
        "tasks/conclusion.html",
        inspection=inspection,
        issued=issued,
        paper=next((one for one in reversed(papers_of(inspection.id)) if one.kind is PaperKind.CONCLUSION), None),
        recommends=is_recommendation(inspection),
        undecided=[one for one in findings if one.state in UNDECIDED],
        lines=_lines(inspection, findings, drafts, typed),
        drafts=drafts,
        tasks=tasks,
        late=of_rows(tasks, working_calendar(), clock.today()),
        prepares=inspection.state in PREPARED_IN and _may_prepare(inspection),
        issues=inspection.state is State.REPORTED and may(current_user, Permission.INSPECTION_CONCLUDE, inspection),
        form=typed.get("conclusion")
        or ConclusionForm(formdata=None, prefix="conclusion-", seen=inspection.version, issued_on=clock.today()),
        changed=changed or [],
        render=render,
        made=made_by(render) if render else None,
        back=address("inspections.show", inspection_id=inspection.id),
    )


def _may_prepare(inspection: Inspection) -> bool:
    office = may(current_user, Permission.INSPECTION_SCHEDULE, inspection)
    return office or may(current_user, Permission.INSPECTION_LEAD, inspection)


def _lines(inspection: Inspection, findings: list[Finding], drafts: list[Any], typed: dict[str, Any]) -> list[Any]:
    """Each confirmed finding: (finding, form for one more task, [(draft, its form, due date if issued today)])."""
    calendar, today, usual = working_calendar(), clock.today(), preference("task_days")
    lines = []
    for finding in findings:
        if finding.state is not FindingState.CONFIRMED:
            continue
        fresh = {"finding_id": str(finding.id), "what": finding.recommendation, "term_days": usual}
        new = f"new-{finding.id}"
        own = [draft for draft in drafts if draft.finding_id == finding.id]
        forms = [
            (
                draft,
                typed.get(f"draft-{draft.id}")
                or DraftForm(formdata=None, obj=draft, prefix=f"draft-{draft.id}-", finding_id=str(finding.id)),
                calendar.add_working_days(today, draft.term_days or usual),
            )
            for draft in own
        ]
        lines.append((finding, typed.get(new) or DraftForm(formdata=None, prefix=f"{new}-", **fresh), forms))
    return lines
