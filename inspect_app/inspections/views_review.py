"""The minutes: reading, writing, signing, their paper and their scan."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from inspect_app import clock
from inspect_app.access import requires
from inspect_app.db import transaction
from inspect_app.documents.actions import ask_for_paper, attach_upload
from inspect_app.documents.offers import shown_to
from inspect_app.documents.queries import attachments_of, latest_render, made_by
from inspect_app.documents.rules import Purpose
from inspect_app.forms import refusals_on
from inspect_app.inspections.actions import note_refusal, prepare_minutes, sign_minutes
from inspect_app.inspections.forms_review import MinutesForm, RefusalForm, ScanForm, SignatureForm
from inspect_app.inspections.models import Inspection
from inspect_app.inspections.paper import Sheet, as_recorded, sheet_of
from inspect_app.inspections.queries import find_visible, sees_record
from inspect_app.inspections.rules import FROZEN, MOVES, RECORD_OPEN, State
from inspect_app.inspections.rules_review import HEAD, LEAD
from inspect_app.inspections.views import blueprint
from inspect_app.inspections.views_review_parts import papers_shown, review_of
from inspect_app.moves import MoveNotAllowed
from inspect_app.permissions import Permission, insist, may
from inspect_app.refusals import N_, NotPermitted, NotVisible

MINUTES_STAND = frozenset({State.FIELD_DONE}) | FROZEN
blueprint.add_app_template_global(review_of)
blueprint.add_app_template_global(papers_shown)


@blueprint.get("/inspections/<uuid:inspection_id>/minutes")
@requires(Permission.INSPECTION_VIEW)
def minutes(inspection_id: UUID) -> str:
    return _minutes(_readable(inspection_id), ScanForm())


@blueprint.route("/inspections/<uuid:inspection_id>/minutes/text", methods=["GET", "POST"])
@requires(Permission.INSPECTION_ANSWER)
def minutes_text(inspection_id: UUID) -> Any:
    inspection = find_visible(current_user, inspection_id)
    insist(current_user, Permission.INSPECTION_ANSWER, inspection)
    if inspection.state not in RECORD_OPEN:
        raise MoveNotAllowed("sign", inspection.state, N_("Soạn biên bản"))
    form = MinutesForm(data=_typed(inspection, sheet_of(inspection)))
    if form.validate_on_submit():
        with refusals_on(form):
            given = {"by": current_user, "at": clock.now(), "seen": form.seen.data}
            with transaction():
                prepare_minutes(inspection, form.minutes(), **given)
            flash(_("Đã lưu nội dung biên bản."), "good")
            return redirect(url_for("inspections.minutes", inspection_id=inspection_id), 303)
    inspection = find_visible(current_user, inspection_id)
    return render_template("inspections/minutes_text.html", inspection=inspection, form=form), _status()


@blueprint.post("/inspections/<uuid:inspection_id>/signature")
@requires(Permission.INSPECTION_VIEW)
def sign(inspection_id: UUID) -> Response:
    inspection = _readable(inspection_id)
    side = _side_of(inspection)
    if side is None:
        raise NotPermitted
    shown = SignatureForm().shown_hash.data or ""
    with transaction():
        sealed = sign_minutes(inspection, side, shown_hash=shown, findings=as_recorded, by=current_user, at=clock.now())
    _tell(sealed)
    return redirect(url_for("inspections.minutes", inspection_id=inspection_id), 303)


@blueprint.route("/inspections/<uuid:inspection_id>/signature-refusal", methods=["GET", "POST"])
@requires(Permission.INSPECTION_LEAD)
def refuse_signature(inspection_id: UUID) -> Any:
    inspection = _to_sign(inspection_id)
    form = RefusalForm(shown_hash=sheet_of(inspection).hash)
    if form.validate_on_submit():
        with refusals_on(form):
            refusal = {"witness": form.witness.data, "reason": form.reason.data, "shown_hash": form.shown_hash.data}
            with transaction():
                sealed = note_refusal(inspection, **refusal, findings=as_recorded, by=current_user, at=clock.now())
            _tell(sealed)
            return redirect(url_for("inspections.minutes", inspection_id=inspection_id), 303)
    inspection = find_visible(current_user, inspection_id)
    return render_template("inspections/refusal.html", inspection=inspection, form=form), _status()


@blueprint.post("/inspections/<uuid:inspection_id>/minutes/paper")
@requires(Permission.INSPECTION_PAPER)
def make_minutes(inspection_id: UUID) -> Response:
    inspection = _readable(inspection_id)
    insist(current_user, Permission.INSPECTION_PAPER, inspection)
    digest = sheet_of(inspection).render_hash
    with transaction():
        job = ask_for_paper(inspection, "minutes", data_hash=digest, by=current_user, at=clock.now())
    return redirect(url_for("documents.progress", render_id=job.id), 303)


@blueprint.post("/inspections/<uuid:inspection_id>/minutes/scan")
@requires(Permission.INSPECTION_VIEW)
def attach_scan(inspection_id: UUID) -> Any:
    inspection = _readable(inspection_id)
    if _side_of(inspection) is None:
        raise NotPermitted
    form = ScanForm()
    if form.validate():
        with refusals_on(form):
            given = {"thing": inspection, "purpose": Purpose.SIGNED_PAPER, "by": current_user, "at": clock.now()}
            attach_upload(form.scan.data, **given, caption=_("Biên bản ký quét"))
            flash(_("Đã đính kèm bản ký quét."), "good")
            return redirect(url_for("inspections.minutes", inspection_id=inspection_id), 303)
    return _minutes(_readable(inspection_id), form), 422


def _readable(inspection_id: UUID) -> Inspection:
    """The inspection whose minutes this person may read: the team any time, the unit once field work is done."""
    inspection = find_visible(current_user, inspection_id)
    if not sees_record(current_user, inspection, even_signed=False) and inspection.state not in MINUTES_STAND:
        raise NotVisible
    if inspection.state not in MINUTES_STAND | RECORD_OPEN:
        raise NotVisible
    return inspection


def _to_sign(inspection_id: UUID) -> Inspection:
    inspection = find_visible(current_user, inspection_id)
    insist(current_user, Permission.INSPECTION_LEAD, inspection)
    if inspection.state not in MOVES["sign"].leaves:
        raise MoveNotAllowed("sign", inspection.state, MOVES["sign"].label)
    return inspection


def _side_of(inspection: Inspection) -> str | None:
    """For which side this person signs the minutes, if for any."""
    if may(current_user, Permission.INSPECTION_SIGN_FOR_UNIT, inspection):
        return HEAD
    return LEAD if may(current_user, Permission.INSPECTION_LEAD, inspection) else None


def _minutes(inspection: Inspection, scan: ScanForm) -> str:
    stated = sheet_of(inspection)
    side = _side_of(inspection)
    job = latest_render("inspection", inspection.id, "minutes")
    files = attachments_of("inspection", [inspection.id])[inspection.id]
    made = made_by(job) if job else None
    return render_template(
        "inspections/minutes.html",
        inspection=inspection,
        stated=stated,
        side=side,
        may_sign=side is not None and inspection.state is State.FIELD_DONE and not stated.sides[side].holds,
        may_write=inspection.state in RECORD_OPEN and may(current_user, Permission.INSPECTION_ANSWER, inspection),
        may_refuse=inspection.state is State.FIELD_DONE and side == LEAD and not stated.sides[HEAD].holds,
        job=job,
        made=made,
        fresh=job is not None and job.data_hash == stated.render_hash,
        scans=[file for file in shown_to(current_user, inspection, files) if file.purpose == Purpose.SIGNED_PAPER],
        scan=scan,
    )


def _typed(inspection: Inspection, stated: Sheet) -> dict[str, Any]:
    return {
        "seen": inspection.version,
        "number": stated.paper.number if stated.paper else "",
        "issued_on": stated.paper.issued_on if stated.paper else None,
        "opening": stated.opening,
        "strengths": inspection.strengths,
        "unit_opinion": inspection.unit_opinion,
    }


def _tell(sealed: bool) -> None:
    if sealed:
        flash(_("Biên bản đã ký đủ hai bên. Hồ sơ kiểm tra được khóa."), "good")
    else:
        flash(_("Đã ghi nhận. Biên bản chờ bên còn lại ký."), "good")


def _status() -> int:
    return 422 if request.method == "POST" else 200
