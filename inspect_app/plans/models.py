"""The year's plan of an inspecting unit: targets, what is left out, and its approved versions.

The lines of a plan are inspections (state `proposed`, then `planned`), so that a plan and its visits never disagree.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inspect_app.db import Model, enum_column
from inspect_app.plans.rules import PlanState


class Plan(Model):
    """One unit's plan for one year. Coverage counts units in force on `denominator_on`."""

    __tablename__ = "plan"
    __table_args__ = (UniqueConstraint("unit_id", "year"),)

    unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"))
    year: Mapped[int]
    denominator_on: Mapped[date]
    created_at: Mapped[datetime]

    unit: Mapped["Unit"] = relationship("Unit", lazy="raise")  # noqa: F821 - by name


class PlanVersion(Model):
    """A version on its way: draft, submitted, approved or returned. `lines` is the frozen list at approval."""

    __tablename__ = "plan_version"
    __table_args__ = (
        UniqueConstraint("plan_id", "number"),
        CheckConstraint("(state = 'approved') = (approved_at IS NOT NULL)", name="approved"),
    )

    plan_id: Mapped[UUID] = mapped_column(ForeignKey("plan.id"))
    number: Mapped[int]
    state: Mapped[PlanState] = enum_column(PlanState, default=PlanState.DRAFT)
    version: Mapped[int] = mapped_column(default=1)
    reason: Mapped[str] = mapped_column(Text, default="")
    submitted_at: Mapped[datetime | None]
    submitted_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    approved_at: Mapped[datetime | None]
    approved_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    decision_number: Mapped[str] = mapped_column(String(60), default="")
    decision_on: Mapped[date | None]
    returned_reason: Mapped[str] = mapped_column(Text, default="")
    lines: Mapped[list[Any] | None]
    created_at: Mapped[datetime]

    @property
    def unit_id(self) -> UUID:
        return self.plan.unit_id

    plan: Mapped[Plan] = relationship(lazy="joined")


class PlanTarget(Model):
    """A share to reach: of one group, or of all targeted groups together (`group` empty). `pct` in percent."""

    __tablename__ = "plan_target"
    __table_args__ = (UniqueConstraint("plan_id", "group_name"),)

    plan_id: Mapped[UUID] = mapped_column(ForeignKey("plan.id"))
    group: Mapped[str] = mapped_column("group_name", String(100), default="")
    pct: Mapped[Decimal]


class PlanExclusion(Model):
    """A unit that a decision leaves out of the denominator, with the reason."""

    __tablename__ = "plan_exclusion"
    __table_args__ = (UniqueConstraint("plan_id", "unit_id"), Index("ix_plan_exclusion_unit", "unit_id"))

    plan_id: Mapped[UUID] = mapped_column(ForeignKey("plan.id"))
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"))
    reason: Mapped[str] = mapped_column(Text)
    decision: Mapped[str] = mapped_column(String(200), default="")
    recorded_at: Mapped[datetime]
