"""The database: types that lose nothing, set-up of SQLite and PostgreSQL, and the only commit in the product."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from flask import Flask, g, has_request_context, request
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import JSON, DateTime, Enum, Integer, MetaData, Uuid, event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, registry
from sqlalchemy.types import TypeDecorator
from uuid6 import uuid7

from inspect_app.config import ROOT, Settings
from inspect_app.crashpoints import crashpoint

CONSTRAINT_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


_make_id: Callable[[], UUID] = uuid7


def new_id() -> UUID:
    """A UUIDv7: made on the tablet or here, sorted by the time of making, never a secret."""
    return UUID(int=_make_id().int)


@contextmanager
def ids_from(maker: Callable[[], UUID]) -> Iterator[None]:
    """Ids come from `maker` meanwhile: the demonstration is the same, byte for byte, whenever it is made."""
    global _make_id
    usual, _make_id = _make_id, maker
    try:
        yield
    finally:
        _make_id = usual


class Moment(TypeDecorator[datetime]):
    """A point in time. Kept in UTC; SQLite gives it back with its zone, as PostgreSQL does."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A moment without a time zone means nothing.")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Points(TypeDecorator[Decimal]):
    """Points with two decimals, kept as whole hundredths, so that no database ever turns them into floats."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Any) -> int | None:
        if value is None:
            return None
        return int((Decimal(value) * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))

    def process_result_value(self, value: int | None, dialect: Any) -> Decimal | None:
        return None if value is None else Decimal(value) / 100


def enum_column(values: type, **options: Any) -> Any:
    """A column of a StrEnum: text in the database, with a CHECK that knows every value."""
    return mapped_column(
        Enum(
            values,
            native_enum=False,
            create_constraint=True,
            length=24,
            values_callable=lambda kind: [item.value for item in kind],
            validate_strings=True,
            name=values.__name__.lower(),
        ),
        **options,
    )


class Base(DeclarativeBase):
    """Which column a Python type becomes, and how constraints are named."""

    registry = registry(
        metadata=MetaData(naming_convention=CONSTRAINT_NAMES),
        type_annotation_map={datetime: Moment, dict[str, Any]: JSON, list[Any]: JSON, UUID: Uuid, Decimal: Points},
    )


db = SQLAlchemy(model_class=Base, disable_autonaming=True, session_options={"expire_on_commit": False})


class Model(db.Model):  # type: ignore[name-defined]  # the extension makes its base at run time
    """A stored thing. Its id is a UUIDv7."""

    __abstract__ = True

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, sort_order=-1)


migrate = Migrate(directory=str(ROOT / "migrations"), render_as_batch=True, compare_type=True)


class WriteOnRead(RuntimeError):
    """A GET tried to write. Reading a page never changes anything."""


class NestedTransaction(RuntimeError):
    """transaction() inside transaction(): the inner one would commit half of the outer one's work."""


@contextmanager
def transaction() -> Iterator[None]:
    """One use case, whole or not at all: change, log entry and waiting jobs commit together.

    Raises NestedTransaction when one is open. Whatever escapes rolls everything back.
    """
    session = db.session()
    if session.info.get("transaction_open"):
        raise NestedTransaction
    session.info["transaction_open"] = True
    try:
        yield
        crashpoint("transaction.done")
        db.session.commit()
    except BaseException:
        db.session.rollback()
        session.info.pop("bells", None)
        raise
    finally:
        session.info["transaction_open"] = False
    crashpoint("transaction.committed")
    for ring in session.info.pop("bells", {}).values():
        ring()
    crashpoint("transaction.rung")


def after_commit(key: str, ring: Any) -> None:
    """Runs `ring()` once after the open transaction has committed; not at all if it does not."""
    db.session().info.setdefault("bells", {})[key] = ring


def register(app: Flask, settings: Settings) -> None:
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.sqlalchemy_url
    if settings.uses_sqlite and not settings.database_url:
        settings.data.mkdir(parents=True, exist_ok=True)
    options: dict[str, Any] = {"pool_pre_ping": not settings.uses_sqlite}
    if not settings.uses_sqlite:
        options["connect_args"] = {
            "options": "-c timezone=utc -c lock_timeout=3000 -c statement_timeout=30000"
            " -c idle_in_transaction_session_timeout=60000",
            "application_name": "inspect",
        }
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = options
    db.init_app(app)
    migrate.init_app(app, db)


@event.listens_for(Engine, "connect")
def _set_up_sqlite(connection: Any, _record: Any) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=15000"):
        connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    connection.exec_driver_sql("BEGIN" if _only_reads(connection) else "BEGIN IMMEDIATE")


def _only_reads(connection: Connection) -> bool:
    if connection.get_execution_options().get("sqlite_read"):
        return True
    return has_request_context() and request.method in {"GET", "HEAD"} and not g.get("writes_allowed")


@event.listens_for(Session, "before_flush")
def _get_never_writes(session: Session, _context: Any, _instances: Any) -> None:
    if has_request_context() and request.method in {"GET", "HEAD"} and not g.get("writes_allowed"):
        raise WriteOnRead(f"{request.path} would write {list(session.new) or list(session.dirty)}")


def schema_is_current() -> bool:
    """True when the database stands at the newest migration."""
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory

    context = MigrationContext.configure(db.session.connection())
    return set(context.get_current_heads()) == set(ScriptDirectory(str(ROOT / "migrations")).get_heads())
