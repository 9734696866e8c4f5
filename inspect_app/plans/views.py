"""Plans: the list, a new one, one plan with its coverage and its units, its export."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_login import current_user

from inspect_app import clock
from inspect_app.access import requires
from inspect_app.addresses import here
from inspect_app.db import transaction
from inspect_app.documents.csv_export import write_csv
from inspect_app.documents.xlsx import write_xlsx
from inspect_app.forms import refusals_on
from inspect_app.permissions import Permission, insist
from inspect_app.plans.actions import create_plan
from inspect_app.plans.forms import PlanForm, RowFilter
from inspect_app.plans.imports import columns, export_facts, export_rows
from inspect_app.plans.models import Plan
from inspect_app.plans.queries import find_visible, list_plans, measure_plan, planning_units
from inspect_app.plans.queries_rows import DEFAULT_SORT, in_order, narrowed, plan_units
from inspect_app.plans.views_parts import chips, chosen_basis, counted_on, plan_page
from inspect_app.plans.words import reason_words
from inspect_app.units.queries import find_unit

blueprint = Blueprint("plans", __name__)
blueprint.add_app_template_global(reason_words)
PAGE = 50


@blueprint.get("/plans")
@requires(Permission.PLAN_VIEW)
def index() -> str:
    rows = list_plans(current_user, after=request.args.get("after", type=UUID), most=PAGE + 1)
    next_url = here(after=rows[PAGE - 1].plan.id) if len(rows) > PAGE else None
    may_plan = bool(planning_units(current_user, clock.today()))
    return render_template("plans/index.html", rows=rows[:PAGE], next_url=next_url, may_plan=may_plan)


@blueprint.route("/plans/new", methods=["GET", "POST"])
@requires(Permission.PLAN_EDIT)
def new() -> Any:
    units = planning_units(current_user, clock.today())
    form = PlanForm(unit=units[0].id if len(units) == 1 else None, year=clock.today().year)
    if form.validate_on_submit():
        with refusals_on(form):
            plan = _create(form)
            flash(_("Đã lập kế hoạch năm %(year)s. Tiếp theo: chọn đơn vị.", year=plan.year), "good")
            return redirect(url_for("plans.show", plan_id=plan.id), 303)
    return render_template("plans/new.html", form=form, units=units), 422 if request.method == "POST" else 200


@blueprint.get("/plans/<uuid:plan_id>")
@requires(Permission.PLAN_VIEW)
def show(plan_id: UUID) -> str:
    plan = find_visible(current_user, plan_id)
    return render_template("plans/show.html", **plan_page(plan))


@blueprint.get("/plans/<uuid:plan_id>/export.xlsx")
@requires(Permission.PLAN_VIEW)
def export_xlsx(plan_id: UUID) -> Response:
    plan = find_visible(current_user, plan_id)
    rows, facts = _to_export(plan)
    title = _("Kế hoạch kiểm tra CCHC năm %(year)s", year=plan.year)
    book = write_xlsx(columns(plan), rows, title=title, facts=facts)
    return send_file(book, as_attachment=True, download_name=_file_name(plan, "xlsx"))


@blueprint.get("/plans/<uuid:plan_id>/export.csv")
@requires(Permission.PLAN_VIEW)
def export_csv(plan_id: UUID) -> Response:
    plan = find_visible(current_user, plan_id)
    rows, _facts = _to_export(plan)
    content = b"".join(write_csv([column.title for column in columns(plan)], rows))
    disposition = f'attachment; filename="{_file_name(plan, "csv")}"'
    return Response(content, mimetype="text/csv", headers={"Content-Disposition": disposition})


# ── Parts, in the order in which they are called ──


def _create(form: PlanForm) -> Plan:
    unit = find_unit(form.unit.data)
    insist(current_user, Permission.PLAN_EDIT, unit)
    with transaction():
        return create_plan(
            unit,
            form.year.data,
            pct=form.pct.data,
            denominator_on=form.denominator_on.data,
            by=current_user,
            at=clock.now(),
        )


def _to_export(plan: Plan) -> tuple[list[tuple[Any, ...]], list[str]]:
    """The rows of the list as the page's filter and order have them, and what the sheet says above them."""
    on = counted_on(plan)
    measured = measure_plan(plan, on, current_user, basis=chosen_basis())
    rows = plan_units(measured, on, current_user)
    form = RowFilter(request.args, measured, rows)
    wanted = form.wanted()
    listed = in_order(narrowed(rows, wanted), request.args.get("sort", DEFAULT_SORT))
    conditions = [words for words, _url in chips(form, wanted)]
    return list(export_rows(listed)), export_facts(plan, measured, clock.now(), conditions)


def _file_name(plan: Plan, kind: str) -> str:
    return f"ke-hoach-{plan.unit.code.lower()}-{plan.year}-{clock.today():%Y-%m-%d}.{kind}"


from inspect_app.plans import views_lines, views_moves  # noqa: E402, F401 - they hang on the blueprint
