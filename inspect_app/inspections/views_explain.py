"""After the minutes: the unit's explanations, the office's decisions on them, the team's report, the reopening."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from inspect_app import clock
from inspect_app.access import requires
from inspect_app.db import transaction
from inspect_app.documents.actions import TakenIn, attach, take_in
from inspect_app.documents.rules import Purpose
from inspect_app.forms import refusals_on
from inspect_app.inspections.actions import (
    appraise,
    explain,
    reopen_inspection,
    report_inspection,
    save_report,
)
from inspect_app.inspections.forms_review import (
    AppraisalForm,
    ExplanationForm,
    ReopeningForm,
    ReportForm,
    answer_fields,
    answer_form,
    typed_from,
)
from inspect_app.inspections.models import Inspection
from inspect_app.inspections.paper import awaiting_reply, sheet_of
from inspect_app.inspections.queries import find_visible, score_sheet, sees_record
from inspect_app.inspections.queries_review import explanations_of, find_explanation
from inspect_app.inspections.queries_scores import ScoreSheet
from inspect_app.inspections.rules import FROZEN, MOVES, REVIEW_OPEN, State
from inspect_app.inspections.rules_review import explainable
from inspect_app.inspections.views import blueprint
from inspect_app.inspections.views_review_parts import (
    criteria_to_explain,
    explained_line,
    files_said,
    may_explain_now,
    review_of,
)
from inspect_app.moves import MoveNotAllowed
from inspect_app.permissions import Permission, insist, may
from inspect_app.refusals import N_, NotVisible, Refused
from inspect_app.rubrics.queries import rubric_of
from inspect_app.rubrics.rules import Criterion

MOST_FILES = 10


@blueprint.get("/inspections/<uuid:inspection_id>/explanations")
@requires(Permission.INSPECTION_VIEW)
def explanations(inspection_id: UUID) -> str:
    inspection = _signed(inspection_id)
    sheet = score_sheet(inspection)
    waiting = {one.criterion_code for one in explanations_of(inspection.id) if one.decided_at is None}
    explains = may_explain_now(inspection, current_user, clock.today())
    return render_template(
        "inspections/explanations.html",
        inspection=inspection,
        review=review_of(inspection),
        open_criteria=criteria_to_explain(sheet, waiting) if sheet and explains else [],
        may_explain=explains,
    )


@blueprint.route("/inspections/<uuid:inspection_id>/explanations/new", methods=["GET", "POST"])
@requires(Permission.INSPECTION_EXPLAIN)
def new_explanation(inspection_id: UUID) -> Any:
    inspection = _signed(inspection_id)
    insist(current_user, Permission.INSPECTION_EXPLAIN, inspection)
    criterion = _criterion(inspection)
    form = answer_form(ExplanationForm, criterion)()
    if form.validate_on_submit():
        with refusals_on(form):
            _send_explanation(inspection, criterion, form)
            flash(_("Đã gửi giải trình tiêu chí %(code)s.", code=criterion.code), "good")
            return redirect(url_for("inspections.explanations", inspection_id=inspection_id), 303)
    inspection = _signed(inspection_id)
    shown = _about(inspection, score_sheet(inspection), criterion)
    return render_template("inspections/explain.html", form=form, answers=answer_fields(form), **shown), _status()


@blueprint.route("/inspections/<uuid:inspection_id>/explanations/<uuid:explanation_id>", methods=["GET", "POST"])
@requires(Permission.INSPECTION_VIEW)
def explanation(inspection_id: UUID, explanation_id: UUID) -> Any:
    inspection = _signed(inspection_id)
    one = find_explanation(inspection.id, explanation_id)
    criterion = _leaf(inspection, one.criterion_code)
    form = answer_form(AppraisalForm, criterion)(data=typed_from(one.wished_value))
    if request.method == "POST":
        insist(current_user, Permission.INSPECTION_APPRAISE, inspection)
    if form.validate_on_submit():
        with refusals_on(form):
            with transaction():
                appraise(one, inspection, form.verdict(), by=current_user, at=clock.now())
            flash(_("Đã thẩm định giải trình tiêu chí %(code)s.", code=criterion.code), "good")
            return redirect(url_for("inspections.explanations", inspection_id=inspection_id), 303)
    return _explanation(inspection_id, explanation_id, form), _status()


@blueprint.route("/inspections/<uuid:inspection_id>/report", methods=["GET", "POST"])
@requires(Permission.INSPECTION_VIEW)
def report(inspection_id: UUID) -> Any:
    inspection = _signed(inspection_id)
    if not sees_record(current_user, inspection, even_signed=False):
        raise NotVisible
    if request.method == "POST":
        insist(current_user, Permission.INSPECTION_LEAD, inspection)
    form = ReportForm(data=_report_typed(inspection))
    if form.validate_on_submit():
        with refusals_on(form):
            hands_in = request.form.get("act") == "submit"
            _keep_report(inspection, form, hands_in=hands_in)
            flash(_("Đã trình báo cáo.") if hands_in else _("Đã lưu dự thảo báo cáo."), "good")
            back = "inspections.show" if hands_in else "inspections.report"
            return redirect(url_for(back, inspection_id=inspection_id), 303)
    return _report(_signed(inspection_id), form), _status()


@blueprint.route("/inspections/<uuid:inspection_id>/reopening", methods=["GET", "POST"])
@requires(Permission.INSPECTION_REOPEN)
def reopen(inspection_id: UUID) -> Any:
    inspection = find_visible(current_user, inspection_id)
    insist(current_user, Permission.INSPECTION_REOPEN, inspection)
    if inspection.state not in MOVES["reopen"].leaves:
        raise MoveNotAllowed("reopen", inspection.state, MOVES["reopen"].label)
    form = ReopeningForm(data={"seen": inspection.version})
    if form.validate_on_submit():
        with refusals_on(form):
            given = {"ground": form.ground.data, "document": form.document.data or "", "seen": form.seen.data}
            with transaction():
                reopen_inspection(inspection, **given, by=current_user, at=clock.now())
            flash(_("Đã mở lại cuộc kiểm tra. Kết quả trước vẫn nằm trong nhật ký."), "good")
            return redirect(url_for("inspections.show", inspection_id=inspection_id), 303)
    inspection = find_visible(current_user, inspection_id)
    return render_template("inspections/reopening.html", inspection=inspection, form=form), _status()


def _signed(inspection_id: UUID) -> Inspection:
    """The inspection once its minutes are signed. Raises NotVisible before, as nothing is there to be seen."""
    inspection = find_visible(current_user, inspection_id)
    if inspection.state not in FROZEN or not sees_record(current_user, inspection):
        raise NotVisible
    return inspection


def _criterion(inspection: Inspection) -> Criterion:
    """The criterion that the address names, if an explanation can change its points."""
    criterion = _leaf(inspection, request.args.get("criterion", ""))
    if not explainable(criterion):
        raise NotVisible
    return criterion


def _leaf(inspection: Inspection, code: str) -> Criterion:
    if inspection.rubric_version_id is not None:
        for leaf in rubric_of(inspection.rubric_version_id).leaves():
            if leaf.code == code:
                return leaf
    raise NotVisible


def _send_explanation(inspection: Inspection, criterion: Criterion, form: Any) -> None:
    """Keeps the proof first, then explains and names it, whole or not at all."""
    uploads = [upload for upload in form.proof.data or [] if upload and upload.filename]
    if len(uploads) > MOST_FILES:
        raise Refused(N_("Mỗi lần gửi tối đa %(most)s tệp."), status=422, most=MOST_FILES)
    taken: list[TakenIn] = [take_in(upload, unit_id=inspection.unit_id) for upload in uploads]
    by, at = current_user, clock.now()
    with transaction():
        explain(inspection, criterion.code, form.words.data, form.answer(), by=by, at=at)
        for one in taken:
            attach(one, thing=inspection, purpose=Purpose.REPLY, by=by, at=at, criterion_code=criterion.code)


def _about(inspection: Inspection, sheet: ScoreSheet | None, criterion: Criterion) -> dict[str, Any]:
    """What a page on one criterion shows: the answer in force, its points, what the unit has sent."""
    source = sheet.sources.get(criterion.code) if sheet else None
    return {
        "inspection": inspection,
        "criterion": criterion,
        "answer": sheet.answers[criterion.code][source] if sheet and source else None,
        "figure": sheet.score.criteria[criterion.code] if sheet else None,
        "files": files_said(inspection.id, criterion.code),
    }


def _explanation(inspection_id: UUID, explanation_id: UUID, form: Any) -> str:
    inspection = _signed(inspection_id)
    one = find_explanation(inspection.id, explanation_id)
    criterion = _leaf(inspection, one.criterion_code)
    sheet = score_sheet(inspection)
    decides = (
        one.decided_at is None
        and inspection.state is State.IN_REVIEW
        and may(current_user, Permission.INSPECTION_APPRAISE, inspection)
    )
    line = explained_line(sheet, criterion, one) if sheet else None
    values = {"one": one, "line": line, "form": form, "answers": answer_fields(form), "may_decide": decides}
    return render_template("inspections/appraise.html", **values, **_about(inspection, sheet, criterion))


def _report_typed(inspection: Inspection) -> dict[str, Any]:
    return {
        "seen": inspection.version,
        "summary": inspection.report_summary,
        "measures": inspection.report_measures,
        "unit_wishes": inspection.report_unit_wishes or inspection.unit_opinion,
        "recommendations": inspection.report_recommendations,
    }


def _keep_report(inspection: Inspection, form: ReportForm, *, hands_in: bool) -> None:
    given = {"by": current_user, "at": clock.now(), "seen": form.seen.data}
    with transaction():
        if hands_in:
            report_inspection(inspection, form.report(), awaiting_reply=awaiting_reply(inspection.id), **given)
        else:
            save_report(inspection, form.report(), **given)


def _report(inspection: Inspection, form: ReportForm) -> str:
    writes = inspection.state in REVIEW_OPEN and may(current_user, Permission.INSPECTION_LEAD, inspection)
    return render_template(
        "inspections/report.html",
        inspection=inspection,
        form=form,
        may_write=writes,
        may_submit=writes and inspection.state is State.IN_REVIEW,
        stated=sheet_of(inspection),
        sheet=score_sheet(inspection),
        waiting=[one.criterion_code for one in explanations_of(inspection.id) if one.decided_at is None],
        unanswered=awaiting_reply(inspection.id),
    )


def _status() -> int:
    return 422 if request.method == "POST" else 200
