"""When an inspection is done with: every task settled and every finding closed, withdrawn, noted or transferred."""

from datetime import datetime

from inspect_app.audit.actions import SYSTEM_ACTOR
from inspect_app.findings.queries import count_not_done
from inspect_app.inspections.actions import move_inspection
from inspect_app.inspections.models import Inspection
from inspect_app.inspections.rules import State
from inspect_app.tasks.queries import count_open_tasks


def settle_inspection(inspection: Inspection, *, at: datetime) -> None:
    """Moves a concluded inspection to follow-up while tasks are open, and closes it when nothing remains."""
    if inspection.state is State.CONCLUDED and count_open_tasks(inspection.id):
        move_inspection(inspection, "follow_up", by=SYSTEM_ACTOR, at=at)
    done = not count_open_tasks(inspection.id) and not count_not_done(inspection.id)
    if done and inspection.state in {State.CONCLUDED, State.FOLLOW_UP}:
        move_inspection(inspection, "close", by=SYSTEM_ACTOR, at=at)
