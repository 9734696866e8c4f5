"""What the committee looks at beside the matrix: signs, the months, who was reminded."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, or_, select

from inspect_app.audit.models import AuditEntry
from inspect_app.calendars.rules import VIETNAM, WorkingCalendar, add_months, end_of_day
from inspect_app.db import db
from inspect_app.tasks.models import Task, TaskStatePassed
from inspect_app.tasks.queries import WAS_ISSUED, running_before
from inspect_app.tasks.queries_list import Signal, closed_between, of_signal
from inspect_app.tasks.rules import RUNNING

MONTHS = 12


@dataclass(frozen=True, slots=True)
class Month:
    """One month: how many tasks were given, how many closed, how many were overdue at its end (or today)."""

    first: date
    end: date
    opened: int
    closed: int
    overdue: int


def signal_counts(within: ColumnElement[bool], calendar: WorkingCalendar, on: date) -> dict[Signal, int]:
    """How many tasks show each sign, all in one question; each number is that of the list with the same sign."""
    counts = {
        signal: select(func.count()).select_from(Task).where(within, of_signal(signal, calendar, on)).scalar_subquery()
        for signal in Signal
    }
    row = db.session.execute(select(*counts.values())).one()
    return dict(zip(counts, row, strict=True))


def last_months(within: ColumnElement[bool], on: date) -> list[Month]:
    """The twelve months up to the one of `on`, oldest first, in three questions."""
    this_month = on.replace(day=1)
    firsts = [add_months(this_month, back) for back in range(1 - MONTHS, 1)]
    ends = [min(add_months(first, 1) - timedelta(days=1), on) for first in firsts]
    opened, closed = _opened_and_closed(within, firsts)
    overdue = _overdue_at(ends, on, within)
    return [
        Month(first, end, opened[place], closed[place], overdue[place])
        for place, (first, end) in enumerate(zip(firsts, ends, strict=True))
    ]


def last_reminders(unit_ids: Iterable[UUID], since: date) -> dict[UUID, datetime]:
    """When each of these units was last reminded, as far as that was after the day `since`."""
    rows = db.session.execute(
        select(AuditEntry.thing_id, func.max(AuditEntry.at))
        .where(AuditEntry.thing_type == "unit", AuditEntry.thing_id.in_(list(unit_ids)))
        .where(AuditEntry.action == "unit reminded", AuditEntry.at > end_of_day(since))
        .group_by(AuditEntry.thing_id)
    )
    return {unit_id: at for unit_id, at in rows}


def _opened_and_closed(within: ColumnElement[bool], firsts: list[date]) -> tuple[list[int], list[int]]:
    """Counts per month. The conditions are those of the list with `assigned` and `closed`."""
    bounds = [(first, add_months(first, 1)) for first in firsts]
    given = [(Task.assigned_on >= first) & (Task.assigned_on < following) for first, following in bounds]
    ended = [closed_between(first, following) for first, following in bounds]
    start = datetime.combine(firsts[0], datetime.min.time(), VIETNAM)
    row = db.session.execute(
        select(*(func.coalesce(func.sum(case((condition, 1), else_=0)), 0) for condition in (*given, *ended))).where(
            within, or_(Task.assigned_on >= firsts[0], Task.closed_at >= start)
        )
    ).one()
    return list(row[: len(firsts)]), list(row[len(firsts) :])


def _overdue_at(ends: list[date], on: date, within: ColumnElement[bool]) -> list[int]:
    """How many were overdue at the end of each day: today by the states in force, before by those that the log kept.

    Each state stands with the moment of the next one, so that one pass over the log answers for every day
    (`overdue_then` finds the same rows for one).
    """
    next_at = func.lead(TaskStatePassed.at, type_=TaskStatePassed.at.type).over(
        partition_by=TaskStatePassed.task_id, order_by=(TaskStatePassed.at, TaskStatePassed.id)
    )
    held = (
        select(
            TaskStatePassed.state, TaskStatePassed.due_on, TaskStatePassed.at, next_at.label("until"), Task.closed_at
        )
        .join(Task, Task.id == TaskStatePassed.task_id)
        .where(WAS_ISSUED, within, or_(Task.closed_at.is_(None), Task.closed_at > end_of_day(ends[0])))
        .subquery()
    )
    then = [
        and_(
            held.c.due_on < end,
            held.c.at <= end_of_day(end),
            or_(held.c.until.is_(None), held.c.until > end_of_day(end)),
            or_(held.c.closed_at.is_(None), held.c.closed_at > end_of_day(end)),
        )
        for end in ends
        if end != on
    ]
    counts = [func.coalesce(func.sum(case((condition, 1), else_=0)), 0) for condition in then]
    row = list(db.session.execute(select(*counts).where(held.c.state.in_(RUNNING))).one()) if counts else []
    if on in ends:
        row.append(db.session.scalar(select(func.count()).select_from(Task).where(running_before(on), within)))
    return row
