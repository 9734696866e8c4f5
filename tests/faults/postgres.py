"""A PostgreSQL of one's own that may be killed: it keeps what it has committed, unlike the quick one of other tests."""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

import psycopg

from tests.databases import _make_cluster, _programs, _unprivileged, _wait_for_answer


class Cluster:
    """A server in a process group of its own. `lazy` lets it confirm what is not on the disk yet, as a defect."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.who = _unprivileged(home)
        with warnings.catch_warnings(action="ignore"):  # The wheel looks for a folder that it does not need.
            self.programs = _programs()
        self.lazy = False
        _make_cluster(self.programs, home, self.who)
        self.start()
        with psycopg.connect(host=str(home), user="postgres", dbname="postgres", autocommit=True) as connection:
            connection.execute("CREATE DATABASE inspect")

    @property
    def url(self) -> str:
        return f"postgresql+psycopg://postgres@/inspect?host={self.home}"

    def start(self) -> None:
        """The disk of a test loses no power, so that nothing waits for it; a commit is in the log when it is named."""
        settings = ["listen_addresses=", "fsync=off", "full_page_writes=off"]
        if self.lazy:
            settings += ["synchronous_commit=off", "wal_writer_delay=10s", "bgwriter_delay=10s"]
        words = [word for setting in settings for word in ("-c", setting)]
        with (self.home / "server.log").open("ab") as log:
            self.server = subprocess.Popen(
                [self.programs / "postgres", "-D", str(self.home / "data"), "-k", str(self.home), *words],
                cwd=self.home,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **self.who,
            )
        _wait_for_answer(self.server, self.home)

    def kill(self) -> None:
        """Ends the server and all its children at once: a left-over child would keep the next start waiting."""
        listing = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True)
        rows = [(int(pid), int(parent)) for pid, parent in map(str.split, listing.stdout.splitlines())]
        for process in [self.server.pid, *(pid for pid, parent in rows if parent == self.server.pid)]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        self.server.wait()


@contextlib.contextmanager
def cluster() -> Iterator[Cluster]:
    home = Path(tempfile.mkdtemp(prefix="inspect-faults-pg-"))
    started = Cluster(home)
    try:
        yield started
    finally:
        started.kill()
        shutil.rmtree(home, ignore_errors=True)
