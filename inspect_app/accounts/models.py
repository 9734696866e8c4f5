"""People, their roles within a scope, and their signed-in sessions."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inspect_app.db import Model, enum_column
from inspect_app.permissions import Role


class Person(Model):
    """Somebody who signs in, or whose name stands on a tenure. The e-mail address is kept in lower case."""

    __tablename__ = "person"

    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    search: Mapped[str] = mapped_column(String(220), index=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(2), default="vi")
    active: Mapped[bool] = mapped_column(default=True)
    is_demo: Mapped[bool] = mapped_column(default=False)
    demo_line: Mapped[str | None] = mapped_column(String(200))
    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("unit.id"), index=True)
    created_at: Mapped[datetime]

    grants: Mapped[list["RoleGrant"]] = relationship(back_populates="person", lazy="raise")


class RoleGrant(Model):
    """A role of a person for a unit and everything below it; ended, never deleted."""

    __tablename__ = "role_grant"
    __table_args__ = (Index("ix_role_grant_person", "person_id"), Index("ix_role_grant_unit", "unit_id", "role"))

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    role: Mapped[Role] = enum_column(Role)
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]

    person: Mapped[Person] = relationship(back_populates="grants", lazy="raise")
    unit: Mapped["Unit"] = relationship("Unit", lazy="raise")  # noqa: F821 - by name


class Employment(Model):
    """Which unit a person works or worked for: nobody inspects a unit that they left within 24 months."""

    __tablename__ = "employment"
    __table_args__ = (Index("ix_employment_person", "person_id"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]


class SignIn(Model):
    """A signed-in session. The cookie carries its id; ending it here ends it everywhere."""

    __tablename__ = "sign_in"
    __table_args__ = (Index("ix_sign_in_person", "person_id", "ended_at"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    address: Mapped[str] = mapped_column(String(45), default="")
    browser: Mapped[str] = mapped_column(String(200), default="")


class PasswordReset(Model):
    """A way back in, once and for half an hour. Only the hash of its secret is kept."""

    __tablename__ = "password_reset"
    __table_args__ = (UniqueConstraint("secret_hash"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    secret_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
