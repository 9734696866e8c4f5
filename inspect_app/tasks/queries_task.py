"""Finding what stands around a task: people, posts, its wishes for more time, and work that nobody answers for."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from inspect_app.accounts.models import Person
from inspect_app.db import db
from inspect_app.findings.models import Finding
from inspect_app.findings.queries import visible as visible_findings
from inspect_app.findings.rules import DONE_WITH
from inspect_app.permissions import Actor
from inspect_app.refusals import NotVisible
from inspect_app.tasks.models import Extension, Task
from inspect_app.tasks.queries import IS_OPEN, tasks_of_inspection, visible
from inspect_app.tasks.rules import State as TaskState
from inspect_app.units.models import Post, Tenure, Unit
from inspect_app.units.rules import TenureKind


def names_of(people_ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """The names of these people."""
    ids = {one for one in people_ids if one}
    return dict(db.session.execute(select(Person.id, Person.name).where(Person.id.in_(ids))).all())


def tenures_of(post_id: UUID) -> list[Tenure]:
    """Everybody who holds or held the post, deputies left out, earliest first."""
    return list(
        db.session.scalars(
            select(Tenure)
            .where(Tenure.post_id == post_id, Tenure.kind != TenureKind.DEPUTY)
            .order_by(Tenure.starts_on, Tenure.id)
        )
    )


def find_extension(task: Task, extension_id: UUID) -> Extension:
    """A wish for more time of this very task. Raises NotVisible."""
    found = db.session.scalar(select(Extension).where(Extension.id == extension_id, Extension.task_id == task.id))
    if found is None:
        raise NotVisible
    return found


def find_draft(inspection_id: UUID, task_id: UUID) -> Task:
    """A task in the draft of this inspection's conclusion. Raises NotVisible."""
    found = db.session.scalar(select(Task).where(Task.id == task_id, Task.inspection_id == inspection_id))
    if found is None:
        raise NotVisible
    return found


def open_tasks_of_units(unit_ids: Iterable[UUID], actor: Actor, on: date) -> list[Task]:
    """The open tasks of these units that a person may see, by unit and due date."""
    return list(
        db.session.scalars(
            select(Task)
            .where(IS_OPEN, Task.unit_id.in_(list(unit_ids)), visible(actor, on))
            .options(joinedload(Task.unit), joinedload(Task.post))
            .order_by(Task.unit_id, Task.due_on, Task.id)
        )
    )


def open_findings_of_units(unit_ids: Iterable[UUID], actor: Actor) -> list[Finding]:
    """The findings of these units that still ask for something, by unit and number."""
    return list(
        db.session.scalars(
            select(Finding)
            .where(Finding.unit_id.in_(list(unit_ids)), Finding.state.not_in(DONE_WITH), visible_findings(actor))
            .options(joinedload(Finding.unit), joinedload(Finding.inspection))
            .order_by(Finding.unit_id, Finding.number, Finding.id)
        )
    )


def issued_tasks_of(inspection_id: UUID) -> list[Task]:
    """The tasks that the conclusion of an inspection gave, with unit and post."""
    return [task for task in tasks_of_inspection(inspection_id) if task.state is not TaskState.DRAFT]


def names_of_units(unit_ids: Iterable[UUID]) -> dict[UUID, str]:
    """The names of these units."""
    rows = db.session.execute(select(Unit.id, Unit.name).where(Unit.id.in_(list(unit_ids))))
    return dict(rows.all())


def head_posts(unit_ids: Iterable[UUID]) -> list[Post]:
    """The posts of the heads of these units, with the units, by name."""
    return list(
        db.session.scalars(
            select(Post)
            .join(Unit, Unit.id == Post.unit_id)
            .where(Post.unit_id.in_(list(unit_ids)), Post.is_head)
            .options(joinedload(Post.unit))
            .order_by(Unit.search, Post.id)
        )
    )
