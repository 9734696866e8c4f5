"""Files and photos, kept by their content; and papers on their way to becoming a file."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inspect_app.db import Model


class StoredFile(Model):
    """A file as it was taken in. `sha256` finds its bytes in the store; photos are re-encoded, without EXIF."""

    __tablename__ = "stored_file"
    __table_args__ = (Index("ix_stored_file_sha256", "sha256"), Index("ix_stored_file_unit", "unit_id"))

    sha256: Mapped[str] = mapped_column(String(64))
    thumbnail_sha256: Mapped[str | None] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(BigInteger)
    media_type: Mapped[str] = mapped_column(String(100))
    name: Mapped[str] = mapped_column(String(200))
    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("unit.id"))
    uploaded_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    uploaded_at: Mapped[datetime]
    taken_at: Mapped[datetime | None]
    position: Mapped[dict[str, Any] | None]


class Attachment(Model):
    """A file that belongs to a thing: proof on a criterion or a task, a scan of signed minutes, an issued paper."""

    __tablename__ = "attachment"
    __table_args__ = (Index("ix_attachment_thing", "thing_type", "thing_id", "removed_at"),)

    file_id: Mapped[UUID] = mapped_column(ForeignKey("stored_file.id"))
    thing_type: Mapped[str] = mapped_column(String(40))
    thing_id: Mapped[UUID]
    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("unit.id"))
    purpose: Mapped[str] = mapped_column(String(40))
    criterion_code: Mapped[str | None] = mapped_column(String(40))
    caption: Mapped[str] = mapped_column(String(300), default="")
    added_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    added_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
    removed_reason: Mapped[str | None] = mapped_column(Text)

    file: Mapped[StoredFile] = relationship(lazy="raise")


class RenderJob(Model):
    """A paper being made: what is asked for, how far it is, and the file or the reason when it has ended."""

    __tablename__ = "render_job"
    __table_args__ = (Index("ix_render_job_thing", "thing_type", "thing_id"),)

    thing_type: Mapped[str] = mapped_column(String(40))
    thing_id: Mapped[UUID]
    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("unit.id"))
    paper: Mapped[str] = mapped_column(String(40))
    data_hash: Mapped[str] = mapped_column(String(64))
    asked_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime]
    step: Mapped[str] = mapped_column(String(40), default="waiting")
    percent: Mapped[int] = mapped_column(default=0)
    file_id: Mapped[UUID | None] = mapped_column(ForeignKey("stored_file.id"))
    finished_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(Text)
