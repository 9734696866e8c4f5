"""A small city with one unit, an office, a team and a rubric of every kind; what the tests of visits begin with."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from inspect_app.accounts.models import Person
from inspect_app.audit.actions import SYSTEM_ACTOR
from inspect_app.inspections.models import Inspection
from inspect_app.inspections.rules import MemberRole
from inspect_app.permissions import Role
from inspect_app.rubrics.actions import import_rubric, publish_version
from inspect_app.rubrics.imports import shipped_text
from inspect_app.rubrics.models import RubricVersion
from inspect_app.units.models import Unit
from tests.makers import make_city, make_head, make_inspection, make_officer, make_unit, put_on_team

AT = datetime(2026, 9, 14, 3, 40, tzinfo=UTC)
MONDAY, TUESDAY = date(2026, 9, 21), date(2026, 9, 22)

EVERYTHING_RIGHT: dict[str, dict[str, Any]] = {
    "A.1.1": {"level": 0},
    "A.1.2": {"value": True},
    "A.1.3": {"numerator": 9, "denominator": 10},
    "A.2": {"events": 0},
    "A.3": {"rate_pct": "95"},
    "B.1": {"numerator": 10, "denominator": 10},
    "B.2": {"share_pct": "90"},
    "B.3": {"counts": [10, 0, 0, 0]},
    "B.4": {"rate_pct": "100"},
    "C.1": {"level": 0},
    "C.2.1": {"value": True},
    "C.2.2": {"numerator": 5, "denominator": 5},
}
"""An answer to every question of the rubric, none of which loses points."""


@dataclass
class World:
    """The people and things of a visit."""

    city: Unit
    unit: Unit
    rubric: RubricVersion
    office: Person
    authority: Person
    lead: Person
    member: Person
    head: Person
    focal: Person


def make_rubric(name: str = "mau_du_cach_cham") -> RubricVersion:
    """A published version of a shipped rubric."""
    version = import_rubric(shipped_text(name), by=SYSTEM_ACTOR, at=AT).version
    publish_version(version, by=SYSTEM_ACTOR, at=AT)
    return version


def make_world() -> World:
    city = make_city()
    unit = make_unit("UBND phường Thử Nghiệm", under=city)
    return World(
        city=city,
        unit=unit,
        rubric=make_rubric(),
        office=make_officer(Role.OFFICE, city, "Lê Văn Phòng"),
        authority=make_officer(Role.AUTHORITY, city, "Phạm Ký Tên"),
        lead=make_officer(Role.LEAD, city, "Trần Trưởng Đoàn"),
        member=make_officer(Role.MEMBER, city, "Bùi Thành Viên"),
        head=make_head(unit),
        focal=make_officer(Role.FOCAL_POINT, unit, "Đỗ Đầu Mối"),
    )


def make_visit(world: World, state: str = "in_progress", **fields: Any) -> Inspection:
    """An inspection of the world's unit with its rubric and team, in a state of the visit."""
    moments = {
        "scheduled": {},
        "notified": {"notified_at": AT},
        "in_progress": {"notified_at": AT, "started_at": AT},
        "suspended": {"notified_at": AT, "started_at": AT, "held_from": "in_progress"},
        "field_done": {"notified_at": AT, "started_at": AT, "field_done_at": AT},
    }
    values = {"rubric_version_id": world.rubric.id, **moments.get(state, {"notified_at": AT, "started_at": AT})}
    inspection = make_inspection(world.unit, world.city, state, **(values | fields))
    put_on_team(inspection, world.lead, MemberRole.LEAD)
    put_on_team(inspection, world.member, MemberRole.MEMBER)
    return inspection
