"""What was told to whom: the in-app inbox, and the mails that leave or have left."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from inspect_app.db import Model


class Notice(Model):
    """One message in a person's inbox. `message` is a message id, shown in the reader's language with `facts`."""

    __tablename__ = "notice"
    __table_args__ = (Index("ix_notice_inbox", "person_id", "read_at", "id"),)

    key: Mapped[str | None] = mapped_column(String(200), unique=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    message: Mapped[str] = mapped_column(Text)
    facts: Mapped[dict[str, Any]]
    path: Mapped[str] = mapped_column(String(300))
    thing_type: Mapped[str] = mapped_column(String(40))
    thing_id: Mapped[UUID]
    unit_id: Mapped[UUID | None]
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]


class Mail(Model):
    """One mail. In demo mode it stays here to be looked at; otherwise it leaves over SMTP and says when."""

    __tablename__ = "mail"
    __table_args__ = (Index("ix_mail_created", "created_at"),)

    key: Mapped[str | None] = mapped_column(String(200), unique=True)
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    to_address: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(String(300))
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(Text)
