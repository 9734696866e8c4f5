"""The app, a database made by the migrations, and a client; each test runs in a transaction that is rolled back."""

import os
import socket
import tempfile
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import upgrade

from inspect_app import create_app
from inspect_app.clock import HANOI
from inspect_app.config import ROOT, Settings
from inspect_app.db import db
from tests.client import Client
from tests.databases import database_url

TODAY = date(2026, 9, 14)
MAKE_THEIR_OWN = {"backup", "bench", "faults", "journeys", "migrations", "serve"}
"""Folders whose tests start databases of their own."""
NOW = datetime(2026, 9, 14, 10, 40, tzinfo=HANOI)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves out of the run on PostgreSQL what asks for no database: it is the same on either."""
    if os.environ.get("TEST_DATABASE") != "postgresql":
        return
    same = [item for item in items if not _asks_for_a_database(item)]
    config.hook.pytest_deselected(items=same)
    items[:] = [item for item in items if _asks_for_a_database(item)]


def _asks_for_a_database(item: pytest.Item) -> bool:
    folder = item.path.relative_to(ROOT / "tests").parts[0]
    return folder in MAKE_THEIR_OWN or "app" in getattr(item, "fixturenames", ())


@pytest.fixture(scope="session")
def app() -> Iterator[Flask]:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "master")
    with tempfile.TemporaryDirectory() as folder:
        settings = _settings(database_url(worker, _build), Path(folder))
        app = create_app(settings)
        yield app
        with app.app_context():
            db.engine.dispose()


@pytest.fixture
def database(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The database inside a transaction that is rolled back, with the product's clock at NOW."""
    monkeypatch.setattr("inspect_app.clock.now", lambda: NOW)
    monkeypatch.setattr("inspect_app.clock.today", lambda: TODAY)
    with app.app_context():
        engine = db.engine
        connection = engine.connect()
        whole = connection.begin()
        db._app_engines[app][None] = connection  # type: ignore[index]  # every session of the test shares it
        db.session.session_factory.configure(join_transaction_mode="create_savepoint")
        try:
            yield
        finally:
            db.session.remove()
            whole.rollback()
            connection.close()
            db._app_engines[app][None] = engine


@pytest.fixture
def client(app: Flask, database: None) -> Client:
    return Client(app)


@pytest.fixture(autouse=True)
def no_network(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Mail or network fails a test that did not ask for it with @pytest.mark.network."""
    if request.node.get_closest_marker("network"):
        return
    real = socket.socket.connect

    def refuse(self: socket.socket, address: object) -> None:
        if self.family == socket.AF_UNIX:
            return real(self, address)  # type: ignore[arg-type]  # what the caller gave
        raise AssertionError(f"A test that did not ask for the network reached for {address!r}.")

    monkeypatch.setattr(socket.socket, "connect", refuse)


def _settings(url: str, folder: Path) -> Settings:
    return Settings(
        env="demo", testing=True, secret="a secret for tests only, 40 characters", database_url=url, data=folder
    )


def _build(url: str) -> None:
    """Makes the schema as an installation gets it: by the migrations."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(_settings(url, Path(folder)))
        with app.app_context():
            upgrade(directory=str(ROOT / "migrations"))
            db.session.remove()
            db.engine.dispose()
