"""The process ends at each of its steps once: nothing is lost, nothing is there twice, nothing is stuck."""

import os
import re
import signal
from collections import Counter
from pathlib import Path

import pytest

from inspect_app.config import ROOT
from inspect_app.crashpoints import POINTS, crashpoint
from inspect_app.processes import lives
from tests.faults.checker import check
from tests.faults.crash import drain
from tests.faults.postgres import Cluster
from tests.faults.rig import Rig, rig_on_postgresql, rig_on_sqlite
from tests.faults.steps import Steps
from tests.serve.installation import wait_until

JOBS = [point for point in POINTS if point.startswith("job.")]
REQUESTS = [point for point in POINTS if point not in JOBS]
CALL = re.compile(r'crashpoint\("([^"]+)"\)')


def test_every_point_stands_once_in_the_code_and_in_the_list() -> None:
    found = [name for file in (ROOT / "inspect_app").rglob("*.py") for name in CALL.findall(file.read_text())]
    assert sorted(found) == sorted(POINTS)
    assert len(POINTS) >= 30


@pytest.mark.parametrize("kind,kills", [("demo", [2]), ("production", []), ("", [])])
def test_only_a_demonstration_ends_itself(monkeypatch: pytest.MonkeyPatch, kind: str, kills: list[int]) -> None:
    passed, killed = 0, []
    monkeypatch.setenv("INSPECT_ENV", kind)
    monkeypatch.setenv("INSPECT_CRASHPOINT", "sync.begun:2")
    monkeypatch.setattr("inspect_app.crashpoints._passed", Counter())
    monkeypatch.setattr(os, "kill", lambda process, number: killed.append((process, number, passed)))
    for passed in range(1, 4):  # noqa: B007 - the stand-in of os.kill reads it
        crashpoint("sync.named")
        crashpoint("sync.begun")
    assert killed == [(os.getpid(), signal.SIGKILL, at) for at in kills]


@pytest.mark.network
def test_at_each_point_once_on_sqlite(folder: Path) -> None:
    with rig_on_sqlite(folder, parts=("queue", "web")) as rig:
        at_each(rig, REQUESTS, JOBS)


@pytest.mark.network
def test_at_some_points_on_postgresql(folder: Path, own_postgresql: Cluster) -> None:
    with rig_on_postgresql(folder, own_postgresql, parts=("queue", "web")) as rig:
        at_each(rig, REQUESTS[::5], JOBS[::4])


def at_each(rig: Rig, requests: list[str], jobs: list[str]) -> None:
    """Passes each point with a step that leads there; the step must end well though the process did not."""
    steps = Steps(rig)
    for point in requests:
        rig.plan(crashpoint=point)
        process = rig.web_processes()[0]
        steps.pass_by(point)
        assert not lives(process), f"nothing led to {point}"
    for point in jobs:
        steps.begin_visit()
        (rig.folder / "worker-plan").write_text(point)
        rig.start_worker()
        rig.tick()
        wait_until(lambda: not (rig.folder / "worker-plan").exists(), "The start of the worker")
        drain(rig)
        rig.kill("worker")
    rig.start_worker()
    drain(rig)
    verdict = check(rig, steps.tablets, drained=True)
    assert not verdict.red, verdict
    assert steps.signed == sum(point.startswith("sign.") for point in requests)
