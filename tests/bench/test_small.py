"""The bench itself on a small database: every page it asks for answers, and more rows take no more statements."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade

from inspect_app import clock, create_app
from inspect_app.config import ROOT, Settings
from inspect_app.db import db
from tests.bench.__main__ import FLOOR, pages
from tests.bench.data import add_tasks, found_city
from tests.bench.server import measured
from tests.bench.site import NOW, SECRET, TODAY, Site, described
from tests.databases import database_url

FEW, MANY = 30, 300
BOUNDS = {"overdue list": 4, "task list, what runs": 4, "task list, all, page 200": 4, "a page of the frame alone": 3}
"""Statements that a page may take, the frame included."""


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    monkeypatch.setattr(clock, "today", lambda: TODAY)
    url = database_url(f"bench_{os.environ.get('PYTEST_XDIST_WORKER', 'master')}")
    app = create_app(Settings(env="demo", testing=True, secret=SECRET, database_url=url, data=tmp_path))
    with app.app_context():
        upgrade(directory=str(ROOT / "migrations"))
        found_city(TODAY)
        add_tasks(1, FEW, TODAY, open_share=1.0)
        db.session.remove()
    yield measured(app)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def test_every_page_of_the_bench_answers_and_takes_the_same_statements_for_few_rows_and_many(small: Flask) -> None:
    with small.app_context():
        site = described(small, 80)
        db.session.remove()
    client = small.test_client(use_cookies=False)
    asked = [*pages(site), ("floor", FLOOR)]
    few = {name: statements(client, site, path) for name, path in asked}
    with small.app_context():
        add_tasks(FEW + 1, MANY, TODAY, open_share=1.0)
        db.session.remove()
    many = {name: statements(client, site, path) for name, path in asked}
    assert many == few
    assert {name: few[name] for name in BOUNDS if few[name] > BOUNDS[name]} == {}


def statements(client: FlaskClient, site: Site, path: str) -> int:
    """How many statements the page took."""
    answer = client.get(path, headers={"Cookie": site.cookie})
    assert answer.status_code == 200, f"{path} answered {answer.status_code}: {answer.text[:300]}"
    return int(answer.headers["X-Statements"])
