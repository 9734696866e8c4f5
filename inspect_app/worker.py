"""`python -m inspect_app worker`: runs the work that waits in the queues, one process for each job."""

from collections.abc import Sequence

from redis import Redis
from rq import Worker

import inspect_app.schedule  # noqa: F401 - what the clock asks for is loaded before the first job
from inspect_app import create_app
from inspect_app.config import BadSetting, Settings
from inspect_app.db import db
from inspect_app.processes import forks_die_with_this_process
from inspect_app.queue import QUEUES

HEARTBEAT = 60
"""Seconds: for so long a worker counts as alive after it was last heard of."""


class PatientWorker(Worker):
    """Waits for a queue that has gone away, and looks again soon."""

    max_connection_wait_time = 5.0
    log_result_lifespan = False


def main(settings: Settings, queues: Sequence[str] = QUEUES) -> int:
    """Works until it is asked to end; a job that has begun is finished first. Gives the exit code.

    The application and every job are loaded before the first one, so that each job's process starts with them.
    """
    if not settings.redis_url:
        raise BadSetting("The worker needs REDIS_URL, the address of a Redis or Valkey.")
    app = create_app(settings)
    forks_die_with_this_process()
    with app.app_context():
        db.engine.dispose()
        worker = PatientWorker(
            list(queues),
            connection=Redis.from_url(settings.redis_url),
            serializer="json",
            worker_ttl=HEARTBEAT,
            log_job_description=False,
        )
        worker.work(with_scheduler=False, logging_level="WARNING")
    return 0
