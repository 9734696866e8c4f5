"""The log: appended, never edited. Triggers in the database refuse every change of a row (migrations/0001)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from inspect_app.db import Model


class AuditEntry(Model):
    """One thing that somebody did. `chain` is the id of its unit, or `system`; `hash` covers `prev_hash`."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        UniqueConstraint("chain", "seq"),
        Index("ix_audit_entry_thing", "thing_type", "thing_id", "at"),
        Index("ix_audit_entry_at", "at"),
    )

    chain: Mapped[str] = mapped_column(String(36))
    seq: Mapped[int]
    at: Mapped[datetime]
    actor_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    actor_name: Mapped[str] = mapped_column(String(200))
    action: Mapped[str] = mapped_column(String(80))
    thing_type: Mapped[str] = mapped_column(String(40))
    thing_id: Mapped[UUID]
    unit_id: Mapped[UUID | None] = mapped_column(index=True)
    reason: Mapped[str | None] = mapped_column(Text)
    document: Mapped[str | None] = mapped_column(String(200))
    details: Mapped[dict[str, Any]]
    prev_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class AuditHead(Model):
    """The end of one chain. Its row is locked while an entry is appended."""

    __tablename__ = "audit_head"

    chain: Mapped[str] = mapped_column(String(36), unique=True)
    seq: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))
