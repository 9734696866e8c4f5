"""The tree of units: opened branch by branch, groups of units between a unit and those below it."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from flask import render_template, request, url_for
from flask_babel import gettext as _

from inspect_app import clock
from inspect_app.access import requires
from inspect_app.display import day, number
from inspect_app.forms import read_day
from inspect_app.permissions import Permission
from inspect_app.units.forms import NO_GROUP
from inspect_app.units.models import Unit
from inspect_app.units.queries import child_groups, children_of, find_unit, parents_among, roots
from inspect_app.units.views import blueprint

Node = dict[str, Any]
MOST_OPEN_ROOTS = 3


@blueprint.get("/units/<uuid:unit_id>/branches")
@requires(Permission.UNIT_VIEW)
def branches(unit_id: UUID) -> str:
    """What stands below a unit on the day ?on=, or one ?group= of it: a part of a page, fetched when it is opened."""
    unit = find_unit(unit_id)
    on = read_day(request.args.get("on", "")) or clock.today()
    group = request.args.get("group")
    nodes = nodes_below(unit.id, on) if group is None else _unit_nodes(children_of(unit.id, on, group), on)
    return render_template("units/_branches.html", nodes=nodes)


def root_nodes(on: date) -> list[Node]:
    """The top of the tree; a few roots stand open, many are opened one by one."""
    found = roots(on)
    nodes = _unit_nodes(found, on)
    if len(found) > MOST_OPEN_ROOTS:
        return nodes
    for unit, node in zip(found, nodes, strict=True):
        if node["children_url"]:
            node |= {"open": True, "children": nodes_below(unit.id, on), "children_url": None}
    return nodes


def nodes_below(unit_id: UUID, on: date) -> list[Node]:
    """The groups of units below a unit; where there is one group only, its units."""
    groups = child_groups(unit_id, on)
    if len(groups) < 2:
        return _unit_nodes(children_of(unit_id, on), on)
    return [_group_node(unit_id, name, count, on) for name, count in groups.items()]


def _unit_nodes(units: Sequence[Unit], on: date) -> list[Node]:
    with_more = parents_among([unit.id for unit in units], on)
    return [
        {
            "words": unit.name,
            "url": url_for("units.show", unit_id=unit.id),
            "children_url": url_for("units.branches", unit_id=unit.id, on=day(on)) if unit.id in with_more else None,
        }
        for unit in units
    ]


def _group_node(unit_id: UUID, name: str, count: int, on: date) -> Node:
    return {
        "words": name or _("Không thuộc khối nào"),
        "note": number(count),
        "url": url_for("units.index", within=unit_id, group=name or NO_GROUP, on=day(on)),
        "children_url": url_for("units.branches", unit_id=unit_id, group=name, on=day(on)),
    }
