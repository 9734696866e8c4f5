"""A cut of the power for files: whatever no fsync has brought to the disk is gone.

`watch` runs in the server and notes how much of a file every fsync has made sure of; `cut` takes the rest away.
"""

import json
import os
from collections.abc import Callable
from pathlib import Path


def watch(log: Path) -> None:
    """Notes every fsync of this process."""
    real: Callable[[int], None] = os.fsync

    def noted(file: int) -> None:
        real(file)
        known = os.fstat(file)
        with log.open("a") as lines:
            lines.write(json.dumps([known.st_ino, known.st_size]) + "\n")

    os.fsync = noted  # type: ignore[assignment]


def cut(log: Path, *folders: Path) -> int:
    """Cuts each file in these folders to what was made sure of; gives how many had more than that."""
    sure: dict[int, int] = {}
    for line in log.read_text().splitlines() if log.exists() else []:
        inode, size = json.loads(line)
        sure[inode] = size
    shortened = 0
    for file in (each for folder in folders for each in folder.rglob("*") if each.is_file()):
        known = file.stat()
        if known.st_size > sure.get(known.st_ino, 0):
            os.truncate(file, sure.get(known.st_ino, 0))
            shortened += 1
    return shortened
