"""The steps of a finding, each on its page: answered, decided, closed; corrected or taken back by the team."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from inspect_app import clock
from inspect_app.access import requires
from inspect_app.db import transaction
from inspect_app.display import plural
from inspect_app.documents.actions import attach, take_in
from inspect_app.documents.rules import Purpose
from inspect_app.findings import actions
from inspect_app.findings.forms import DecisionForm, FindingForm, ReasonForm, ReplyForm
from inspect_app.findings.models import Finding
from inspect_app.findings.queries import find_visible
from inspect_app.findings.rules import MOVES
from inspect_app.findings.views import blueprint
from inspect_app.findings.views_parts import allows, decisions_on, names_person
from inspect_app.forms import SeenForm, refusals_on
from inspect_app.inspections.models import Inspection
from inspect_app.inspections.queries import find_visible as find_inspection
from inspect_app.moves import MoveNotAllowed
from inspect_app.permissions import Permission, insist
from inspect_app.refusals import N_, Refused

MOST_FILES = 10
MOVE_OF = {"reply": "reply", "close": "close", "remedy_again": "remediate_again"}
DECIDE: dict[str, Callable[..., None]] = {
    "confirm": actions.confirm_finding,
    "withdraw": actions.withdraw_finding,
    "note": actions.note_finding,
}


@blueprint.route("/findings/<uuid:finding_id>/reply", methods=["GET", "POST"])
@requires(Permission.FINDING_REPLY)
def reply(finding_id: UUID) -> Any:
    finding, _inspection = _allowed("reply", finding_id, Permission.FINDING_REPLY)
    form = ReplyForm(data={"seen": finding.version})

    def act() -> None:
        _send_reply(finding, form)

    return _carry_out(finding_id, form, act, _("Trả lời tồn tại"), _("Đã gửi trả lời."))


@blueprint.route("/findings/<uuid:finding_id>/proposal", methods=["GET", "POST"])
@requires(Permission.FINDING_PROPOSE)
def propose(finding_id: UUID) -> Any:
    finding, _inspection = _allowed("propose", finding_id, Permission.FINDING_PROPOSE)
    form = DecisionForm(allowed=("confirm", "note", "withdraw"), data={"seen": finding.version})

    def act() -> None:
        with transaction():
            actions.propose_decision(
                finding, form.decision.data, form.reason.data or "", by=current_user, at=clock.now()
            )

    return _carry_out(finding_id, form, act, _("Đề xuất xử lý"), _("Đã gửi đề xuất cho cơ quan thường trực."))


@blueprint.route("/findings/<uuid:finding_id>/decision", methods=["GET", "POST"])
@requires(Permission.FINDING_DECIDE)
def decide(finding_id: UUID) -> Any:
    finding, _inspection = _allowed("decide", finding_id, Permission.FINDING_DECIDE)
    form = DecisionForm(allowed=decisions_on(finding), data={"seen": finding.version})

    def act() -> None:
        given = {"reason": form.reason.data or "", "version": form.seen.data}
        with transaction():
            DECIDE[form.decision.data](finding, **given, by=current_user, at=clock.now())

    return _carry_out(finding_id, form, act, _("Quyết định xử lý"), _("Đã lưu quyết định xử lý."))


@blueprint.route("/findings/<uuid:finding_id>/closure", methods=["GET", "POST"])
@requires(Permission.FINDING_CLOSE)
def close(finding_id: UUID) -> Any:
    finding, _inspection = _allowed("close", finding_id, Permission.FINDING_CLOSE)
    return _with_reason(finding, actions.close_after_check, _("Đóng sau kiểm tra hiệu quả"), _("Đã đóng tồn tại."))


@blueprint.route("/findings/<uuid:finding_id>/remediation", methods=["GET", "POST"])
@requires(Permission.FINDING_REMEDY_AGAIN)
def remedy_again(finding_id: UUID) -> Any:
    finding, _inspection = _allowed("remedy_again", finding_id, Permission.FINDING_REMEDY_AGAIN)
    done = _("Đã yêu cầu khắc phục lại. Tiếp theo: giao nhiệm vụ.")
    return _with_reason(finding, actions.demand_remediation_again, _("Yêu cầu khắc phục lại"), done)


@blueprint.route("/findings/<uuid:finding_id>/withdrawal", methods=["GET", "POST"])
@requires(Permission.FINDING_RAISE)
def take_back(finding_id: UUID) -> Any:
    finding, inspection = _allowed("take_back", finding_id, Permission.FINDING_RAISE)

    def act(one: Finding, **given: Any) -> None:
        actions.take_back_finding(one, inspection, **given)

    return _with_reason(finding, act, _("Rút tồn tại nêu nhầm"), _("Đã rút tồn tại. Nội dung vẫn nằm trong nhật ký."))


@blueprint.route("/findings/<uuid:finding_id>/text", methods=["GET", "POST"])
@requires(Permission.FINDING_RAISE)
def change(finding_id: UUID) -> Any:
    finding, inspection = _allowed("change", finding_id, Permission.FINDING_RAISE)
    form = FindingForm(criteria={finding.criterion_code: finding.criterion_name}, data=_typed(finding))
    if not names_person(current_user, finding):
        del form.named_person
    if form.validate_on_submit():
        with refusals_on(form):
            with transaction():
                seen = form.observation(named_person=finding.named_person)
                actions.change_finding(
                    finding, inspection, seen, by=current_user, at=clock.now(), version=form.seen.data
                )
            flash(_("Đã lưu tồn tại."), "good")
            return redirect(url_for("findings.show", finding_id=finding_id), 303)
    finding, inspection = _found(finding_id)
    values = {"finding": finding, "inspection": inspection, "form": form}
    return render_template("findings/change.html", **values), _status()


@blueprint.post("/inspections/<uuid:inspection_id>/findings/agreement")
@requires(Permission.FINDING_REPLY)
def agree_to_all(inspection_id: UUID) -> Response:
    inspection = find_inspection(current_user, inspection_id)
    insist(current_user, Permission.FINDING_REPLY, inspection)
    with transaction():
        count = actions.agree_to_all(inspection, by=current_user, at=clock.now())
    flash(plural("Đơn vị đồng ý với %(n)s tồn tại.", count), "good")
    return redirect(url_for("inspections.explanations", inspection_id=inspection_id), 303)


@blueprint.post("/inspections/<uuid:inspection_id>/findings/confirmation")
@requires(Permission.FINDING_DECIDE)
def confirm_undisputed(inspection_id: UUID) -> Response:
    inspection = find_inspection(current_user, inspection_id)
    insist(current_user, Permission.FINDING_DECIDE, inspection)
    with transaction():
        count = actions.confirm_undisputed(inspection, by=current_user, at=clock.now())
    flash(plural("Đã xác nhận %(n)s tồn tại.", count), "good")
    return redirect(url_for("inspections.explanations", inspection_id=inspection_id), 303)


def _found(finding_id: UUID) -> tuple[Finding, Inspection]:
    finding = find_visible(current_user, finding_id)
    return finding, find_inspection(current_user, finding.inspection_id)


def _allowed(move: str, finding_id: UUID, permission: Permission) -> tuple[Finding, Inspection]:
    """The finding, if this person may make this move and it may be made now. Raises NotPermitted, MoveNotAllowed."""
    finding, inspection = _found(finding_id)
    insist(current_user, permission, finding)
    if not allows(move, finding, inspection, current_user, clock.today()):
        known = MOVES.get(MOVE_OF.get(move, ""))
        raise MoveNotAllowed(move, finding.state, known.label if known else N_("Xử lý tồn tại"))
    return finding, inspection


def _with_reason(finding: Finding, act: Callable[..., None], title: str, done: str) -> Any:
    """A page that asks for the reason, then acts."""
    form = ReasonForm(data={"seen": finding.version})

    def carry() -> None:
        with transaction():
            act(finding, by=current_user, at=clock.now(), reason=form.reason.data, version=form.seen.data)

    return _carry_out(finding.id, form, carry, title, done)


def _carry_out(finding_id: UUID, form: SeenForm, act: Callable[[], None], title: str, done: str) -> Any:
    if form.validate_on_submit():
        with refusals_on(form):
            act()
            flash(done, "good")
            return redirect(url_for("findings.show", finding_id=finding_id), 303)
    finding, inspection = _found(finding_id)
    values = {"finding": finding, "inspection": inspection, "form": form, "title": title}
    return render_template("findings/move.html", **values), _status()


def _send_reply(finding: Finding, form: ReplyForm) -> None:
    """Keeps the proof first, then answers and names it, whole or not at all."""
    uploads = [upload for upload in form.proof.data or [] if upload and upload.filename]
    if len(uploads) > MOST_FILES:
        raise Refused(N_("Mỗi lần gửi tối đa %(most)s tệp."), status=422, most=MOST_FILES)
    taken = [take_in(upload, unit_id=finding.unit_id) for upload in uploads]
    by, at = current_user, clock.now()
    answer = {"agreed": form.agreed.data == "yes", "version": form.seen.data}
    with transaction():
        actions.reply_to_finding(finding, form.words.data or "", **answer, by=by, at=at)
        for one in taken:
            attach(one, thing=finding, purpose=Purpose.REPLY, by=by, at=at)


def _typed(finding: Finding) -> dict[str, Any]:
    names = ("criterion_code", "fact", "legal_basis", "cause", "recommendation", "named_person")
    typed = {name: getattr(finding, name) for name in names}
    chosen = {"kind": finding.kind.value, "severity": finding.severity.value}
    chosen["cause_kind"] = finding.cause_kind.value if finding.cause_kind else ""
    return {"seen": finding.version, **typed, **chosen}


def _status() -> int:
    return 422 if request.method == "POST" else 200
