"""Which tablets there are, what they are still sending, and the key for the file of last resort."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inspect_app.accounts.models import Person
from inspect_app.db import Model


class Tablet(Model):
    """What a tablet last said of itself, for each person who works on it. `skew`: seconds that its clock is ahead."""

    __tablename__ = "sync_tablet"
    __table_args__ = (UniqueConstraint("device", "person_id"), Index("ix_sync_tablet_person", "person_id"))

    device: Mapped[str] = mapped_column(String(60))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    last_contact_at: Mapped[datetime]
    waiting: Mapped[int]
    photos: Mapped[int]
    oldest_at: Mapped[datetime | None]
    app_version: Mapped[str] = mapped_column(String(40))
    skew: Mapped[int]
    storage: Mapped[dict[str, Any]]

    person: Mapped[Person] = relationship(lazy="raise")


class SyncUpload(Model):
    """A photo on its way, by the id that the tablet gave it. Its bytes stand among the uploads until it is whole.

    `sha256` and `size` are those of what the tablet has; `outcome` is empty while it is on its way, then "stored" or
    "parked:<reason>". One that was parked keeps its bytes beside the others, under its id.
    """

    __tablename__ = "sync_upload"
    __table_args__ = (
        Index("ix_sync_upload_inspection", "inspection_id", "outcome"),
        Index("ix_sync_upload_open", "outcome", "asked_at"),
    )

    author_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    inspection_id: Mapped[UUID | None] = mapped_column(ForeignKey("inspection.id"))
    metadata_hash: Mapped[str] = mapped_column(String(64))
    body: Mapped[str] = mapped_column(Text)
    device: Mapped[str] = mapped_column(String(60))
    criterion_code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(BigInteger)
    taken_at: Mapped[datetime | None]
    asked_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[str] = mapped_column(String(60))
    attachment_id: Mapped[UUID | None] = mapped_column(ForeignKey("attachment.id"))


class RescueKey(Model):
    """The pair of keys for files of last resort. The private half is sealed with the installation's secret.

    `mark` tells under which secret: after a new one, a new pair is made, and the old one waits for its secret.
    """

    __tablename__ = "sync_rescue_key"

    mark: Mapped[str] = mapped_column(String(64), unique=True)
    public: Mapped[dict[str, Any]]
    sealed: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime]
