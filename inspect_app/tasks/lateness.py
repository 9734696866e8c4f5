"""How late a task is, or how much time is left, in words: the badge of every row, and the figures behind it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from flask_babel import gettext as _

from inspect_app.calendars.rules import Pause, WorkingCalendar, local_day
from inspect_app.display import label, plural
from inspect_app.tasks.queries import pauses_of
from inspect_app.tasks.rules import DUE_SOON, RUNNING, SETTLED, State, age, days_left, is_overdue
from inspect_app.tasks.words import STATE_TONES


@dataclass(frozen=True, slots=True)
class Lateness:
    """Working days late against the current and the original due date (0: not late), and the badge that says so.

    An open task counts to today, one handed in to the day of its submission.
    """

    days: int
    days_of_original: int
    left: int
    words: str
    tone: str
    overdue: bool
    soon: bool


def of_rows(rows: Sequence[Any], calendar: WorkingCalendar, on: date, soon: int = DUE_SOON) -> dict[UUID, Lateness]:
    """The lateness of each row or task; pauses are asked for once."""
    pauses = pauses_of(row.id for row in rows if row.original_due_on and row.original_due_on < on)
    return {row.id: lateness(row, calendar, on, pauses.get(row.id, ()), soon) for row in rows}


def lateness(
    task: Any, calendar: WorkingCalendar, on: date, pauses: Iterable[Pause] = (), soon: int = DUE_SOON
) -> Lateness:
    """How late this one is. `task` has state, due_on, original_due_on, submitted_on, closed_at."""
    still = list(pauses)
    overdue = is_overdue(task.state, task.due_on, on)
    until = _until(task, on)
    days = age(calendar, task.due_on, on, still) if overdue else calendar.late_by(task.due_on, until, still)
    moved = task.original_due_on != task.due_on
    of_original = calendar.late_by(task.original_due_on, until, still) if moved else days
    left = 0 if overdue else days_left(calendar, task.due_on, on)
    is_soon = not overdue and task.state in RUNNING and left <= soon
    words, tone = _badge(task, days if overdue else 0, left, is_soon)
    return Lateness(days, of_original, left, words, tone, overdue, is_soon)


def _until(task: Any, on: date) -> date:
    if task.state in {State.SUBMITTED, State.VERIFIED, State.CLOSED} and task.submitted_on:
        return task.submitted_on
    if task.state in SETTLED and task.closed_at:
        return local_day(task.closed_at)
    return on


def _badge(task: Any, overdue_days: int, left: int, soon: bool) -> tuple[str, str]:
    if overdue_days:
        return plural("Quá hạn %(n)s ngày làm việc", overdue_days), "bad"
    if soon and left == 0:
        return _("Hạn hôm nay"), "warn"
    if soon:
        return plural("Còn %(n)s ngày làm việc", left), "warn"
    return label(task.state), STATE_TONES[task.state]
