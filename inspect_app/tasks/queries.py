"""Finding tasks, within what a person may see, and counting what is overdue."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    Subquery,
    and_,
    cast,
    exists,
    false,
    func,
    literal_column,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import aliased, joinedload

from inspect_app.calendars.rules import Pause, WorkingCalendar, end_of_day, local_day
from inspect_app.db import db
from inspect_app.permissions import WATCHING, Actor, Role
from inspect_app.refusals import NotVisible
from inspect_app.tasks.models import Extension, Report, Review, Suspension, Task, TaskStatePassed
from inspect_app.tasks.rules import RUNNING, SETTLED, ExtensionState
from inspect_app.tasks.rules import State as TaskState
from inspect_app.units.models import Tenure
from inspect_app.units.queries import owner_ids, reach_of, successions

IS_RUNNING = literal_column("task.state IN ('assigned','acknowledged','in_progress','returned')")
"""The condition of the indexes of running work, word for word: only then do both databases use them.

It has no type on purpose: SQLite is asked "… = 1" about what is called a Boolean, and no index answers that.
"""

IS_OPEN = literal_column(
    "task.state IN ('assigned','acknowledged','in_progress','returned','submitted','verified','suspended')"
)
"""Issued and not settled, in the words of its index."""

WAS_ISSUED = and_(Task.state != TaskState.DRAFT, Task.assigned_at.is_not(None))
"""A draft binds nobody, whatever became of it."""


def visible(actor: Actor, on: date) -> ColumnElement[bool]:
    """The condition on Task: one's scope, the visits of one's teams, one's own unit and what it took over."""
    return and_(WAS_ISSUED, in_scope(actor, on))


def in_scope(actor: Actor, on: date) -> ColumnElement[bool]:
    """The same for conditions that leave out drafts anyway; without the ways of seeing that this person has not."""
    own, watched = own_units(actor, on), actor.units_of(*WATCHING)
    ways = []
    if own:
        ways.append(Task.unit_id.in_(own))
    if watched:
        ways.append(Task.unit_id.in_(reach_of(watched)))
    if actor.teams:
        ways.append(Task.inspection_id.in_(actor.teams))
    return or_(false(), *ways)


def own_units(actor: Actor, on: date) -> frozenset[UUID]:
    """The units for which this person answers or keeps the papers, and those whose duties these took over."""
    own = actor.head_of | actor.units_of(Role.FOCAL_POINT)
    return own | {before for unit_id in own for before in answered_for(unit_id, on)}


def answered_for(unit_id: UUID, on: date) -> frozenset[UUID]:
    """The ended units whose work this unit answers for on this day."""
    before = successions().main_predecessors(unit_id, on)
    owners = owner_ids(before, on) if before else {}
    return frozenset(one for one, owner in owners.items() if owner == unit_id)


def find_visible(actor: Actor, task_id: UUID, on: date | None = None) -> Task:
    """The task with its unit and post. Raises NotVisible (404)."""
    found = db.session.scalar(
        select(Task)
        .where(Task.id == task_id, visible(actor, on or date.max))
        .options(joinedload(Task.unit), joinedload(Task.post))
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotVisible
    return found


FINDERS = {"task": find_visible}


def seen_among(actor: Actor, ids: Iterable[UUID], on: date) -> frozenset[UUID]:
    """Those of the tasks that this person may see."""
    return frozenset(db.session.scalars(select(Task.id).where(Task.id.in_(list(ids)), visible(actor, on))))


def tasks_of_finding(finding_id: UUID) -> list[Task]:
    return list(db.session.scalars(select(Task).where(Task.finding_id == finding_id).order_by(Task.number)))


def tasks_of_inspection(inspection_id: UUID) -> list[Task]:
    """All tasks that came out of an inspection, drafts among them, in the order of their numbers."""
    return list(
        db.session.scalars(
            select(Task)
            .where(Task.inspection_id == inspection_id)
            .options(joinedload(Task.unit), joinedload(Task.post))
            .order_by(Task.number)
        )
    )


def drafts_of(inspection_id: UUID) -> list[Task]:
    return [task for task in tasks_of_inspection(inspection_id) if task.state is TaskState.DRAFT]


def count_open_tasks(inspection_id: UUID) -> int:
    """How many tasks of an inspection are not settled; drafts left out of the conclusion do not count."""
    return db.session.scalar(
        select(func.count())
        .select_from(Task)
        .where(Task.inspection_id == inspection_id, Task.state.not_in(SETTLED | {TaskState.DRAFT}))
    )


def next_task_number(year: int) -> int:
    return (db.session.scalar(select(func.max(Task.number)).where(Task.year == year)) or 0) + 1


def doers_of(task: Task) -> frozenset[str]:
    """Everyone who reported on the task, and whoever held its post since it was issued, as text ids."""
    reporters = db.session.scalars(select(Report.by_id).where(Report.task_id == task.id, Report.by_id.is_not(None)))
    holders = db.session.scalars(
        select(Tenure.person_id).where(
            Tenure.post_id == task.post_id,
            or_(Tenure.ends_on.is_(None), Tenure.ends_on >= (task.assigned_on or date.min)),
        )
    )
    return frozenset(str(person_id) for person_id in (*reporters, *holders))


def reports_of(task_id: UUID) -> list[Report]:
    """Newest first."""
    return list(
        db.session.scalars(select(Report).where(Report.task_id == task_id).order_by(Report.at.desc(), Report.id.desc()))
    )


def reviews_of(task_id: UUID) -> list[Review]:
    """Newest first."""
    return list(
        db.session.scalars(select(Review).where(Review.task_id == task_id).order_by(Review.at.desc(), Review.id.desc()))
    )


def latest_submission(task_id: UUID) -> Report | None:
    return next((report for report in reports_of(task_id) if report.submits), None)


def extensions_of(task_id: UUID) -> list[Extension]:
    """Oldest first."""
    return list(
        db.session.scalars(
            select(Extension).where(Extension.task_id == task_id).order_by(Extension.requested_at, Extension.id)
        )
    )


def pending_extension(task_id: UUID) -> Extension | None:
    return db.session.scalar(
        select(Extension).where(Extension.task_id == task_id, Extension.state == ExtensionState.REQUESTED)
    )


def open_suspension(task_id: UUID) -> Suspension | None:
    return db.session.scalar(select(Suspension).where(Suspension.task_id == task_id, Suspension.ends_on.is_(None)))


def pauses_of(task_ids: Iterable[UUID]) -> dict[UUID, list[Pause]]:
    """The days on which the clock of each task stood still: suspensions, and from a submission to its return."""
    ids = list(task_ids)
    pauses: dict[UUID, list[Pause]] = {task_id: [] for task_id in ids}
    still = stillness()
    for chunk in (ids[start : start + 500] for start in range(0, len(ids), 500)):
        rows = select(still).where(still.c.task_id.in_(chunk)).order_by(still.c.task_id, still.c.starts_on)
        for task_id, starts_on, ends_on, returned_at in db.session.execute(rows):
            pauses[task_id].append(pause_of(starts_on, ends_on, returned_at))
    return pauses


def stillness() -> Subquery:
    """(task_id, starts_on, ends_on, returned_at) of every pause; exactly one of the two ends is filled, or none."""
    suspended = select(
        Suspension.task_id, Suspension.starts_on, Suspension.ends_on, cast(null(), Review.at.type).label("returned_at")
    )
    returned = select(Review.task_id, Review.submitted_on, cast(null(), Date), Review.at)
    return union_all(suspended, returned.where(Review.accepted.is_(False))).subquery("stillness")


def pause_of(starts_on: date, ends_on: date | None, returned_at: datetime | None) -> Pause:
    return Pause(starts_on, local_day(returned_at) if returned_at else ends_on)


def running_before(on: date) -> ColumnElement[bool]:
    """The condition that a task is overdue today: it runs, and its current due date has passed."""
    return and_(IS_RUNNING, Task.due_on < on)


def overdue_then(on: date) -> Select[UUID]:
    """The ids of what was overdue at the end of a past day, from the states that the log kept, joined to Task."""
    later_one = aliased(TaskStatePassed)
    end = end_of_day(on)
    follows = or_(
        later_one.at > TaskStatePassed.at,
        and_(later_one.at == TaskStatePassed.at, later_one.id > TaskStatePassed.id),
    )
    overtaken = exists().where(later_one.task_id == TaskStatePassed.task_id, later_one.at <= end, follows)
    return (
        select(Task.id)
        .join(TaskStatePassed, TaskStatePassed.task_id == Task.id)
        .where(WAS_ISSUED, or_(Task.closed_at.is_(None), Task.closed_at > end))
        .where(TaskStatePassed.state.in_(RUNNING), TaskStatePassed.due_on < on, TaskStatePassed.at <= end, ~overtaken)
    )


def overdue_on(on: date) -> list[tuple[UUID, UUID, date]]:
    """(task, unit, due date) of what was overdue at the end of a past day, oldest due date first."""
    rows = db.session.execute(
        overdue_then(on).add_columns(Task.unit_id, TaskStatePassed.due_on).order_by(TaskStatePassed.due_on, Task.id)
    )
    return [(task_id, unit_id, due_on) for task_id, unit_id, due_on in rows]


def assigned_and_silent(calendar: WorkingCalendar, on: date, days: int) -> list[Task]:
    """Tasks that nobody acknowledged within `days` working days after the day of assignment."""
    rows = db.session.scalars(select(Task).where(Task.state == TaskState.ASSIGNED).order_by(Task.assigned_on, Task.id))
    return [task for task in rows if task.assigned_on and calendar.add_working_days(task.assigned_on, days) < on]
