"""`scripts/faults`: the storms one after the other, with their figures. Exit 1 when something is wrong."""

import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.databases import NoPostgreSQL
from tests.faults import crash, photos
from tests.faults.crash import Size
from tests.faults.photos import Album
from tests.faults.postgres import cluster
from tests.faults.rig import rig_on_postgresql, rig_on_sqlite

ALL = ("queue", "web", "worker")
SMALL = (Size(tablets=20, answers=100, kills=9), Album(tablets=10, photos=5, size=100_000, kills=3))
LARGE = (Size(tablets=200, answers=180, kills=24), Album(50, 5, size=400_000, kills=5, piece=65_536))
"""The bar: 36,000 answers of 200 tablets through 18 kills or more; 50 tablets with 5 photos of 400 KB each."""


def on_sqlite(size: Size) -> crash.Told:
    with _folder() as folder, rig_on_sqlite(Path(folder) / "data", workers=2, parts=ALL) as rig:
        return crash.storm(rig, size, random.Random(1))


def on_postgresql(size: Size) -> crash.Told:
    with _folder() as folder, cluster() as own:
        (data := Path(folder) / "data").mkdir()
        with rig_on_postgresql(data, own, workers=2, parts=ALL) as rig:
            return crash.storm(rig, size, random.Random(2))


def with_photos(album: Album) -> photos.Told:
    with _folder() as folder, rig_on_sqlite(Path(folder) / "data", workers=2) as rig:
        return photos.gale(rig, album, random.Random(3))


def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="inspect-faults-")


def told(name: str, run: Callable[[], crash.Told | photos.Told]) -> bool:
    """Runs one storm and prints what came of it; False when it is red."""
    print(f"{name} …", flush=True)
    try:
        result = run()
    except NoPostgreSQL as reason:
        print(f"  skipped: {reason}")
        return True
    print(f"  {result}", flush=True)
    return not result.verdict.red


def main(words: list[str]) -> int:
    answers, album = LARGE if "--large" in words else SMALL
    begun = time.monotonic()
    good = [
        told("Answers on SQLite", lambda: on_sqlite(answers)),
        told("Answers on PostgreSQL", lambda: on_postgresql(answers)),
        told("Photos", lambda: with_photos(album)),
    ]
    print(f"{'All is well' if all(good) else 'SOMETHING IS WRONG'} after {time.monotonic() - begun:.0f} s.")
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
