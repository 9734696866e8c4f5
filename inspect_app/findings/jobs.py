"""What runs later for findings: telling the unit, and closing the answers when its days are over."""

from datetime import date
from uuid import UUID

from inspect_app import clock
from inspect_app.db import db, transaction
from inspect_app.findings import actions, notices
from inspect_app.findings.models import Finding
from inspect_app.findings.queries import inspections_awaiting_reply


def tell_about_decision(finding_id: str) -> None:
    with transaction():
        notices.decided(db.session.get_one(Finding, UUID(finding_id)), clock.now())


def close_replies_that_are_due(on: date) -> None:
    """Each inspection by itself, so that one that fails holds up nobody."""
    for inspection_id in inspections_awaiting_reply(on):
        with transaction():
            actions.close_replies(inspection_id, at=clock.now())
