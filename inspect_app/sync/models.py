"""What the tablets sent: each change once, with the answer that it got, and what could not be applied."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inspect_app.accounts.models import Person
from inspect_app.db import Model
from inspect_app.inspections.models import Inspection


class Mutation(Model):
    """One change by its client-made id. The same id with the same body gets the first result again.

    `extra` are the fields that this version of the server does not know.
    """

    __tablename__ = "sync_mutation"
    __table_args__ = (Index("ix_sync_mutation_inspection", "inspection_id", "received_at"),)

    body_hash: Mapped[str] = mapped_column(String(64))
    device: Mapped[str] = mapped_column(String(60))
    seq: Mapped[int]
    author_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    inspection_id: Mapped[UUID | None] = mapped_column(ForeignKey("inspection.id"))
    result: Mapped[dict[str, Any]]
    extra: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    received_at: Mapped[datetime]


class Parked(Model):
    """A change that could not be applied, kept raw, and why. `words` are those of the refusal, where there was one.

    `outcome` is what a person made of it: "applied" after all, "answered" with words, or "noted" by the leader.
    """

    __tablename__ = "sync_parked"
    __table_args__ = (
        CheckConstraint("outcome IN ('applied', 'answered', 'noted')", name="outcome"),
        CheckConstraint("(answered_at IS NULL) = (outcome IS NULL)", name="answered"),
        Index("ix_sync_parked_open", "answered_at", "received_at"),
        Index("ix_sync_parked_author", "author_id", "received_at"),
        Index("ix_sync_parked_inspection", "inspection_id", "received_at"),
    )

    mutation_id: Mapped[str] = mapped_column(String(60))
    author_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    inspection_id: Mapped[UUID | None] = mapped_column(ForeignKey("inspection.id"))
    body: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(String(60))
    words: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    received_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    outcome: Mapped[str | None] = mapped_column(String(20))
    answer: Mapped[str] = mapped_column(Text, default="")

    author: Mapped[Person] = relationship(foreign_keys=[author_id], lazy="raise")
    answered_by: Mapped[Person | None] = relationship(foreign_keys=[answered_by_id], lazy="raise")
    inspection: Mapped[Inspection | None] = relationship(lazy="raise")
