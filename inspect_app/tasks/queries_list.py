"""The list of tasks: filter, order, pages by keyset, exact counts, and the same rows for the export."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    and_,
    case,
    exists,
    false,
    func,
    literal,
    literal_column,
    select,
    true,
    tuple_,
)

from inspect_app.calendars.queries import working_calendar
from inspect_app.calendars.rules import VIETNAM, WorkingCalendar, add_months
from inspect_app.db import db
from inspect_app.permissions import Actor
from inspect_app.preferences import preference
from inspect_app.tasks.models import Extension, Task
from inspect_app.tasks.queries import (
    IS_OPEN,
    IS_RUNNING,
    WAS_ISSUED,
    answered_for,
    in_scope,
    overdue_then,
    own_units,
    running_before,
    visible,
)
from inspect_app.tasks.queries_overdue import corrections, in_band
from inspect_app.tasks.rules import BUCKETS, ExtensionLevel, ExtensionState
from inspect_app.tasks.rules import State as TaskState
from inspect_app.units.models import Post, Unit
from inspect_app.units.rules import words_of


class View(StrEnum):
    """The ready-made selections above the list."""

    RUNNING = "running"
    OVERDUE = "overdue"
    SOON = "soon"
    LATER = "later"
    SUBMITTED = "submitted"
    OPEN = "open"
    ALL = "all"


class Signal(StrEnum):
    """What makes the committee look twice at a task."""

    MOVED = "moved"
    RETURNED = "returned"
    SILENT = "silent"
    CLOSED_LATE = "closed-late"


MOST_COUNTED = 10_000
"""A list counts so far and then says "more than"; the export and the committee's figures know no such bound."""
MANY = 2
SILENT_DAYS = 20

COLUMNS = (
    *(Task.id, Task.year, Task.number, Task.what, Task.deliverable, Task.state, Task.unit_id, Task.post_id),
    *(Task.original_due_on, Task.due_on, Task.percent, Task.assigned_on, Task.acknowledged_at, Task.acknowledged_auto),
    *(Task.last_report_at, Task.submitted_on, Task.returned_count, Task.extended_count, Task.closed_at),
    *(Unit.name.label("unit_name"), Unit.valid_to.label("unit_ended_on"), Post.title.label("post_title")),
)

ORDERS: dict[str, tuple[Any, ...]] = {"due": (Task.due_on, Task.id), "code": (Task.year, Task.number, Task.id)}
DEFAULT_ORDER = "due"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the list is narrowed to. `unit_id` takes what the unit answers for; months are given by their first day."""

    view: View = View.RUNNING
    state: TaskState | None = None
    text: str = ""
    unit_id: UUID | None = None
    inspection_id: UUID | None = None
    post_id: UUID | None = None
    year: int | None = None
    first: date | None = None
    last: date | None = None
    band: str = ""
    signal: Signal | None = None
    assigned_in: date | None = None
    closed_in: date | None = None
    overdue_then: date | None = None
    waiting: ExtensionLevel | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins or ends: the order's values of its edge row."""

    values: tuple[Any, ...]

    @classmethod
    def read(cls, typed: str | None, order: str) -> "Place | None":
        """A place out of an address; None for anything that is none."""
        parts = (typed or "").split("_")
        try:
            if order.lstrip("-") == "code":
                year, number, task_id = parts
                return cls((int(year), int(number), UUID(task_id)))
            due, task_id = parts
            return cls((date.fromisoformat(due), UUID(task_id)))
        except ValueError:
            return None

    @staticmethod
    def written(row: Any, order: str) -> str:
        if order.lstrip("-") == "code":
            return f"{row.year}_{row.number}_{row.id}"
        return f"{row.due_on.isoformat()}_{row.id}"


class Found(NamedTuple):
    """A page, whether there is more beyond it, how many match (at most MOST_COUNTED + 1), the years that tasks have."""

    rows: list[Row[Any]]
    more: bool
    matching: int
    years: list[int]


class Listing:
    """A selection of tasks as one person may see it on one day: the same for page, count and export."""

    def __init__(self, actor: Actor, wanted: Wanted, on: date, *, within: ColumnElement[bool] | None = None) -> None:
        self.on = on
        self.calendar = working_calendar()
        anything = wanted.view is View.ALL or wanted.state is not None
        self.scope = within if within is not None else (visible if anything else in_scope)(actor, on)
        self.condition = and_(self.scope, *self._conditions(wanted))

    def page(self, order: str, *, after: Place | None, before: Place | None, most: int) -> tuple[list[Row[Any]], bool]:
        """One page of rows, and whether there is more beyond it in the direction asked for."""
        return self._shown(self._page(order, after, before).limit(most + 1), most, backwards=before is not None)

    def found(self, order: str, *, after: Place | None, before: Place | None, most: int) -> Found:
        """The same page with what stands around it, in one question."""
        counted = select(func.count()).select_from(
            select(literal_column("1")).select_from(Task).where(self.condition).limit(MOST_COUNTED + 1).subquery()
        )
        first, last = (select(edge(Task.year)).correlate(None) for edge in (func.min, func.max))
        around = (counted, first, last)
        page = self._page(order, after, before).add_columns(*(one.scalar_subquery() for one in around))
        rows, more = self._shown(page.limit(most + 1), most, backwards=before is not None)
        if rows:
            matching, first_year, last_year = rows[0][-3:]
        else:
            matching, first_year, last_year = db.session.execute(
                select(*(one.scalar_subquery() for one in around))
            ).one()
        years = list(range(last_year, first_year - 1, -1)) if first_year else []
        return Found(rows, more, matching, years)

    def _page(self, order: str, after: Place | None, before: Place | None) -> Select[*tuple[Any, ...]]:
        keys, falling = _keys(order)
        downwards = falling != (before is not None)
        page, edge = self._rows(), before or after
        if edge is not None:
            page = page.where(_beyond(keys, edge.values, smaller=downwards))
        return page.order_by(*(key.desc() if downwards else key.asc() for key in keys))

    @staticmethod
    def _shown(page: Select[*tuple[Any, ...]], most: int, *, backwards: bool) -> tuple[list[Row[Any]], bool]:
        rows = list(db.session.execute(page))
        shown = rows[:most]
        return (shown[::-1] if backwards else shown), len(rows) > most

    def count(self) -> int:
        """All that match, however many."""
        return db.session.scalar(select(func.count()).select_from(Task).where(self.condition)) or 0

    def every_row(self, order: str) -> Iterator[list[Row[Any]]]:
        """All rows in their order, five hundred at a time, without holding them all."""
        keys, falling = _keys(order)
        rows = self._rows().order_by(*(key.desc() if falling else key.asc() for key in keys))
        yield from (list(part) for part in db.session.execute(rows.execution_options(yield_per=500)).partitions(500))

    def _rows(self) -> Select[*tuple[Any, ...]]:
        rows = select(*COLUMNS).join(Unit, Unit.id == Task.unit_id).join(Post, Post.id == Task.post_id)
        return rows.where(self.condition)

    def _conditions(self, wanted: Wanted) -> list[ColumnElement[bool]]:
        view = View.ALL if wanted.state and wanted.view is View.RUNNING else wanted.view
        conditions = [of_view(view, self.calendar, self.on), Task.due_on.is_not(None)]
        exact = {
            Task.state: wanted.state,
            Task.inspection_id: wanted.inspection_id,
            Task.post_id: wanted.post_id,
            Task.year: wanted.year,
        }
        conditions += [column == value for column, value in exact.items() if value is not None]
        if wanted.text:
            conditions.append(_holds_words(wanted.text))
        if wanted.unit_id:
            conditions.append(Task.unit_id.in_({wanted.unit_id, *answered_for(wanted.unit_id, self.on)}))
        if wanted.first:
            conditions.append(Task.due_on >= wanted.first)
        if wanted.last:
            conditions.append(Task.due_on <= wanted.last)
        return conditions + self._drill_down(wanted)

    def _drill_down(self, wanted: Wanted) -> list[ColumnElement[bool]]:
        """The rows behind the figures of the committee."""
        conditions = []
        if wanted.band in BUCKETS:
            conditions.append(
                in_band(self.calendar, self.on, wanted.band, corrections(self.calendar, self.on, self.scope))
            )
        if wanted.signal:
            conditions.append(of_signal(wanted.signal, self.calendar, self.on))
        if wanted.assigned_in:
            conditions += [
                Task.assigned_on >= wanted.assigned_in,
                Task.assigned_on < add_months(wanted.assigned_in, 1),
            ]
        if wanted.closed_in:
            conditions.append(closed_between(wanted.closed_in, add_months(wanted.closed_in, 1)))
        if wanted.overdue_then:
            conditions.append(Task.id.in_(overdue_then(wanted.overdue_then)))
        if wanted.waiting:
            conditions.append(waits_for(wanted.waiting))
        return conditions


def of_view(view: View, calendar: WorkingCalendar, on: date) -> ColumnElement[bool]:
    """The condition of a ready-made selection. Due soon: running, and at most the usual days left."""
    if view is View.SOON:
        return and_(IS_RUNNING, Task.due_on >= on, Task.due_on <= last_day_soon(calendar, on))
    if view is View.LATER:
        return and_(IS_RUNNING, Task.due_on > last_day_soon(calendar, on))
    if view is View.OVERDUE:
        return running_before(on)
    if view is View.SUBMITTED:
        return and_(IS_OPEN, Task.state == TaskState.SUBMITTED)
    return {View.RUNNING: IS_RUNNING, View.OPEN: IS_OPEN, View.ALL: true()}[view]


def last_day_soon(calendar: WorkingCalendar, on: date) -> date:
    """The last due date that still counts as soon: at most the usual working days are left."""
    return calendar.add_working_days(on, preference("due_soon_days") + 1) - timedelta(days=1)


def of_signal(signal: Signal, calendar: WorkingCalendar, on: date) -> ColumnElement[bool]:
    """The condition of a sign that asks for attention."""
    if signal is Signal.MOVED:
        return and_(IS_OPEN, Task.extended_count >= MANY)
    if signal is Signal.RETURNED:
        return and_(IS_OPEN, Task.returned_count >= MANY)
    if signal is Signal.SILENT:
        back = SILENT_DAYS - 1 if calendar.is_working_day(on) else SILENT_DAYS
        quiet_since = _start_of(calendar.add_working_days(on, -back))
        return and_(IS_RUNNING, func.coalesce(Task.last_report_at, Task.assigned_at) < quiet_since)
    this_year = closed_between(date(on.year, 1, 1), date(on.year + 1, 1, 1))
    return and_(this_year, Task.submitted_on > Task.original_due_on)


def waits_for(level: ExtensionLevel) -> ColumnElement[bool]:
    """A wish for more time waits for the decision of this level: the first, the second, or a later one."""
    place = list(ExtensionLevel).index(level)
    last = place == len(ExtensionLevel) - 1
    moved = Task.extended_count >= place if last else Task.extended_count == place
    return and_(moved, exists().where(Extension.task_id == Task.id, Extension.state == ExtensionState.REQUESTED))


def closed_between(first: date, before: date) -> ColumnElement[bool]:
    """Closed, not put aside, from the day `first` on and before the other."""
    return and_(Task.state == TaskState.CLOSED, Task.closed_at >= _start_of(first), Task.closed_at < _start_of(before))


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time(), VIETNAM)


def _keys(order: str) -> tuple[tuple[Any, ...], bool]:
    return ORDERS[order.lstrip("-")], order.startswith("-")


def _beyond(keys: tuple[Any, ...], values: tuple[Any, ...], *, smaller: bool) -> ColumnElement[bool]:
    """Compared as one row value, so that both databases walk along the index."""
    place = tuple_(*(literal(value, key.type) for key, value in zip(keys, values, strict=True)))
    return tuple_(*keys) < place if smaller else tuple_(*keys) > place


def _holds_words(text: str) -> ColumnElement[bool]:
    """The number of a task, or words of its unit's name or code."""
    year, _, number = text.partition("/")
    if year.isdecimal() and number.isdecimal() and len(year) == 4 and len(number) < 9:
        return and_(Task.year == int(year), Task.number == int(number))
    words = words_of(text).split()
    if not words:
        return false()
    return Task.unit_id.in_(select(Unit.id).where(*(Unit.search.contains(word, autoescape=True) for word in words)))


# ── A unit's own work ──


class Figures(NamedTuple):
    """What a unit has to do: counts, the oldest overdue and the next due date, how many inspections gave the work."""

    overdue: int
    soon: int
    later: int
    submitted: int
    open: int
    inspections: int
    oldest_due: date | None
    next_due: date | None


def of_own(actor: Actor, on: date) -> ColumnElement[bool]:
    """The condition that a task is the work of this person's own units."""
    return and_(WAS_ISSUED, Task.unit_id.in_(own_units(actor, on)))


def figures_of(within: ColumnElement[bool], calendar: WorkingCalendar, on: date) -> Figures:
    """All figures in one question."""
    overdue, soon, later, submitted = (
        of_view(view, calendar, on) for view in (View.OVERDUE, View.SOON, View.LATER, View.SUBMITTED)
    )
    counts = [func.sum(case((condition, 1), else_=0)) for condition in (overdue, soon, later, submitted)]
    row = db.session.execute(
        select(
            *counts,
            func.count(),
            func.count(Task.inspection_id.distinct()),
            func.min(case((overdue, Task.due_on))),
            func.min(case((later, Task.due_on))),
        ).where(IS_OPEN, within)
    ).one()
    counted: tuple[Any, ...] = (*(value or 0 for value in row[:6]), *row[6:])
    return Figures(*counted)
