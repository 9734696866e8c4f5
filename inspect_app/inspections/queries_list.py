"""The list of inspections: filter, order, pages by keyset, and the same rows for the export."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import joinedload

from inspect_app.accounts.models import Person
from inspect_app.db import db
from inspect_app.inspections.models import Inspection, Member
from inspect_app.inspections.queries import visible
from inspect_app.inspections.rules import InspectionForm, MemberRole, State
from inspect_app.permissions import Actor
from inspect_app.units.models import Unit
from inspect_app.units.queries import reach_of
from inspect_app.units.rules import fold

UNDATED = date(1900, 1, 1)
"""Where an inspection without dates stands in the order: before all others, so last when the newest come first."""

ORDERS: dict[str, tuple[Any, ...]] = {
    "starts": (func.coalesce(Inspection.starts_on, UNDATED), Inspection.id),
    "unit": (Unit.search, Inspection.id),
    "number": (Inspection.year, Inspection.number, Inspection.id),
}
DEFAULT_ORDER = "-starts"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which inspections: words of the unit's name or code, a unit with all below it, state, form, year, words of a
    member's name, days."""

    text: str = ""
    unit_id: UUID | None = None
    state: State | None = None
    form: InspectionForm | None = None
    year: int | None = None
    member: str = ""
    mine: UUID | None = None
    first: date | None = None
    last: date | None = None


def list_inspections(
    actor: Actor,
    wanted: Wanted,
    *,
    order: str = DEFAULT_ORDER,
    after: UUID | None = None,
    before: UUID | None = None,
    most: int = 50,
) -> list[Inspection]:
    """One page in the order asked for, with the units: what follows `after`, or what ends before `before`."""
    keys, falling = _keys(order)
    backwards = before is not None
    page = _narrowed(select(Inspection).join(Unit, Unit.id == Inspection.unit_id), actor, wanted)
    place = _place_of(before or after, keys)
    if place is not None:
        page = page.where(_beyond(keys, place, smaller=falling != backwards))
    ordered = page.order_by(*(key.desc() if falling != backwards else key.asc() for key in keys))
    rows = list(db.session.scalars(ordered.options(joinedload(Inspection.unit)).limit(most)))
    return rows[::-1] if backwards else rows


def count_inspections(actor: Actor, wanted: Wanted) -> int:
    """How many there are, whatever the page."""
    return db.session.scalar(
        _narrowed(select(func.count()).select_from(Inspection).join(Unit, Unit.id == Inspection.unit_id), actor, wanted)
    )


def is_more(actor: Actor, wanted: Wanted, order: str, edge: Inspection, *, behind: bool) -> bool:
    """Whether something stands behind (or before) this row."""
    side = {"after": edge.id} if behind else {"before": edge.id}
    return bool(list_inspections(actor, wanted, order=order, most=1, **side))


def years_seen(actor: Actor) -> list[int]:
    """The years in which the person sees inspections, the latest first."""
    years = select(Inspection.year).where(visible(actor)).distinct().order_by(Inspection.year.desc())
    return list(db.session.scalars(years))


def leads_of(inspection_ids: Iterable[UUID]) -> dict[UUID, str]:
    """The names of the leaders, by inspection."""
    rows = db.session.execute(
        select(Member.inspection_id, Person.name)
        .join(Person, Person.id == Member.person_id)
        .where(Member.inspection_id.in_(list(inspection_ids)))
        .where(Member.role == MemberRole.LEAD, Member.left_at.is_(None))
        .order_by(Member.id)
    )
    return {inspection_id: name for inspection_id, name in rows}


def rows_for_export(actor: Actor, wanted: Wanted, order: str) -> Iterator[tuple[Inspection, str, str]]:
    """Every inspection of the list with its unit's name and its leader's, in the order of the page."""
    after = None
    while page := list_inspections(actor, wanted, order=order, after=after, most=500):
        leads = leads_of(inspection.id for inspection in page)
        for inspection in page:
            yield inspection, inspection.unit.name, leads.get(inspection.id, "")
        after = page[-1].id


def _narrowed(statement: Select[*tuple[Any, ...]], actor: Actor, wanted: Wanted) -> Select[*tuple[Any, ...]]:
    conditions = [visible(actor), *_unit_holds(wanted.text)]
    for column, value in (
        (Inspection.state, wanted.state),
        (Inspection.form, wanted.form),
        (Inspection.year, wanted.year),
    ):
        if value is not None:
            conditions.append(column == value)
    if wanted.unit_id is not None:
        conditions.append(Inspection.unit_id.in_(reach_of(frozenset({wanted.unit_id}))))
    if wanted.member:
        conditions.append(Inspection.id.in_(_with_member(wanted.member)))
    if wanted.mine:
        on_team = select(Member.inspection_id).where(Member.person_id == wanted.mine, Member.left_at.is_(None))
        conditions.append(Inspection.id.in_(on_team))
    if wanted.first:
        conditions.append(Inspection.ends_on >= wanted.first)
    if wanted.last:
        conditions.append(Inspection.starts_on <= wanted.last)
    return statement.where(*conditions)


def _unit_holds(text: str) -> list[ColumnElement[bool]]:
    return [
        or_(Unit.search.contains(word, autoescape=True), func.lower(Unit.code).contains(word, autoescape=True))
        for word in fold(text).split()
    ]


def _with_member(name: str) -> Select[*tuple[Any, ...]]:
    holds = [Person.search.contains(word, autoescape=True) for word in fold(name).split()]
    people = select(Member.inspection_id).join(Person, Person.id == Member.person_id)
    return people.where(Member.left_at.is_(None), *holds)


def _keys(order: str) -> tuple[tuple[Any, ...], bool]:
    name = order.removeprefix("-")
    return ORDERS.get(name, ORDERS["starts"]), order.startswith("-") or name not in ORDERS


def _place_of(inspection_id: UUID | None, keys: tuple[Any, ...]) -> tuple[Any, ...] | None:
    if inspection_id is None:
        return None
    found = db.session.execute(
        select(*keys).join(Unit, Unit.id == Inspection.unit_id).where(Inspection.id == inspection_id)
    ).one_or_none()
    return tuple(found) if found else None


def _beyond(keys: tuple[Any, ...], place: tuple[Any, ...], *, smaller: bool) -> ColumnElement[bool]:
    if len(keys) == 3:
        head, inner = keys[0], _beyond(keys[1:], place[1:], smaller=smaller)
    else:
        head, inner = keys[0], keys[1] < place[1] if smaller else keys[1] > place[1]
    ahead = head < place[0] if smaller else head > place[0]
    return or_(ahead, and_(head == place[0], inner))
