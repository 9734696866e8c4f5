"""Changes that were put aside: late ones for the leader of the visit, all of them for administrators."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from inspect_app import clock
from inspect_app.access import requires
from inspect_app.db import transaction
from inspect_app.forms import refusals_on
from inspect_app.inspections.models import Inspection
from inspect_app.inspections.queries import find_visible
from inspect_app.inspections.rules import RECORD_OPEN
from inspect_app.permissions import Permission, insist, may
from inspect_app.sync.actions_parked import answer_parked, apply_again, apply_late, note_late
from inspect_app.sync.forms_parked import NoteForm, WordsForm
from inspect_app.sync.queries_parked import all_parked, count_parked, find_late, find_parked, late_changes, parked_of
from inspect_app.sync.views import blueprint
from inspect_app.sync.views_parts import Told, told_of

PAGE = 50


@blueprint.get("/system/parked")
@requires(Permission.ADMIN_SETTINGS)
def parked() -> str:
    answered = request.args.get("view") == "answered"
    found = all_parked(answered=answered, after=request.args.get("after", type=UUID), most=PAGE + 1)
    return render_template(
        "sync/parked.html",
        changes=[told_of(one) for one in found[:PAGE]],
        answered=answered,
        count=count_parked(),
        next_after=found[PAGE - 1].id if len(found) > PAGE else None,
    )


@blueprint.route("/system/parked/<uuid:parked_id>", methods=["GET", "POST"])
@requires(Permission.ADMIN_SETTINGS)
def parked_change(parked_id: UUID) -> Any:
    form = WordsForm()
    if form.validate_on_submit():
        with refusals_on(form):
            with transaction():
                answer_parked(find_parked(parked_id), form.words.data, by=current_user, at=clock.now())
            flash(_("Đã trả lời. Người gửi nhận được tin."), "good")
            return redirect(url_for("sync.parked"), 303)
    change = told_of(find_parked(parked_id))
    return render_template("sync/parked_change.html", change=change, form=form), 422 if form.is_submitted() else 200


@blueprint.post("/system/parked/<uuid:parked_id>/application")
@requires(Permission.ADMIN_SETTINGS)
def apply_parked(parked_id: UUID) -> Response:
    with transaction():
        result = apply_again(find_parked(parked_id), by=current_user, at=clock.now())
    _tell(result)
    return redirect(url_for("sync.parked"), 303)


@blueprint.route("/inspections/<uuid:inspection_id>/late-changes/<uuid:parked_id>", methods=["GET", "POST"])
@requires(Permission.INSPECTION_LEAD)
def late_change(inspection_id: UUID, parked_id: UUID) -> Any:
    inspection = _led(inspection_id)
    form = NoteForm()
    if form.validate_on_submit():
        with refusals_on(form):
            with transaction():
                note_late(find_late(inspection_id, parked_id), form.words.data, by=current_user, at=clock.now())
            flash(_("Đã ghi nhận, không áp dụng. Người gửi nhận được tin."), "good")
            return redirect(url_for("inspections.show", inspection_id=inspection_id), 303)
    inspection, change = _led(inspection_id), told_of(find_late(inspection_id, parked_id))
    values = {"inspection": inspection, "change": change, "form": form}
    return render_template("sync/late_change.html", **values), 422 if form.is_submitted() else 200


@blueprint.post("/inspections/<uuid:inspection_id>/late-changes/<uuid:parked_id>/application")
@requires(Permission.INSPECTION_LEAD)
def apply_late_change(inspection_id: UUID, parked_id: UUID) -> Response:
    _led(inspection_id)
    with transaction():
        result = apply_late(find_late(inspection_id, parked_id), by=current_user, at=clock.now())
    _tell(result)
    return redirect(url_for("inspections.show", inspection_id=inspection_id), 303)


@blueprint.app_template_global()
def late_changes_of(inspection: Inspection) -> list[Told]:
    """What came at the wrong time, for whoever leads the visit."""
    if not may(current_user, Permission.INSPECTION_LEAD, inspection):
        return []
    return [told_of(one) for one in late_changes(inspection.id)]


@blueprint.app_template_global()
def my_parked() -> list[Told]:
    """What the reader sent and was put aside, with the answers."""
    return [told_of(one) for one in parked_of(current_user.id)]


blueprint.add_app_template_global(lambda inspection: inspection.state in RECORD_OPEN, "record_open")


def _led(inspection_id: UUID) -> Inspection:
    inspection = find_visible(current_user, inspection_id)
    insist(current_user, Permission.INSPECTION_LEAD, inspection)
    return inspection


def _tell(result: str) -> None:
    if result == "conflict":
        flash(_("Đã nhận vào. Thay đổi này khác câu đang có hiệu lực nên cả hai được giữ để chọn."), "warn")
    elif result == "same":
        flash(_("Hồ sơ đã đúng như thay đổi này."), "good")
    else:
        flash(_("Đã áp dụng thay đổi."), "good")
