"""Units: the tree, the list, one unit with its history."""

from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, jsonify, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from inspect_app import clock
from inspect_app.access import requires
from inspect_app.addresses import here
from inspect_app.audit.queries import timeline
from inspect_app.display import day, label
from inspect_app.overview.queries import figures_of_unit
from inspect_app.permissions import Permission, may
from inspect_app.units.forms import NO_GROUP, UnitFilter
from inspect_app.units.models import Unit
from inspect_app.units.queries import (
    Wanted,
    coordinators_of,
    count_units,
    counts_by_group,
    ended_without_owner,
    find_unit,
    group_names,
    holders_of,
    is_more,
    line_of,
    list_units,
    owner_ids,
    posts_of,
    predecessors_of,
    search_units,
    successors_of,
)
from inspect_app.units.rules import ended, in_force

blueprint: Blueprint = Blueprint("units", __name__)
PAGE = 50


@blueprint.get("/units")
@requires(Permission.UNIT_VIEW)
def index() -> str:
    form = UnitFilter(request.args, today=clock.today(), groups=group_names())
    within = find_unit(place) if (place := request.args.get("within", type=UUID)) else None
    wanted = form.wanted(within.id if within else None)
    chips = _chips(form, wanted, within)
    page = {"form": form, "on": form.day, "chips": chips, "within": within, "all": count_units(Wanted(on=form.day))}
    if chips:
        return render_template("units/list.html", **page, **_one_page(wanted))
    return render_template("units/index.html", **page, groups=_groups(form.day), nodes=root_nodes(form.day))


@blueprint.get("/units/choices")
@requires(Permission.UNIT_VIEW)
def choices() -> Response:
    """Units in force today to pick from: [{"value", "label", "note"}] for ?q=."""
    found = search_units(request.args.get("q", "")[:100], clock.today())
    return jsonify([{"value": str(unit.id), "label": unit.name, "note": _note(unit)} for unit in found])


@blueprint.get("/units/<uuid:unit_id>")
@requires(Permission.UNIT_VIEW)
def show(unit_id: UUID) -> str:
    unit, today = find_unit(unit_id), clock.today()
    posts = posts_of(unit.id)
    on = unit.valid_to if unit.valid_to and ended(unit, today) else today
    return render_template(
        "units/show.html",
        unit=unit,
        line=line_of(unit.id),
        coordinators=coordinators_of(unit.id),
        stands=in_force(unit, today),
        gone=ended(unit, today),
        owner=_owner(unit),
        posts=posts,
        holders=holders_of([post.id for post in posts], today),
        nodes=nodes_below(unit.id, on),
        day=on,
        predecessors=predecessors_of(unit.id),
        successors=successors_of(unit.id),
        entries=timeline([("unit", unit.id)], limit=8),
        figures=_figures(unit),
    )


@blueprint.get("/units/without-owner")
@requires(Permission.TASK_REASSIGN)
def without_owner() -> str:
    return render_template("units/without_owner.html", units=ended_without_owner(clock.today()))


def _groups(on: date) -> list[tuple[str, int, str]]:
    """Each group in words, how many units in force it has, and the address of these."""
    counts = counts_by_group(on).items()
    return [
        (name or _("Không thuộc khối nào"), n, url_for("units.index", group=name or NO_GROUP, on=day(on)))
        for name, n in counts
    ]


def _chips(form: UnitFilter, wanted: Wanted, within: Unit | None) -> list[tuple[str, str]]:
    """The conditions that turn the tree into a list, each with the address of the page without it."""
    chips = [(_("Có chữ “%(text)s”", text=wanted.text), here(q=None))] if wanted.text else []
    if wanted.kind:
        chips.append((label(wanted.kind), here(kind=None)))
    if wanted.group is not None:
        chips.append((wanted.group or _("Không thuộc khối nào"), here(group=None)))
    if within:
        chips.append((_("Thuộc %(unit)s", unit=within.name), here(within=None)))
    return chips


def _one_page(wanted: Wanted) -> dict[str, Any]:
    after, before = request.args.get("after", type=UUID), request.args.get("before", type=UUID)
    units = list_units(wanted, after=after, before=before, most=PAGE)
    return {
        "units": units,
        "matching": count_units(wanted),
        "previous_url": here(before=units[0].id) if units and is_more(wanted, ahead=units[0]) else None,
        "next_url": here(after=units[-1].id) if units and is_more(wanted, behind=units[-1]) else None,
    }


def _note(unit: Unit) -> str:
    return " · ".join([label(unit.kind), *([unit.parent.name] if unit.parent else [])])


def _figures(unit: Unit) -> list[tuple[str, int, str, str | None]]:
    """(words, count, address of exactly these rows, tone) of what this person may see of the unit."""
    shown = figures_of_unit(current_user, unit.id, clock.today())
    found: list[tuple[str, int, str, str | None]] = []
    if may(current_user, Permission.INSPECTION_VIEW, unit):
        found.append((_("Cuộc kiểm tra"), shown.inspections, url_for("inspections.index", unit=unit.id), None))
    if may(current_user, Permission.FINDING_VIEW, unit):
        found.append((_("Tồn tại, hạn chế"), shown.findings, url_for("findings.index", unit=unit.id), None))
    if may(current_user, Permission.TASK_VIEW, unit):
        tasks = {view: url_for("tasks.index", unit=unit.id, view=view) for view in ("open", "overdue")}
        found.append((_("Nhiệm vụ đang mở"), shown.open, tasks["open"], None))
        found.append((_("Nhiệm vụ quá hạn"), shown.overdue, tasks["overdue"], "bad"))
    return found


def _owner(unit: Unit) -> Unit | None:
    owner_id = owner_ids([unit.id], clock.today())[unit.id]
    return find_unit(owner_id) if owner_id else None


from inspect_app.units import views_imports  # noqa: E402, F401 - it hangs on the blueprint
from inspect_app.units.views_tree import nodes_below, root_nodes  # noqa: E402 - it hangs on the blueprint
