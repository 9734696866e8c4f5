"""Remedial work: the six clarities, the due date and its history, proof, verification."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inspect_app.db import Model, enum_column
from inspect_app.tasks.rules import ExtensionState, TaskOrigin, TaskState

RUNNING = text("state IN ('assigned','acknowledged','in_progress','returned')")
OPEN = text("state IN ('assigned','acknowledged','in_progress','returned','submitted','verified','suspended')")


class Task(Model):
    """One task of a post. The six clarities: `post` (người), `what` (việc), `due_on` (thời gian),
    `responsibility` (trách nhiệm), `authority` (thẩm quyền), `deliverable` (sản phẩm).

    `original_due_on` never changes. Overdue is computed, never stored.
    """

    __tablename__ = "task"
    __table_args__ = (
        CheckConstraint("state IN ('draft','cancelled') OR assigned_at IS NOT NULL", name="assigned"),
        CheckConstraint("state IN ('draft','cancelled') OR due_on IS NOT NULL", name="due"),
        CheckConstraint("state NOT IN ('submitted','verified','closed') OR submitted_at IS NOT NULL", name="submitted"),
        CheckConstraint("percent BETWEEN 0 AND 100", name="percent"),
        UniqueConstraint("year", "number"),
        Index("ix_task_running", "due_on", "id", sqlite_where=RUNNING, postgresql_where=RUNNING),
        Index("ix_task_running_unit", "unit_id", "due_on", "id", sqlite_where=RUNNING, postgresql_where=RUNNING),
        Index("ix_task_open", "due_on", "id", sqlite_where=OPEN, postgresql_where=OPEN),
        Index("ix_task_closed", "closed_at"),
        Index("ix_task_assigned", "assigned_on"),
        Index("ix_task_unit", "unit_id", "state", "due_on", "id"),
        Index("ix_task_due", "due_on", "id"),
        Index("ix_task_inspection", "inspection_id"),
        Index("ix_task_finding", "finding_id"),
    )

    year: Mapped[int]
    number: Mapped[int]
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"))
    post_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"), index=True)
    origin: Mapped[TaskOrigin] = enum_column(TaskOrigin, default=TaskOrigin.FINDING)
    finding_id: Mapped[UUID | None] = mapped_column(ForeignKey("finding.id"))
    inspection_id: Mapped[UUID | None] = mapped_column(ForeignKey("inspection.id"))
    state: Mapped[TaskState] = enum_column(TaskState, default=TaskState.DRAFT)
    version: Mapped[int] = mapped_column(default=1)

    what: Mapped[str] = mapped_column(Text)
    responsibility: Mapped[str] = mapped_column(Text, default="")
    authority: Mapped[str] = mapped_column(Text, default="")
    deliverable: Mapped[str] = mapped_column(Text, default="")
    term_days: Mapped[int | None]
    original_due_on: Mapped[date | None]
    due_on: Mapped[date | None]
    percent: Mapped[int] = mapped_column(default=0)

    created_at: Mapped[datetime]
    assigned_at: Mapped[datetime | None]
    assigned_on: Mapped[date | None]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_auto: Mapped[bool] = mapped_column(default=False)
    last_report_at: Mapped[datetime | None]
    submitted_at: Mapped[datetime | None]
    submitted_on: Mapped[date | None]
    returned_count: Mapped[int] = mapped_column(default=0)
    extended_count: Mapped[int] = mapped_column(default=0)
    verified_at: Mapped[datetime | None]
    verified_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    closed_at: Mapped[datetime | None]
    held_from: Mapped[str | None] = mapped_column(String(24))

    unit: Mapped["Unit"] = relationship("Unit", lazy="raise")  # noqa: F821 - by name
    post: Mapped["Post"] = relationship("Post", lazy="raise")  # noqa: F821 - by name

    @property
    def code(self) -> str:
        """How people name it: 2026/0417."""
        return f"{self.year}/{self.number:04d}"


class Report(Model):
    """Progress told by the unit, with proof attached; `submits` marks the report that hands the work in."""

    __tablename__ = "task_report"
    __table_args__ = (Index("ix_task_report_task", "task_id", "at"),)

    task_id: Mapped[UUID] = mapped_column(ForeignKey("task.id"))
    percent: Mapped[int]
    words: Mapped[str] = mapped_column(Text)
    submits: Mapped[bool] = mapped_column(default=False)
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]


class Review(Model):
    """What the verifier said of one submission: accepted, or returned with a reason."""

    __tablename__ = "task_review"
    __table_args__ = (Index("ix_task_review_task", "task_id", "at"),)

    task_id: Mapped[UUID] = mapped_column(ForeignKey("task.id"))
    accepted: Mapped[bool]
    reason: Mapped[str] = mapped_column(Text, default="")
    submitted_on: Mapped[date]
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]


class Extension(Model):
    """A wish for more time: asked before the due date, one pending at a time. It never overwrites the original date."""

    __tablename__ = "task_extension"
    __table_args__ = (
        CheckConstraint("(state = 'requested') = (decided_at IS NULL)", name="decided"),
        Index(
            "ix_task_extension_pending",
            "task_id",
            unique=True,
            sqlite_where=text("state = 'requested'"),
            postgresql_where=text("state = 'requested'"),
        ),
        Index("ix_task_extension_task", "task_id", "requested_at"),
    )

    task_id: Mapped[UUID] = mapped_column(ForeignKey("task.id"))
    state: Mapped[ExtensionState] = enum_column(ExtensionState, default=ExtensionState.REQUESTED)
    number: Mapped[int]
    due_before: Mapped[date]
    wished_due: Mapped[date]
    reason: Mapped[str] = mapped_column(Text)
    requested_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    requested_at: Mapped[datetime]
    granted_due: Mapped[date | None]
    decision_reason: Mapped[str] = mapped_column(Text, default="")
    decided_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]


class Suspension(Model):
    """Days on which the clock of a task stood still, by decision."""

    __tablename__ = "task_suspension"
    __table_args__ = (Index("ix_task_suspension_task", "task_id", "starts_on"),)

    task_id: Mapped[UUID] = mapped_column(ForeignKey("task.id"))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    reason: Mapped[str] = mapped_column(Text)
    decision: Mapped[str] = mapped_column(String(200), default="")


class TaskStatePassed(Model):
    """When a task reached each state: overdue on a past day is computed from it."""

    __tablename__ = "task_state_passed"
    __table_args__ = (Index("ix_task_state_passed_task", "task_id", "at"),)

    task_id: Mapped[UUID] = mapped_column(ForeignKey("task.id"))
    state: Mapped[TaskState] = enum_column(TaskState)
    at: Mapped[datetime]
    due_on: Mapped[date | None]
