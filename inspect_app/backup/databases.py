"""The database into files and back: SQLite by its online backup, PostgreSQL by COPY of every table in one snapshot."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from psycopg import sql
from sqlalchemy import Connection, create_engine, inspect, text
from sqlalchemy.engine import make_url

from inspect_app.backup.manifest import CHUNK, Damaged

SQLITE_FILE, TABLES = "database.sqlite", "tables"
NO_TIMEOUTS = ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout")


def dump_sqlite(url: str, folder: Path) -> None:
    """Copies the database as it is at one moment, while others write."""
    source = file_of(url)
    with (
        closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as live,
        closing(sqlite3.connect(folder / SQLITE_FILE)) as copy,
    ):
        live.backup(copy)
    fold_sqlite(folder / SQLITE_FILE)
    check_sqlite(folder / SQLITE_FILE)


def fold_sqlite(path: Path) -> None:
    """Makes one whole file of a database, and brings it to the disk."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
    with path.open("rb") as file:
        os.fsync(file.fileno())


def check_sqlite(path: Path) -> None:
    """Raises Damaged unless SQLite finds the file whole."""
    try:
        with closing(sqlite3.connect(path)) as connection:
            found = connection.execute("PRAGMA integrity_check").fetchone()[0]
            orphan = connection.execute("PRAGMA foreign_key_check").fetchone()
    except sqlite3.DatabaseError as error:
        found, orphan = str(error), None
    if found != "ok" or orphan:
        raise Damaged(f"{path.name} is not whole: {found if found != 'ok' else f'table {orphan[0]} has orphans'}.")


def file_of(url: str) -> Path:
    """The file of an SQLite database."""
    return Path(str(make_url(url).database))


def dump_postgresql(url: str, folder: Path) -> dict[str, dict[str, Any]]:
    """Writes every table as it is in one snapshot; gives the columns and the number of rows of each."""
    (folder / TABLES).mkdir()
    tables = {}
    with _connection(url, "REPEATABLE READ") as connection:
        found = inspect(connection)
        for name in sorted(found.get_table_names()):
            columns = sorted(column["name"] for column in found.get_columns(name))
            rows = _copy_out(connection, name, columns, folder / TABLES / f"{name}.copy")
            tables[name] = {"columns": columns, "rows": rows}
    return tables


def load_postgresql(url: str, folder: Path, tables: dict[str, dict[str, Any]]) -> None:
    """Fills the tables, which stand at the schema of the backup, in one transaction. Raises Damaged."""
    with _connection(url) as connection, connection.begin():
        links = _links(connection)
        for table, name, _how in links:
            connection.execute(text(f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"'))
        for name, facts in tables.items():
            if name != "alembic_version":
                connection.execute(text(f'DELETE FROM "{name}"'))  # noqa: S608 - a name of the schema
                _copy_in(connection, name, facts, folder / TABLES / f"{name}.copy")
        for table, name, how in links:
            connection.execute(text(f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" {how}'))


def empty_postgresql(url: str) -> None:
    """Takes away every table and function, in one transaction; grants on the schema stay."""
    with _connection(url) as connection, connection.begin():
        for name in inspect(connection).get_table_names():
            connection.execute(text(f'DROP TABLE "{name}" CASCADE'))
        own = "SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = current_schema()::regnamespace"
        for (signature,) in connection.execute(text(own)).all():
            connection.execute(text(f"DROP FUNCTION {signature} CASCADE"))


def is_empty(url: str) -> bool:
    """Whether there is nothing yet in the database."""
    if url.startswith("sqlite"):
        return not file_of(url).exists()
    with _connection(url) as connection:
        return not inspect(connection).get_table_names()


def others_on(url: str) -> int:
    """How many other connections of the product there are to a PostgreSQL database."""
    if url.startswith("sqlite"):
        return 0
    asked = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        " AND application_name = 'inspect'"
    )
    with _connection(url) as connection:
        return int(connection.scalar(text(asked)) or 0)


@contextmanager
def _connection(url: str, isolation: str = "READ COMMITTED") -> Iterator[Connection]:
    settings = " ".join(f"-c {name}=0" for name in NO_TIMEOUTS)
    engine = create_engine(url, connect_args={"application_name": "inspect-backup", "options": settings})
    try:
        with engine.connect().execution_options(isolation_level=isolation) as connection:
            yield connection
    finally:
        engine.dispose()


def _links(connection: Connection) -> list[tuple[str, str, str]]:
    """Every foreign key: tables are filled in any order, and the links come back when all are there."""
    asked = (
        "SELECT class.relname, found.conname, pg_get_constraintdef(found.oid) FROM pg_constraint found"
        " JOIN pg_class class ON class.oid = found.conrelid"
        " WHERE found.contype = 'f' AND found.connamespace = current_schema()::regnamespace ORDER BY 1, 2"
    )
    return [(table, name, how) for table, name, how in connection.execute(text(asked))]


def _copy_out(connection: Connection, name: str, columns: list[str], path: Path) -> int:
    cursor = connection.connection.driver_connection.cursor()
    with cursor, path.open("xb") as file:
        with cursor.copy(_copy(name, columns, "TO STDOUT")) as rows:
            for chunk in rows:
                file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
        return int(cursor.rowcount)


def _copy_in(connection: Connection, name: str, facts: dict[str, Any], path: Path) -> None:
    cursor = connection.connection.driver_connection.cursor()
    with cursor, path.open("rb") as file:
        with cursor.copy(_copy(name, facts["columns"], "FROM STDIN")) as rows:
            while chunk := file.read(CHUNK):
                rows.write(chunk)
        if cursor.rowcount != facts["rows"]:
            raise Damaged(f"{TABLES}/{path.name} gave {cursor.rowcount} rows, not {facts['rows']}.")


def _copy(name: str, columns: list[str], how: str) -> sql.Composed:
    listed = sql.SQL(", ").join(map(sql.Identifier, columns))
    return sql.SQL("COPY {} ({}) ").format(sql.Identifier(name), listed) + sql.SQL(how)
