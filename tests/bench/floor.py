"""The floor: the same fifty rows in the same table, by bare views, raw SQL and the driver's own connection.

No sign-in, no scope, no filters, no count, no frame around the table: what is left is what nobody can save.
"""

import sqlite3
from collections import namedtuple
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

import psycopg
from flask import Blueprint, current_app, render_template
from sqlalchemy import make_url

from inspect_app import clock
from inspect_app.access import public
from inspect_app.tasks.lateness import Lateness
from inspect_app.tasks.rules import State

blueprint = Blueprint("floor", __name__, url_prefix="/floor")
OVERDUE = """
    SELECT task.id, task.year, task.number, task.what, task.deliverable, task.state, task.unit_id, task.original_due_on,
           task.due_on, task.percent, task.returned_count, task.extended_count,
           unit.name AS unit_name, post.title AS post_title
    FROM task JOIN unit ON unit.id = task.unit_id JOIN post ON post.id = task.post_id
    WHERE task.state IN ('assigned','acknowledged','in_progress','returned') AND task.due_on < {today}
    ORDER BY task.due_on, task.id LIMIT 50
"""
Row = namedtuple(
    "Row",
    "id year number what deliverable state unit_id original_due_on due_on percent returned_count extended_count"
    " unit_name post_title",
)


@blueprint.get("/overdue")
@public
def overdue() -> str:
    today = clock.today()
    rows = _fetch(today)
    late = {row.id: _late((today - row.due_on).days) for row in rows}
    return render_template("tasks/_rows.html", rows=rows, late=late, owners={}, sort="due")


@blueprint.get("/nothing")
@public
def nothing() -> str:
    return "nothing"


def _late(days: int) -> Lateness:
    return Lateness(days, days, 0, f"Quá hạn {days} ngày làm việc", "bad", overdue=True, soon=False)


def _fetch(today: date) -> list[Row]:
    url = make_url(current_app.config["SQLALCHEMY_DATABASE_URI"])
    if url.get_backend_name() == "sqlite":
        found = _sqlite(url.database).execute(OVERDUE.format(today="?"), (today.isoformat(),)).fetchall()
        return [_typed(row) for row in found]
    named = url.set(drivername="postgresql").render_as_string(hide_password=False)
    found = _postgresql(named).execute(OVERDUE.format(today="%s"), (today,), prepare=True).fetchall()
    return [Row(*row[:5], State(row[5]), *row[6:]) for row in found]


def _typed(row: tuple[Any, ...]) -> Row:
    """SQLite knows no ids, dates or states: what the driver gives becomes what the template needs."""
    due, original = date.fromisoformat(row[8]), date.fromisoformat(row[7])
    return Row(UUID(row[0]), *row[1:5], State(row[5]), row[6], original, due, *row[9:])


@cache
def _sqlite(path: str) -> sqlite3.Connection:
    return sqlite3.connect(path)


@cache
def _postgresql(url: str) -> psycopg.Connection[Any]:
    return psycopg.connect(url, autocommit=True)
