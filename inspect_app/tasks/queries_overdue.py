"""Counting what is overdue by unit and age. The database counts unpaused work, the few paused tasks come one by one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, not_, or_, select, true

from inspect_app.calendars.queries import working_calendar
from inspect_app.calendars.rules import Pause, WorkingCalendar
from inspect_app.db import db
from inspect_app.tasks.models import Task
from inspect_app.tasks.queries import answered_for, overdue_on, pause_of, pauses_of, running_before, stillness
from inspect_app.tasks.rules import BUCKETS, age, bucket_of, bucket_starts
from inspect_app.units.models import Unit
from inspect_app.units.queries import owner_ids


@dataclass(frozen=True, slots=True)
class UnitOverdue:
    """How many tasks of a unit are overdue in each band of age (BUCKETS); `ended` when nobody answers for it now."""

    unit_id: UUID
    code: str
    name: str
    ended: bool
    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        return sum(self.counts)


@dataclass(frozen=True, slots=True)
class Correction:
    """A task that pauses moved out of the band that its due date alone would give."""

    task_id: UUID
    unit_id: UUID
    from_band: str
    to_band: str


def overdue_by_unit(on: date, *, today: date, within: ColumnElement[bool] | None = None) -> list[UnitOverdue]:
    """The matrix of units by age on a day, most first; each task with the unit that answers for it on that day.

    Today comes from the states in force, a past day from those that the log kept.
    """
    calendar = working_calendar()
    scope = true() if within is None else within
    counted = _counts_now(calendar, on, scope) if on >= today else _counts_then(calendar, on)
    owners = owner_ids(counted, on)
    summed: dict[UUID, list[int]] = {}
    for unit_id, counts in counted.items():
        total = summed.setdefault(owners[unit_id] or unit_id, [0] * len(BUCKETS))
        for place, count in enumerate(counts):
            total[place] += count
    names = {unit.id: unit for unit in db.session.scalars(select(Unit).where(Unit.id.in_(list(summed))))}
    lines = [
        UnitOverdue(unit_id, names[unit_id].code, names[unit_id].name, owners.get(unit_id, unit_id) is None, tuple(row))
        for unit_id, row in summed.items()
        if any(row)
    ]
    return sorted(lines, key=lambda line: (-line.total, *(-count for count in reversed(line.counts)), line.code))


def in_band(calendar: WorkingCalendar, on: date, band: str, corrections: Iterable[Correction]) -> ColumnElement[bool]:
    """The condition that a task is overdue with an age in this band, pauses taken into account."""
    moved = list(corrections)
    left = [one.task_id for one in moved if one.from_band == band]
    came = [one.task_id for one in moved if one.to_band == band]
    by_date = _band_conditions(calendar, on)[BUCKETS.index(band)]
    return and_(running_before(on), or_(and_(by_date, not_(Task.id.in_(left))), Task.id.in_(came)))


def corrections(calendar: WorkingCalendar, on: date, within: ColumnElement[bool]) -> list[Correction]:
    """The overdue tasks whose pauses put them into another band than their due date would."""
    still = stillness()
    rows = db.session.execute(
        select(Task.id, Task.unit_id, Task.due_on, still.c.starts_on, still.c.ends_on, still.c.returned_at)
        .join(still, still.c.task_id == Task.id)
        .where(running_before(on), within)
        .order_by(Task.id, still.c.starts_on)
    )
    tasks: dict[UUID, tuple[UUID, date]] = {}
    pauses: dict[UUID, list[Pause]] = {}
    for task_id, unit_id, due_on, *ends in rows:
        tasks[task_id] = (unit_id, due_on)
        pauses.setdefault(task_id, []).append(pause_of(*ends))
    found = []
    for task_id, (unit_id, due_on) in tasks.items():
        bands = bucket_of(age(calendar, due_on, on)), bucket_of(age(calendar, due_on, on, pauses[task_id]))
        if bands[0] != bands[1]:
            found.append(Correction(task_id, unit_id, *bands))
    return found


def _counts_now(calendar: WorkingCalendar, on: date, within: ColumnElement[bool]) -> dict[UUID, list[int]]:
    bands = [func.sum(case((condition, 1), else_=0)) for condition in _band_conditions(calendar, on)]
    rows = db.session.execute(
        select(Task.unit_id, *bands).where(running_before(on), within).group_by(Task.unit_id).order_by(Task.unit_id)
    )
    counts = {unit_id: [int(count) for count in by_band] for unit_id, *by_band in rows}
    for moved in corrections(calendar, on, within):
        counts[moved.unit_id][BUCKETS.index(moved.from_band)] -= 1
        counts[moved.unit_id][BUCKETS.index(moved.to_band)] += 1
    return counts


def _counts_then(calendar: WorkingCalendar, on: date) -> dict[UUID, list[int]]:
    rows = overdue_on(on)
    pauses = pauses_of(task_id for task_id, _unit, _due in rows)
    counts: dict[UUID, list[int]] = {}
    for task_id, unit_id, due_on in rows:
        band = bucket_of(age(calendar, due_on, on, pauses[task_id]))
        counts.setdefault(unit_id, [0] * len(BUCKETS))[BUCKETS.index(band)] += 1
    return counts


def _band_conditions(calendar: WorkingCalendar, on: date) -> list[ColumnElement[bool]]:
    """For each band the condition on the due date of a task without pauses."""
    starts = bucket_starts(calendar, on)
    conditions: list[ColumnElement[bool]] = [Task.due_on >= starts[0]]
    conditions += [and_(Task.due_on < later, Task.due_on >= earlier) for later, earlier in pairwise(starts)]
    return [*conditions, Task.due_on < starts[-1]]


def count_of_unit(unit_id: UUID, on: date) -> int:
    """How many tasks are overdue today for which this unit answers."""
    units = {unit_id, *answered_for(unit_id, on)}
    return db.session.scalar(select(func.count()).select_from(Task).where(running_before(on), Task.unit_id.in_(units)))
