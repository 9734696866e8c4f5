"""The steps of an inspection that need a reason, a decision, or nothing but the will."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from inspect_app import clock
from inspect_app.access import requires
from inspect_app.db import db, transaction
from inspect_app.forms import refusals_on
from inspect_app.inspections.actions import (
    FieldWorkUnfinished,
    cancel_inspection,
    continue_inspection,
    finish_field_work,
    postpone_inspection,
    resume_inspection,
    start_inspection,
    suspend_inspection,
)
from inspect_app.inspections.forms import EarlyStartForm, PlainForm, ReasonForm, StartForm, SuspensionForm
from inspect_app.inspections.models import Inspection
from inspect_app.inspections.queries import find_visible
from inspect_app.inspections.rules import MOVES, starts_early
from inspect_app.inspections.rules_field import StillMissing
from inspect_app.inspections.views import blueprint, criteria_with_findings
from inspect_app.moves import MoveNotAllowed
from inspect_app.permissions import Permission, insist
from inspect_app.rubrics.queries import rubric_of


@blueprint.route("/inspections/<uuid:inspection_id>/postponement", methods=["GET", "POST"])
@requires(Permission.INSPECTION_SCHEDULE)
def postpone(inspection_id: UUID) -> Any:
    inspection = _found(inspection_id, Permission.INSPECTION_SCHEDULE, "postpone")
    return _with_reason(inspection, "postpone", postpone_inspection, _("Đã hoãn cuộc kiểm tra."))


@blueprint.post("/inspections/<uuid:inspection_id>/resumption")
@requires(Permission.INSPECTION_SCHEDULE)
def resume(inspection_id: UUID) -> Response:
    inspection = _found(inspection_id, Permission.INSPECTION_SCHEDULE, "resume")
    with transaction():
        resume_inspection(inspection, by=current_user, at=clock.now(), seen=_seen())
    flash(_("Đã đưa lại vào kế hoạch. Tiếp theo: xếp lịch mới."), "good")
    return _back(inspection_id)


@blueprint.route("/inspections/<uuid:inspection_id>/start", methods=["GET", "POST"])
@requires(Permission.INSPECTION_LEAD)
def start(inspection_id: UUID) -> Any:
    inspection = _found(inspection_id, Permission.INSPECTION_LEAD, "start")
    form = StartForm(data={"seen": inspection.version})
    early = starts_early(inspection.starts_on, form.day.data or clock.today())
    if early:
        form = EarlyStartForm(data={"seen": inspection.version})
    if form.validate_on_submit():
        with refusals_on(form):
            begun = form.moment(clock.today())
            reason = form.reason.data if isinstance(form, EarlyStartForm) else ""
            given = {"started_at": begun, "reason": reason, "seen": form.seen.data}
            with transaction():
                start_inspection(inspection, by=current_user, at=clock.now(), **given)
            flash(_("Đã bắt đầu kiểm tra."), "good")
            return redirect(url_for("sync.visit", inspection_id=inspection_id), 303)
    return _page("inspections/start.html", inspection_id, form=form, early=early)


@blueprint.route("/inspections/<uuid:inspection_id>/suspension", methods=["GET", "POST"])
@requires(Permission.INSPECTION_LEAD)
def suspend(inspection_id: UUID) -> Any:
    inspection = _found(inspection_id, Permission.INSPECTION_LEAD, "suspend")
    return _with_reason(inspection, "suspend", suspend_inspection, _("Đã tạm dừng cuộc kiểm tra."), SuspensionForm)


@blueprint.post("/inspections/<uuid:inspection_id>/continuation")
@requires(Permission.INSPECTION_LEAD)
def proceed(inspection_id: UUID) -> Response:
    inspection = _found(inspection_id, Permission.INSPECTION_LEAD, "resume_field")
    with transaction():
        continue_inspection(inspection, by=current_user, at=clock.now(), seen=_seen())
    flash(_("Cuộc kiểm tra tiếp tục."), "good")
    return _back(inspection_id)


@blueprint.post("/inspections/<uuid:inspection_id>/field-completion")
@requires(Permission.INSPECTION_LEAD)
def finish(inspection_id: UUID) -> Any:
    inspection = _found(inspection_id, Permission.INSPECTION_LEAD, "finish")
    found = criteria_with_findings(inspection.id)
    try:
        with transaction():
            finish_field_work(inspection, by=current_user, at=clock.now(), with_findings=found, seen=_seen())
    except FieldWorkUnfinished as unfinished:
        db.session.rollback()
        return _unfinished(inspection_id, unfinished.missing), 422
    flash(_("Đã kết thúc thực địa. Tiếp theo: lập và ký biên bản."), "good")
    return _back(inspection_id)


@blueprint.route("/inspections/<uuid:inspection_id>/cancellation", methods=["GET", "POST"])
@requires(Permission.INSPECTION_CANCEL)
def cancel(inspection_id: UUID) -> Any:
    inspection = _found(inspection_id, Permission.INSPECTION_CANCEL, "cancel")
    return _with_reason(inspection, "cancel", cancel_inspection, _("Đã hủy cuộc kiểm tra."))


def _found(inspection_id: UUID, permission: Permission, move: str) -> Inspection:
    """The inspection, if this person may make this move on it and it may be made now."""
    inspection = find_visible(current_user, inspection_id)
    insist(current_user, permission, inspection)
    if inspection.state not in MOVES[move].leaves:
        raise MoveNotAllowed(move, inspection.state, MOVES[move].label)
    return inspection


def _with_reason(inspection: Inspection, move: str, act: Any, done: str, kind: type[ReasonForm] = ReasonForm) -> Any:
    """A page that asks for the reason (and the decision), then acts."""
    form, inspection_id = kind(data={"seen": inspection.version}), inspection.id
    if form.validate_on_submit():
        with refusals_on(form):
            given = {name: form[name].data for name in ("reason", "document") if name in form}
            with transaction():
                act(inspection, **given, by=current_user, at=clock.now(), seen=form.seen.data)
            flash(done, "good")
            return _back(inspection_id)
    return _page("inspections/reason.html", inspection_id, form=form, title=MOVES[move].label, move=move)


def _page(template: str, inspection_id: UUID, **values: Any) -> tuple[str, int]:
    """The page of a form. After a refusal the inspection is found anew: what was rolled back is not to be shown."""
    status = 422 if request.method == "POST" else 200
    return render_template(template, inspection=find_visible(current_user, inspection_id), **values), status


def _unfinished(inspection_id: UUID, missing: StillMissing) -> str:
    inspection = find_visible(current_user, inspection_id)
    rubric = rubric_of(inspection.rubric_version_id)
    places = {
        leaf.code: (number, leaf.name_vi)
        for number, group in enumerate(rubric.groups, start=1)
        for leaf in group.leaves()
    }
    return render_template("inspections/unfinished.html", inspection=inspection, missing=missing, places=places)


def _seen() -> int | None:
    form = PlainForm()
    return form.seen.data if form.validate_on_submit() else None


def _back(inspection_id: UUID) -> Response:
    return redirect(url_for("inspections.show", inspection_id=inspection_id), 303)
