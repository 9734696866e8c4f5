"""One database of a given size and one worker that serves it, for the time of the bench."""

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

import psycopg
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import make_url, select

from inspect_app import create_app
from inspect_app.clock import HANOI
from inspect_app.config import ROOT, Settings
from inspect_app.db import db
from inspect_app.permissions import Role
from inspect_app.processes import die_with_parent
from inspect_app.tasks.models import Task
from tests.bench.data import fill, plan_id, reader
from tests.bench.measure import Caller, Page
from tests.databases import start_postgresql

NOW = datetime(2026, 9, 14, 10, 40, tzinfo=HANOI)
TODAY = date(2026, 9, 14)
SECRET = "a secret of the bench only, 40 characters"
START_PATIENCE = 60.0
DEEP = 9_950
"""Page 200 begins behind this row."""


@dataclass(frozen=True, slots=True)
class Site:
    """A running server; pages are asked for by the office of the whole city."""

    host: str
    port: int
    cookie: str
    plan: UUID
    deep: str

    def page(self, path: str) -> Page:
        return Page(Caller(self.host, self.port, self.cookie), path)


@contextlib.contextmanager
def site(database: str, tasks: int) -> Iterator[Site]:
    """Fills a new database ("sqlite" or "postgresql"), serves it, and leaves nothing behind."""
    with (
        tempfile.TemporaryDirectory(prefix="inspect-bench-") as folder,
        _database(database, tasks, Path(folder)) as url,
    ):
        port = _free_port()
        env = {
            "INSPECT_ENV": "demo",
            "INSPECT_DEMO_NOW": NOW.isoformat(),
            "INSPECT_SECRET": SECRET,
            "INSPECT_DATA": folder,
            "INSPECT_PORT": str(port),
            "DATABASE_URL": url,
        }
        app = create_app(Settings.from_env(env))
        with app.app_context():
            upgrade(directory=str(ROOT / "migrations"))
            fill(tasks, TODAY)
            described_site = described(app, port)
            db.session.remove()
            db.engine.dispose()
        with _server(port, env):
            yield described_site


def described(app: Flask, port: int) -> Site:
    """What the bench needs to know of a filled database; signs its reader in."""
    return Site("127.0.0.1", port, _cookie(app), plan_id(), _deep())


def _cookie(app: Flask) -> str:
    session = {"_user_id": str(reader(Role.OFFICE, NOW)), "_fresh": True, "used": int(NOW.timestamp())}
    return f"{app.config['SESSION_COOKIE_NAME']}={app.session_interface.get_signing_serializer(app).dumps(session)}"


def _deep() -> str:
    """The place behind which page 200 of all tasks begins; of a small database the second row."""
    every = select(Task.due_on, Task.id).order_by(Task.due_on, Task.id)
    row = db.session.execute(every.offset(DEEP).limit(1)).one_or_none()
    row = row or db.session.execute(every.limit(1)).one()
    return f"{row.due_on.isoformat()}_{row.id}"


@contextlib.contextmanager
def _database(kind: str, tasks: int, folder: Path) -> Iterator[str]:
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'bench.sqlite'}"
        return
    server, name = make_url(start_postgresql()), f"inspect_bench_{tasks}"
    plain = server.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0")
        try:
            yield server.set(database=name).render_as_string(hide_password=False)
        finally:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@contextlib.contextmanager
def _server(port: int, env: dict[str, str]) -> Iterator[None]:
    words = ["--worker-class", "sync", "--workers", "1", "--keep-alive", "60", "--log-level", "error"]
    parent = os.getpid()
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", *words, "--bind", f"127.0.0.1:{port}", "tests.bench.server:build()"],
        env={**os.environ, **env},
        cwd=ROOT,
        preexec_fn=lambda: die_with_parent(parent),  # noqa: PLW1509 - this process has one thread
    )
    try:
        limit = time.monotonic() + START_PATIENCE
        while not _answers(port):
            if process.poll() is not None or time.monotonic() > limit:
                raise RuntimeError("The server of the bench does not answer.")
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait(10)


def _answers(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def _free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return door.getsockname()[1]
