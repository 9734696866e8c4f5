"""What the tablets sent: each change once, with the answer that it got, and what could not be applied."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from inspect_app.db import Model


class Mutation(Model):
    """One change by its client-made id. The same id with the same body gets the first result again."""

    __tablename__ = "sync_mutation"
    __table_args__ = (Index("ix_sync_mutation_inspection", "inspection_id", "received_at"),)

    body_hash: Mapped[str] = mapped_column(String(64))
    device: Mapped[str] = mapped_column(String(60))
    seq: Mapped[int]
    author_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    inspection_id: Mapped[UUID | None] = mapped_column(ForeignKey("inspection.id"))
    result: Mapped[dict[str, Any]]
    received_at: Mapped[datetime]


class Parked(Model):
    """A change that could not be applied, kept raw, and why."""

    __tablename__ = "sync_parked"
    __table_args__ = (Index("ix_sync_parked_open", "answered_at", "received_at"),)

    mutation_id: Mapped[str] = mapped_column(String(60))
    author_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    inspection_id: Mapped[UUID | None] = mapped_column(ForeignKey("inspection.id"))
    body: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(String(60))
    received_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
