"""Runs migrations with the owner's address of the database, one transaction each."""

from alembic import context
from flask import current_app
from sqlalchemy import create_engine

from inspect_app.db import Model, db

settings = current_app.config["SETTINGS"]
engine = db.engine if settings.owner_url == settings.sqlalchemy_url else create_engine(settings.owner_url)

with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Model.metadata,
        render_as_batch=True,
        compare_type=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()
