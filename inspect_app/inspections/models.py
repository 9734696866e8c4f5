"""A visit: team, answers with all their versions, papers, signatures, explanations."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inspect_app.db import Model, enum_column
from inspect_app.inspections.papers import PaperKind
from inspect_app.inspections.rules import InspectionForm, MemberRole
from inspect_app.inspections.rules import State as InspectionState
from inspect_app.rubrics.shapes import Source as AnswerSource


class Inspection(Model):
    """One check of one unit by an inspecting unit in a plan year, from proposal to closing.

    `version` counts the changes, so that a stale page is answered with 409. `held_from` is the state before a
    postponement or suspension. Points are those of the figures in force, frozen at the conclusion.
    """

    __tablename__ = "inspection"
    __table_args__ = (
        CheckConstraint("starts_on IS NULL OR ends_on IS NULL OR starts_on <= ends_on", name="days"),
        CheckConstraint("state <> 'cancelled' OR cancelled_at IS NOT NULL", name="cancelled"),
        CheckConstraint(
            "state NOT IN ('minutes_signed','in_review','reported','concluded','follow_up','closed')"
            " OR minutes_signed_at IS NOT NULL",
            name="signed",
        ),
        CheckConstraint(
            "state NOT IN ('concluded','follow_up','closed') OR concluded_at IS NOT NULL", name="concluded"
        ),
        UniqueConstraint("inspector_id", "year", "number"),
        Index("ix_inspection_list", "inspector_id", "year", "starts_on", "id"),
        Index("ix_inspection_unit", "unit_id", "year"),
        Index("ix_inspection_plan", "plan_id", "state"),
    )

    number: Mapped[int]
    year: Mapped[int]
    plan_id: Mapped[UUID | None] = mapped_column(ForeignKey("plan.id"))
    inspector_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"))
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"))
    form: Mapped[InspectionForm] = enum_column(InspectionForm, default=InspectionForm.PERIODIC)
    state: Mapped[InspectionState] = enum_column(InspectionState, default=InspectionState.PROPOSED, index=True)
    held_from: Mapped[str | None] = mapped_column(String(24))
    version: Mapped[int] = mapped_column(default=1)
    reasons: Mapped[list[Any]]
    grounds: Mapped[str] = mapped_column(Text, default="")
    locked: Mapped[bool] = mapped_column(default=False)
    quarter: Mapped[int | None]
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    team_name: Mapped[str] = mapped_column(String(100), default="")
    rubric_version_id: Mapped[UUID | None] = mapped_column(ForeignKey("rubric_version.id"))
    postponed_count: Mapped[int] = mapped_column(default=0)

    planned_at: Mapped[datetime | None]
    scheduled_at: Mapped[datetime | None]
    notified_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    field_done_at: Mapped[datetime | None]
    minutes_signed_at: Mapped[datetime | None]
    minutes_signed_on: Mapped[date | None]
    review_opened_at: Mapped[datetime | None]
    review_until: Mapped[date | None]
    review_round: Mapped[int] = mapped_column(default=0)
    reported_at: Mapped[datetime | None]
    concluded_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]

    points: Mapped[Decimal | None]
    applicable_max: Mapped[Decimal | None]
    index_pct: Mapped[Decimal | None]
    record_hash: Mapped[str | None] = mapped_column(String(64))

    opening: Mapped[str] = mapped_column(Text, default="")
    strengths: Mapped[str] = mapped_column(Text, default="")
    unit_opinion: Mapped[str] = mapped_column(Text, default="")
    report_summary: Mapped[str] = mapped_column(Text, default="")
    report_measures: Mapped[str] = mapped_column(Text, default="")
    report_unit_wishes: Mapped[str] = mapped_column(Text, default="")
    report_recommendations: Mapped[str] = mapped_column(Text, default="")

    unit: Mapped["Unit"] = relationship("Unit", foreign_keys=[unit_id], lazy="raise")  # noqa: F821 - by name
    inspector: Mapped["Unit"] = relationship("Unit", foreign_keys=[inspector_id], lazy="raise")  # noqa: F821
    rubric_version: Mapped["RubricVersion | None"] = relationship("RubricVersion", lazy="raise")  # noqa: F821
    members: Mapped[list["Member"]] = relationship(back_populates="inspection", lazy="raise", order_by="Member.role")

    @property
    def code(self) -> str:
        """How people name it: 2026-KT-027."""
        return f"{self.year}-KT-{self.number:03d}"


class Member(Model):
    """A person on the team. `left_at` ends access at once; what was sent before stays."""

    __tablename__ = "inspection_member"
    __table_args__ = (
        Index(
            "ix_inspection_member_now",
            "inspection_id",
            "person_id",
            unique=True,
            sqlite_where=text("left_at IS NULL"),
            postgresql_where=text("left_at IS NULL"),
        ),
        Index("ix_inspection_member_person", "person_id", "left_at"),
    )

    inspection_id: Mapped[UUID] = mapped_column(ForeignKey("inspection.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    role: Mapped[MemberRole] = enum_column(MemberRole)
    joined_at: Mapped[datetime]
    left_at: Mapped[datetime | None]
    left_reason: Mapped[str | None] = mapped_column(Text)

    inspection: Mapped[Inspection] = relationship(back_populates="members", lazy="raise")
    person: Mapped["Person"] = relationship("Person", lazy="raise")  # noqa: F821 - by name


class Answer(Model):
    """The answer in force of one criterion from one source. `value` is the form of rules.md §1, or {"na": reason}."""

    __tablename__ = "answer"
    __table_args__ = (UniqueConstraint("inspection_id", "criterion_code", "source"),)

    inspection_id: Mapped[UUID] = mapped_column(ForeignKey("inspection.id"))
    criterion_code: Mapped[str] = mapped_column(String(40))
    source: Mapped[AnswerSource] = enum_column(AnswerSource, default=AnswerSource.TEAM)
    value: Mapped[dict[str, Any] | None]
    note: Mapped[str] = mapped_column(Text, default="")
    points: Mapped[Decimal | None]
    version: Mapped[int] = mapped_column(default=1)
    author_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    device: Mapped[str | None] = mapped_column(String(60))
    answered_at: Mapped[datetime]
    received_at: Mapped[datetime]


class AnswerVersion(Model):
    """Every value ever given, in the order in which the server took it in.

    `register` tells what was given: the "answer", the "note", or "both"; the other stands here as it was. `applied` is
    False for what came too late on top of somebody else's: it is kept beside what is in force until a person decides
    on that register again, and in this history for ever.
    """

    __tablename__ = "answer_version"
    __table_args__ = (UniqueConstraint("inspection_id", "criterion_code", "source", "version"),)

    inspection_id: Mapped[UUID] = mapped_column(ForeignKey("inspection.id"))
    criterion_code: Mapped[str] = mapped_column(String(40))
    source: Mapped[AnswerSource] = enum_column(AnswerSource)
    version: Mapped[int]
    register: Mapped[str] = mapped_column(String(6), default="both", server_default="both")
    applied: Mapped[bool] = mapped_column(default=True)
    value: Mapped[dict[str, Any] | None]
    note: Mapped[str] = mapped_column(Text, default="")
    points: Mapped[Decimal | None]
    reason: Mapped[str | None] = mapped_column(Text)
    author_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    device: Mapped[str | None] = mapped_column(String(60))
    answered_at: Mapped[datetime]
    received_at: Mapped[datetime]


class Explanation(Model):
    """What the unit says about one criterion after signing, and what the office decided on it."""

    __tablename__ = "explanation"
    __table_args__ = (
        UniqueConstraint("inspection_id", "criterion_code", "round"),
        CheckConstraint("(decided_at IS NULL) = (accepted IS NULL)", name="decided"),
    )

    inspection_id: Mapped[UUID] = mapped_column(ForeignKey("inspection.id"))
    criterion_code: Mapped[str] = mapped_column(String(40))
    round: Mapped[int]
    words: Mapped[str] = mapped_column(Text)
    wished_value: Mapped[dict[str, Any] | None]
    explained_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    explained_at: Mapped[datetime]
    accepted: Mapped[bool | None]
    decided_value: Mapped[dict[str, Any] | None]
    decision_reason: Mapped[str] = mapped_column(Text, default="")
    decided_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]


class Signature(Model):
    """The leader's and the head's confirmation of the minutes, each with their own account; or a noted refusal.

    The head's may rest on what the unit signed on the team's tablet (`glass_id`); then `person_id` is who took it in.
    """

    __tablename__ = "signature"
    __table_args__ = (
        UniqueConstraint("inspection_id", "side"),
        CheckConstraint("side IN ('lead', 'head')", name="side"),
        CheckConstraint("refused = (witness IS NOT NULL)", name="witness"),
    )

    inspection_id: Mapped[UUID] = mapped_column(ForeignKey("inspection.id"))
    side: Mapped[str] = mapped_column(String(4))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    signed_at: Mapped[datetime]
    record_hash: Mapped[str] = mapped_column(String(64))
    refused: Mapped[bool] = mapped_column(default=False)
    witness: Mapped[str | None] = mapped_column(String(200))
    refusal_reason: Mapped[str | None] = mapped_column(Text)
    glass_id: Mapped[UUID | None] = mapped_column(ForeignKey("glass_signature.id"))

    glass: Mapped["GlassSignature | None"] = relationship(lazy="raise")


class GlassSignature(Model):
    """What somebody signed on a tablet's glass, over the content with this `digest`; or a refusal, with its witness.

    It is kept as it was drawn (`strokes` are [x, y, …] in whole thousandths) and never changed.
    """

    __tablename__ = "glass_signature"
    __table_args__ = (
        CheckConstraint("side IN ('lead', 'unit')", name="side"),
        CheckConstraint("refused = (witness IS NOT NULL)", name="witness"),
        CheckConstraint("refused = (refusal_reason IS NOT NULL)", name="reason"),
        CheckConstraint("NOT refused OR side = 'unit'", name="who_refuses"),
        Index("ix_glass_signature_inspection", "inspection_id", "signed_at"),
    )

    inspection_id: Mapped[UUID] = mapped_column(ForeignKey("inspection.id"))
    side: Mapped[str] = mapped_column(String(4))
    name: Mapped[str] = mapped_column(String(200), default="")
    title: Mapped[str] = mapped_column(String(200), default="")
    strokes: Mapped[list[Any]]
    digest: Mapped[str] = mapped_column(String(64))
    refused: Mapped[bool] = mapped_column(default=False)
    witness: Mapped[str | None] = mapped_column(String(200))
    refusal_reason: Mapped[str | None] = mapped_column(Text)
    taken_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    device: Mapped[str] = mapped_column(String(60))
    signed_at: Mapped[datetime]
    received_at: Mapped[datetime]


class SampleDraw(Model):
    """Which case files were drawn to be looked into: anybody can draw them again from `seed`. Draws are only added."""

    __tablename__ = "sample_draw"
    __table_args__ = (
        CheckConstraint("seed BETWEEN 0 AND 4294967295", name="seed"),
        CheckConstraint("population BETWEEN 1 AND 1000000", name="population"),
        CheckConstraint("size BETWEEN 1 AND population", name="size"),
        Index("ix_sample_draw_inspection", "inspection_id", "criterion_code"),
    )

    inspection_id: Mapped[UUID] = mapped_column(ForeignKey("inspection.id"))
    criterion_code: Mapped[str] = mapped_column(String(40), default="")
    label: Mapped[str] = mapped_column(String(200), default="")
    seed: Mapped[int] = mapped_column(BigInteger)
    population: Mapped[int]
    size: Mapped[int]
    drawn: Mapped[list[Any]]
    drawn_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    device: Mapped[str] = mapped_column(String(60))
    drawn_at: Mapped[datetime]
    received_at: Mapped[datetime]


class SectionClaim(Model):
    """Which section a person of the team says to be working on; one at a time, and nobody is kept out by it."""

    __tablename__ = "section_claim"
    __table_args__ = (UniqueConstraint("inspection_id", "person_id"),)

    inspection_id: Mapped[UUID] = mapped_column(ForeignKey("inspection.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    section: Mapped[str] = mapped_column(String(40))
    claimed_at: Mapped[datetime]


class Paper(Model):
    """An official paper of an inspection with the number that was given to it outside; unique per unit, year, kind."""

    __tablename__ = "paper"
    __table_args__ = (
        UniqueConstraint("issuer_id", "year", "kind", "number"),
        Index("ix_paper_inspection", "inspection_id", "kind"),
    )

    inspection_id: Mapped[UUID] = mapped_column(ForeignKey("inspection.id"))
    issuer_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"))
    kind: Mapped[PaperKind] = enum_column(PaperKind)
    year: Mapped[int]
    number: Mapped[str] = mapped_column(String(60))
    issued_on: Mapped[date]
    signer_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime]


class StatePassed(Model):
    """When an inspection reached each state: the dates under its steps."""

    __tablename__ = "inspection_state_passed"
    __table_args__ = (Index("ix_inspection_state_passed", "inspection_id", "at"),)

    inspection_id: Mapped[UUID] = mapped_column(ForeignKey("inspection.id"))
    state: Mapped[InspectionState] = enum_column(InspectionState)
    at: Mapped[datetime]
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str | None] = mapped_column(Text)
