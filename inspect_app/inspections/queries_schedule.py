"""What stands in the way of a date or a team: bookings, own units, other checks of the same unit."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, false, or_, select, true

from inspect_app.accounts.models import Employment, Person, RoleGrant
from inspect_app.db import db
from inspect_app.inspections.models import Inspection, Member, Paper
from inspect_app.inspections.papers import PaperKind
from inspect_app.inspections.rules import BOOKS_PEOPLE, Affiliation, Booking, Check, State
from inspect_app.permissions import Role
from inspect_app.refusals import N_
from inspect_app.units.models import Post, Tenure, Unit, UnitChange, UnitReach
from inspect_app.units.queries import held_on

ELSEWHERE = N_("một đơn vị khác")
"""The unit of a booking that the person who schedules may not learn of."""


def locked_people(person_ids: Iterable[UUID]) -> dict[UUID, Person]:
    """These people, locked until the commit, so that two offices never book one person for the same day."""
    rows = db.session.scalars(
        select(Person).where(Person.id.in_(set(person_ids)), Person.active).order_by(Person.id).with_for_update()
    )
    return {person.id: person for person in rows}


def granted(person_ids: Iterable[UUID], roles: Iterable[Role], unit_id: UUID, on: date) -> set[UUID]:
    """Those of these people who hold one of the roles for the unit on this day."""
    reaching = select(UnitReach.above_id).where(UnitReach.unit_id == unit_id)
    return set(
        db.session.scalars(
            select(RoleGrant.person_id)
            .where(RoleGrant.person_id.in_(set(person_ids)), RoleGrant.role.in_(set(roles)))
            .where(RoleGrant.unit_id.in_(reaching), RoleGrant.starts_on <= on)
            .where(or_(RoleGrant.ends_on.is_(None), RoleGrant.ends_on >= on))
        )
    )


def bookings_of(
    person_ids: Iterable[UUID], first: date, last: date, *, besides: UUID, may_see: ColumnElement[bool] | None = None
) -> list[Booking]:
    """Days of these people that other inspections have taken and that touch the days asked for."""
    rows = db.session.execute(
        select(
            Member.person_id,
            Inspection.starts_on,
            Inspection.ends_on,
            Unit.name,
            true() if may_see is None else may_see,
        )
        .join(Inspection, Inspection.id == Member.inspection_id)
        .join(Unit, Unit.id == Inspection.unit_id)
        .where(Member.person_id.in_(set(person_ids)), Member.left_at.is_(None))
        .where(Inspection.id != besides, Inspection.state.in_(BOOKS_PEOPLE))
        .where(Inspection.starts_on <= last, Inspection.ends_on >= first)
        .order_by(Inspection.starts_on, Inspection.id)
    )
    return [
        Booking(str(person), starts, ends, unit if seen else ELSEWHERE) for person, starts, ends, unit, seen in rows
    ]


def affiliations_of(person_ids: Iterable[UUID]) -> list[Affiliation]:
    """Where these people work or worked: their unit today, their employments, and posts that they held."""
    people = set(person_ids)
    now = select(Person.id, Person.unit_id, false()).where(Person.id.in_(people), Person.unit_id.is_not(None))
    found = [Affiliation(str(person), str(unit)) for person, unit, _ in db.session.execute(now)]
    worked = select(Employment.person_id, Employment.unit_id, Employment.ends_on).where(
        Employment.person_id.in_(people)
    )
    held = (
        select(Tenure.person_id, Post.unit_id, Tenure.ends_on)
        .join(Post, Post.id == Tenure.post_id)
        .where(Tenure.person_id.in_(people))
    )
    for rows in (worked, held):
        found += [Affiliation(str(person), str(unit), ends) for person, unit, ends in db.session.execute(rows)]
    return found


def own_units(unit_id: UUID) -> frozenset[str]:
    """The unit, the units whose duties it took over, and everything below them: to work there is to be inspected."""
    family, fresh = {unit_id}, {unit_id}
    while fresh:
        before = select(UnitChange.from_unit_id).where(UnitChange.to_unit_id.in_(fresh))
        fresh = set(db.session.scalars(before)) - family
        family |= fresh
    below = select(UnitReach.unit_id).where(UnitReach.above_id.in_(family), UnitReach.linked.is_(False))
    return frozenset(str(each) for each in {*family, *db.session.scalars(below)})


def checks_of(unit_id: UUID, *, besides: UUID, may_see: ColumnElement[bool] | None = None) -> list[Check]:
    """Other inspections of this unit that were not cancelled."""
    rows = db.session.execute(
        select(Inspection.year, Inspection.number, Inspection.starts_on, Inspection.ends_on)
        .where(Inspection.unit_id == unit_id, Inspection.id != besides, Inspection.state != State.CANCELLED)
        .where(true() if may_see is None else may_see)
        .order_by(Inspection.starts_on, Inspection.id)
    )
    return [Check(f"{year}-KT-{number:03d}", starts, ends) for year, number, starts, ends in rows]


def paper_numbered(issuer_id: UUID, year: int, kind: PaperKind, number: str) -> Inspection | None:
    """The inspection whose paper already has this number."""
    return db.session.scalar(
        select(Inspection)
        .join(Paper, Paper.inspection_id == Inspection.id)
        .where(Paper.issuer_id == issuer_id, Paper.year == year, Paper.kind == kind, Paper.number == number)
    )


def head_ids(unit_id: UUID, on: date) -> list[UUID]:
    """Who heads the unit on this day, in full or acting."""
    return list(
        db.session.scalars(
            select(Tenure.person_id)
            .join(Post, Post.id == Tenure.post_id)
            .where(Post.unit_id == unit_id, Post.is_head, held_on(on), Tenure.kind != "deputy")
            .order_by(Tenure.starts_on.desc())
        )
    )


def focal_point_ids(unit_id: UUID, on: date) -> list[UUID]:
    """The unit's focal points on this day: those whose grant stands on the unit itself."""
    return list(
        db.session.scalars(
            select(RoleGrant.person_id)
            .where(RoleGrant.unit_id == unit_id, RoleGrant.role == Role.FOCAL_POINT, RoleGrant.starts_on <= on)
            .where(or_(RoleGrant.ends_on.is_(None), RoleGrant.ends_on >= on))
            .order_by(RoleGrant.id)
        )
    )


def member_ids(inspection_id: UUID) -> list[UUID]:
    """Who is on the team now."""
    on_team = select(Member.person_id).where(Member.inspection_id == inspection_id, Member.left_at.is_(None))
    return list(db.session.scalars(on_team.order_by(Member.id)))
