"""Everything that runs by the clock, on one page. The clock process rings once a minute."""

import structlog

from inspect_app import clock
from inspect_app.findings.jobs import close_replies_that_are_due
from inspect_app.inspections.jobs import open_reviews_that_are_due
from inspect_app.queue import QUEUES, run_waiting
from inspect_app.tasks.jobs import acknowledge_tasks_that_are_due

log = structlog.get_logger("schedule")

EVERY_TICK = (acknowledge_tasks_that_are_due, open_reviews_that_are_due, close_replies_that_are_due)
"""Each decides from the database what is due, so that a missed minute is made up and a second clock does no harm."""


def tick() -> None:
    """Does what is due, then runs whatever still waits in the outbox."""
    on = clock.today()
    for due in EVERY_TICK:
        try:
            due(on)
        except Exception:  # One broken timer must not stop the others; the log says which.
            log.exception("timer failed", timer=due.__name__)
    for queue in QUEUES:
        run_waiting(queue)
