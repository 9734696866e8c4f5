"""The way of a plan to approval, its targets and its versions."""

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
from inspect_app.permissions import Permission, insist
from inspect_app.plans.actions import approve_plan, open_version, return_plan, set_targets, submit_plan
from inspect_app.plans.forms import ApprovalForm, ReturnForm, VersionForm, shown_targets, targets_form, typed_targets
from inspect_app.plans.models import Plan, PlanVersion
from inspect_app.plans.queries import (
    approved_before,
    default_targets,
    find_version,
    find_visible,
    latest_version,
    lines_of,
    names_of,
    secret_lines,
    targets_of,
)
from inspect_app.plans.versions import Difference, Line, difference, frozen
from inspect_app.plans.views import blueprint
from inspect_app.plans.views_lines import editable
from inspect_app.plans.words import COMPARED, reason_words


@blueprint.post("/plans/<uuid:plan_id>/submission")
@requires(Permission.PLAN_EDIT)
def submit(plan_id: UUID) -> Response:
    plan = editable(plan_id)
    with transaction():
        submit_plan(plan, by=current_user, at=clock.now(), seen=request.form.get("seen", type=int))
    flash(_("Đã trình phê duyệt. Người có thẩm quyền được thông báo."), "good")
    return redirect(url_for("plans.show", plan_id=plan_id), 303)


@blueprint.route("/plans/<uuid:plan_id>/approval", methods=["GET", "POST"])
@requires(Permission.PLAN_APPROVE)
def approve(plan_id: UUID) -> Any:
    plan = _decidable(plan_id)
    form = ApprovalForm(seen=latest_version(plan_id).version, day=clock.today())
    if form.validate_on_submit():
        with refusals_on(form):
            with transaction():
                _approve(plan, form)
            flash(_("Đã phê duyệt kế hoạch. Cơ quan thường trực được thông báo."), "good")
            return redirect(url_for("plans.show", plan_id=plan_id), 303)
    page = {"plan": find_visible(current_user, plan_id), "version": latest_version(plan_id)}
    return render_template("plans/approval.html", form=form, **page), 422 if request.method == "POST" else 200


@blueprint.route("/plans/<uuid:plan_id>/return", methods=["GET", "POST"])
@requires(Permission.PLAN_APPROVE)
def send_back(plan_id: UUID) -> Any:
    plan = _decidable(plan_id)
    form = ReturnForm(seen=latest_version(plan_id).version)
    if form.validate_on_submit():
        with refusals_on(form):
            with transaction():
                return_plan(plan, reason=form.reason.data, by=current_user, at=clock.now(), seen=form.seen.data)
            flash(_("Đã trả lại kế hoạch. Cơ quan thường trực được thông báo."), "good")
            return redirect(url_for("plans.show", plan_id=plan_id), 303)
    page = {"plan": find_visible(current_user, plan_id), "version": latest_version(plan_id)}
    return render_template("plans/return.html", form=form, **page), 422 if request.method == "POST" else 200


@blueprint.route("/plans/<uuid:plan_id>/versions", methods=["GET", "POST"])
@requires(Permission.PLAN_EDIT)
def new_version(plan_id: UUID) -> Any:
    plan = editable(plan_id)
    form = VersionForm(seen=latest_version(plan_id).version)
    if form.validate_on_submit():
        with refusals_on(form):
            with transaction():
                open_version(plan, reason=form.reason.data, by=current_user, at=clock.now(), seen=form.seen.data)
            flash(_("Đã mở bản điều chỉnh. Thêm hoặc bỏ đơn vị, rồi trình phê duyệt."), "good")
            return redirect(url_for("plans.show", plan_id=plan_id), 303)
    status = 422 if request.method == "POST" else 200
    return render_template("plans/new_version.html", form=form, plan=find_visible(current_user, plan_id)), status


@blueprint.get("/plans/<uuid:plan_id>/versions/<int:number>")
@requires(Permission.PLAN_VIEW)
def version(plan_id: UUID, number: int) -> str:
    """One version and its difference to the approved one before."""
    plan = find_visible(current_user, plan_id)
    this = find_version(plan_id, number)
    before = approved_before(this)
    lines = _lines(this)
    return render_template(
        "plans/version.html",
        plan=plan,
        version=this,
        before=before,
        lines=lines,
        difference=_difference(before, lines),
        people=names_of([this.submitted_by_id, this.approved_by_id]),
        compared=COMPARED,
        reason_words=reason_words,
    )


@blueprint.route("/plans/<uuid:plan_id>/targets", methods=["GET", "POST"])
@requires(Permission.PLAN_EDIT)
def targets(plan_id: UUID) -> Any:
    plan = editable(plan_id)
    groups = _groups(plan)
    form = targets_form(groups, seen=latest_version(plan_id).version, **_as_set(plan, groups))
    if form.validate_on_submit():
        with refusals_on(form):
            with transaction():
                _set_targets(plan, form, groups)
            flash(_("Đã lưu chỉ tiêu."), "good")
            return redirect(url_for("plans.show", plan_id=plan_id), 303)
    page = {"plan": find_visible(current_user, plan_id), "groups": groups}
    return render_template("plans/targets.html", form=form, **page), 422 if request.method == "POST" else 200


# ── Parts, in the order in which they are called ──


def _decidable(plan_id: UUID) -> Plan:
    plan = find_visible(current_user, plan_id)
    insist(current_user, Permission.PLAN_APPROVE, plan)
    return plan


def _approve(plan: Plan, form: ApprovalForm) -> None:
    approve_plan(
        plan,
        decision_number=form.number.data,
        decision_on=form.day.data,
        by=current_user,
        at=clock.now(),
        seen=form.seen.data,
    )


def _lines(this: PlanVersion) -> list[Line]:
    """The lines of a version: frozen at its approval, before that as they stand now; never one that is a secret."""
    lines: list[Line] = [frozen(line) for line in lines_of(this.plan_id)] if this.lines is None else list(this.lines)
    hidden = {str(line_id) for line_id in secret_lines(this.plan_id, current_user)}
    return [line for line in lines if line["id"] not in hidden]


def _difference(before: PlanVersion | None, lines: list[Line]) -> Difference | None:
    return difference(_lines(before), lines) if before else None


def _groups(plan: Plan) -> list[str]:
    """The groups of the unit's subordinates and those that have a target all the same."""
    known = default_targets(plan.unit_id, plan.year)
    return known + [group for group in targets_of(plan.id) if group and group not in known]


def _as_set(plan: Plan, groups: list[str]) -> dict[str, Any]:
    pcts = {group: target.pct for group, target in targets_of(plan.id).items()}
    return {"denominator_on": plan.denominator_on, **shown_targets(groups, pcts)}


def _set_targets(plan: Plan, form: Any, groups: list[str]) -> None:
    set_targets(
        plan,
        typed_targets(form, groups),
        form.denominator_on.data,
        by=current_user,
        at=clock.now(),
        seen=form.seen.data,
    )
