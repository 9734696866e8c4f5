"""Units with their history: who existed when, under whom, and who took over."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inspect_app.db import Model, enum_column
from inspect_app.units.rules import ChangeKind, TenureKind, UnitKind


class Unit(Model):
    """An authority or a part of one. Both days of validity are inclusive; an open end is still in force."""

    __tablename__ = "unit"
    __table_args__ = (
        CheckConstraint("valid_to IS NULL OR valid_from IS NULL OR valid_from <= valid_to", name="validity"),
        Index("ix_unit_parent_name", "parent_id", "name"),
        Index("ix_unit_search", "search"),
    )

    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(250))
    search: Mapped[str] = mapped_column(String(300))
    kind: Mapped[UnitKind] = enum_column(UnitKind)
    group: Mapped[str | None] = mapped_column("group_name", String(100))
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("unit.id"))
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    source: Mapped[str] = mapped_column(Text, default="")

    parent: Mapped["Unit | None"] = relationship(remote_side="Unit.id", lazy="raise")


class UnitReach(Model):
    """Every unit with everything above it (itself at depth 0): the one table that scope is asked of.

    `linked` rows reach a unit through `coordinated_by` instead of through its parents.
    """

    __tablename__ = "unit_reach"
    __table_args__ = (UniqueConstraint("above_id", "unit_id"), Index("ix_unit_reach_unit", "unit_id", "above_id"))

    above_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"))
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"))
    depth: Mapped[int]
    linked: Mapped[bool] = mapped_column(default=False)


class UnitLink(Model):
    """A central agency on the territory of a unit that coordinates its work (coordinated_by)."""

    __tablename__ = "unit_link"
    __table_args__ = (UniqueConstraint("unit_id", "coordinated_by_id"),)

    unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"))
    coordinated_by_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"), index=True)


class UnitChange(Model):
    """One row of a reorganisation: on this day `from_unit` passed to `to_unit`, or ended without successor (None)."""

    __tablename__ = "unit_change"
    __table_args__ = (
        UniqueConstraint("on_day", "from_unit_id", "to_unit_id"),
        Index("ix_unit_change_from", "from_unit_id"),
        Index("ix_unit_change_to", "to_unit_id"),
    )

    on_day: Mapped[date]
    from_unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"))
    to_unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("unit.id"))
    main_successor: Mapped[bool]
    kind: Mapped[ChangeKind] = enum_column(ChangeKind)
    source: Mapped[str] = mapped_column(Text, default="")


class Post(Model):
    """A post in a unit. Tasks belong to posts, so that they outlive whoever holds them."""

    __tablename__ = "post"

    unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    is_head: Mapped[bool] = mapped_column(default=False)
    valid_to: Mapped[date | None]

    unit: Mapped[Unit] = relationship(lazy="raise")


class Tenure(Model):
    """Who holds a post from which day to which (both inclusive); `acting` is Q., `deputy` signs KT."""

    __tablename__ = "tenure"
    __table_args__ = (
        CheckConstraint("ends_on IS NULL OR starts_on <= ends_on", name="days"),
        Index("ix_tenure_post", "post_id", "starts_on"),
        Index("ix_tenure_person", "person_id", "starts_on"),
    )

    post_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[TenureKind] = enum_column(TenureKind, default=TenureKind.FULL)
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    recorded_at: Mapped[datetime]

    post: Mapped[Post] = relationship(lazy="raise")
    person: Mapped["Person"] = relationship("Person", lazy="raise")  # noqa: F821 - by name: accounts stands above
