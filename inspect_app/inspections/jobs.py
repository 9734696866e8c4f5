"""What happens around inspections after the commit."""

from datetime import date
from uuid import UUID

from inspect_app import clock
from inspect_app.audit.actions import SYSTEM_ACTOR
from inspect_app.db import db, transaction
from inspect_app.inspections import actions_review, notices, notices_review
from inspect_app.inspections.models import Inspection
from inspect_app.inspections.queries_review import reviews_due


def tell_of(inspection_id: str, event: str) -> None:
    """Tells those whom it concerns what happened; `event` names a piece of news in `notices.NEWS`."""
    with transaction():
        notices.tell_of(db.session.get_one(Inspection, UUID(inspection_id)), event, at=clock.now())


def tell_of_review(inspection_id: str, event: str) -> None:
    """The same for the way from the minutes on; `event` names a piece of news in `notices_review.NEWS`."""
    with transaction():
        notices_review.tell_of(db.session.get_one(Inspection, UUID(inspection_id)), event, at=clock.now())


def open_reviews_that_are_due(on: date) -> None:
    """Opens the review where the unit let its days pass. Each by itself, so that one that fails holds up nobody."""
    for inspection_id in reviews_due(on):
        with transaction():
            inspection = db.session.get_one(Inspection, inspection_id)
            actions_review.open_review(inspection, by=SYSTEM_ACTOR, at=clock.now())
