"""A start that cannot work ends at once, with one sentence that says what to do."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.serve.installation import installation

pytestmark = pytest.mark.network


def said_at_the_end(data: Path, **settings: str) -> str:
    """The only line, or the last one, of a start that must fail."""
    with installation(data, **settings) as started:
        assert started.wait_for_end() == 1
        assert not started.all_processes()
    return started.said[-1]


def read_only_folder(tmp_path: Path) -> Path:
    """A folder in which nobody can write: root may write anywhere but in the kernel's own."""
    if os.geteuid() == 0:
        return Path("/sys/inspect" if sys.platform.startswith("linux") else "/dev/inspect")
    tmp_path.chmod(0o500)
    return tmp_path / "data"


def test_a_read_only_data_folder(tmp_path: Path) -> None:
    folder = read_only_folder(tmp_path)
    words = said_at_the_end(folder)
    assert words.startswith(f"The data folder {folder} cannot be written")
    assert "INSPECT_DATA" in words


def test_a_file_where_the_data_folder_should_be(tmp_path: Path) -> None:
    (tmp_path / "data").touch()
    assert "cannot be written" in said_at_the_end(tmp_path / "data")


def test_an_address_that_is_not_of_this_machine(tmp_path: Path) -> None:
    assert "INSPECT_HOST=192.0.2.1 is not an address of this machine" in said_at_the_end(
        tmp_path, INSPECT_HOST="192.0.2.1"
    )


def test_a_port_out_of_range(tmp_path: Path) -> None:
    assert (
        said_at_the_end(tmp_path, INSPECT_PORT="70000") == "INSPECT_PORT must be a number from 1 to 65535, not 70000."
    )


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"INSPECT_PORT": "eighty"}, "INSPECT_PORT must be a whole number"),
        ({"INSPECT_SECRET": ""}, "INSPECT_SECRET must hold"),
    ],
)
def test_a_bad_setting_is_named(tmp_path: Path, settings: dict[str, str], words: str) -> None:
    assert words in said_at_the_end(tmp_path, **settings)


def test_a_queue_server_that_does_not_answer(tmp_path: Path) -> None:
    words = said_at_the_end(tmp_path, REDIS_URL=f"unix://{tmp_path}/nobody.sock")
    assert words.startswith("The queue at REDIS_URL does not answer")


def test_a_production_whose_schema_is_not_that_of_this_version(tmp_path: Path) -> None:
    with installation(tmp_path) as started:
        assert started.wait_for_end() == 1
    assert any("run `python -m inspect_app db upgrade`" in line for line in started.said)
    assert started.said[-1].startswith("The database could not be prepared")


def test_help_asks_for_no_settings(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "inspect_app", "--help"]
    bare = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    done = subprocess.run(words, env=bare, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0 and "INSPECT_SECRET" not in done.stderr
    assert all(name in done.stdout for name in ("serve", "verify-log", "\n  db "))
