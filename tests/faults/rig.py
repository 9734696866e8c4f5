"""A whole installation whose parts a test can kill one by one: web, worker, Valkey, and a PostgreSQL of its own."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue

from inspect_app import create_app
from inspect_app.config import Settings
from inspect_app.db import db
from inspect_app.processes import lives
from inspect_app.serve.ground import leave_run_folder, run_folder
from inspect_app.serve.valkey import valkey_command
from tests.databases import SHARED, _fold_wal, _shared_folder
from tests.faults import disk
from tests.faults.postgres import Cluster
from tests.faults.world import SECRET
from tests.serve.installation import ROOT, free_port, wait_until

DIES_WITH_US = ["setpriv", "--pdeathsig", "KILL"] if shutil.which("setpriv") else []


class Rig:
    """The parts by name, each a process group of its own. `kills` counts them."""

    def __init__(self, folder: Path, *, cluster: Cluster | None = None, workers: int = 1) -> None:
        self.folder = folder
        self.cluster = cluster
        self.port = free_port()
        self.workers = workers
        self.kills: dict[str, int] = {}
        self.parts: dict[str, subprocess.Popen[bytes]] = {}
        self.world: dict[str, Any] = json.loads((folder / "world.json").read_text())
        self._app: Flask | None = None

    @property
    def url(self) -> str:
        return self.cluster.url if self.cluster else f"sqlite:///{self.folder / 'inspect.sqlite'}"

    @property
    def app(self) -> Flask:
        """The product in this process: for the checker, and for what people do on their pages meanwhile."""
        if self._app is None:
            self._app = create_app(Settings.from_env(self.environment()))
        return self._app

    def environment(self) -> dict[str, str]:
        clean = {
            n: v for n, v in os.environ.items() if not n.startswith(("INSPECT_", "DATABASE_", "REDIS_", "FAULTS_"))
        }
        return clean | {
            "INSPECT_ENV": "demo",
            "INSPECT_SECRET": SECRET,
            "INSPECT_DATA": str(self.folder),
            "INSPECT_PORT": str(self.port),
            "DATABASE_URL": self.url,
            "REDIS_URL": f"unix://{self.queue_socket}",
            "FAULTS_FOLDER": str(self.folder),
            "FAULTS_WORKERS": str(self.workers),
        }

    @property
    def queue_socket(self) -> Path:
        return run_folder(self.folder) / "queue.sock"

    # Starting

    def start_web(self) -> None:
        config, app = "python:tests.faults.serving", "tests.faults.serving:build()"
        self._start("web", [sys.executable, "-m", "gunicorn", "--config", config, app])

    def start_worker(self) -> None:
        self._start("worker", [sys.executable, "-m", "tests.faults.serving"])

    def start_queue(self) -> None:
        self.queue_socket.unlink(missing_ok=True)
        self._start("queue", valkey_command(self.queue_socket, self.folder / "queue"))

    def _start(self, name: str, command: list[str]) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self.parts[name] = subprocess.Popen(
                [*DIES_WITH_US, *command],
                cwd=ROOT,
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    # Killing

    def kill(self, name: str) -> None:
        """Ends a part with everything that it started, without a word."""
        part = self.parts.pop(name, None)
        if part is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(part.pid, signal.SIGKILL)
        part.wait()
        self.kills[name] = self.kills.get(name, 0) + 1

    def kill_web_process(self) -> None:
        """Ends one process that answers requests; gunicorn starts another."""
        wait_until(self.web_processes, "A process of web")
        for process in self.web_processes()[:1]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
            self.kills["web process"] = self.kills.get("web process", 0) + 1

    def kill_database(self) -> None:
        """Ends the whole tree of the database, and starts it again."""
        assert self.cluster is not None
        self.cluster.kill()
        self.kills["database"] = self.kills.get("database", 0) + 1
        self.cluster.start()

    def cut_power(self) -> int:
        """Ends web, and everything of the uploads that no fsync has made sure of. Gives how many files that cost."""
        self.renew()
        return disk.cut(self.folder / "synced.log", self.folder / "uploads", self.folder / "files")

    def web_processes(self) -> list[int]:
        """The processes that answer requests now, the newest first."""
        told = sorted((self.folder / "pids").glob("*"), key=lambda file: file.stat().st_mtime, reverse=True)
        return [int(file.name) for file in told if lives(int(file.name))]

    # Plans

    def begin_anew(self, **plan: Any) -> None:
        """The same with the city as it was at the beginning."""
        self.plan(fresh=str(template()), **plan)

    def plan(self, **plan: Any) -> None:
        """What goes wrong in the next process that answers requests, which begins at once if web runs."""
        (self.folder / "plan.json").write_text(json.dumps(plan))
        if "web" in self.parts:
            self.renew()

    def renew(self) -> None:
        """The processes that answer requests are replaced by new ones."""
        old = set(self.web_processes())
        for process in old:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        wait_until(lambda: set(self.web_processes()) - old, "A new process of web")

    # The work that waits

    def tick(self) -> None:
        """Rings as the clock does."""
        with contextlib.suppress(RedisError), Redis(unix_socket_path=str(self.queue_socket)) as redis:
            Queue("default", connection=redis, serializer="json").enqueue(
                "inspect_app.schedule.tick", job_id=f"tick-{datetime.now(UTC):%H%M%S%f}", result_ttl=5
            )

    @contextlib.contextmanager
    def inside(self) -> Iterator[None]:
        """Within the product, on the database of the rig."""
        with self.app.app_context():
            try:
                yield
            finally:
                db.session.rollback()
                db.session.remove()
                db.engine.dispose()

    def end(self) -> None:
        for name in list(self.parts):
            self.kill(name)
        if self._app is not None:
            with self._app.app_context():
                db.session.remove()
                db.engine.dispose()
        leave_run_folder(self.folder)


def template() -> Path:
    """A folder with the city in a database of SQLite; made once for the whole run of the tests."""
    with _shared_folder():
        made = SHARED / "faults"
        if not made.exists():
            half = SHARED / "faults-half"
            shutil.rmtree(half, ignore_errors=True)
            subprocess.run([sys.executable, "-m", "tests.faults.world", str(half)], cwd=ROOT, check=True)
            _fold_wal(half / "inspect.sqlite")
            half.rename(made)
    return made


@contextlib.contextmanager
def rig_on_sqlite(folder: Path, *, workers: int = 1, parts: tuple[str, ...] = ("web",)) -> Iterator[Rig]:
    shutil.copytree(template(), folder)
    rig = Rig(folder, workers=workers)
    with _running(rig, parts):
        yield rig


@contextlib.contextmanager
def rig_on_postgresql(
    folder: Path, cluster: Cluster, *, workers: int = 1, parts: tuple[str, ...] = ("web",)
) -> Iterator[Rig]:
    if not (folder / "world.json").exists():
        words = [sys.executable, "-m", "tests.faults.world", str(folder), cluster.url]
        subprocess.run(words, cwd=ROOT, check=True)
    rig = Rig(folder, cluster=cluster, workers=workers)
    with _running(rig, parts):
        yield rig


@contextlib.contextmanager
def _running(rig: Rig, parts: tuple[str, ...]) -> Iterator[None]:
    try:
        for part in parts:
            getattr(rig, f"start_{part}")()
        if "web" in parts:
            wait_until(rig.web_processes, "The start of web")
        yield
    finally:
        rig.end()
