"""Hà Nội's shipped units and changes as the plan's rules want them."""

from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import insert

import inspect_app.units
from inspect_app.db import db, new_id
from inspect_app.plans.rules import PlanFacts, UnitFacts, group_targets
from inspect_app.units.cells import csv_rows
from inspect_app.units.models import Unit, UnitChange
from inspect_app.units.reading import read_changes, read_units
from inspect_app.units.rules import Change, Successions, reach_above, search_text

CATALOGUE = Path(inspect_app.units.__path__[0]) / "catalogue"
DEPARTMENTS, DISTRICTS, COMMUNES = "Sở, ban, ngành", "UBND quận, huyện, thị xã", "UBND xã, phường"


@cache
def hanoi_units() -> tuple[UnitFacts, ...]:
    known: dict[str, str | None] = {}
    units: list[UnitFacts] = []
    for name in ("hanoi-before-2025", "hanoi-since-2025", "hanoi-vertical-agencies"):
        rows, problems = read_units(csv_rows((CATALOGUE / f"{name}.csv").read_bytes()), known=known)
        assert problems == []
        known |= {row.code: row.parent_code for row in rows}
        units += [
            UnitFacts(row.code, row.kind, row.group, row.parent_code, row.coordinated_by, row.valid_from, row.valid_to)
            for row in rows
        ]
    return tuple(units)


@cache
def hanoi_changes() -> Successions[str]:
    rows, problems = read_changes(csv_rows((CATALOGUE / "hanoi-changes-2025.csv").read_bytes()))
    assert problems == []
    return Successions(Change(row.day, row.from_code, row.to_code, row.main_successor, row.kind) for row in rows)


def plan_of(year: int) -> PlanFacts:
    """The city's own plan: 30% of all and of each group."""
    return PlanFacts("HN", year, Decimal(30), group_targets([DEPARTMENTS, DISTRICTS, COMMUNES]))


@cache
def _rows() -> tuple[dict[str, list[dict[str, Any]]], UUID]:
    """The rows of the tables of units, made once: what an import of the shipped files leaves behind."""
    ids: dict[str, UUID] = {}
    known: dict[str, str | None] = {}
    units: list[dict[str, Any]] = []
    links: dict[str, str] = {}
    for name in ("hanoi-before-2025", "hanoi-since-2025", "hanoi-vertical-agencies"):
        rows, _problems = read_units(csv_rows((CATALOGUE / f"{name}.csv").read_bytes()), known=known)
        known |= {row.code: row.parent_code for row in rows}
        for row in rows:
            ids.setdefault(row.code, new_id())
            if row.coordinated_by:
                links[row.code] = row.coordinated_by
        units += [
            {
                "id": ids[row.code],
                "code": row.code,
                "name": row.name,
                "search": search_text(row.name, row.code),
                "kind": row.kind,
                "group_name": row.group,
                "parent_id": ids.get(row.parent_code or ""),
                "valid_from": row.valid_from,
                "valid_to": row.valid_to,
                "source": "",
            }
            for row in rows
        ]
    changes, _problems = read_changes(csv_rows((CATALOGUE / "hanoi-changes-2025.csv").read_bytes()))
    above = {code: reach_above(code, known, {unit: [by] for unit, by in links.items()}) for code in ids}
    return {
        "unit": list({unit["code"]: unit for unit in units}.values()),
        "unit_link": [
            {"id": new_id(), "unit_id": ids[unit], "coordinated_by_id": ids[by]} for unit, by in links.items()
        ],
        "unit_reach": [
            {"id": new_id(), "above_id": ids[top], "unit_id": ids[code], "depth": depth, "linked": linked}
            for code, reached in above.items()
            for top, (depth, linked) in reached.items()
        ],
        "unit_change": [
            {
                "id": new_id(),
                "on_day": row.day,
                "from_unit_id": ids[row.from_code],
                "to_unit_id": ids[row.to_code] if row.to_code else None,
                "main_successor": row.main_successor,
                "kind": row.kind,
                **{name: "" for name in ("source",) if name in UnitChange.__table__.columns},
            }
            for row in changes
        ],
    }, ids["HN"]


def put_hanoi() -> Unit:
    """Puts the shipped units of Hà Nội into the database in a few statements, and gives the city."""
    tables, city_id = _rows()
    for name, rows in tables.items():
        db.session.execute(insert(db.metadata.tables[name]), rows)
    db.session.commit()
    return db.session.get_one(Unit, city_id)
