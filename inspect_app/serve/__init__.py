"""`python -m inspect_app serve`: everything that an installation consists of, as one process to start and to stop.

Order: data folder, port, Valkey, schema (and in a demonstration its world), then web, worker and clock.
"""

import contextlib
import http.client
import os
import socket
import sys
from datetime import UTC, datetime
from urllib.parse import urlsplit

from inspect_app import clockwork, worker
from inspect_app.config import ROOT, Settings
from inspect_app.serve import prepare, web
from inspect_app.serve.children import CannotStart, Child, Family, StopAsked
from inspect_app.serve.ground import (
    address,
    ensure_data_folder,
    kept_secret,
    leave_run_folder,
    lock_data_folder,
    open_port,
    reachable_host,
    refuse_half_restored,
    run_folder,
)
from inspect_app.serve.valkey import answers, end_left_over, valkey_command

STOPPED, REFUSED = 0, 1
"""Exit codes: ended because somebody asked; could not start, and said why."""

OWN_QUEUE_PATIENCE, NAMED_QUEUE_PATIENCE = 30.0, 5.0
"""Seconds for our own Valkey to read its files; for a server that should run already."""
READY_PATIENCE = 60.0
"""Seconds after which a start that is not ready says what it waits for."""


def main(settings: Settings) -> int:
    """Runs the installation until somebody asks it to end. Gives the exit code."""
    os.chdir(ROOT)
    family = Family()
    try:
        ensure_data_folder(settings.data)
        with lock_data_folder(settings), open_port(settings.host, settings.port) as door:
            refuse_half_restored(settings.data)
            return _run(settings, family, door)
    except CannotStart as reason:
        sys.stdout.flush()
        print(reason, file=sys.stderr, flush=True)
        return REFUSED


def _run(settings: Settings, family: Family, door: socket.socket) -> int:
    try:
        env = _environment(settings)
        env["REDIS_URL"] = settings.redis_url or _start_valkey(settings, family, env)
        _reach_queue(settings, family, env["REDIS_URL"])
        _prepare_database(family, env)
        for child in _parts(env, door.fileno()):
            family.keep(child)
        _say_when_ready(settings, family)
        while True:
            family.step(60.0)
    except StopAsked:
        family.say("Stopping.")
        return STOPPED
    finally:
        family.end()
        leave_run_folder(settings.data)


def _environment(settings: Settings) -> dict[str, str]:
    """The environment of the children: the same settings for all of them."""
    env = dict(os.environ)
    env["INSPECT_DATA"] = str(settings.data)
    if settings.demo and not settings.secret:
        env["INSPECT_SECRET"] = kept_secret(settings.data)
    if settings.demo_now:
        env.setdefault("INSPECT_DEMO_STARTED", datetime.now(UTC).isoformat())
    return env


def _start_valkey(settings: Settings, family: Family, env: dict[str, str]) -> str:
    """Starts the Valkey of this data folder and gives its address."""
    socket_path = run_folder(settings.data) / "queue.sock"
    end_left_over(socket_path)
    command = valkey_command(socket_path, settings.data / "queue")
    family.keep(Child("queue", lambda: os.execv(command[0], command), env))  # noqa: S606 - a path, no shell
    return f"unix://{socket_path}"


def _reach_queue(settings: Settings, family: Family, url: str) -> None:
    patience = NAMED_QUEUE_PATIENCE if settings.redis_url else OWN_QUEUE_PATIENCE
    if family.wait_until(lambda: answers(url), patience):
        return
    if settings.redis_url:
        raise CannotStart("The queue at REDIS_URL does not answer; start that server, or leave REDIS_URL empty.")
    raise CannotStart(f"The queue server does not answer; see {settings.data / 'queue' / 'valkey.log'}.")


def _prepare_database(family: Family, env: dict[str, str]) -> None:
    if family.run(Child("prepare", prepare.main, env)):
        raise CannotStart("The database could not be prepared; see the lines above.")


def _parts(env: dict[str, str], door: int) -> tuple[Child, ...]:
    return (
        Child("web", lambda: web.main(door), env, hands_down=door),
        Child("worker", lambda: worker.main(Settings.from_env()), env),
        Child("clock", lambda: clockwork.main(Settings.from_env()), env),
    )


def _say_when_ready(settings: Settings, family: Family) -> None:
    while not family.wait_until(lambda: _readiness(settings)[0] == http.client.OK, READY_PATIENCE):
        family.say(f"Not ready yet; /readyz says: {_readiness(settings)[1]}")
    family.ready = True
    family.say(f"Ready: {address(settings)}")


def _readiness(settings: Settings) -> tuple[int, str]:
    """What /readyz answers: the status and its words, (0, reason) where nobody answers."""
    host = urlsplit(settings.origin).netloc or f"{settings.host}:{settings.port}"
    call = http.client.HTTPConnection(reachable_host(settings.host), settings.port, timeout=2)
    with contextlib.closing(call):
        try:
            call.request("GET", "/readyz", headers={"Host": host})
            answer = call.getresponse()
            return answer.status, answer.read(2000).decode("utf-8", "replace").strip()
        except (OSError, http.client.HTTPException) as error:
            return 0, f"no answer ({error})"
