"""`python -m inspect_app clock`: asks for one tick a minute. What is due, the tick finds in the database."""

import time
from datetime import UTC, datetime

import structlog
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue
from rq.exceptions import DuplicateJobError

from inspect_app.config import BadSetting, Settings

TICK = "inspect_app.schedule.tick"
QUEUE = "default"
KEEP = 300
"""Seconds: for so long a tick may wait for a worker, and is remembered, so that a second clock adds none."""
RETRY = 5.0
"""Seconds until the next try when the queue does not answer."""

log = structlog.get_logger("clock")


def main(settings: Settings) -> int:
    """Rings at the start and then each minute, until the process is ended."""
    if not settings.redis_url:
        raise BadSetting("The clock needs REDIS_URL, the address of a Redis or Valkey.")
    redis = Redis.from_url(settings.redis_url, socket_timeout=5, socket_connect_timeout=2)
    answered = True
    while True:
        try:
            ask_for_tick(redis, datetime.now(UTC))
        except RedisError as error:
            if answered:
                log.warning("the queue does not answer", error=str(error))
            answered = False
            time.sleep(RETRY)
            continue
        answered = True
        time.sleep(seconds_to_next_minute(datetime.now(UTC)))


def ask_for_tick(redis: Redis, at: datetime) -> bool:
    """Asks for the tick of this minute; False if somebody has asked already.

    Raises RedisError when the queue does not answer.
    """
    try:
        Queue(QUEUE, connection=redis, serializer="json").enqueue(
            TICK,
            job_id=f"tick-{at:%Y%m%d%H%M}",
            unique=True,
            ttl=KEEP,
            result_ttl=KEEP,
            failure_ttl=3600,
        )
    except DuplicateJobError:
        return False
    return True


def seconds_to_next_minute(at: datetime) -> float:
    """At most a minute, and never so little that the same minute would be asked for again."""
    return 60.05 - at.second - at.microsecond / 1_000_000
