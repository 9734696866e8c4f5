"""Tablets sync while the parts of the installation are killed: nothing is lost, nothing is there twice."""

import random
from pathlib import Path

import pytest

from tests.faults.crash import Size, storm
from tests.faults.postgres import Cluster
from tests.faults.rig import rig_on_postgresql, rig_on_sqlite

pytestmark = pytest.mark.network
ALL = ("queue", "web", "worker")


def test_on_sqlite(folder: Path) -> None:
    with rig_on_sqlite(folder, workers=2, parts=ALL) as rig:
        told = storm(rig, Size(tablets=20, answers=25, kills=8), random.Random(1))
    assert not told.verdict.red, told
    assert told.verdict.counts["effects"] >= 10
    assert told.verdict.counts["changes"] >= 500 and sum(told.kills.values()) >= 6


def test_on_postgresql(folder: Path, own_postgresql: Cluster) -> None:
    with rig_on_postgresql(folder, own_postgresql, workers=2, parts=ALL) as rig:
        told = storm(rig, Size(tablets=8, answers=25, kills=5), random.Random(2))
    assert not told.verdict.red, told
    assert told.kills["database"] >= 1
