"""Work that runs later. Jobs wait in SQL for the commit; Redis only rings the bell, and holds nothing that matters."""

import importlib
import traceback
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from flask import current_app
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue
from rq.exceptions import DuplicateJobError
from sqlalchemy import Index, String, Text, select, text
from sqlalchemy.orm import Mapped, mapped_column

from inspect_app import clock
from inspect_app.crashpoints import crashpoint
from inspect_app.db import Model, after_commit, db, transaction

log = structlog.get_logger("queue")

QUEUES = ("default", "paper", "mail")
CLAIM = timedelta(minutes=5)
BACK_OFF = (1, 5, 30, 120, 600)
"""Minutes before the next try; after the last one a job stands among the dead letters."""


WAITING = text("done_at IS NULL AND failed_at IS NULL")


class Outbox(Model):
    """One piece of work asked for by a committed change. The worker claims it; `done_at` says that it happened."""

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_waiting", "queue", "next_at", sqlite_where=WAITING, postgresql_where=WAITING),)

    key: Mapped[str | None] = mapped_column(String(200), unique=True)
    queue: Mapped[str] = mapped_column(String(20))
    job: Mapped[str] = mapped_column(String(200))
    arguments: Mapped[list[Any]]
    created_at: Mapped[datetime]
    next_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    claimed_until: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(Text)


def later(
    job: Callable[..., None], *ids: UUID | str | int, queue: str = "default", key: str | None = None
) -> Outbox | None:
    """Asks for `job(*ids)` after the commit. Ids only, never rows.

    With a `key` the same work is asked for once, however often; the second asking gives None.
    """
    if queue not in QUEUES:
        raise ValueError(f"No worker listens to {queue!r}.")
    if key is not None and db.session.scalar(select(Outbox.id).where(Outbox.key == key)):
        return None
    at = clock.now()
    row = Outbox(
        key=key,
        queue=queue,
        job=f"{job.__module__}.{job.__qualname__}",
        arguments=[str(item) if isinstance(item, UUID) else item for item in ids],
        created_at=at,
        next_at=at,
    )
    db.session.add(row)
    crashpoint("outbox.asked")
    after_commit(f"bell:{queue}", lambda: ring(queue))
    return row


def ring(queue: str) -> None:
    """Tells the worker that something waits. Silence is no harm: the clock rings every minute."""
    redis = connection()
    if redis is None:
        return
    try:
        Queue(queue, connection=redis, serializer="json").enqueue(
            "inspect_app.queue.run_waiting", queue, job_timeout=600, result_ttl=0, failure_ttl=3600
        )
    except (RedisError, DuplicateJobError) as error:
        log.warning("bell not rung", queue=queue, error=str(error))


def connection() -> Redis | None:
    """The Redis or Valkey of this installation, or None where the product runs without one."""
    url = current_app.config["REDIS_URL"]
    return Redis.from_url(url, socket_timeout=5, socket_connect_timeout=2) if url else None


def run_waiting(queue: str) -> int:
    """Runs everything that waits in this queue, each piece at most once at a time. Gives how many ran well."""
    done = 0
    while (row_id := _claim(queue, clock.now())) is not None:
        crashpoint("job.claimed")
        done += _run(row_id)
    return done


def _claim(queue: str, at: datetime) -> UUID | None:
    with transaction():
        row = db.session.scalar(
            select(Outbox)
            .where(Outbox.queue == queue, Outbox.done_at.is_(None), Outbox.failed_at.is_(None), Outbox.next_at <= at)
            .where((Outbox.claimed_until.is_(None)) | (Outbox.claimed_until < at))
            .order_by(Outbox.next_at, Outbox.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        if row is None:
            return None
        row.claimed_until = at + CLAIM
        row.attempts += 1
        return row.id


def _run(row_id: UUID) -> bool:
    row = db.session.get_one(Outbox, row_id)
    name, arguments = row.job, list(row.arguments)
    db.session.rollback()
    crashpoint("job.begun")
    try:
        _named(name)(*arguments)
    except Exception as error:  # The last resort of every job: keep what went wrong, and try again later.
        log.exception("job failed", job=name, outbox=str(row_id))
        _keep_failure(row_id, "".join(traceback.format_exception(error))[-4000:])
        return False
    crashpoint("job.ran")
    with transaction():
        db.session.get_one(Outbox, row_id).done_at = clock.now()
    crashpoint("job.done")
    return True


def _keep_failure(row_id: UUID, error: str) -> None:
    db.session.rollback()
    with transaction():
        row = db.session.get_one(Outbox, row_id)
        row.error = error
        row.claimed_until = None
        if row.attempts >= len(BACK_OFF):
            row.failed_at = clock.now()
        else:
            row.next_at = clock.now() + timedelta(minutes=BACK_OFF[row.attempts - 1])


def _named(name: str) -> Callable[..., None]:
    """Only functions of the product's own jobs modules run, whatever a row says."""
    module, _, function = name.rpartition(".")
    if not (module.startswith("inspect_app.") and module.endswith(".jobs")):
        raise ValueError(f"{name} is not a job of this product.")
    return getattr(importlib.import_module(module), function)
