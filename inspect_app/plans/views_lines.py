"""Which units stand in a plan: picking them, taking them out, locking them, leaving units out of the denominator."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from inspect_app import clock
from inspect_app.access import local_path, requires
from inspect_app.addresses import here
from inspect_app.db import transaction
from inspect_app.display import plural
from inspect_app.forms import refusals_on
from inspect_app.inspections.rules import InspectionForm
from inspect_app.permissions import Permission, insist
from inspect_app.plans.actions import (
    Addition,
    add_lines,
    drop_line,
    exclude_unit,
    include_again,
    lock_line,
    plan_directly,
)
from inspect_app.plans.coverage import Basis
from inspect_app.plans.forms import AdditionForm, CandidateFilter, DirectForm, ExclusionForm
from inspect_app.plans.models import Plan
from inspect_app.plans.queries import (
    exclusions_of,
    find_exclusion,
    find_line,
    find_visible,
    latest_version,
    measure_plan,
)
from inspect_app.plans.queries_candidates import DEFAULT_SORT, Chance, chances, picks, wanted_chances
from inspect_app.plans.queries_rows import coverage_rows, plan_units
from inspect_app.plans.rules import EDITABLE
from inspect_app.plans.views import blueprint
from inspect_app.plans.words import reason_words
from inspect_app.units.queries import find_unit

PAGE = 50


@blueprint.get("/plans/<uuid:plan_id>/candidates")
@requires(Permission.PLAN_EDIT)
def candidates(plan_id: UUID) -> str:
    """The units that are not in the plan yet, with what speaks for each."""
    plan = editable(plan_id)
    return render_template("plans/candidates.html", **_picker(plan, _addition_form(plan, formdata=None)))


@blueprint.get("/plans/<uuid:plan_id>/proposal")
@requires(Permission.PLAN_EDIT)
def proposal(plan_id: UUID) -> str:
    """What the product would add to reach the targets, each unit with its reasons; nothing is added yet."""
    plan = editable(plan_id)
    return render_template("plans/proposal.html", **_proposal(plan, _addition_form(plan, formdata=None)))


@blueprint.post("/plans/<uuid:plan_id>/lines")
@requires(Permission.PLAN_EDIT)
def add(plan_id: UUID) -> Any:
    plan = editable(plan_id)
    form = _addition_form(plan)
    if form.validate():
        with refusals_on(form):
            with transaction():
                added = _add(plan, form)
            flash(plural("Đã thêm %(n)s đơn vị vào đề xuất.", len(added)), "good")
            return redirect(url_for("plans.show", plan_id=plan_id, place="proposed", _anchor="h-don-vi"), 303)
    whole = "plans/proposal.html" if request.form.get("from") == "proposal" else "plans/candidates.html"
    page = _proposal if request.form.get("from") == "proposal" else _picker
    return render_template(whole, **page(editable(plan_id), form)), 422


@blueprint.post("/plans/<uuid:plan_id>/lines/<uuid:line_id>/removal")
@requires(Permission.PLAN_EDIT)
def drop(plan_id: UUID, line_id: UUID) -> Response:
    plan = editable(plan_id)
    line = find_line(plan_id, line_id, current_user)
    with transaction():
        drop_line(plan, line, by=current_user, at=clock.now())
    again = {"words": _("Đã bỏ %(unit)s khỏi đề xuất.", unit=line.unit.name)}
    again["undo_url"] = url_for("plans.restore", plan_id=plan_id, line_id=line_id)
    flash(again, "good")  # type: ignore[arg-type]  # the frame reads the undo out of it
    return redirect(_back(plan_id), 303)


@blueprint.post("/plans/<uuid:plan_id>/lines/<uuid:line_id>/restoration")
@requires(Permission.PLAN_EDIT)
def restore(plan_id: UUID, line_id: UUID) -> Response:
    """Proposes again what was just taken out, in the same quarter and with the same words."""
    plan = editable(plan_id)
    line = find_line(plan_id, line_id, current_user)
    with transaction():
        add_lines(plan, _same(line), by=current_user, at=clock.now())
    flash(_("Đã đưa %(unit)s trở lại đề xuất.", unit=line.unit.name), "good")
    return redirect(_back(plan_id), 303)


@blueprint.post("/plans/<uuid:plan_id>/lines/<uuid:line_id>/lock")
@requires(Permission.PLAN_EDIT)
def lock(plan_id: UUID, line_id: UUID) -> Response:
    plan = editable(plan_id)
    line = find_line(plan_id, line_id, current_user)
    with transaction():
        lock_line(plan, line, request.form.get("locked") == "1", by=current_user, at=clock.now())
    return redirect(_back(plan_id), 303)


@blueprint.route("/plans/<uuid:plan_id>/direct-inspections", methods=["GET", "POST"])
@requires(Permission.PLAN_APPROVE)
def direct(plan_id: UUID) -> Any:
    """An unannounced or thematic check, which enters the plan as planned."""
    plan = find_visible(current_user, plan_id)
    insist(current_user, Permission.PLAN_APPROVE, plan)
    form = DirectForm()
    if form.validate_on_submit():
        with refusals_on(form):
            with transaction():
                inspection = _plan_directly(plan, form)
            flash(_("Đã đưa cuộc kiểm tra vào kế hoạch."), "good")
            return redirect(url_for("inspections.show", inspection_id=inspection.id), 303)
    status = 422 if request.method == "POST" else 200
    plan = find_visible(current_user, plan_id)
    return render_template("plans/direct.html", form=form, plan=plan, units=_countable(plan)), status


@blueprint.route("/plans/<uuid:plan_id>/exclusions", methods=["GET", "POST"])
@requires(Permission.PLAN_VIEW)
def exclusions(plan_id: UUID) -> Any:
    """The units left out of the denominator; the office adds to them while the plan may change."""
    plan = find_visible(current_user, plan_id)
    version = latest_version(plan_id)
    form = ExclusionForm(seen=version.version)
    if request.method == "POST":
        insist(current_user, Permission.PLAN_EDIT, plan)
    if form.validate_on_submit():
        with refusals_on(form):
            with transaction():
                _exclude(plan, form)
            flash(_("Đã đưa đơn vị ra ngoài mẫu số."), "good")
            return redirect(url_for("plans.exclusions", plan_id=plan_id), 303)
    status = 422 if request.method == "POST" else 200
    return render_template("plans/exclusions.html", form=form, **_left_out(find_visible(current_user, plan_id))), status


@blueprint.post("/plans/<uuid:plan_id>/exclusions/<uuid:exclusion_id>/removal")
@requires(Permission.PLAN_EDIT)
def lift_exclusion(plan_id: UUID, exclusion_id: UUID) -> Response:
    plan = editable(plan_id)
    with transaction():
        include_again(plan, find_exclusion(plan_id, exclusion_id), by=current_user, at=clock.now())
    flash(_("Đã đưa đơn vị trở lại mẫu số."), "good")
    return redirect(url_for("plans.exclusions", plan_id=plan_id), 303)


# ── Parts, in the order in which they are called ──


def editable(plan_id: UUID) -> Plan:
    """The plan, which this person may edit somewhere in its life; whether now is asked of its version."""
    plan = find_visible(current_user, plan_id)
    insist(current_user, Permission.PLAN_EDIT, plan)
    return plan


def _addition_form(plan: Plan, **given: Any) -> AdditionForm:
    version = latest_version(plan.id)
    form = AdditionForm(seen=version.version, **given)
    if version.state in EDITABLE:
        del form.reason
    return form


def _picker(plan: Plan, form: AdditionForm) -> dict[str, Any]:
    measured = measure_plan(plan, clock.today(), basis=Basis.AS_IS)
    rows = plan_units(measured, clock.today())
    narrow = CandidateFilter(request.args, measured)
    text, group = narrow.wanted()
    sort = request.args.get("sort", DEFAULT_SORT)
    found = wanted_chances(chances(measured, rows), text=text, group=group, sort=sort)
    return {
        **_page_of(found),
        "plan": plan,
        "form": form,
        "filter": narrow,
        "chips": _chips(narrow, text, group),
        "sort": sort,
        "matching": len(found),
        "table": coverage_rows(measured, rows),
        "reason_words": reason_words,
        "ticked": set(form.units.data or ()),
    }


def _page_of(found: list[Chance]) -> dict[str, Any]:
    order = {chance.unit.id: number for number, chance in enumerate(found)}
    after, before = request.args.get("after", type=UUID), request.args.get("before", type=UUID)
    start = order[after] + 1 if after in order else 0
    start = max(0, order[before] - PAGE) if before in order else start
    page = found[start : start + PAGE]
    return {
        "found": page,
        "previous_url": here(before=page[0].unit.id) if page and start else None,
        "next_url": here(after=page[-1].unit.id) if page and start + PAGE < len(found) else None,
    }


def _chips(form: CandidateFilter, text: str, group: str) -> list[tuple[str, str]]:
    chips = [(_("Có chữ “%(text)s”", text=text), here(q=None))] if text else []
    words = next((choice.label for choice in form.group.choices if choice.value == group), "") if group else ""
    return [*chips, (words.removeprefix("– "), here(group=None))] if words else chips


def _proposal(plan: Plan, form: AdditionForm) -> dict[str, Any]:
    measured = measure_plan(plan, clock.today(), basis=Basis.AS_IS)
    rows = plan_units(measured, clock.today())
    found = {chance.unit.code: chance for chance in chances(measured, rows)}
    chosen = [(found[pick.code], pick) for pick in picks(measured, rows)]
    ticked = set(form.units.data or ()) if request.method == "POST" else {chance.unit.id for chance, _pick in chosen}
    return {
        "plan": plan,
        "form": form,
        "chosen": chosen,
        "table": coverage_rows(measured, rows),
        "reason_words": reason_words,
        "ticked": ticked,
    }


def _add(plan: Plan, form: AdditionForm) -> Any:
    reason = form.reason.data or "" if "reason" in form else ""
    return add_lines(plan, form.addition(), by=current_user, at=clock.now(), seen=form.seen.data, reason=reason)


def _back(plan_id: UUID) -> str:
    return local_path(request.form.get("back")) or url_for("plans.show", plan_id=plan_id, _anchor="h-don-vi")


def _same(line: Any) -> Any:
    return Addition((line.unit_id,), line.grounds, line.quarter)


def _plan_directly(plan: Plan, form: DirectForm) -> Any:
    return plan_directly(
        plan,
        find_unit(form.unit.data),
        InspectionForm(form.form.data),
        grounds=form.grounds.data,
        quarter=int(form.quarter.data) if form.quarter.data else None,
        by=current_user,
        at=clock.now(),
    )


def _countable(plan: Plan) -> list[tuple[UUID, str]]:
    """The units that the plan counts today, by name."""
    measured = measure_plan(plan, clock.today(), current_user, basis=Basis.AS_IS)
    codes = [code for figures in (measured.coverage.whole, *measured.coverage.outside) for code in figures.units]
    units = sorted((measured.units[code] for code in codes), key=lambda unit: unit.search)
    return [(unit.id, unit.name) for unit in units]


def _exclude(plan: Plan, form: ExclusionForm) -> None:
    exclude_unit(
        plan,
        find_unit(form.unit.data),
        reason=form.reason.data,
        decision=form.decision.data,
        by=current_user,
        at=clock.now(),
        seen=form.seen.data,
    )


def _left_out(plan: Plan) -> dict[str, Any]:
    version = latest_version(plan.id)
    return {
        "plan": plan,
        "version": version,
        "left_out": exclusions_of(plan.id),
        "open_now": version.state in EDITABLE,
        "units": _countable(plan),
    }
