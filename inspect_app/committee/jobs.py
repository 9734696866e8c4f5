"""What runs later for the committee."""

from uuid import UUID

from inspect_app import clock
from inspect_app.committee import notices
from inspect_app.db import db, transaction
from inspect_app.units.models import Unit


def tell_about_reminder(unit_id: str) -> None:
    with transaction():
        notices.reminded(db.session.get_one(Unit, UUID(unit_id)), clock.now())
