"""What is asked and how it counts. A published version never changes."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inspect_app.db import Model, enum_column
from inspect_app.rubrics.states import RubricState


class Rubric(Model):
    """A set of criteria under its own id (`kiem-tra-mau-7`), through all its versions."""

    __tablename__ = "rubric"

    code: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(250))
    created_at: Mapped[datetime]


class RubricVersion(Model):
    """One version. `content` is the JSON form of the YAML; `content_hash` its sha256, printed on papers."""

    __tablename__ = "rubric_version"
    __table_args__ = (
        UniqueConstraint("rubric_id", "number"),
        CheckConstraint("(state = 'draft') = (published_at IS NULL)", name="published"),
    )

    rubric_id: Mapped[UUID] = mapped_column(ForeignKey("rubric.id"))
    number: Mapped[int]
    state: Mapped[RubricState] = enum_column(RubricState, default=RubricState.DRAFT)
    name: Mapped[str] = mapped_column(String(250))
    official: Mapped[bool]
    content: Mapped[dict[str, Any]]
    content_hash: Mapped[str] = mapped_column(String(64), index=True)
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    retired_at: Mapped[datetime | None]

    rubric: Mapped[Rubric] = relationship(lazy="raise")
