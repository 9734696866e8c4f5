"""The demonstration is the same, row by row, whenever it is made; and it can be made on any day."""

import hashlib
from datetime import date
from pathlib import Path

import pytest
from flask_migrate import upgrade
from sqlalchemy import func, select

from inspect_app import create_app
from inspect_app.config import ROOT, Settings
from inspect_app.db import Model, db, transaction
from inspect_app.demo.world import seed
from inspect_app.tasks.models import Task


def made_on(day: date, file: Path) -> tuple[str, int]:
    """A digest of every row, and the number of tasks."""
    app = create_app(Settings(env="demo", testing=True, secret="s" * 40, database_url=f"sqlite:///{file}"))
    with app.app_context():
        upgrade(directory=str(ROOT / "migrations"))
        with transaction():
            seed(day)
        found = hashlib.sha256()
        for table in Model.metadata.sorted_tables:
            for row in db.session.execute(select(table).order_by(table.c.id)):
                found.update(repr(tuple(row)).encode())
        count = db.session.scalar(select(func.count()).select_from(Task))
        db.session.remove()
        db.engine.dispose()
    return found.hexdigest(), count


def test_the_same_day_gives_the_same_rows(tmp_path: Path) -> None:
    day = date(2026, 9, 14)
    assert made_on(day, tmp_path / "one.sqlite") == made_on(day, tmp_path / "two.sqlite")


@pytest.mark.parametrize("day", [date(2026, 12, 30), date(2027, 1, 5)])
def test_it_stands_at_the_turn_of_a_year(day: date, tmp_path: Path) -> None:
    assert made_on(day, tmp_path / "one.sqlite")[1] > 400
