"""A whole installation in a folder of its own, started the way an administrator starts it."""

import contextlib
import http.client
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from inspect_app.processes import lives

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 90.0
"""Seconds that nothing takes on any machine; a test waits that long before it says that something did not happen."""


class Installation:
    """A supervisor in a process of its own, and what it has said so far."""

    def __init__(self, data: Path, port: int, **settings: str) -> None:
        self.data = data
        self.port = port
        self.said: list[str] = []
        self._lines: queue.Queue[str | None] = queue.Queue()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "inspect_app", "serve"],
            cwd=ROOT,
            env=environment(data, port, **settings),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def wait_for_line(self, words: str) -> str:
        """Gives the next line that holds these words; fails with all lines if the process ends without it."""
        limit = time.monotonic() + PATIENCE
        while time.monotonic() < limit:
            with contextlib.suppress(queue.Empty):
                line = self._lines.get(timeout=0.2)
                if line is None:
                    break
                self.said.append(line)
                if words in line:
                    return line
        raise AssertionError(f"Never said {words!r}:\n" + "\n".join(self.said))

    def wait_for_end(self) -> int:
        code = self.process.wait(timeout=PATIENCE)
        while (line := self._lines.get(timeout=PATIENCE)) is not None:
            self.said.append(line)
        return code

    def all_processes(self) -> dict[int, str]:
        """Every process below the supervisor, with its name and command line."""
        listing = subprocess.run(["ps", "-eo", "pid=,ppid=,comm=,args="], capture_output=True, text=True, check=True)
        rows = [line.split(None, 2) for line in listing.stdout.splitlines()]
        family = {self.process.pid}
        for _ in rows:
            family |= {int(pid) for pid, parent, *_ in rows if int(parent) in family}
        return {int(row[0]): row[-1] for row in rows if int(row[0]) in family - {self.process.pid}}

    def process_of(self, words: str) -> int:
        """The first process below the supervisor whose name or command line holds these words; 0 if there is none."""
        return next((pid for pid, line in sorted(self.all_processes().items()) if words in line), 0)

    def get(self, path: str) -> int:
        call = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        with contextlib.closing(call):
            call.request("GET", path, headers={"Host": "inspect.example"})
            return call.getresponse().status

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        self._listener.join(timeout=PATIENCE)

    def _listen(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as said:
            for line in said:
                self._lines.put(line.rstrip("\n"))
        self._lines.put(None)


def environment(data: Path, port: int, **settings: str) -> dict[str, str]:
    """The settings of a small production on SQLite: nothing is seeded, so that it starts quickly."""
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith(("INSPECT_", "DATABASE_", "REDIS_"))
    }
    return clean | {
        "INSPECT_ENV": "production",
        "INSPECT_SECRET": "a secret for tests only, 40 characters..",
        "INSPECT_ORIGIN": "https://inspect.example",
        "INSPECT_ALLOW_SQLITE": "1",
        "INSPECT_DATA": str(data),
        "INSPECT_PORT": str(port),
        **settings,
    }


def migrate(data: Path) -> None:
    """Makes the schema, as the guide for administrators says."""
    command = [sys.executable, "-m", "inspect_app", "db", "upgrade"]
    subprocess.run(command, cwd=ROOT, env=environment(data, 0), check=True, capture_output=True)


@contextlib.contextmanager
def installation(data: Path, **settings: str) -> Iterator[Installation]:
    """A started installation on a free port; whatever is left of it ends with the block."""
    with installation_on(data, free_port(), **settings) as started:
        yield started


@contextlib.contextmanager
def installation_on(data: Path, port: int, **settings: str) -> Iterator[Installation]:
    started = Installation(data, port, **settings)
    try:
        yield started
    finally:
        if started.process.poll() is None:
            started.process.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                started.process.wait(timeout=PATIENCE)
        started.kill()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(happened: Callable[[], object], what: str) -> None:
    limit = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < limit, f"{what} did not happen."
        time.sleep(0.1)


def all_gone(processes: dict[int, str]) -> bool:
    return not any(lives(process) for process in processes)
