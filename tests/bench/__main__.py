"""`scripts/bench`: ratios of the product's pages against a floor measured in the same run. See docs/performance.md."""

import argparse
import contextlib
import sys
import time

from tests.bench.measure import Ratio, compare
from tests.bench.site import Site, site
from tests.databases import NoPostgreSQL

SMALL, NATIONAL = 10_000, 1_000_000
BLOCKS = 9
OVERDUE = "/tasks?view=overdue"
FLOOR = "/floor/overdue"


def main(words: list[str]) -> int:
    """Prints the figures of each database. Gives the exit code."""
    asked = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    asked.add_argument("--size", choices=("small", "national"), default="small")
    asked.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    chosen = asked.parse_args(words)
    for database in ("sqlite", "postgresql") if chosen.database == "both" else (chosen.database,):
        try:
            _measure(database, chosen.size)
        except NoPostgreSQL as reason:
            print(f"PostgreSQL left out: {reason}", file=sys.stderr)
    return 0


def _measure(database: str, size: str) -> None:
    with contextlib.ExitStack() as stack:
        started = time.monotonic()
        small = stack.enter_context(site(database, SMALL))
        large = stack.enter_context(site(database, NATIONAL)) if size == "national" else None
        subject, tasks = large or small, NATIONAL if large else SMALL
        print(f"\n{database}, {tasks:,} tasks (filled and started in {time.monotonic() - started:.0f} s)")
        if large:
            _heads(f"page at {NATIONAL:,} against {SMALL:,} tasks")
            for (name, path), (_same, small_path) in zip(pages(large), pages(small), strict=True):
                _tell(compare(name, small.page(small_path), large.page(path), BLOCKS))
        _heads("page against the bare overdue list")
        floor = subject.page(FLOOR)
        for name, path in pages(subject):
            _tell(compare(name, floor, subject.page(path), BLOCKS))


def pages(of: Site) -> list[tuple[str, str]]:
    """What is measured, by name."""
    return [
        ("a page of the frame alone", "/help"),
        ("overdue list", OVERDUE),
        ("task list, what runs", "/tasks"),
        ("task list, all, page 200", f"/tasks?view=all&after={of.deep}"),
        ("plan with coverage", f"/plans/{of.plan}"),
        ("committee's matrix", "/committee"),
    ]


def _heads(title: str) -> None:
    print(f"{title:44}{'ratio':>8}{'floor ms':>10}{'page ms':>10}{'SQL':>5}{'CPU ms':>8}", flush=True)


def _tell(found: Ratio) -> None:
    print(
        f"{found.name:44}{found.ratio:>8.2f}{found.floor_ms:>10.2f}{found.subject_ms:>10.2f}"
        f"{found.statements:>5}{found.processor_ms:>8.2f}",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
