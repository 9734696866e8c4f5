"""What was wrong, or worth copying, at one criterion of one inspection."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inspect_app.db import Model, enum_column
from inspect_app.findings.rules import Cause, Severity
from inspect_app.findings.rules import Kind as FindingKind
from inspect_app.findings.rules import State as FindingState


class Finding(Model):
    """A finding of a unit. Its facts are the team's; the reply is the unit's; the decision is the office's.

    A person named in it is seen only by OFFICE, LEAD, AUTHORITY and that unit's HEAD.
    """

    __tablename__ = "finding"
    __table_args__ = (
        CheckConstraint("state NOT IN ('closed') OR closed_at IS NOT NULL", name="closed"),
        Index("ix_finding_inspection", "inspection_id", "criterion_code"),
        Index("ix_finding_unit_criterion", "unit_id", "criterion_code", "state"),
    )

    number: Mapped[int]
    inspection_id: Mapped[UUID] = mapped_column(ForeignKey("inspection.id"))
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"))
    criterion_code: Mapped[str] = mapped_column(String(40))
    criterion_name: Mapped[str] = mapped_column(Text)
    kind: Mapped[FindingKind] = enum_column(FindingKind, default=FindingKind.SHORTCOMING)
    state: Mapped[FindingState] = enum_column(FindingState, default=FindingState.RAISED, index=True)
    version: Mapped[int] = mapped_column(default=1)
    fact: Mapped[str] = mapped_column(Text)
    legal_basis: Mapped[str] = mapped_column(Text, default="")
    severity: Mapped[Severity] = enum_column(Severity, default=Severity.LIGHT)
    cause_kind: Mapped[Cause | None] = enum_column(Cause, nullable=True)
    cause: Mapped[str] = mapped_column(Text, default="")
    recommendation: Mapped[str] = mapped_column(Text, default="")
    named_person: Mapped[str] = mapped_column(String(200), default="")
    recurrence_of_id: Mapped[UUID | None] = mapped_column(ForeignKey("finding.id"))
    raised_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    raised_at: Mapped[datetime]
    reply: Mapped[str] = mapped_column(Text, default="")
    agreed: Mapped[bool | None]
    replied_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    replied_at: Mapped[datetime | None]
    decision_reason: Mapped[str] = mapped_column(Text, default="")
    decided_at: Mapped[datetime | None]
    resolved_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]

    inspection: Mapped["Inspection"] = relationship("Inspection", lazy="raise")  # noqa: F821 - by name
    unit: Mapped["Unit"] = relationship("Unit", lazy="raise")  # noqa: F821 - by name
