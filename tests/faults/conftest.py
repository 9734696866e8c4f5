"""Folders for rigs, and a PostgreSQL that may be killed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases import NoPostgreSQL
from tests.faults.postgres import Cluster, cluster


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def own_postgresql() -> Iterator[Cluster]:
    try:
        with cluster() as started:
            yield started
    except NoPostgreSQL as reason:
        pytest.skip(str(reason))
