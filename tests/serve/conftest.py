"""Folders with a schema, and one installation for the tests that leave it as they found it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serve.installation import Installation, installation, migrate


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("migrated")
    migrate(data)
    return data


@pytest.fixture
def data(migrated: Path, tmp_path: Path) -> Path:
    """A data folder of one's own, with the schema in it. Its name has a space, as folders of people do."""
    return Path(shutil.copytree(migrated, tmp_path / "data folder"))


@pytest.fixture(scope="module")
def running(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """An installation that is ready."""
    data = Path(shutil.copytree(migrated, tmp_path_factory.mktemp("running") / "data"))
    with installation(data) as started:
        started.wait_for_line("Ready: http://127.0.0.1:")
        yield started
