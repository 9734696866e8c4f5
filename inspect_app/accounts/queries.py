"""Finding people, and what each may reach."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    func,
    or_,
    select,
)
from sqlalchemy.orm import joinedload

from inspect_app.accounts.models import Person, RoleGrant, SignIn
from inspect_app.accounts.rules import SESSION_ABSOLUTE
from inspect_app.db import db
from inspect_app.permissions import Actor, Role
from inspect_app.refusals import NotVisible
from inspect_app.units.models import Post, Tenure, Unit, UnitReach
from inspect_app.units.queries import above, head_units, held_on, reach_of
from inspect_app.units.rules import TenureKind, fold


@dataclass(frozen=True, slots=True)
class WantedPeople:
    """What the list of people is narrowed to. `active` None takes those switched off as well."""

    text: str = ""
    role: Role | None = None
    unit_id: UUID | None = None
    active: bool | None = True


# ── Who is signed in ──


def actor(person: Person, *, on: date, teams: Mapping[UUID, str], sign_in_id: UUID | None = None) -> Actor:
    """The person as somebody who acts, with what they hold on this day."""
    grants = db.session.execute(
        select(RoleGrant.role, RoleGrant.unit_id).where(RoleGrant.person_id == person.id, granted_on(on))
    )
    return Actor(
        id=person.id,
        name=person.name,
        email=person.email,
        language=person.language,
        grants=frozenset(grants),
        head_of=head_units(person.id, on),
        teams=teams,
        above=above,
        unit_id=person.unit_id,
        sign_in_id=sign_in_id,
    )


def granted_on(on: Any) -> ColumnElement[bool]:
    """The condition that a grant is in force on this day, which may be a part of a SELECT."""
    return (RoleGrant.starts_on <= on) & (or_(RoleGrant.ends_on.is_(None), RoleGrant.ends_on >= on))


def open_sign_ins(person_id: UUID, at: datetime) -> list[SignIn]:
    """A person's sessions that have not been ended and may still be in use, the latest first."""
    return list(
        db.session.scalars(
            select(SignIn)
            .where(SignIn.person_id == person_id, SignIn.ended_at.is_(None), SignIn.started_at > at - SESSION_ABSOLUTE)
            .order_by(SignIn.started_at.desc(), SignIn.id)
        )
    )


def find_own_session(person_id: UUID, sign_in_id: UUID) -> SignIn:
    """One of a person's own sessions. Raises NotVisible."""
    session = db.session.get(SignIn, sign_in_id)
    if session is None or session.person_id != person_id:
        raise NotVisible
    return session


# ── One person ──


def person_by_email(email: str) -> Person | None:
    """Whoever signs in with this address (in lower case)."""
    return db.session.scalar(select(Person).where(Person.email == email))


def name_of_person(person_id: UUID) -> str | None:
    return db.session.scalar(select(Person.name).where(Person.id == person_id))


def find_own(person_id: UUID) -> Person:
    """The signed-in person's own account."""
    return db.session.get_one(Person, person_id)


def find_managed(admin: Actor, person_id: UUID) -> Person:
    """A person within an administrator's reach. Raises NotVisible."""
    person = db.session.scalar(select(Person).where(Person.id == person_id, managed_by(admin)))
    if person is None:
        raise NotVisible
    return person


def managed_by(admin: Actor) -> ColumnElement[bool]:
    """The condition that an administrator looks after a person: one of their units, or of none."""
    return or_(Person.unit_id.is_(None), Person.unit_id.in_(reach_of(admin.units_of(Role.ADMIN))))


def grants_of(person_id: UUID) -> list[RoleGrant]:
    """Every role that a person holds or held, with its unit: those without an end first, then the latest."""
    return list(
        db.session.scalars(
            select(RoleGrant)
            .where(RoleGrant.person_id == person_id)
            .options(joinedload(RoleGrant.unit))
            .order_by(RoleGrant.ends_on.is_not(None), RoleGrant.starts_on.desc(), RoleGrant.id)
        )
    )


def find_grant(person_id: UUID, grant_id: UUID) -> RoleGrant:
    """Raises NotVisible."""
    grant = db.session.scalar(
        select(RoleGrant)
        .where(RoleGrant.id == grant_id, RoleGrant.person_id == person_id)
        .options(joinedload(RoleGrant.unit))
    )
    if grant is None:
        raise NotVisible
    return grant


def tenures_of_person(person_id: UUID) -> list[Tenure]:
    """The posts that a person holds or held, with post and unit, the latest first."""
    return list(
        db.session.scalars(
            select(Tenure)
            .where(Tenure.person_id == person_id)
            .options(joinedload(Tenure.post).joinedload(Post.unit))
            .order_by(Tenure.starts_on.desc(), Tenure.id)
        )
    )


def others_with_role(role: Role, except_grant: UUID, on: date) -> int:
    """How many active people hold a role from today on, this one grant left out."""
    return db.session.scalar(
        select(func.count())
        .select_from(RoleGrant)
        .join(Person, Person.id == RoleGrant.person_id)
        .where(RoleGrant.role == role, RoleGrant.id != except_grant, Person.active)
        .where(RoleGrant.starts_on <= on, RoleGrant.ends_on.is_(None))
    )


def administrators_beside(person_id: UUID, on: date) -> int:
    """How many other active people hold ADMIN without an end."""
    return db.session.scalar(
        select(func.count())
        .select_from(RoleGrant)
        .join(Person, Person.id == RoleGrant.person_id)
        .where(RoleGrant.role == Role.ADMIN, RoleGrant.person_id != person_id, Person.active)
        .where(RoleGrant.starts_on <= on, RoleGrant.ends_on.is_(None))
    )


def find_active(person_id: UUID | None) -> Person | None:
    """An account in use with this id, if there is one."""
    person = db.session.get(Person, person_id) if person_id else None
    return person if person is not None and person.active else None


# ── Many people ──


def visible_people(query: str | None = None) -> Select[Person]:
    """Active people by name, those whose name or address holds every word of `query`, whatever its marks."""
    return select(Person).where(Person.active, _holds_words(query or "")).order_by(Person.search, Person.id)


def people_with_role(role: Role, unit_id: UUID, on: date) -> list[Person]:
    """Active people whose grant of the role reaches this unit on this day, by name.

    HEAD is never granted: for it, those who hold the head's post of the unit itself, in full or acting.
    """
    if role == Role.HEAD:
        held = select(Tenure.person_id).join(Post, Post.id == Tenure.post_id)
        chosen = held.where(Post.unit_id == unit_id, Post.is_head, held_on(on), Tenure.kind != TenureKind.DEPUTY)
    else:
        chosen = (
            select(RoleGrant.person_id)
            .join(UnitReach, UnitReach.above_id == RoleGrant.unit_id)
            .where(RoleGrant.role == role, UnitReach.unit_id == unit_id, granted_on(on))
        )
    return list(db.session.scalars(visible_people().where(Person.id.in_(chosen))))


def choices(text: str, role: Role | None, on: date, limit: int = 20) -> list[tuple[Person, str]]:
    """Active people to pick from, each with the name of their unit; only those with a role when one is given."""
    wanted = visible_people(text).add_columns(func.coalesce(Unit.name, "")).outerjoin(Unit, Unit.id == Person.unit_id)
    if role is not None:
        wanted = wanted.where(Person.id.in_(select(RoleGrant.person_id).where(RoleGrant.role == role, granted_on(on))))
    return [(person, unit) for person, unit in db.session.execute(wanted.limit(limit))]


def list_people(
    admin: Actor, wanted: WantedPeople, *, on: date, after: UUID | None, limit: int
) -> list[tuple[Person, str]]:
    """One page of an administrator's people by name, each with the name of their unit, from behind `after` on."""
    page = _narrowed(
        select(Person, func.coalesce(Unit.name, "")).outerjoin(Unit, Unit.id == Person.unit_id), admin, wanted, on
    )
    mark = db.session.execute(select(Person.search, Person.id).where(Person.id == after)).one_or_none()
    if mark:
        page = page.where(or_(Person.search > mark[0], and_(Person.search == mark[0], Person.id > mark[1])))
    return [(person, unit) for person, unit in db.session.execute(page.order_by(Person.search, Person.id).limit(limit))]


def count_people(admin: Actor, wanted: WantedPeople, on: date) -> int:
    return db.session.scalar(_narrowed(select(func.count()).select_from(Person), admin, wanted, on))


def roles_of(people_ids: Iterable[UUID], on: date) -> dict[UUID, list[Role]]:
    """The roles that each person holds on this day, in the order of the roles; HEAD for heads of a unit."""
    ids = list(people_ids)
    held: dict[UUID, set[Role]] = {person_id: set() for person_id in ids}
    grants = select(RoleGrant.person_id, RoleGrant.role).where(RoleGrant.person_id.in_(ids), granted_on(on))
    for person_id, role in db.session.execute(grants):
        held[person_id].add(role)
    heads = select(Tenure.person_id).join(Post, Post.id == Tenure.post_id)
    heads = heads.where(Tenure.person_id.in_(ids), Post.is_head, held_on(on), Tenure.kind != TenureKind.DEPUTY)
    for person_id in db.session.scalars(heads):
        held[person_id].add(Role.HEAD)
    return {person_id: [role for role in Role if role in roles] for person_id, roles in held.items()}


def demo_people() -> list[Person]:
    """The people of the demonstration who stand at the door, in the order in which they were made."""
    return list(
        db.session.scalars(
            select(Person).where(Person.is_demo, Person.active, Person.demo_line.is_not(None)).order_by(Person.id)
        )
    )


def demo_heads(on: date) -> list[tuple[UUID, str]]:
    """The heads of units in the demonstration on this day, each with the name of the unit, by that name."""
    heads = (
        select(Person.id, Unit.name)
        .join(Tenure, Tenure.person_id == Person.id)
        .join(Post, Post.id == Tenure.post_id)
        .join(Unit, Unit.id == Post.unit_id)
        .where(Person.is_demo, Person.active, Post.is_head, held_on(on), Tenure.kind != TenureKind.DEPUTY)
        .order_by(Unit.search, Person.id)
    )
    return [(person_id, unit) for person_id, unit in db.session.execute(heads)]


def find_demo_person(person_id: UUID, on: date) -> Person:
    """Raises NotVisible for anybody who neither stands at the door of the demonstration nor heads a unit in it."""
    person = db.session.get(Person, person_id)
    if person is None or not (person.is_demo and person.active):
        raise NotVisible
    if not (person.demo_line or head_units(person.id, on)):
        raise NotVisible
    return person


# ── Posts and tenures ──


def find_post(post_id: UUID) -> Post:
    """A post with its unit. Raises NotVisible."""
    post = db.session.scalar(select(Post).where(Post.id == post_id).options(joinedload(Post.unit)))
    if post is None:
        raise NotVisible
    return post


def find_tenure(tenure_id: UUID) -> Tenure:
    """A tenure with its post, unit and person. Raises NotVisible."""
    tenure = db.session.scalar(
        select(Tenure)
        .where(Tenure.id == tenure_id)
        .options(joinedload(Tenure.person), joinedload(Tenure.post).joinedload(Post.unit))
    )
    if tenure is None:
        raise NotVisible
    return tenure


def tenures_by_post(post_ids: Iterable[UUID]) -> dict[UUID, list[Tenure]]:
    """Everybody who holds or held each post, with the person, the latest first."""
    ids = list(post_ids)
    found: dict[UUID, list[Tenure]] = {post_id: [] for post_id in ids}
    tenures = (
        select(Tenure)
        .where(Tenure.post_id.in_(ids))
        .options(joinedload(Tenure.person))
        .order_by(Tenure.starts_on.desc(), Tenure.id.desc())
    )
    for tenure in db.session.scalars(tenures):
        found[tenure.post_id].append(tenure)
    return found


# ── Parts ──


def _holds_words(text: str) -> ColumnElement[bool]:
    words = fold(text).split()
    held = [
        or_(Person.search.contains(word, autoescape=True), Person.email.contains(word, autoescape=True))
        for word in words
    ]
    return and_(Person.id.is_not(None), *held)


def _narrowed(statement: Select, admin: Actor, wanted: WantedPeople, on: date) -> Select:
    conditions = [managed_by(admin), _holds_words(wanted.text)]
    if wanted.active is not None:
        conditions.append(Person.active.is_(wanted.active))
    if wanted.unit_id is not None:
        conditions.append(Person.unit_id.in_(reach_of(frozenset({wanted.unit_id}))))
    if wanted.role == Role.HEAD:
        heads = select(Tenure.person_id).join(Post, Post.id == Tenure.post_id)
        conditions.append(Person.id.in_(heads.where(Post.is_head, held_on(on), Tenure.kind != TenureKind.DEPUTY)))
    elif wanted.role is not None:
        holders = select(RoleGrant.person_id).where(RoleGrant.role == wanted.role, granted_on(on))
        conditions.append(Person.id.in_(holders))
    return statement.where(*conditions)
