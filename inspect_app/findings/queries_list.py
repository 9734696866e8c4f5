"""The list of findings: filter, order, pages by keyset, and the same rows for the export."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from inspect_app.db import db
from inspect_app.findings.models import Finding
from inspect_app.findings.queries import visible
from inspect_app.findings.rules import OPEN, FindingState, Severity
from inspect_app.inspections.models import Inspection
from inspect_app.permissions import Actor
from inspect_app.units.models import Unit
from inspect_app.units.queries import reach_of
from inspect_app.units.rules import fold

GRAVITY = case({severity: place for place, severity in enumerate(Severity)}, value=Finding.severity)
ORDERS: dict[str, tuple[Any, ...]] = {
    "raised": (Finding.raised_at, Finding.id),
    "unit": (Unit.search, Finding.id),
    "severity": (GRAVITY, Finding.id),
    "criterion": (Finding.criterion_code, Finding.id),
}
DEFAULT_ORDER = "-raised"
STILL_OPEN = "open"
"""The choice of state that stands for all states in which something is still to be done."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which findings: words of the unit's name or of the fact, unit, state, severity, criterion, year, recurring."""

    text: str = ""
    unit_id: UUID | None = None
    state: FindingState | str | None = None
    severity: Severity | None = None
    criterion: str = ""
    year: int | None = None
    recurring: bool = False


def list_findings(
    actor: Actor,
    wanted: Wanted,
    *,
    order: str = DEFAULT_ORDER,
    after: UUID | None = None,
    before: UUID | None = None,
    most: int = 50,
) -> list[Finding]:
    """One page in the order asked for, with unit and inspection: what follows `after`, or ends before `before`."""
    keys, falling = _keys(order)
    backwards = before is not None
    page = _narrowed(select(Finding), actor, wanted)
    place = _place_of(before or after, keys)
    if place is not None:
        page = page.where(_beyond(keys, place, smaller=falling != backwards))
    ordered = page.order_by(*(key.desc() if falling != backwards else key.asc() for key in keys))
    loaded = ordered.options(joinedload(Finding.unit), joinedload(Finding.inspection))
    rows = list(db.session.scalars(loaded.limit(most)))
    return rows[::-1] if backwards else rows


def count_findings(actor: Actor, wanted: Wanted) -> int:
    """How many there are, whatever the page."""
    return db.session.scalar(_narrowed(select(func.count()).select_from(Finding), actor, wanted)) or 0


def is_more(actor: Actor, wanted: Wanted, order: str, edge: Finding, *, behind: bool) -> bool:
    """Whether something stands behind (or before) this row."""
    side = {"after": edge.id} if behind else {"before": edge.id}
    return bool(list_findings(actor, wanted, order=order, most=1, **side))


def every_finding(actor: Actor, wanted: Wanted, order: str) -> Iterator[Finding]:
    """Every finding of the list, in the order of the page."""
    after = None
    while page := list_findings(actor, wanted, order=order, after=after, most=500):
        yield from page
        after = page[-1].id


def years_seen(actor: Actor) -> list[int]:
    """The years in which the person sees findings, the latest first."""
    years = select(Inspection.year).join(Finding, Finding.inspection_id == Inspection.id).where(visible(actor))
    return list(db.session.scalars(years.distinct().order_by(Inspection.year.desc())))


def earlier_days(findings: Iterable[Finding]) -> dict[UUID, date]:
    """For each recurring finding the day of the minutes (or of raising) of the one that it repeats."""
    ids = [finding.recurrence_of_id for finding in findings if finding.recurrence_of_id]
    before = aliased(Finding)
    rows = db.session.execute(
        select(before.id, before.raised_at, Inspection.minutes_signed_on)
        .join(Inspection, Inspection.id == before.inspection_id)
        .where(before.id.in_(ids))
    )
    return {finding_id: signed or raised.date() for finding_id, raised, signed in rows}


def _narrowed(statement: Select[*tuple[Any, ...]], actor: Actor, wanted: Wanted) -> Select[*tuple[Any, ...]]:
    conditions = [visible(actor), *_holds(wanted.text)]
    for column, value in (
        (Finding.severity, wanted.severity),
        (Finding.criterion_code, wanted.criterion or None),
        (Inspection.year, wanted.year),
    ):
        if value is not None:
            conditions.append(column == value)
    if wanted.state == STILL_OPEN:
        conditions.append(Finding.state.in_(OPEN))
    elif wanted.state is not None:
        conditions.append(Finding.state == wanted.state)
    if wanted.recurring:
        conditions.append(Finding.recurrence_of_id.is_not(None))
    if wanted.unit_id is not None:
        conditions.append(Finding.unit_id.in_(reach_of(frozenset({wanted.unit_id}))))
    whole = statement.join(Unit, Unit.id == Finding.unit_id).join(Inspection, Inspection.id == Finding.inspection_id)
    return whole.where(*conditions)


def _holds(text: str) -> list[ColumnElement[bool]]:
    """Every word stands in the unit's name, or the whole text in the fact."""
    words = fold(text).split()
    if not words:
        return []
    in_unit = and_(*(Unit.search.contains(word, autoescape=True) for word in words))
    return [or_(in_unit, Finding.fact.icontains(text, autoescape=True))]


def _keys(order: str) -> tuple[tuple[Any, ...], bool]:
    name = order.removeprefix("-")
    return ORDERS.get(name, ORDERS["raised"]), order.startswith("-") or name not in ORDERS


def _place_of(finding_id: UUID | None, keys: tuple[Any, ...]) -> tuple[Any, ...] | None:
    if finding_id is None:
        return None
    found = db.session.execute(
        select(*keys).select_from(Finding).join(Unit, Unit.id == Finding.unit_id).where(Finding.id == finding_id)
    ).one_or_none()
    return tuple(found) if found else None


def _beyond(keys: tuple[Any, ...], place: tuple[Any, ...], *, smaller: bool) -> ColumnElement[bool]:
    (first, last), (one, two) = keys, place
    ahead, inner = (first < one, last < two) if smaller else (first > one, last > two)
    return or_(ahead, and_(first == one, inner))
