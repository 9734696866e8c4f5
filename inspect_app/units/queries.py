"""Finding units, posts and whoever holds them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, or_, select, true
from sqlalchemy.orm import joinedload

from inspect_app.db import db
from inspect_app.refusals import N_, NotVisible, Refused
from inspect_app.units.models import Post, Tenure, Unit, UnitChange, UnitLink, UnitReach
from inspect_app.units.rules import Change, Successions, TenureKind, UnitKind, ended, fold, owner_of, words_of


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list of units is narrowed to. `on` None takes every unit that ever was; `within` looks below one unit.

    `group` "" takes the units without a group.
    """

    on: date | None = None
    text: str = ""
    kind: UnitKind | None = None
    group: str | None = None
    within: UUID | None = None


# ── Units ──


def in_force(on: date) -> ColumnElement[bool]:
    """The condition that a unit exists on this day."""
    return (or_(Unit.valid_from.is_(None), Unit.valid_from <= on)) & (or_(Unit.valid_to.is_(None), Unit.valid_to >= on))


def find_unit(unit_id: UUID) -> Unit:
    """The unit with its parent. Raises NotVisible."""
    unit = db.session.scalar(select(Unit).where(Unit.id == unit_id).options(joinedload(Unit.parent)))
    if unit is None:
        raise NotVisible
    return unit


def unit_by_code(code: str) -> Unit:
    """The unit that carries this code. Raises Refused (404) with the code in words."""
    unit = db.session.scalar(select(Unit).where(Unit.code == code))
    if unit is None:
        raise Refused(N_("Không có đơn vị nào mang mã “%(code)s”."), status=404, code=code[:60])
    return unit


def search_units(
    text: str, on: date | None = None, within: Iterable[UUID] | None = None, limit: int = 20
) -> list[Unit]:
    """Units with every word of `text` in their name or code (marks, case and đ do not matter), by name, parents loaded.

    `on` leaves those in force that day; `within` leaves what these units reach, themselves included.
    """
    wanted = select(Unit).where(_holds_words(text)).options(joinedload(Unit.parent)).order_by(Unit.search, Unit.id)
    if on is not None:
        wanted = wanted.where(in_force(on))
    if within is not None:
        wanted = wanted.where(Unit.id.in_(reach_of(frozenset(within))))
    return list(db.session.scalars(wanted.limit(limit)))


def list_units(wanted: Wanted, *, after: UUID | None = None, before: UUID | None = None, most: int = 50) -> list[Unit]:
    """One page of the units wanted, by name, parents loaded: those behind `after`, or the last ones before `before`."""
    page = _narrowed(select(Unit).options(joinedload(Unit.parent)), wanted)
    place = (Unit.search, Unit.id)
    if before is not None and (mark := _place_of(before)):
        page = page.where(_precedes(mark)).order_by(*(column.desc() for column in place)).limit(most)
        return list(reversed(list(db.session.scalars(page))))
    if after is not None and (mark := _place_of(after)):
        page = page.where(_follows(mark))
    return list(db.session.scalars(page.order_by(*place).limit(most)))


def count_units(wanted: Wanted) -> int:
    """How many units are wanted."""
    return db.session.scalar(_narrowed(select(func.count()).select_from(Unit), wanted)) or 0


def is_more(wanted: Wanted, *, behind: Unit | None = None, ahead: Unit | None = None) -> bool:
    """True when a unit wanted stands behind, or ahead of, this one in the list."""
    beyond = _follows((behind.search, behind.id)) if behind else None
    if ahead:
        beyond = _precedes((ahead.search, ahead.id))
    if beyond is None:
        return False
    return db.session.scalar(_narrowed(select(Unit.id), wanted).where(beyond).limit(1)) is not None


def counts_by_kind(on: date) -> dict[UnitKind, int]:
    """How many units of each kind are in force on this day, in the order of the kinds."""
    rows = dict(db.session.execute(select(Unit.kind, func.count()).where(in_force(on)).group_by(Unit.kind)).all())
    return {kind: rows[kind] for kind in UnitKind if kind in rows}


def counts_by_group(on: date) -> dict[str, int]:
    """How many units of each group are in force on this day, the largest first; units without a group under ""."""
    rows = db.session.execute(
        select(Unit.group, func.count())
        .where(in_force(on))
        .group_by(Unit.group)
        .order_by(func.count().desc(), Unit.group)
    )
    return {group or "": count for group, count in rows}


def group_names() -> list[str]:
    """Every group that a unit was ever in, by name."""
    names = db.session.scalars(select(Unit.group).where(Unit.group.is_not(None)).distinct())
    return sorted((name for name in names if name), key=fold)


def roots(on: date) -> list[Unit]:
    """Units in force that stand under no other and are coordinated by none, by name."""
    linked = select(UnitLink.unit_id)
    return list(
        db.session.scalars(
            select(Unit)
            .where(Unit.parent_id.is_(None), Unit.id.not_in(linked), in_force(on))
            .order_by(Unit.search, Unit.id)
        )
    )


def children_of(unit_id: UUID, on: date, group: str | None = None) -> list[Unit]:
    """Units in force under this one and those it coordinates, by name; of one group when asked ("" is no group)."""
    linked = select(UnitLink.unit_id).where(UnitLink.coordinated_by_id == unit_id)
    wanted = select(Unit).where(or_(Unit.parent_id == unit_id, Unit.id.in_(linked)), in_force(on))
    if group is not None:
        wanted = wanted.where(Unit.group == group if group else Unit.group.is_(None))
    return list(db.session.scalars(wanted.order_by(Unit.search, Unit.id)))


def child_groups(unit_id: UUID, on: date) -> dict[str, int]:
    """How many units in force stand under this one (or are coordinated by it) in each group, by name of the group."""
    linked = select(UnitLink.unit_id).where(UnitLink.coordinated_by_id == unit_id)
    rows = db.session.execute(
        select(Unit.group, func.count())
        .where(or_(Unit.parent_id == unit_id, Unit.id.in_(linked)), in_force(on))
        .group_by(Unit.group)
        .order_by(Unit.group)
    )
    return {group or "": count for group, count in rows}


def parents_among(unit_ids: Sequence[UUID], on: date) -> frozenset[UUID]:
    """Those of the units under which others stand on this day."""
    below = select(Unit.parent_id).where(Unit.parent_id.in_(unit_ids), in_force(on))
    linked = (
        select(UnitLink.coordinated_by_id)
        .join(Unit, Unit.id == UnitLink.unit_id)
        .where(UnitLink.coordinated_by_id.in_(unit_ids), in_force(on))
    )
    return frozenset(db.session.scalars(below.union(linked)))


def coordinators_of(unit_id: UUID) -> list[Unit]:
    """The units that coordinate this one without being above it."""
    return list(
        db.session.scalars(
            select(Unit)
            .join(UnitLink, UnitLink.coordinated_by_id == Unit.id)
            .where(UnitLink.unit_id == unit_id)
            .order_by(Unit.search, Unit.id)
        )
    )


# ── Scope ──


def above(unit_id: UUID) -> frozenset[UUID]:
    """The unit itself and every unit that reaches it, as parent of a parent or as its coordinator."""
    return frozenset(db.session.scalars(select(UnitReach.above_id).where(UnitReach.unit_id == unit_id)))


def reach_of(unit_ids: frozenset[UUID]) -> Select[UUID]:
    """The ids of these units and everything below or coordinated by them, for use inside another SELECT."""
    return select(UnitReach.unit_id).where(UnitReach.above_id.in_(unit_ids))


def line_of(unit_id: UUID) -> list[Unit]:
    """The units above this one through its parents, the highest first."""
    return list(
        db.session.scalars(
            select(Unit)
            .join(UnitReach, UnitReach.above_id == Unit.id)
            .where(UnitReach.unit_id == unit_id, UnitReach.depth > 0, UnitReach.linked.is_(False))
            .order_by(UnitReach.depth.desc(), Unit.id)
        )
    )


def taken_over_by(heirs: Iterable[Select[UUID]], on: Any) -> Select[UUID]:
    """The ids of ended units for which these units answer on this day: their main successors, directly or in steps.

    Heirs and day may be parts of another SELECT.
    """
    step = (
        select(UnitChange.from_unit_id.label("unit_id"))
        .join(Unit, Unit.id == UnitChange.from_unit_id)
        .where(UnitChange.main_successor, UnitChange.on_day <= on, Unit.valid_to < on)
    )
    first = step.where(or_(*(UnitChange.to_unit_id.in_(some) for some in heirs))).cte("took_over", recursive=True)
    return select(first.union(step.join(first, first.c.unit_id == UnitChange.to_unit_id)).c.unit_id)


# ── Posts and tenures ──


def held_on(on: Any) -> ColumnElement[bool]:
    """The condition that a tenure runs on this day, which may be a part of a SELECT."""
    return (Tenure.starts_on <= on) & (or_(Tenure.ends_on.is_(None), Tenure.ends_on >= on))


def head_units(person_id: UUID, on: date) -> frozenset[UUID]:
    """The units whose head this person is on this day, in full or acting."""
    return frozenset(db.session.scalars(headed_by(person_id, on)))


def headed_by(person_id: Any, on: Any) -> Select[UUID]:
    """The ids of these units. Person and day may be parts of another SELECT."""
    held = select(Post.unit_id).join(Tenure, Tenure.post_id == Post.id)
    return held.where(Tenure.person_id == person_id, Post.is_head, held_on(on), Tenure.kind != TenureKind.DEPUTY)


def head_post(unit_id: UUID) -> Post:
    """The post of the unit's head. Raises Refused (409) when the unit has none."""
    post = db.session.scalar(select(Post).where(Post.unit_id == unit_id, Post.is_head).order_by(Post.id).limit(1))
    if post is None:
        raise Refused(N_("Đơn vị này chưa có vị trí thủ trưởng."))
    return post


def posts_of(unit_id: UUID) -> list[Post]:
    """The posts of a unit, the head's first."""
    return list(
        db.session.scalars(
            select(Post).where(Post.unit_id == unit_id).order_by(Post.is_head.desc(), Post.title, Post.id)
        )
    )


def holder_of(post_id: UUID, on: date) -> Tenure | None:
    """Who answers for the post on this day, with the person loaded; None when nobody does."""
    return holders_of([post_id], on).get(post_id)


def holders_of(post_ids: Iterable[UUID], on: date) -> dict[UUID, Tenure]:
    """Who answers for each post on this day: whoever holds it in full, else acting; a deputy never holds it."""
    tenures = db.session.scalars(
        select(Tenure)
        .where(Tenure.post_id.in_(list(post_ids)), held_on(on), Tenure.kind != TenureKind.DEPUTY)
        .options(joinedload(Tenure.person))
        .order_by(case((Tenure.kind == TenureKind.FULL, 1), else_=0), Tenure.starts_on, Tenure.id)
    )
    return {tenure.post_id: tenure for tenure in tenures}


# ── What became of units ──


def successions() -> Successions[UUID]:
    """Every change of units, ready to be asked forwards and backwards."""
    rows = db.session.execute(
        select(
            UnitChange.on_day,
            UnitChange.from_unit_id,
            UnitChange.to_unit_id,
            UnitChange.main_successor,
            UnitChange.kind,
        ).order_by(UnitChange.on_day, UnitChange.id)
    )
    return Successions(Change(*row) for row in rows)


def owner_ids(unit_ids: Iterable[UUID], on: date) -> dict[UUID, UUID | None]:
    """Who answers on this day for what each unit left: itself while it exists, else its main successor, else None."""
    asked = list(dict.fromkeys(unit_ids))
    units = _validity(asked)
    if not any(ended(unit, on) for unit in units.values()):
        return {unit_id: unit_id if unit_id in units else None for unit_id in asked}
    changes = successions()
    chains = {heir for unit_id in asked for heir in changes.main_chain(unit_id, on)}
    units |= _validity(chains - units.keys())
    return {unit_id: owner_of(unit_id, units, changes, on) for unit_id in asked}


def ended_without_owner(on: date) -> list[Unit]:
    """Units that ended before this day and for which nobody answers now, the latest end first."""
    gone = list(db.session.scalars(select(Unit).where(Unit.valid_to < on).order_by(Unit.valid_to.desc(), Unit.search)))
    owners = owner_ids([unit.id for unit in gone], on)
    return [unit for unit in gone if owners[unit.id] is None]


@dataclass(frozen=True, slots=True)
class Succession:
    """One change of a unit as its page shows it; `other` is None when the unit was dissolved without successor."""

    change: UnitChange
    other: Unit | None


def predecessors_of(unit_id: UUID) -> list[Succession]:
    """The changes by which this unit took something over, oldest first."""
    rows = db.session.execute(
        select(UnitChange, Unit)
        .join(Unit, Unit.id == UnitChange.from_unit_id)
        .where(UnitChange.to_unit_id == unit_id)
        .order_by(UnitChange.on_day, Unit.search, Unit.id)
    )
    return [Succession(change, other) for change, other in rows]


def successors_of(unit_id: UUID) -> list[Succession]:
    """The changes by which this unit passed on, oldest first, the main successor first."""
    rows = db.session.execute(
        select(UnitChange, Unit)
        .outerjoin(Unit, Unit.id == UnitChange.to_unit_id)
        .where(UnitChange.from_unit_id == unit_id)
        .order_by(UnitChange.on_day, UnitChange.main_successor.desc(), Unit.search, Unit.id)
    )
    return [Succession(change, other) for change, other in rows]


# ── Parts ──


@dataclass(frozen=True, slots=True)
class _Validity:
    valid_from: date | None
    valid_to: date | None


def _validity(unit_ids: Iterable[UUID]) -> dict[UUID, _Validity]:
    rows = db.session.execute(select(Unit.id, Unit.valid_from, Unit.valid_to).where(Unit.id.in_(list(unit_ids))))
    return {unit_id: _Validity(first, last) for unit_id, first, last in rows}


def _holds_words(text: str) -> ColumnElement[bool]:
    """Every word stands in the name or code, the last one at least with its beginning: it is still being typed."""
    words = words_of(text).split()
    padded = literal(" ") + Unit.search + literal(" ")
    wanted = [f" {word} " for word in words[:-1]] + [f" {word}" for word in words[-1:]]
    return and_(true(), *(padded.contains(part, autoescape=True) for part in wanted))


def _narrowed(statement: Select[*tuple[Any, ...]], wanted: Wanted) -> Select[*tuple[Any, ...]]:
    conditions = [_holds_words(wanted.text)]
    if wanted.on is not None:
        conditions.append(in_force(wanted.on))
    if wanted.kind is not None:
        conditions.append(Unit.kind == wanted.kind)
    if wanted.group is not None:
        conditions.append(Unit.group == wanted.group if wanted.group else Unit.group.is_(None))
    if wanted.within is not None:
        conditions.append(Unit.id.in_(reach_of(frozenset({wanted.within}))))
    return statement.where(*conditions)


def _place_of(unit_id: UUID) -> tuple[str, UUID] | None:
    return db.session.execute(select(Unit.search, Unit.id).where(Unit.id == unit_id)).one_or_none()


def _follows(place: tuple[str, UUID]) -> ColumnElement[bool]:
    return or_(Unit.search > place[0], and_(Unit.search == place[0], Unit.id > place[1]))


def _precedes(place: tuple[str, UUID]) -> ColumnElement[bool]:
    return or_(Unit.search < place[0], and_(Unit.search == place[0], Unit.id < place[1]))
