"""Brings the database to where the product can start: the schema, and in a demonstration its world.

It runs in a process of its own, so that an interrupted step leaves nothing open in the supervisor.
"""

import os
import sys

from flask_migrate import upgrade
from sqlalchemy import text

from inspect_app import create_app
from inspect_app.config import Settings
from inspect_app.db import db, schema_is_current

READY, REFUSED = 0, 1


def main() -> int:
    """Gives the exit code. In production nobody migrates behind the administrator's back."""
    settings = Settings.from_env()
    app = create_app(settings)
    with app.app_context():
        if settings.demo:
            upgrade()
            empty = _is_empty()
        elif not schema_is_current():
            print("The schema of the database is not that of this version; run `python -m inspect_app db upgrade`.")
            return REFUSED
        db.session.remove()
        db.engine.dispose()
    if settings.demo and empty:
        print("Filling the demonstration; this takes half a minute, once.", flush=True)
        os.execv(sys.executable, [sys.executable, "-m", "inspect_app", "seed"])  # noqa: S606 - our own command
    return READY


def _is_empty() -> bool:
    with db.engine.connect() as connection:
        return connection.scalar(text("SELECT 1 FROM unit LIMIT 1")) is None
