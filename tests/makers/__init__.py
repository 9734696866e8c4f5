"""Makers: plain functions that put one thing into the database, with sensible values for what a test does not name."""

from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from inspect_app.accounts.models import Person, RoleGrant
from inspect_app.db import db
from inspect_app.findings.models import Finding
from inspect_app.findings.rules import State as FindingState
from inspect_app.inspections.models import Inspection, Member
from inspect_app.inspections.rules import FROZEN, MemberRole
from inspect_app.inspections.rules import State as InspectionState
from inspect_app.permissions import Actor, Role
from inspect_app.tasks.models import Task
from inspect_app.tasks.rules import State as TaskState
from inspect_app.units.models import Post, Tenure, Unit, UnitReach
from inspect_app.units.rules import UnitKind, fold

AT = datetime(2026, 9, 14, 3, 40, tzinfo=UTC)
LONG_AGO = date(2020, 1, 1)
_number = count(1)


def add(thing: Any) -> Any:
    db.session.add(thing)
    db.session.commit()
    return thing


def make_unit(name: str = "UBND phường Thử", *, under: Unit | None = None, **fields: Any) -> Unit:
    """A commune in force unless told otherwise; reachable from everything above it."""
    values: dict[str, Any] = {
        "code": f"U{next(_number):05d}",
        "name": name,
        "search": fold(name),
        "kind": UnitKind.PHUONG,
        "group": "UBND xã, phường",
        "valid_from": LONG_AGO,
        "parent_id": under.id if under else None,
    }
    unit = add(Unit(**values | fields))
    add(UnitReach(above_id=unit.id, unit_id=unit.id, depth=0))
    if under:
        for above_id, depth in db.session.query(UnitReach.above_id, UnitReach.depth).filter_by(unit_id=under.id).all():
            add(UnitReach(above_id=above_id, unit_id=unit.id, depth=depth + 1))
    return unit


def make_city(name: str = "Thành phố Thử") -> Unit:
    return make_unit(name, kind=UnitKind.TINH, group=None)


def make_person(name: str = "Nguyễn Thử", **fields: Any) -> Person:
    number = next(_number)
    values = {"email": f"nguoi{number}@thu.example", "name": name, "search": fold(name), "created_at": AT}
    return add(Person(**values | fields))


def grant(person: Person, role: Role, unit: Unit, **fields: Any) -> RoleGrant:
    return add(RoleGrant(person_id=person.id, role=role, unit_id=unit.id, starts_on=LONG_AGO, **fields))


def make_officer(role: Role, unit: Unit, name: str = "Nguyễn Thử", **fields: Any) -> Person:
    """A person with one role for a unit and everything below."""
    person = make_person(name, **fields)
    grant(person, role, unit)
    return person


def make_post(unit: Unit, title: str = "Chủ tịch UBND phường", *, is_head: bool = True) -> Post:
    return add(Post(unit_id=unit.id, title=title, is_head=is_head))


def make_head(unit: Unit, name: str = "Trần Thủ Trưởng", *, since: date = LONG_AGO, **fields: Any) -> Person:
    """A person who holds the head's post of the unit (made if there is none)."""
    post = db.session.query(Post).filter_by(unit_id=unit.id, is_head=True).first() or make_post(unit)
    person = make_person(name, unit_id=unit.id)
    add(Tenure(post_id=post.id, person_id=person.id, starts_on=since, recorded_at=AT, **fields))
    return person


def actor_of(person: Person, on: date = date(2026, 9, 14)) -> Actor:
    """The person as somebody who acts, as the shell would load them."""
    from inspect_app.accounts.queries import actor
    from inspect_app.inspections.queries import teams_of

    return actor(person, on=on, teams=teams_of(person.id))


def make_inspection(unit: Unit, inspector: Unit, state: str = "planned", **fields: Any) -> Inspection:
    """An inspection in a state, with the moments that the state demands."""
    values: dict[str, Any] = {
        "number": next(_number),
        "year": 2026,
        "unit": unit,
        "inspector": inspector,
        "state": InspectionState(state),
        "reasons": [],
        "starts_on": date(2026, 9, 14),
        "ends_on": date(2026, 9, 15),
    }
    if InspectionState(state) in FROZEN:
        values |= {"minutes_signed_at": AT, "minutes_signed_on": AT.date(), "field_done_at": AT}
    if state in {"concluded", "follow_up", "closed"}:
        values["concluded_at"] = AT
    if state == "cancelled":
        values["cancelled_at"] = AT
    return add(Inspection(**values | fields))


def put_on_team(inspection: Inspection, person: Person, role: str = "lead") -> Member:
    return add(Member(inspection_id=inspection.id, person=person, role=MemberRole(role), joined_at=AT))


def make_finding(inspection: Inspection, state: str = "raised", **fields: Any) -> Finding:
    values: dict[str, Any] = {
        "number": next(_number),
        "inspection": inspection,
        "unit_id": inspection.unit_id,
        "criterion_code": "1.1",
        "criterion_name": "Ban hành kế hoạch CCHC năm",
        "state": FindingState(state),
        "fact": "Chưa ban hành kế hoạch",
        "raised_at": AT,
        "closed_at": AT if state == "closed" else None,
    }
    return add(Finding(**values | fields))


def make_task(unit: Unit, state: str = "assigned", *, due_on: date = date(2026, 9, 30), **fields: Any) -> Task:
    """A task of the unit's head (the post is made if there is none)."""
    post = db.session.query(Post).filter_by(unit_id=unit.id, is_head=True).first() or make_post(unit)
    values: dict[str, Any] = {
        "year": 2026,
        "number": next(_number),
        "unit": unit,
        "post": post,
        "state": TaskState(state),
        "what": "Công khai đầy đủ thủ tục hành chính",
        "deliverable": "Ảnh niêm yết",
        "original_due_on": due_on,
        "due_on": due_on,
        "created_at": AT,
        "assigned_at": AT,
        "assigned_on": AT.date(),
    }
    if state in {"submitted", "verified", "closed"}:
        values |= {"submitted_at": AT, "submitted_on": AT.date(), "percent": 100}
    return add(Task(**values | fields))
