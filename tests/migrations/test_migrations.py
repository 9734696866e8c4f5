"""Every migration goes up and down, and the models are what the migrations make."""

from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import check, downgrade, upgrade
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from inspect_app import create_app
from inspect_app.config import ROOT, Settings
from inspect_app.db import db, schema_is_current
from tests.databases import database_url

FOLDER = str(ROOT / "migrations")


@pytest.fixture
def empty(tmp_path: Path) -> Flask:
    url = database_url(f"migrations_{tmp_path.name.replace('-', '_')}"[:50])
    return create_app(Settings(env="demo", testing=True, secret="s" * 40, database_url=url, data=tmp_path))


def test_up_down_and_up_again_leave_the_schema_of_the_models(empty: Flask) -> None:
    with empty.app_context():
        upgrade(directory=FOLDER)
        check(directory=FOLDER)
        assert schema_is_current()
        db.session.remove()
        downgrade(directory=FOLDER, revision="base")
        assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}
        upgrade(directory=FOLDER)
        check(directory=FOLDER)
        db.session.remove()
        db.engine.dispose()


def test_an_empty_database_is_not_current(empty: Flask) -> None:
    with empty.app_context():
        assert not schema_is_current()
        db.session.remove()
        db.engine.dispose()


@pytest.mark.parametrize("change", ["UPDATE audit_entry SET reason = 'x'", "DELETE FROM audit_entry"])
def test_the_database_refuses_changes_to_the_log(database: None, change: str) -> None:
    from inspect_app.audit.actions import record
    from inspect_app.db import transaction
    from tests.makers import AT, make_city, make_person

    person = make_person()
    with transaction():
        record("unit changed", make_city(), by=person, at=AT)
    with pytest.raises(DBAPIError):
        db.session.execute(text(change))
    db.session.rollback()
