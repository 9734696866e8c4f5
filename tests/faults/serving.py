"""The product as the tests of faults serve it: by gunicorn, with a plan of what shall go wrong. Never outside of tests.

Each process reads the plan (`plan.json` beside the database) when it begins: a crashpoint, which only the first process
passes, a planted defect, a fresh database, and whether it keeps a log of what has reached the disk.
"""

import json
import os
import shutil
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask

import inspect_app.queue
from inspect_app import create_app, worker
from inspect_app.config import Settings
from inspect_app.db import db

FOLDER = Path(os.environ.get("FAULTS_FOLDER", "."))

bind = f"127.0.0.1:{os.environ.get('INSPECT_PORT', '0')}"
workers = int(os.environ.get("FAULTS_WORKERS", "1"))
worker_class = "gthread"
threads = 4
preload_app = True
timeout = 120
graceful_timeout = 2
keepalive = 0
accesslog = None
errorlog = "-"
loglevel = "error"
control_socket_disable = True
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None


def build() -> Flask:
    """The application, with the settings of the environment."""
    return create_app(Settings.from_env())


def post_fork(server: Any, _process: Any) -> None:
    """Takes over the plan, and says which process has done so."""
    app = server.app.wsgi()
    with app.app_context():
        db.engine.dispose(close=False)
    take_plan(app)
    (FOLDER / "pids").mkdir(exist_ok=True)
    (FOLDER / "pids" / str(os.getpid())).touch()


def take_plan(app: Flask) -> None:
    """Arms this process. A crashpoint leaves the plan with the first who takes it: what ends once comes back whole."""
    file = FOLDER / "plan.json"
    if not file.exists():
        return
    plan = json.loads(file.read_text())
    point, fresh = plan.pop("crashpoint", None), plan.pop("fresh", None)
    if point or fresh:
        half = FOLDER / "plan.half"
        half.write_text(json.dumps(plan))
        half.rename(file)
    if fresh:
        begin_anew(Path(fresh))
    if point:
        os.environ["INSPECT_CRASHPOINT"] = point
    if defect := plan.get("defect"):
        from tests.faults.defects import plant

        plant(defect, app)
    if plan.get("disk"):
        from tests.faults.disk import watch

        watch(FOLDER / "synced.log")


def begin_anew(template: Path) -> None:
    """The city as it was at the beginning, in a database of SQLite that nobody has open."""
    for name in ("inspect.sqlite", "inspect.sqlite-wal", "inspect.sqlite-shm"):
        (FOLDER / name).unlink(missing_ok=True)
    for name in ("files", "uploads"):
        shutil.rmtree(FOLDER / name, ignore_errors=True)
    shutil.copy(template / "inspect.sqlite", FOLDER / "inspect.sqlite")


def work() -> int:
    """The worker of the product; a claim of a piece of work ends after seconds, so that nobody waits for minutes."""
    inspect_app.queue.CLAIM = timedelta(seconds=2)
    whole = worker.PatientWorker.main_work_horse

    def armed(self: Any, job: Any, queue: Any) -> None:
        take_plan_of_worker()
        whole(self, job, queue)

    worker.PatientWorker.main_work_horse = armed
    return worker.main(Settings.from_env())


def take_plan_of_worker() -> None:
    """A crashpoint for the worker stands in a file of its own; the first process that runs a job takes it."""
    file = FOLDER / "worker-plan"
    if file.exists():
        os.environ["INSPECT_CRASHPOINT"] = file.read_text()
        file.unlink()


if __name__ == "__main__":
    sys.exit(work())
