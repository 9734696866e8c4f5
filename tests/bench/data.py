"""A large database: the units of a whole city, their head posts, many tasks, and a plan with its visits."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select

from inspect_app.accounts.models import Person, RoleGrant, SignIn
from inspect_app.audit.actions import SYSTEM_ACTOR
from inspect_app.db import Model, db, new_id, transaction
from inspect_app.inspections.models import Inspection
from inspect_app.inspections.rules import State as InspectionState
from inspect_app.permissions import Role
from inspect_app.plans.actions import create_plan
from inspect_app.plans.models import Plan
from inspect_app.tasks.models import Review, Task, TaskStatePassed
from inspect_app.units.actions import load_shipped_units
from inspect_app.units.models import Post, Unit
from inspect_app.units.rules import UnitKind, fold

CHUNK = 20_000
OPEN_SHARE = 0.08
OVERDUE_SHARE = 0.4
RETURNED_SHARE = 0.05
"""Of the open tasks: handed in and returned once, so that their clock stood still for some days."""
DAYS = 900
YEARS = 10
STATE_DAYS = 400
"""States are kept for tasks due so many days ago or later: what the months of the committee look at."""
VISITS = 60
LONG_AGO = date(2020, 1, 1)


def fill(tasks: int, today: date) -> None:
    """Loads the real units of Hà Nội, a plan, and `tasks` tasks: 8% of them open, 40% of the open ones overdue."""
    found_city(today)
    add_tasks(1, tasks, today)
    with transaction():
        db.session.execute(db.text("ANALYZE"))


def found_city(today: date) -> None:
    """The units of Hà Nội and the plan of this year with its visits, a third of them done."""
    start = datetime(2024, 1, 1, tzinfo=UTC)
    with transaction():
        load_shipped_units(start, SYSTEM_ACTOR)
    city = _city()
    with transaction():
        plan = create_plan(city, today.year, by=SYSTEM_ACTOR, at=start)
        below = db.session.scalars(
            select(Unit.id).where(Unit.parent_id == city.id, Unit.valid_to.is_(None)).order_by(Unit.code).limit(VISITS)
        ).all()
        visits = [_visit(number, unit_id, plan, today) for number, unit_id in enumerate(below, 1)]
        db.session.execute(insert(Inspection), visits)


def add_tasks(first: int, last: int, today: date, *, open_share: float = OPEN_SHARE) -> None:
    """The tasks with these numbers, of all heads of units in turn by chance, with their states and returns."""
    posts = db.session.execute(
        select(Post.id, Post.unit_id).join(Unit).where(Post.is_head, Unit.valid_to.is_(None)).order_by(Post.id)
    ).all()
    chance = Random(first)
    rows = (_row(number, chance.choice(posts), chance, today, open_share) for number in range(first, last + 1))
    while chunk := list(islice(rows, CHUNK)):
        with transaction():
            _pour(Task, chunk)
            _pour(TaskStatePassed, [state for row in chunk for state in _states(row, today)])
            _pour(Review, [_returned(row) for row in chunk if row["returned_count"]])


def reader(role: Role, at: datetime) -> UUID:
    """Somebody with this role for the whole city, signed in; gives the id of their session."""
    person_id, sign_in_id = new_id(), new_id()
    name = f"Người đọc {role.value}"
    with transaction():
        db.session.add(
            Person(id=person_id, email=f"{role.value}@thu.example", name=name, search=fold(name), created_at=at)
        )
        db.session.flush()
        db.session.add(RoleGrant(person_id=person_id, role=role, unit_id=_city().id, starts_on=LONG_AGO))
        db.session.add(SignIn(id=sign_in_id, person_id=person_id, started_at=at))
    return sign_in_id


def plan_id() -> UUID:
    return db.session.scalars(select(Plan.id)).one()


def _city() -> Unit:
    return db.session.scalars(select(Unit).where(Unit.kind == UnitKind.TINH)).one()


def _visit(number: int, unit_id: UUID, plan: Plan, today: date) -> dict[str, Any]:
    done = number % 3 == 0
    on = date(today.year, 1 + number % 12, 5)
    at = datetime(today.year, 1 + number % 8, 6, 3, tzinfo=UTC) if done else None
    return {
        "number": number,
        "year": today.year,
        "unit_id": unit_id,
        "inspector_id": plan.unit_id,
        "plan_id": plan.id,
        "state": InspectionState.MINUTES_SIGNED if done else InspectionState.PLANNED,
        "reasons": [],
        "starts_on": on,
        "ends_on": on + timedelta(days=1),
        "quarter": (on.month + 2) // 3,
        "planned_at": datetime(today.year, 1, 1, tzinfo=UTC),
        "minutes_signed_at": at,
        "minutes_signed_on": at.date() if at else None,
    }


def _row(number: int, post: Any, chance: Random, today: date, open_share: float) -> dict[str, Any]:
    post_id, unit_id = post
    opened = chance.random() < open_share
    late = opened and chance.random() < OVERDUE_SHARE
    due = today + timedelta(days=-chance.randrange(1, 200) if late else chance.randrange(0, 90))
    if not opened:
        due = today - timedelta(days=chance.randrange(10, DAYS))
    assigned = datetime(due.year, due.month, due.day, 3, tzinfo=UTC) - timedelta(days=120)
    ended = None if opened else assigned + timedelta(days=chance.randrange(60, 129))
    return {
        "id": new_id(),
        "year": 2017 + number % YEARS,
        "number": number,
        "unit_id": unit_id,
        "post_id": post_id,
        "origin": "finding",
        "state": "in_progress" if opened else "closed",
        "version": 1,
        "what": f"Công khai đầy đủ thủ tục hành chính tại bộ phận một cửa, đợt {number}",
        "responsibility": "Trung tâm Phục vụ hành chính công",
        "authority": "Thủ trưởng đơn vị",
        "deliverable": "Ảnh niêm yết, đường dẫn trang công khai",
        "original_due_on": due,
        "due_on": due,
        "percent": 40 if opened else 100,
        "created_at": assigned,
        "assigned_at": assigned,
        "assigned_on": assigned.date(),
        "submitted_at": ended,
        "submitted_on": ended.date() if ended else None,
        "closed_at": ended,
        "acknowledged_auto": False,
        "returned_count": int(opened and chance.random() < RETURNED_SHARE),
        "extended_count": 0,
    }


def _states(row: dict[str, Any], today: date) -> Iterator[dict[str, Any]]:
    if row["due_on"] < today - timedelta(days=STATE_DAYS):
        return
    passed = [("assigned", row["assigned_at"]), ("closed", row["closed_at"])]
    for state, at in passed:
        if at is not None:
            yield {"id": new_id(), "task_id": row["id"], "state": state, "at": at, "due_on": row["due_on"]}


def _returned(row: dict[str, Any]) -> dict[str, Any]:
    handed_in = row["assigned_at"] + timedelta(days=20)
    return {
        "id": new_id(),
        "task_id": row["id"],
        "accepted": False,
        "reason": "Chưa có ảnh niêm yết",
        "submitted_on": handed_in.date(),
        "at": handed_in + timedelta(days=4),
    }


def _pour(model: type[Model], rows: list[dict[str, Any]]) -> None:
    """Many rows at once, as quickly as each database can: COPY on PostgreSQL."""
    if not rows:
        return
    if db.engine.dialect.name != "postgresql":
        db.session.execute(insert(model), rows)
        return
    names = list(rows[0])
    raw = db.session.connection().connection.driver_connection
    with raw.cursor().copy(f"COPY {model.__tablename__} ({', '.join(names)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row([row[name] for name in names])
