"""`scripts/setup` says in one sentence what a machine lacks, wherever the product lies."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.serve.installation import ROOT

TOOLS = ("sh", "dirname", "cat", "cmp", "cp", "rm", "find", "uname", "tr")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The scripts and locks in a folder whose name has a space, and a PATH that knows no Python."""
    root = tmp_path / "a new clone"
    shutil.copytree(ROOT / "scripts", root / "scripts")
    shutil.copytree(ROOT / "requirements", root / "requirements")
    (root / "bin").mkdir()
    for tool in TOOLS:
        (root / "bin" / tool).symlink_to(str(shutil.which(tool)))
    add_program(root, "id", "echo 1000")
    return root


def add_program(root: Path, name: str, script: str) -> None:
    program = root / "bin" / name
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


def set_up(root: Path, script: str = "setup") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [root / "scripts" / script], cwd="/", env={"PATH": str(root / "bin")}, capture_output=True, text=True
    )


@pytest.mark.parametrize("script", ["setup", "run"])
def test_no_python_at_all(clone: Path, script: str) -> None:
    done = set_up(clone, script)
    assert done.returncode == 1
    assert done.stderr.startswith("setup: Python 3.11 or newer is needed and was not found;")
    assert len(done.stderr.splitlines()) == 1


def test_a_python_that_is_too_old(clone: Path) -> None:
    add_program(clone, "python3", "exit 1")
    assert "Python 3.11 or newer is needed" in set_up(clone).stderr


def test_a_python_without_its_venv_module(clone: Path) -> None:
    add_program(clone, "python3", f'case "$2" in *venv,*) exit 1 ;; esac\nexec "{sys.executable}" "$@"')
    done = set_up(clone)
    assert done.returncode == 1
    package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    assert f"apt-get install {package}" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_packages_that_cannot_be_fetched(clone: Path) -> None:
    add_program(clone, "python3", f'exec "{sys.executable}" "$@"')
    (clone / "requirements" / "base.txt").write_text("flask==0.0.0 --hash=sha256:" + "0" * 64 + "\n")
    settings = {"PATH": str(clone / "bin"), "PIP_NO_INDEX": "1", "HOME": os.fspath(clone)}
    done = subprocess.run([clone / "scripts" / "setup"], env=settings, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("setup: The packages could not be installed;")
    assert not (clone / ".venv" / "installed-base.txt").exists()
