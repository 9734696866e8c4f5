"""What happens around plans after the commit."""

from uuid import UUID

from inspect_app import clock
from inspect_app.db import db, transaction
from inspect_app.plans import notices
from inspect_app.plans.models import PlanVersion


def tell_about_submission(version_id: str) -> None:
    with transaction():
        notices.submitted(db.session.get_one(PlanVersion, UUID(version_id)), clock.now())


def tell_about_approval(version_id: str) -> None:
    with transaction():
        notices.approved(db.session.get_one(PlanVersion, UUID(version_id)), clock.now())


def tell_about_return(version_id: str) -> None:
    with transaction():
        notices.returned(db.session.get_one(PlanVersion, UUID(version_id)), clock.now())
