"""`serve` starts everything in order, keeps it running, and leaves nothing behind, however it ends."""

import os
import signal
from pathlib import Path

import pytest

from tests.serve.installation import Installation, all_gone, installation, installation_on, wait_until

pytestmark = pytest.mark.network

PARTS = ("valkey-server", "inspect-web", "inspect-worker", "inspect-clock")


def test_when_it_says_ready_every_part_runs_and_pages_answer(running: Installation) -> None:
    assert all(running.process_of(part) for part in PARTS)
    assert running.get("/readyz") == 200
    assert running.get("/healthz") == 200


@pytest.mark.parametrize("part", PARTS)
def test_a_part_that_is_killed_comes_back(running: Installation, part: str) -> None:
    killed = running.process_of(part)
    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: running.process_of(part) not in (0, killed), f"The return of {part}")
    wait_until(lambda: running.get("/readyz") == 200, "Readiness")


def test_a_second_start_on_the_same_folder_says_so_and_leaves_the_first_alone(
    running: Installation,
) -> None:
    with installation(running.data) as second:
        assert second.wait_for_end() == 1
    assert "already runs on the data folder" in second.said[-1]
    assert str(running.process.pid) in second.said[-1]
    assert running.get("/readyz") == 200


def test_a_busy_port_is_told_in_one_sentence(running: Installation, data: Path) -> None:
    with installation_on(data, running.port) as second:
        assert second.wait_for_end() == 1
    assert second.said == [
        f"Port {running.port} on 127.0.0.1 is busy: another program uses it; set INSPECT_PORT to a free one."
    ]


@pytest.mark.parametrize("asked", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_it_ends_with_all_its_parts_when_asked(data: Path, asked: signal.Signals) -> None:
    with installation(data) as started:
        started.wait_for_line("Ready")
        processes = started.all_processes()
        started.process.send_signal(asked)
        assert started.wait_for_end() == 0
        assert all_gone(processes)
    assert "Stopping." in started.said[-1]


def test_its_parts_do_not_outlive_a_supervisor_that_is_killed_and_the_next_start_works(data: Path) -> None:
    with installation(data) as started:
        started.wait_for_line("Ready")
        processes = started.all_processes()
        started.kill()
        with installation_on(data, started.port) as next_start:
            next_start.wait_for_line("Ready")
            wait_until(lambda: all_gone(processes), "The end of every part")
            assert next_start.get("/readyz") == 200


def test_it_can_be_stopped_before_it_is_ready(data: Path) -> None:
    with installation(data) as started:
        wait_until(lambda: started.process_of("valkey-server"), "The start of the queue")
        processes = started.all_processes()
        started.process.send_signal(signal.SIGTERM)
        assert started.wait_for_end() == 0
        assert all_gone(processes)
